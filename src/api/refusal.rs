//! What is refused, and how it is said: one place from refusal to status and problem document (RFC 9457).

use std::time::Duration;

use http::StatusCode;

use super::method::Allowed;
use super::target;
use crate::document::{Cut, QueryError, Refusal};
use crate::message::{self, Request, Response, Target};

/// A refusal as it is answered. It is behind a pointer, so that what may be refused is no larger than if it could not
/// be.
#[derive(Debug)]
pub(super) struct Problem(pub(super) Box<Parts>);

/// What a refusal says.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) status: StatusCode,
    /// A stable name for programs, listed in the manual.
    pub(super) code: &'static str,
    detail: String,
    position: Option<(usize, usize)>,
    allowed: Option<Allowed>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Problem {
        Problem(Box::new(Parts { status, code, detail: detail.into(), position: None, allowed: None }))
    }

    /// With the line and column of what is wrong in a text, both from 1.
    pub(super) fn at(mut self, line: usize, column: usize) -> Problem {
        self.0.position = Some((line, column));
        self
    }

    /// 405 with the methods that are taken (RFC 9110 15.5.6).
    pub(super) fn not_allowed(allowed: Allowed, detail: impl Into<String>) -> Problem {
        let mut problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail);
        problem.0.allowed = Some(allowed);
        problem
    }

    /// The answer to the request for `instance`, a raw path.
    pub(super) fn response_for(self, instance: &str) -> Response {
        let parts = *self.0;
        let document = message::Problem::new(parts.status, parts.code, parts.detail).with("instance", instance);
        let document = match parts.position {
            Some((line, column)) => document.with("line", line).with("column", column),
            None => document,
        };
        match parts.allowed {
            Some(allowed) => document.response().with("Allow", allowed.list()),
            None => document.response(),
        }
    }

    /// The problem that a change came back with. `allowed`: what the node takes, for a 405.
    pub(super) fn of_refusal(refusal: &Refusal, allowed: Allowed) -> Problem {
        let (status, code) = match refusal {
            Refusal::Missing { .. } => (StatusCode::NOT_FOUND, "not-found"),
            Refusal::Taken { .. } => (StatusCode::CONFLICT, "exists"),
            Refusal::KeyChange { .. } => (StatusCode::CONFLICT, "key-mismatch"),
            Refusal::KindChange { .. } => (StatusCode::CONFLICT, "kind-change"),
            Refusal::NoRelation { .. } => (StatusCode::BAD_REQUEST, "no-relation"),
            Refusal::Ambiguous { .. } => (StatusCode::CONFLICT, "ambiguous"),
            Refusal::NotPermitted { hint } => return Problem::not_allowed(allowed, hint),
            Refusal::UnknownColumn { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unknown-column"),
            Refusal::Unfit { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unfit-value"),
            Refusal::Schema { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "schema-mismatch"),
            Refusal::Incomplete { .. } => (StatusCode::CONFLICT, "incomplete"),
            Refusal::Patch { test_failed: true, .. } => (StatusCode::CONFLICT, "patch-test-failed"),
            Refusal::Patch { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "patch-failed"),
            Refusal::TooMuch { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "too-much"),
            Refusal::Precondition => (StatusCode::PRECONDITION_FAILED, "precondition-failed"),
            Refusal::Broken { .. } => (StatusCode::SERVICE_UNAVAILABLE, "file-broken"),
            Refusal::Storage { full: true, .. } => (StatusCode::INSUFFICIENT_STORAGE, "storage-full"),
            Refusal::Storage { .. } => (StatusCode::SERVICE_UNAVAILABLE, "storage-failed"),
        };
        let problem = Problem::new(status, code, refusal.to_string());
        match refusal {
            Refusal::Broken { line, column, .. } => problem.at(*line, *column),
            _ => problem,
        }
    }
}

/// The refusal of a target that names nothing.
pub(super) fn bad_target(error: target::TargetError) -> Problem {
    let detail = match error {
        target::TargetError::BadEscape => "the path or query holds a '%' without two hexadecimal digits",
        target::TargetError::NotUtf8 => "the path or query is not UTF-8 when decoded",
    };
    Problem::new(StatusCode::BAD_REQUEST, "bad-target", detail)
}

/// The refusal of a path of which only the first `found` segments lead somewhere.
pub(super) fn not_found<S: AsRef<str>>(path: &[S], found: usize) -> Problem {
    let missing = target::path_of(&path[..(found + 1).min(path.len())]);
    Problem::new(StatusCode::NOT_FOUND, "not-found", format!("there is nothing at '{missing}'"))
}

/// The refusal of a query that cannot be read.
pub(super) fn bad_query(error: &QueryError) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad-query", error.to_string())
}

/// What a problem document names as its instance: the target as it was sent.
pub fn instance(request: &Request<'_>) -> String {
    match request.target {
        Target::Path { path, .. } => path.to_string(),
        Target::Asterisk => "*".to_string(),
        Target::Authority(authority) => authority.to_string(),
    }
}

/// The answer would take longer, or more memory, than one may.
pub(super) fn cut_short(cut: Cut, time: Duration, room: usize) -> Problem {
    match cut {
        Cut::Time => {
            let detail = format!("the answer takes longer than {time:?} (--query-timeout); ask for less");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "query-timeout", detail)
        }
        Cut::Memory => {
            let detail = "there is not enough memory for this now; try again later, or ask for less";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-enough-memory", detail)
        }
        Cut::Room => {
            let detail = format!(
                "the answer takes more than {room} bytes to put together, a quarter of --max-pending; ask for a page or \
                 for fewer members"
            );
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too-much", detail)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Plan;

    #[test]
    fn what_every_answer_passes_through_stays_small() {
        assert_eq!((size_of::<Response>(), size_of::<Result<Response, Problem>>()), (72, 72));
        assert_eq!(size_of::<Result<Plan, Problem>>(), 72);
    }
}
