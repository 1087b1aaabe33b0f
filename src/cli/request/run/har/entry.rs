//! One exchange as an entry of an archive: what crossed, in the words of HAR 1.2.

use serde_json::{Value, json};

use super::object::object;
use super::{cookies, text};
use crate::cli::request::run::phases::Phase;
use crate::cli::request::run::record::{Crossing, Kept, Messages};
use crate::client::decoded;
use crate::message::{
    BodyEnd, Chunked, ChunkedDecoder, ChunkedLimits, ReplyHead, ReplyVersion, TransferCodings, reply_body_end,
};
use crate::print::{is_secret, without_passwords};

/// No more of a content is decoded.
const MOST: usize = 64 << 20;

/// The entries of an exchange: one, and before it those of the requests for a tunnel.
pub(super) fn entries(crossing: &Crossing, masks: bool) -> Vec<Value> {
    let is_tunnel = |messages: &&Messages| crossing.method != "CONNECT" && messages.head.starts_with(b"CONNECT ");
    let mut entries: Vec<Value> =
        crossing.messages.iter().filter(is_tunnel).map(|messages| tunnel(crossing, messages, masks)).collect();
    let own = crossing.messages.iter().rfind(|messages| !is_tunnel(messages));
    // Where the proxy has refused, that is all there was.
    if own.is_some() || entries.is_empty() {
        entries.push(entry(crossing, own, masks));
    }
    entries
}

/// The exchange that was asked for; without messages it is one of which nothing crossed.
fn entry(crossing: &Crossing, messages: Option<&Messages>, masks: bool) -> Value {
    let head = crossing.head.as_ref();
    let mut remarks: Vec<String> = crossing.failure.iter().cloned().collect();
    // HAR has no place for them.
    remarks.extend(crossing.interim.iter().map(|status| format!("an interim response {status} came before")));
    let request = request(&crossing.method, &crossing.url, messages, masks, &mut remarks);
    let response = response(&crossing.method, head, messages.map(|messages| &messages.reply), masks, &mut remarks);
    let phase = |phase: Phase| crossing.phases.get(phase).map(milliseconds);
    let connect = [Phase::Tcp, Phase::Proxy, Phase::Tls].into_iter().filter_map(|phase| crossing.phases.get(phase));
    let connect = connect.reduce(|sum, time| sum + time).map(milliseconds);
    let or_none = |time: Option<f64>| time.unwrap_or(-1.0);
    let timings = object([
        ("blocked", (-1).into()),
        ("dns", or_none(phase(Phase::Dns)).into()),
        ("connect", or_none(connect).into()),
        ("ssl", or_none(phase(Phase::Tls)).into()),
        ("send", phase(Phase::Send).unwrap_or(0.0).into()),
        ("wait", phase(Phase::Wait).unwrap_or(0.0).into()),
        ("receive", phase(Phase::Receive).unwrap_or(0.0).into()),
    ]);
    assemble(crossing, milliseconds(crossing.phases.total()), [request, response, timings], &remarks)
}

/// A request for a tunnel. Its time is a phase of the exchange within, and stands here once more.
fn tunnel(crossing: &Crossing, messages: &Messages, masks: bool) -> Value {
    let scheme = crossing.url.split("://").next().unwrap_or_default();
    let mut remarks = vec![format!("asks the proxy for a tunnel for {}", crossing.url)];
    let refusal = crossing.messages.len() == 1 && crossing.head.is_none();
    remarks.extend(crossing.failure.iter().filter(|_| refusal).cloned());
    let target = messages.head.split(|byte| *byte == b' ').nth(1).map(text::of_field).unwrap_or_default();
    let request = request("CONNECT", &format!("{scheme}://{target}/"), Some(messages), masks, &mut remarks);
    let head = crossing.facts.tunnel.last();
    let response = response("CONNECT", head, Some(&messages.reply), masks, &mut remarks);
    let wait = milliseconds(crossing.phases.get(Phase::Proxy).unwrap_or(0));
    let timings = json!({"blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": wait, "receive": 0});
    assemble(crossing, wait, [request, response, timings], &remarks)
}

