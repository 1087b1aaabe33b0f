//! A `.http` file, as editors run them.

use bstr::ByteSlice;

use super::call::{Call, Load};
use super::extras::Extra;
use super::text::{MASKED, comments, is_plain, path_of, shown};
use crate::client::Piece;

/// The file that sends the request.
pub(super) fn request(call: &Call<'_>) -> String {
    let mut remarks = Vec::new();
    if call.is_masked() {
        remarks.push(MASKED.to_owned());
    }
    if !call.plan.follow.follow {
        remarks.push("@no-redirect".to_owned());
    }
    // What no such file has a word for stands in comments, in the words of the options.
    remarks.extend(call.extras.iter().filter(|extra| !matches!(extra.option, "location" | "http1.0")).map(option));
    if let Some((scheme, userinfo)) = call.userinfo() {
        remarks.push(format!("@curl-{scheme}"));
        remarks.push(format!("@curl-user {}:{}", shown(&userinfo.user), shown(call.secret(&userinfo.password))));
    }
    if let Some(target) = &call.spec.request_target {
        remarks.push(format!("@curl-request-target {}", shown(target)));
    }
    if call.has_dots() {
        remarks.push("@curl-path-as-is".to_owned());
    }
    remarks.extend(call.fields_unsaid());
    let (content, more) = content(call);
    remarks.extend(more);
    let version = if call.request.protocol == crate::client::Protocol::Http10 { "HTTP/1.0" } else { "HTTP/1.1" };
    let mut head = format!("{} {} {version}\n", call.request.method, call.url());
    for field in call.fields() {
        match field.line.to_str() {
            Ok(line) if is_plain(line) => head.push_str(&format!("{line}\n")),
            _ => remarks.push(format!("not said here: the field {}", shown(&field.line))),
        }
    }
    if call.request.chunked && !call.spec.is_typed("transfer-encoding") {
        head.push_str("Transfer-Encoding: chunked\n");
    }
    if head.contains("{{") {
        remarks.push("what stands within {{ }} is a variable in such a file".to_owned());
    }
    let content = content.map(|content| format!("\n{content}\n")).unwrap_or_default();
    format!("{}{head}{content}", comments("#", &remarks))
}

fn option(extra: &Extra) -> String {
    format!("@curl-{}", &extra.typed()[2..])
}

/// The content, and what cannot be said of it.
fn content(call: &Call<'_>) -> (Option<String>, Vec<String>) {
    match call.load() {
        Load::None => (None, Vec::new()),
        Load::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) if text.is_empty() => (None, vec!["the content is empty".to_owned()]),
            Ok(text) => match trouble(&text) {
                None => (Some(text), Vec::new()),
                Some(why) => (None, vec![format!("not said here: the content, {} bytes, {why}", text.len())]),
            },
            Err(error) => {
                let length = error.as_bytes().len();
                (None, vec![format!("not said here: the content, {length} bytes, which are no text")])
            }
        },
        Load::Pieces(pieces) => match pieces.as_slice() {
            [Piece::File { path, offset: 0, .. } | Piece::Endless(path)] => {
                (Some(format!("< {}", shown(path_of(path)))), Vec::new())
            }
            [Piece::Input] => (None, vec!["not said here: the content, which is standard input".to_owned()]),
            _ => (None, vec!["not said here: the content, parts of which are in files".to_owned()]),
        },
    }
}

/// Why a text is not the same content in such a file.
fn trouble(text: &str) -> Option<&'static str> {
    let is_mark =
        |line: &str| ["#", "//", "< ", "<@", "> ", ">>", "??"].iter().any(|mark| line.trim_start().starts_with(mark));
    match text {
        _ if !is_plain(&text.replace(['\n', '\t'], "")) => Some("with control characters in them"),
        _ if text.ends_with('\n') || text.trim().is_empty() || text.starts_with('\n') => {
            Some("which begin or end with a line end")
        }
        _ if text.contains("{{") => Some("in which {{ }} would be a variable"),
        _ if text.lines().any(is_mark) => Some("a line of which would be a mark or a comment"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_another_content_is_not_said() {
        for (text, is_same) in [
            ("a=b", true),
            ("{\n  \"a\": 1\n}", true),
            ("a\n", false),
            ("\na", false),
            ("a\r\nb", false),
            ("{{a}}", false),
            ("a\n### b", false),
            ("< ./file", false),
            ("a\0", false),
        ] {
            assert_eq!(trouble(text).is_none(), is_same, "{text:?}");
        }
    }
}
