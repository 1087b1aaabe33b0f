//! `--dry-run`: the request as it would be sent, or with `--explain` what each of its lines means.

use std::io::{Read, Write};

use crate::cli::request::run::running::Running;
use crate::client::{Error, Kind, Request, chunk, reason};
use crate::remark::{Around, explain};

/// Of the content so many bytes are explained.
const MOST: usize = 16 << 20;

/// `--dry-run`: the bytes that would be sent.
pub(crate) fn print(request: &Request, run: &mut Running<'_>) -> Result<(), Error> {
    if run.plan.layout.explains {
        return explained(request, run);
    }
    let Running { input, out, .. } = run;
    for head in heads(request) {
        out.dry_head(&head)?;
    }
    let mut body = out.dry_body(request.field("content-type").map(crate::client::FieldLine::text).as_deref());
    let Some(_) = &request.content else { return Ok(()) };
    content(request, *input, &mut |bytes| match body.feed(bytes) {
        Some(shown) => out.print(&shown).map(|()| true),
        None => out.print(bytes).map(|()| true),
    })?;
    out.print(&body.finish())
}

/// The head of the request, and before it that of CONNECT where a proxy is asked for a tunnel.
fn heads(request: &Request) -> impl Iterator<Item = Vec<u8>> {
    request.connect.iter().map(|connect| connect.head()).chain([request.head()])
}

/// Gives the content as it would be sent to `take`, piece by piece, until that wants no more.
fn content(
    request: &Request,
    input: &mut (dyn Read + Send),
    take: &mut dyn FnMut(&[u8]) -> Result<bool, Error>,
) -> Result<(), Error> {
    let Some(content) = &request.content else { return Ok(()) };
    let mut source = content.open(input)?;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = source.read(&mut piece).map_err(|error| Error::new(Kind::Read, reason(&error)))?;
        let bytes = if request.chunked { chunk(&piece[..length]) } else { piece[..length].to_vec() };
        if !take(&bytes)? || length == 0 {
            return Ok(());
        }
    }
}

/// `--explain`: each line with what is to be said of it.
fn explained(request: &Request, run: &mut Running<'_>) -> Result<(), Error> {
    let Running { input, out, .. } = run;
    let mut messages: Vec<Vec<u8>> = heads(request).collect();
    let mut is_cut = false;
    if let Some(last) = messages.last_mut() {
        let most = last.len() + MOST;
        content(request, *input, &mut |bytes| {
            last.extend_from_slice(&bytes[..bytes.len().min(most - last.len())]);
            is_cut = last.len() == most;
            Ok(!is_cut)
        })?;
    }
    let mut shown = Vec::new();
    for message in &messages {
        if !shown.is_empty() {
            shown.push(b'\n');
        }
        // Writing to a `Vec` does not fail.
        let _ =
            crate::print::explained(&mut shown, &explain(message, &Around { is_cut, ..Around::default() }), out.page());
    }
    if is_cut {
        let _ = writeln!(shown, "* only the first {} MiB of the content are explained", MOST >> 20);
    }
    out.print(&shown)
}
