//! What is there for the page at `/`: the page itself, for clients that prefer `text/html`, and for it the outline of a
//! node.

use http::StatusCode;

use super::accept;
use super::coding;
use super::condition::{Preconditions, Verdict};
use super::outline;
use super::refusal::Problem;
use super::representation::Form;
use super::tag::{CODED, UNCODED};
use crate::document::{Kind, Node};
use crate::message::{Content, Fields, Response};
use crate::page::page;

/// The media type of the page.
const HTML: &str = "text/html";

/// What a client asks for that is no form of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// The page.
    Page,
    /// The outline of the node.
    Outline,
}

/// What is wished by the values of `Accept`, where there are some: the page stands at the root and at each collection, an
/// outline at whatever has children. Who accepts everything gets the data.
pub(super) fn wish(accept: &[&str], node: &Node<'_>) -> Option<Wish> {
    let named = |media_type: &str| accept.iter().any(|value| value.to_ascii_lowercase().contains(media_type));
    let (html, outline) = (named(HTML), named(outline::MEDIA_TYPE));
    if !html && !outline {
        return None;
    }
    let kind = node.kind();
    let has_children = matches!(kind, Kind::Object | Kind::Array | Kind::Table | Kind::Row);
    let is_collection = node.is_collection();
    let others = Form::media_types(is_collection, kind);
    if outline && has_children && accept::prefers(accept, outline::MEDIA_TYPE, &others) {
        return Some(Wish::Outline);
    }
    (html && (is_collection || node.is_root()) && accept::prefers(accept, HTML, &others)).then_some(Wish::Page)
}

/// Which representation of the page a client has, and which it takes.
#[derive(Debug)]
pub(super) struct Reader {
    verdict: Verdict,
    takes_gzip: bool,
}

impl Reader {
    pub(super) fn of(fields: &Fields<'_>) -> Reader {
        let page = page();
        let coding = fields.first("accept-encoding").and_then(|value| str::from_utf8(value).ok()).unwrap_or_default();
        let takes_gzip = coding::is_wanted(coding, &Content::Whole(page.plain.clone()));
        let tag = tag(if takes_gzip { CODED } else { UNCODED });
        let verdict = Preconditions::of(fields).map_or(Verdict::Met, |conditions| conditions.for_undated(&tag));
        Reader { verdict, takes_gzip }
    }

    /// The page, or the word that it is still the same.
    pub(super) fn response(&self) -> Response {
        let status = match self.verdict {
            Verdict::Met => StatusCode::OK,
            Verdict::NotModified => StatusCode::NOT_MODIFIED,
            Verdict::Failed => {
                let detail = "the condition does not hold";
                return Problem::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", detail).response_for("/");
            }
        };
        let coding = if self.takes_gzip { CODED } else { UNCODED };
        let response = Response::new(status)
            .with("Cache-Control", "no-cache")
            .with("Vary", "Accept, Accept-Encoding, Origin")
            .with_parts("ETag", &["\"", &tag(coding), "\""]);
        if status == StatusCode::OK { self.with_content(response) } else { response }
    }

    /// A refusal for people, which has its challenges already: the page asks for what is missing.
    pub(super) fn refusing(&self, challenged: Response) -> Response {
        let response = challenged.with("Cache-Control", "no-store").with("Vary", "Accept, Accept-Encoding, Origin");
        self.with_content(response)
    }

    fn with_content(&self, mut response: Response) -> Response {
        let page = page();
        response.fields.push("Content-Type", "text/html; charset=utf-8");
        response.fields.push_parts("Content-Security-Policy", &[&page.policy]);
        response.fields.push("X-Content-Type-Options", "nosniff");
        response.fields.push("Referrer-Policy", "no-referrer");
        if self.takes_gzip {
            response.fields.push("Content-Encoding", "gzip");
            return response.with_content(Content::Whole(page.gzip.clone()));
        }
        response.with_content(Content::Whole(page.plain.clone()))
    }
}

/// Whether a client that may not have the data prefers to be told so by the page.
pub(super) fn is_wished_for_refusal(fields: &Fields<'_>) -> bool {
    let accept: Vec<&str> = fields.all("accept").filter_map(|value| str::from_utf8(value).ok()).collect();
    accept::prefers(&accept, HTML, &["application/problem+json", "application/json"])
}

fn tag(coding: &str) -> String {
    format!("{}-page{coding}", page().tag)
}