fn assemble(crossing: &Crossing, time: f64, [request, response, timings]: [Value; 3], remarks: &[String]) -> Value {
    let mut entry = object([
        ("startedDateTime", text::of_time(crossing.started).into()),
        ("time", time.into()),
        ("request", request),
        ("response", response),
        ("cache", object([])),
        ("timings", timings),
    ]);
    if let Some(address) = crossing.facts.remote {
        entry["serverIPAddress"] = json!(address.ip().to_string());
    }
    if let Some(number) = crossing.facts.connection {
        entry["connection"] = json!(number.to_string());
    }
    if !remarks.is_empty() {
        entry["comment"] = json!(remarks.join("; "));
    }
    entry
}

fn request(method: &str, url: &str, messages: Option<&Messages>, masks: bool, remarks: &mut Vec<String>) -> Value {
    let bytes = messages.map_or(&[][..], |messages| &messages.head);
    let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let line = text::of_field(lines.next().unwrap_or_default());
    let mut words = line.splitn(3, ' ').skip(1);
    let (target, version) = (words.next().unwrap_or_default(), words.next().unwrap_or("HTTP/1.1"));
    if !url.ends_with(target) && method != "CONNECT" {
        remarks.push(format!("the request target was '{target}'"));
    }
    let fields: Vec<(String, Vec<u8>)> = lines.filter_map(field).collect();
    let all = |wanted: &'static str| fields.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(wanted));
    let cookies: Vec<Value> =
        all("cookie").flat_map(|(_, value)| cookies::sent(&text::of_field(value), masks)).collect();
    let mut request = object([
        ("method", method.into()),
        ("url", url.into()),
        ("httpVersion", version.into()),
        ("cookies", cookies.into()),
        ("headers", headers(&fields, masks)),
        ("queryString", query(url)),
        ("headersSize", bytes.len().into()),
        ("bodySize", messages.map_or(0, |messages| messages.content.length).into()),
    ]);
    if let Some(content) = messages.map(|messages| &messages.content).filter(|content| content.length > 0) {
        let is_chunked = all("transfer-encoding").next().is_some();
        let media_type = all("content-type").next().map(|(_, value)| text::of_field(value)).unwrap_or_default();
        request["postData"] = posted(content, is_chunked, &media_type, remarks);
    }
    request
}

/// The content of a request. HAR has no word for one that is no text: it stands in base64, and a comment says so.
fn posted(content: &Kept, is_chunked: bool, media_type: &str, remarks: &mut Vec<String>) -> Value {
    remark_cut(content, "request", remarks);
    let bytes = if is_chunked { unchunked(&content.bytes) } else { content.bytes.clone() };
    let (text, is_encoded) = text::of_content(bytes);
    let mut posted = object([("mimeType", media_type.into()), ("text", text.into())]);
    if is_encoded {
        posted["_encoding"] = json!("base64");
        posted["comment"] = json!("the text is the content in base64");
    }
    posted
}

fn response(
    method: &str,
    head: Option<&ReplyHead>,
    reply: Option<&Kept>,
    masks: bool,
    remarks: &mut Vec<String>,
) -> Value {
    let fields = head.map_or(&[][..], |head| &head.fields);
    let set = head.into_iter().flat_map(|head| head.all("set-cookie"));
    let cookies: Vec<Value> = set.map(|value| cookies::set(&text::of_field(value), masks)).collect();
    let is_decoded = head.is_some_and(|head| head.version == ReplyVersion::Http2);
    let size = head.map_or(-1, |head| if is_decoded { -1 } else { signed(head.bytes.len() as u64) });
    let location = head.and_then(|head| head.first("location")).map(text::of_field).unwrap_or_default();
    let location = if masks { without_passwords(&location).into_owned() } else { location };
    object([
        ("status", head.map_or(0, |head| head.status).into()),
        ("statusText", head.map_or("", |head| head.reason.as_str()).into()),
        ("httpVersion", version(head).into()),
        ("cookies", cookies.into()),
        ("headers", headers(fields, masks)),
        ("content", content(method, head, reply, remarks)),
        ("redirectURL", location.into()),
        ("headersSize", size.into()),
        ("bodySize", reply.map_or(-1, |reply| signed(reply.length)).into()),
    ])
}

