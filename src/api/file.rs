//! GET and HEAD of a file beside the data: conditions, ranges and codings are those of nodes.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
use std::time::SystemTime;

use bytes::Bytes;
use http::StatusCode;

use super::accept;
use super::condition::Verdict;
use super::method::Method;
use super::origin::{Standing, allow};
use super::plan::Settings;
use super::refusal::{Problem, instance};
use super::respond::gate;
use super::tag::Tag;
use super::target::Segments;
use super::wanted::{Wanted, condition_failed};
use crate::message::{Content, Request, Response, Stream, http_date};

/// What stands at a path below the folder.
pub enum Found {
    /// A file.
    File(File),
    /// A folder with an `index.html`, whose own path ends with a slash.
    Folder,
    /// Something that the server may not read.
    Locked,
    /// What cannot be said by now, as the system has no means to look.
    Unknown,
}

/// A file as it is now.
pub struct File {
    /// The value of `Content-Type`.
    pub media_type: String,
    /// Whether it may become much smaller by gzip.
    pub is_text: bool,
    /// Its length in bytes.
    pub length: u64,
    /// When it was last changed.
    pub modified: SystemTime,
    /// A number that another state of the file has not.
    pub state: u64,
    /// Reads some bytes of this range; nothing: they are not there any more.
    pub read: Box<dyn FnMut(Range<u64>) -> Option<Bytes> + Send>,
}

/// Answers a request for a file. `find` is told the names from the folder downwards, none of which can lead anywhere else,
/// and whether a folder is meant. Nothing: there is no such file, or the request is not one that may have it; then what it is
/// answered is up to the API.
pub fn file(
    request: &Request<'_>,
    settings: &Settings,
    find: impl FnOnce(&[Cow<'_, str>], bool) -> Option<Found>,
) -> Option<Response> {
    let standing = settings.sites.standing(request);
    let Ok(ControlFlow::Continue((Method::Get | Method::Head, path, query))) = gate(request, settings, standing) else {
        return None;
    };
    let mut names = Segments::default();
    names.fill(path).ok()?;
    if !names.iter().all(|name| is_plain(name)) {
        return None;
    }
    let mut response = match find(&names, path.ends_with('/'))? {
        Found::File(file) => answer(request, file),
        Found::Folder => moved(request, path, query),
        Found::Locked => {
            let detail = "the server may not read the file that is there";
            Problem::new(StatusCode::FORBIDDEN, "file-locked", detail).response_for(&instance(request))
        }
        Found::Unknown => {
            let detail = "the server cannot open files by now; too many are open, or the disk fails";
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "file-unavailable", detail);
            problem.response_for(&instance(request)).with("Retry-After", "1")
        }
    };
    if let Standing::Permitted(permit) = standing {
        allow(&mut response, permit);
    }
    Some(response)
}

/// Whether a request comes from somebody who wants to look at a page: HTML rather than JSON.
pub fn wants_page(request: &Request<'_>) -> bool {
    let accept: Vec<&str> = request.fields.all("accept").filter_map(|value| str::from_utf8(value).ok()).collect();
    let is_read = matches!(Method::of(request.method), Some(Method::Get | Method::Head));
    is_read && accept::prefers(&accept, "text/html", &["application/json"])
}

/// A name that is one step down, and not hidden.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(|sign: char| matches!(sign, '/' | '\\') || sign.is_control())
}

fn answer(request: &Request<'_>, file: File) -> Response {
    let wanted = Wanted::of(request);
    let wanted = if file.is_text { wanted } else { wanted.uncoded() };
    let content = Content::Stream(Stream::of_length(file.length, file.read));
    let tag = Tag { node: file.state, distinction: String::new() };
    let begun = |status| {
        Response::new(status)
            .with("Last-Modified", http_date(file.modified))
            .with("Cache-Control", "no-cache")
            .with("Vary", "Accept-Encoding, Origin")
    };
    match wanted.judged(&tag, file.modified) {
        (Verdict::Met, _) => {}
        (Verdict::NotModified, coding) => {
            let coding = coding.unwrap_or_else(|| wanted.coding(&content));
            return tag.put_on(begun(StatusCode::NOT_MODIFIED), coding);
        }
        (Verdict::Failed, _) => return condition_failed().response_for(&instance(request)),
    }
    let response = begun(StatusCode::OK)
        .with("Content-Type", file.media_type)
        .with("X-Content-Type-Options", "nosniff")
        .with_content(content);
    wanted.sized(response, &tag)
}

/// To the path with the slash, which relative links in the page need.
fn moved(request: &Request<'_>, path: &str, query: Option<&str>) -> Response {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let origin = request.authority.map(|authority| format!("http://{authority}")).unwrap_or_default();
    let location = format!("{origin}{path}/{query}");
    Problem::new(StatusCode::MOVED_PERMANENTLY, "moved", format!("the folder is at '{path}/'"))
        .response_for(&instance(request))
        .with("Location", location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_nowhere_else() {
        for (name, expected) in [
            ("a", true),
            ("a b.html", true),
            ("ä", true),
            ("a..b", true),
            ("", false),
            (".", false),
            ("..", false),
            (".git", false),
            ("..a", false),
            ("a/b", false),
            ("a\\b", false),
            ("a\0", false),
            ("a\n", false),
        ] {
            assert_eq!(is_plain(name), expected, "{name:?}");
        }
    }
}
