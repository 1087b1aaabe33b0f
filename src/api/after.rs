//! What is answered once a change is durable or refused.

use bytes::Bytes;
use http::StatusCode;

use super::method::Allowed;
use super::origin::{Permit, allow};
use super::refusal::Problem;
use super::{body, target};
use crate::document::{Outcome, Refusal};
use crate::message::{Content, Response};

/// What was written, which decides the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Put,
    Patch,
    Post,
    Delete,
    Create,
    Update,
}

/// What is needed to answer a request once its change is durable or refused.
#[derive(Debug)]
pub struct After {
    pub(super) written: Written,
    pub(super) allowed: Allowed,
    pub(super) sent: Option<Bytes>,
    pub(super) minimal: bool,
    pub(super) instance: String,
    /// The authority that the request named, for its own links.
    pub(super) authority: Option<String>,
    /// The origin whose page may read the answer, and whether the user has named it.
    pub(super) permit: Option<(String, bool)>,
}

impl After {
    /// The answer, by what became of the change.
    pub fn answer(self, result: Result<Outcome, Refusal>) -> Response {
        let mut response = match result {
            Ok(outcome) => self.done(outcome),
            Err(refusal) => self.refused(&refusal),
        };
        if let Some((origin, is_named)) = &self.permit {
            allow(&mut response, Permit { origin, is_named: *is_named });
        }
        response
    }

    fn done(&self, outcome: Outcome) -> Response {
        let status = match self.written {
            Written::Post | Written::Create | Written::Put if outcome.created => StatusCode::CREATED,
            _ if self.minimal => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        };
        let mut response = Response::new(status).with("Vary", "Origin, Prefer");
        if status == StatusCode::CREATED || outcome.moved {
            response =
                response.with("Location", target::link_to(self.authority.as_deref(), &target::path_of(&outcome.path)));
        }
        if let Some(tag) = self.validator(&outcome) {
            response = response.with_parts("ETag", &["\"", tag, "\""]);
        }
        if self.minimal {
            return response.with("Preference-Applied", "return=minimal");
        }
        let content = match self.written {
            Written::Create | Written::Update => Content::from(report(&outcome)),
            _ => Content::Pieces(outcome.text),
        };
        response
            .with("Content-Type", "application/json")
            .with("X-Content-Type-Options", "nosniff")
            .with_content(content)
    }

    /// A PUT is answered with a validator only where the stored bytes are those received (RFC 9110 9.3.4).
    fn validator<'o>(&self, outcome: &'o Outcome) -> Option<&'o str> {
        let tag = outcome.tag.as_deref()?;
        match &self.sent {
            Some(sent) => (outcome.text.concat() == sent[..]).then_some(tag),
            None => matches!(self.written, Written::Patch | Written::Post).then_some(tag),
        }
    }

    fn refused(&self, refusal: &Refusal) -> Response {
        let problem = match refusal {
            Refusal::Missing { path, parent_exists } if self.written == Written::Post => {
                let hint = if *parent_exists { "; PUT creates it" } else { "" };
                let detail = format!("there is nothing at '{}' to add to{hint}", target::path_of(path));
                Problem::new(StatusCode::NOT_FOUND, "not-found", detail)
            }
            Refusal::Missing { path, .. } => {
                let detail = format!("there is nothing at '{}'", target::path_of(path));
                Problem::new(StatusCode::NOT_FOUND, "not-found", detail)
            }
            refusal => Problem::of_refusal(refusal, self.allowed),
        };
        problem.response_for(&self.instance)
    }
}

/// The report of an action route: what each name was and is.
fn report(outcome: &Outcome) -> Vec<u8> {
    let mut out = Vec::from(b"{");
    for (at, replacement) in outcome.report.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(body::string(&replacement.name).as_bytes());
        out.extend_from_slice(b":{\"old\":");
        out.extend_from_slice(replacement.old.as_deref().unwrap_or(b"null"));
        out.extend_from_slice(b",\"new\":");
        out.extend_from_slice(&replacement.new);
        out.push(b'}');
    }
    out.push(b'}');
    out
}