fn version(head: Option<&ReplyHead>) -> String {
    match head.map(|head| (head.version, head.bytes.split(|byte| *byte == b' ').next())) {
        None => String::new(),
        Some((ReplyVersion::Http09, _)) => "HTTP/0.9".to_owned(),
        Some((ReplyVersion::Http2, _)) => "HTTP/2".to_owned(),
        Some((ReplyVersion::Http1(_), word)) => word.map(text::of_field).unwrap_or_default(),
    }
}

/// The content of a response, without chunks and content codings.
fn content(method: &str, head: Option<&ReplyHead>, reply: Option<&Kept>, remarks: &mut Vec<String>) -> Value {
    let media_type = head.and_then(|head| head.first("content-type")).map(text::of_field).unwrap_or_default();
    let Some(reply) = reply.filter(|reply| reply.length > 0) else {
        return json!({"size": 0, "mimeType": media_type});
    };
    remark_cut(reply, "response", remarks);
    let is_chunked =
        head.is_some_and(|head| matches!(reply_body_end(method, head, TransferCodings::Raw), Ok(BodyEnd::Chunked)));
    let plain = if is_chunked { unchunked(&reply.bytes) } else { reply.bytes.clone() };
    let coded = plain.len();
    let (bytes, saved) = match head.filter(|head| head.first("content-encoding").is_some()) {
        Some(head) => match decoded(head, &plain, MOST) {
            Some(bytes) => (bytes, true),
            None => {
                remarks.push("the content stands here as it came, in its content coding".to_owned());
                (plain, false)
            }
        },
        None => (plain, false),
    };
    let size = signed(bytes.len() as u64);
    let (text, is_encoded) = text::of_content(bytes);
    let mut content = object([("size", size.into()), ("mimeType", media_type.into()), ("text", text.into())]);
    if saved {
        content["compression"] = json!(size - signed(coded as u64));
    }
    if is_encoded {
        content["encoding"] = json!("base64");
    }
    content
}

fn remark_cut(kept: &Kept, whose: &str, remarks: &mut Vec<String>) {
    let there = kept.bytes.len() as u64;
    if there < kept.length {
        remarks.push(format!("only the first {there} of {} bytes of the {whose}'s content were kept", kept.length));
    }
}

/// The content of chunks, as far as they are any.
fn unchunked(bytes: &[u8]) -> Vec<u8> {
    let most = bytes.len();
    let limits = ChunkedLimits { content: u64::MAX, extensions: most, trailers: most, trailer_lines: most };
    let (mut decoder, mut rest, mut content) = (ChunkedDecoder::lenient(limits), bytes, Vec::new());
    while let Ok(Chunked::Data { skip, length }) = decoder.next(rest) {
        content.extend_from_slice(&rest[skip..skip + length]);
        rest = &rest[skip + length..];
    }
    content
}

fn field(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((text::of_field(&line[..colon]), line[colon + 1..].trim_ascii().to_vec()))
}

fn headers(fields: &[(String, Vec<u8>)], masks: bool) -> Value {
    let shown = |name: &str, value: &[u8]| match masks {
        true if is_secret(name) => text::MASK.to_owned(),
        true => without_passwords(&text::of_field(value)).into_owned(),
        false => text::of_field(value),
    };
    fields.iter().map(|(name, value)| named(name, shown(name, value))).collect()
}

fn query(url: &str) -> Value {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes()).map(|(name, value)| named(&name, value.into_owned())).collect()
}

fn named(name: &str, value: String) -> Value {
    object([("name", name.into()), ("value", value.into())])
}

fn milliseconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1e3
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
