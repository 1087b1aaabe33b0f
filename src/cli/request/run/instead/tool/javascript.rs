//! A module in JavaScript, with `fetch`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::call::{Call, Field, Load};
use super::extras::unsaid;
use super::text::{MASKED, comments, literal as text, path_of, shown};
use crate::client::Piece;
use crate::message::is_token;

/// The fields that `fetch` sends in its own way or not at all, in Node.js as in browsers.
const KEPT: [&str; 7] =
    ["host", "connection", "keep-alive", "upgrade", "expect", "content-length", "transfer-encoding"];
/// The methods that it writes in upper case.
const UPPER: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
/// The methods that it does not send.
const METHODS: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];

/// The module that sends the request.
pub(super) fn program(call: &Call<'_>) -> String {
    let (fields, mut remarks) = call.joined();
    remarks
        .insert(0, "save as request.mjs; fetch writes field names in lower case and adds fields of its own".to_owned());
    if call.is_masked() {
        remarks.push(MASKED.to_owned());
    }
    remarks.extend(call.fields_unsaid());
    remarks.extend(remarks_of(call, &fields));
    remarks.extend(unsaid(&call.extras, |extra| matches!(extra.option, "location" | "max-time")));
    let (body, import) = match call.load() {
        _ if has_no_body(call) => (None, ""),
        load => body(load),
    };
    let mut lines = vec![format!("method: {}", text(&call.request.method))];
    let said = fields.iter().filter(|field| !is_refused(field));
    let said: Vec<String> = said.filter_map(|said| field(&said.name, &said.value)).collect();
    if !said.is_empty() {
        lines.push(format!("headers: {{\n{}  }}", said.concat()));
    }
    lines.extend(body.map(|body| format!("body: {body}")));
    lines.push(format!("redirect: {}", if call.plan.follow.follow { "'follow'" } else { "'manual'" }));
    if let Some(limit) = call.plan.settings.total_time {
        lines.push(format!("signal: AbortSignal.timeout({})", limit.as_millis()));
    }
    let lines: String = lines.iter().map(|line| format!("  {line},\n")).collect();
    format!(
        "{}{import}const response = await fetch({}, {{\n{lines}}});\nconsole.log(response.status, response.statusText);\n\
         console.log(await response.text());\n",
        comments("//", &remarks),
        text(&call.url()),
    )
}

/// A field as a member, unless `fetch` sends it anyway or never.
fn field(name: &str, value: &[u8]) -> Option<String> {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let is_made = is("accept") && value == b"*/*";
    (!is_made && !is_kept(name)).then(|| format!("    {}: {},\n", text(name), header(value)))
}

/// Whether the URL Standard percent-encodes something of it, or takes a segment out of the path.
fn is_rewritten(path: &str, query: &str) -> bool {
    let is_dot = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    path.contains(['"', '<', '>', '\\', '^', '`', '{', '|', '}'])
        || query.contains(['"', '\'', '<', '>'])
        || path.split('/').any(is_dot)
}

fn is_kept(name: &str) -> bool {
    KEPT.iter().any(|kept| name.eq_ignore_ascii_case(kept))
}

/// Whether `fetch` throws because of a field.
fn is_refused(field: &Field) -> bool {
    !is_token(field.name.as_bytes()) || field.value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t')
}

fn has_no_body(call: &Call<'_>) -> bool {
    ["GET", "HEAD"].iter().any(|method| method.eq_ignore_ascii_case(&call.request.method))
}

fn remarks_of(call: &Call<'_>, fields: &[Field]) -> Vec<String> {
    let mut remarks = Vec::new();
    let is_host =
        |field: &Field| field.name.eq_ignore_ascii_case("host") && field.value == call.target().authority().as_bytes();
    for field in fields
        .iter()
        .filter(|field| is_kept(&field.name) && !is_host(field) && !field.name.eq_ignore_ascii_case("content-length"))
    {
        remarks.push(format!("not said here: the field {}", shown(&field.line)));
    }
    for field in fields.iter().filter(|field| is_refused(field)) {
        remarks.push(format!("not said here: the field {}, which fetch refuses", shown(&field.line)));
    }
    if has_no_body(call) && call.request.content.is_some() {
        remarks.push(format!("not said here: the content, as fetch sends none with {}", call.request.method));
    }
    let method = call.request.method.as_str();
    if METHODS.iter().any(|refused| refused.eq_ignore_ascii_case(method)) {
        remarks.push(format!("fetch refuses the method {method}"));
    }
    if UPPER.iter().any(|upper| *upper != method && upper.eq_ignore_ascii_case(method)) {
        remarks.push(format!("the method {method} is sent in upper case"));
    }
    if let Some(target) = &call.spec.request_target {
        remarks.push(format!("not said here: the request target {}", shown(target)));
    }
    if is_rewritten(&call.target().path, call.target().query.as_deref().unwrap_or_default()) {
        remarks.push("fetch writes the path and the query in the form of the URL Standard".to_owned());
    }
    if call.request.chunked {
        remarks.push("fetch sends the content with its length, not in chunks".to_owned());
    }
    if let Some((scheme, _)) = call.userinfo() {
        remarks.push(format!("not said here: --{scheme}"));
    }
    remarks
}

/// The content as an expression, and what has to be imported for it.
fn body(load: Load) -> (Option<String>, &'static str) {
    match load {
        Load::None => (None, ""),
        Load::Bytes(bytes) => (Some(bytes_of(&bytes)), ""),
        Load::Pieces(pieces) => {
            let pieces: Vec<String> = pieces.iter().map(piece).collect();
            let whole = match pieces.as_slice() {
                [piece] => piece.clone(),
                pieces => format!("Buffer.concat([{}])", pieces.join(", ")),
            };
            (Some(whole), "import { readFileSync } from 'node:fs';\n\n")
        }
    }
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Bytes(bytes) => bytes_of(bytes),
        Piece::File { path, offset: 0, .. } | Piece::Endless(path) => {
            format!("readFileSync({})", name(path_of(path)))
        }
        Piece::File { path, offset, .. } => format!("readFileSync({}).subarray({offset})", name(path_of(path))),
        Piece::Input => "readFileSync(0)".to_owned(),
    }
}

/// Bytes: of a string `fetch` would say that it is a text.
fn bytes_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(readable) if !readable.contains('\0') => format!("Buffer.from({})", text(readable)),
        _ => format!("Buffer.from('{}', 'base64')", STANDARD.encode(bytes)),
    }
}

/// The value of a field, each byte of which is a character there.
fn header(value: &[u8]) -> String {
    text(&value.iter().copied().map(char::from).collect::<String>())
}

/// The name of a file.
fn name(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => text(name),
        Err(_) => bytes_of(name),
    }
}
