//! What a request wants of a representation besides its form: only under a condition, only a part, coded.

use std::time::SystemTime;

use http::StatusCode;

use super::coding;
use super::condition::{Preconditions, Verdict};
use super::range::{self, Part};
use super::refusal::Problem;
use super::tag::{CODED, Tag, UNCODED};
use crate::message::{Content, Field, Request, Response, Target};

/// The conditions, the range and the coding.
pub(super) struct Wanted<'a> {
    pub(super) accept_encoding: Option<&'a str>,
    /// `Range`, and the validator of `If-Range`.
    range: Option<&'a str>,
    if_range: Option<&'a str>,
    pub(super) preconditions: Option<Box<Preconditions>>,
    /// The path as sent, for links and problems.
    pub(super) target: &'a str,
}

impl<'a> Wanted<'a> {
    /// What the preconditions are; each field line is still to be [taken](Wanted::take).
    #[inline]
    pub(super) fn begun(request: &Request<'a>) -> Wanted<'a> {
        let target = match request.target {
            Target::Path { path, .. } => path,
            Target::Asterisk | Target::Authority(_) => "",
        };
        let preconditions = Preconditions::of(&request.fields).map(Box::new);
        Wanted { accept_encoding: None, range: None, if_range: None, preconditions, target }
    }

    /// All that the request says.
    pub(super) fn of(request: &Request<'a>) -> Wanted<'a> {
        let mut wanted = Wanted::begun(request);
        request.fields.0.iter().for_each(|field| wanted.take(field, request.method));
        wanted
    }

    /// The same without a coding.
    pub(super) fn uncoded(self) -> Wanted<'a> {
        Wanted { accept_encoding: None, ..self }
    }

    /// Takes what a field line asks for.
    #[inline]
    pub(super) fn take(&mut self, field: &Field<'a>, method: &str) {
        let is = |name: &str| field.name.eq_ignore_ascii_case(name);
        // The length of the name rules out nearly every field without a look at its value.
        let place = match field.name.len() {
            5 if method == "GET" && is("range") => &mut self.range,
            8 if is("if-range") => &mut self.if_range,
            15 if is("accept-encoding") => &mut self.accept_encoding,
            _ => return,
        };
        if let Ok(value) = str::from_utf8(field.value) {
            *place = Some(value);
        }
    }

    /// What the preconditions say of the representation, as it stands or coded, and what is at the end of the tag of
    /// that one; `None`: of that which would be answered, as they name none (RFC 9110 15.4.5).
    #[inline]
    pub(super) fn judged(&self, tag: &Tag, modified: SystemTime) -> (Verdict, Option<&'static str>) {
        let Some(preconditions) = &self.preconditions else { return (Verdict::Met, None) };
        let plain = preconditions.for_reading(&tag.text(UNCODED), modified);
        if self.accept_encoding.is_none() {
            return (plain, Some(UNCODED));
        }
        match (plain, preconditions.for_reading(&tag.text(CODED), modified)) {
            (Verdict::NotModified, _) => (Verdict::NotModified, preconditions.are_by_tag().then_some(UNCODED)),
            (_, Verdict::NotModified) => (Verdict::NotModified, Some(CODED)),
            (Verdict::Failed, coded) => (coded, None),
            (plain, _) => (plain, None),
        }
    }

    /// What is at the end of the tag of the representation that this content becomes.
    #[inline]
    pub(super) fn coding(&self, content: &Content) -> &'static str {
        match self.accept_encoding {
            Some(wanted) if coding::is_wanted(wanted, content) => CODED,
            _ => UNCODED,
        }
    }

    /// A part of the content if one is asked for and the validator still holds, else the content coded.
    #[inline]
    pub(super) fn sized(&self, mut response: Response, tag: &Tag) -> Response {
        if response.content.is_endless() {
            return self.coded(response, tag);
        }
        response.fields.push("Accept-Ranges", "bytes");
        let Some(asked) = self.range else { return self.coded(response, tag) };
        let holds = self.if_range.is_none_or(|validator| {
            validator == format!("\"{}\"", tag.text(UNCODED))
                || response.fields.first("Last-Modified") == Some(validator)
        });
        let length = response.content.len();
        match range::part(Some(asked).filter(|_| holds), length) {
            Part::Whole => self.coded(response, tag),
            Part::Stretch(bytes) => {
                let field = format!("bytes {}-{}/{length}", bytes.start, bytes.end - 1);
                let content = range::cut(response.content, &bytes);
                let response = Response { status: StatusCode::PARTIAL_CONTENT, content, ..response };
                tag.put_on(response.with("Content-Range", field), UNCODED)
            }
            Part::Nothing => {
                let detail = format!("the range is past the end, expected one within {length} bytes");
                Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range-not-satisfiable", detail)
                    .response_for(self.target)
                    .with("Content-Range", format!("bytes */{length}"))
            }
        }
    }

    /// The content in gzip where that is wanted. What is coded is another representation with a tag of its own.
    #[inline]
    pub(super) fn coded(&self, mut response: Response, tag: &Tag) -> Response {
        match self.coding(&response.content) {
            CODED => {
                let content = coding::gzip(std::mem::take(&mut response.content));
                tag.put_on(response.with("Content-Encoding", "gzip"), CODED).with_content(content)
            }
            uncoded => tag.put_on(response, uncoded),
        }
    }
}

/// The refusal of a request whose condition does not hold.
pub(super) fn condition_failed() -> Problem {
    Problem::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", "the condition does not hold")
}
