//! `--dry-run`: the request as it would be sent.

use crate::cli::request::run::running::Running;
use crate::client::{Error, Kind, Request};

/// `--dry-run`: the bytes that would be sent.
pub(crate) fn print(request: &Request, run: &mut Running<'_>) -> Result<(), Error> {
    let Running { input, out, .. } = run;
    for head in request.connect.iter().map(|connect| connect.head()).chain([request.head()]) {
        out.dry_head(&head)?;
    }
    let Some(content) = &request.content else { return Ok(()) };
    let mut source = content.open(*input)?;
    let mut body = out.dry_body(request.field("content-type").map(crate::client::FieldLine::text).as_deref());
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = source.read(&mut piece).map_err(|error| Error::new(Kind::Read, crate::client::reason(&error)))?;
        let bytes = if request.chunked { crate::client::chunk(&piece[..length]) } else { piece[..length].to_vec() };
        match body.feed(&bytes) {
            Some(shown) => out.print(&shown)?,
            None => out.print(&bytes)?,
        }
        if length == 0 {
            break;
        }
    }
    out.print(&body.finish())
}
