//! What is to be done with the content of a response: it may not be what was asked for, and what is there may be better.

use crate::cli::request::layout::Layout;
use crate::client::transport::Exchange;
use crate::client::{Body, Error, FieldLine, Kind, RequestSpec, read_date};
use crate::message::ReplyHead;

/// What is to be done with the content of the final response.
pub(crate) enum Verdict {
    /// It is what was asked for.
    Wanted,
    /// What is there is whole, or still right; or only the head was wanted.
    Unneeded,
    /// The server sent it though its own date says that the condition does not hold.
    Unchanged,
}

/// Whether the content is what was asked for: what follows the bytes that are there, or what has changed.
///
/// # Errors
/// `Kind::Range` if the response does not go on where the file ends, `Kind::Status` if it is one that shall fail.
pub(crate) fn verdict(
    spec: &RequestSpec,
    resume: Option<u64>,
    exchange: &Exchange,
    layout: &Layout,
) -> Result<Verdict, Error> {
    let head = &exchange.head;
    let has_content = exchange.expected() != Some(0);
    // With -I -X GET the server sends content that nobody wants to see.
    if spec.head_only && has_content {
        return refusal(layout, head).map_or(Ok(Verdict::Unneeded), Err);
    }
    if let Some(from) = resume.filter(|from| *from > 0 && !spec.head_only) {
        return continuation(from, head, layout);
    }
    if head.status == 304 {
        return Ok(Verdict::Unneeded);
    }
    let is_unmet = |condition: &FieldLine| {
        let said = head.text("last-modified").and_then(|text| read_date(&text));
        let asked = httpdate::parse_http_date(&condition.text()).ok();
        said.zip(asked).is_some_and(|(said, asked)| match condition.is("if-unmodified-since") {
            true => said >= asked,
            false => said <= asked,
        })
    };
    match spec.condition.as_ref().filter(|_| has_content && spec.range.is_none()).is_some_and(is_unmet) {
        true => Ok(Verdict::Unchanged),
        false => Ok(Verdict::Wanted),
    }
}

/// Whether a response goes on behind the bytes that are there. Nothing else may take their place, or go behind them.
fn continuation(from: u64, head: &ReplyHead, layout: &Layout) -> Result<Verdict, Error> {
    let range = head.text("content-range").unwrap_or_default();
    let first = range.trim_start_matches(|sign: char| !sign.is_ascii_digit() && sign != '*');
    let is_next =
        first.split(|sign: char| !sign.is_ascii_digit()).next().and_then(|text| text.parse().ok()) == Some(from);
    // There is nothing behind what is there.
    if head.status == 416 {
        return Ok(Verdict::Unneeded);
    }
    match refusal(layout, head) {
        Some(failure) => Err(failure),
        None if is_next => Ok(Verdict::Wanted),
        // The whole was sent, and it is as long as what is there.
        None if head.status == 200 && head.text("content-length").and_then(|text| text.parse().ok()) == Some(from) => {
            Ok(Verdict::Unneeded)
        }
        None => {
            let what = format!("the server did not send what follows byte {from}, it answered {}", status_text(head));
            Err(Error::new(Kind::Range, what))
        }
    }
}

/// Whether what came of a response may stay where it is written, for the next attempt to go on behind it: curl's rule. It must
/// be the content itself, as what was decoded has other offsets, and the server must give parts of it.
pub(crate) fn is_part(spec: &RequestSpec, from: u64, method: &str, head: &ReplyHead) -> bool {
    let is_plain_get = method == "GET" && spec.method.is_none() && matches!(spec.body, Body::None);
    let is_itself = !spec.compressed && !spec.transfer_codings;
    let gives_parts = match head.status {
        206 => from > 0,
        200 => head.lists("accept-ranges", "bytes"),
        _ => false,
    };
    is_plain_get && is_itself && gives_parts
}

/// The failure that `-f` or `--fail-with-body` makes of a status. The words are curl's: scripts look for them in what it
/// says and in `%{errormsg}`.
pub(crate) fn refusal(layout: &Layout, head: &ReplyHead) -> Option<Error> {
    let refused = head.status >= 400 && (layout.fail || layout.fail_with_body);
    refused.then(|| Error::new(Kind::Status, format!("The requested URL returned error: {}", head.status)))
}

fn status_text(head: &ReplyHead) -> String {
    format!("{} {}", head.status, head.reason).trim_end().to_owned()
}
