//! From what was asked to the complete request of one hop. The order of the fields is curl's.

use bstr::{BStr, ByteSlice};

use super::connect::{authorization as proxy_authorization, connect, is_for_proxy};
use super::credentials::{Credentials, basic};
use super::error::{Error, Kind};
use super::hop::Hop;
use super::request::{Content, FieldLine, Protocol, Request};
use super::spec::{Body, FieldWish, RequestSpec};
use super::target::{Reading, TargetUri};
use crate::message::is_token;

/// Content above this size waits for `100 (Continue)`, as does content of no known size: curl's rule.
const EXPECT_ABOVE: u64 = 1024 * 1024;

/// The most bytes of a header section that is sent: curl's.
const HEAD_LIMIT: usize = 1024 * 1024;

/// Builds the complete request of a hop.
///
/// # Errors
/// `Kind::Usage` if the method is no token, or a value holds CR, LF or NUL.
pub fn build(spec: &RequestSpec, hop: &Hop) -> Result<Request, Error> {
    let body = if hop.with_body { &spec.body } else { &Body::None };
    let request_target = match &spec.request_target {
        Some(target) => target.clone(),
        // A proxy in the clear is told the whole URI (RFC 9112 3.2.2).
        None if is_for_proxy(hop) => hop.target.to_string(),
        None => hop.target.origin_form(),
    };
    let media_type = match body {
        Body::Data(_, media_type) => media_type.as_ref(),
        _ => None,
    };
    let send = |content: &Content| if hop.probes { Content::default() } else { content.clone() };
    let content = spec.content().filter(|_| hop.with_body).map(send);
    let mut fields = Vec::new();
    add_host(&mut fields, spec, hop);
    add_defaults(&mut fields, spec, hop, content.as_ref());
    let length = content.as_ref().map(Content::length);
    let protocol = if hop.is_old && spec.protocol == Protocol::Http11 { Protocol::Http10 } else { spec.protocol };
    let chunked = is_chunked(spec, protocol, length)?;
    if chunked && !spec.is_typed("transfer-encoding") {
        fields.push(FieldLine::new("Transfer-Encoding", "chunked"));
    }
    add_cookies(&mut fields, spec, hop);
    fields.extend(spec.condition.clone().filter(|line| !spec.is_typed(line.name())));
    add_typed(&mut fields, spec, hop);
    if let (Some(Some(length)), false) = (length, chunked) {
        add_length(&mut fields, spec, hop, length);
    }
    // The type of a form names the boundary of parts, and a probe has none.
    if let Some(media_type) = media_type.filter(|_| !hop.probes || !is_form(spec)) {
        push_unless_typed(&mut fields, spec, "Content-Type", media_type);
    }
    let waits = length.is_some_and(|length| length.is_none_or(|length| length > EXPECT_ABOVE));
    if waits && protocol != Protocol::Http10 && hop.expects {
        push_unless_typed(&mut fields, spec, "Expect", "100-continue");
    }
    add_connection(&mut fields, spec);
    let request = Request {
        method: spec.method_of(hop).to_owned(),
        target: hop.target.clone(),
        request_target,
        protocol,
        fields,
        content,
        chunked,
        proxy: hop.proxy.clone(),
        connect: connect(spec, hop).map(Box::new),
    };
    for request in request.connect.as_deref().into_iter().chain([&request]) {
        check(request)?;
    }
    Ok(request)
}

/// Whether the content is made of parts.
fn is_form(spec: &RequestSpec) -> bool {
    matches!(&spec.body, Body::Data(_, Some(media_type)) if media_type.starts_with(b"multipart/"))
}

/// `Content-Length`. An empty upload still says that it is empty; data says it too.
fn add_length(fields: &mut Vec<FieldLine>, spec: &RequestSpec, hop: &Hop, length: u64) {
    match hop.probes {
        true => fields.push(FieldLine::new("Content-Length", "0")),
        false => push_unless_typed(fields, spec, "Content-Length", length.to_string()),
    }
}

/// Whether content of that length goes in chunks: where a typed `Transfer-Encoding` says so, else where the length is not
/// known before, whatever was typed as `Content-Length`. So does curl.
fn is_chunked(spec: &RequestSpec, protocol: Protocol, length: Option<Option<u64>>) -> Result<bool, Error> {
    // HTTP/2 has frames (RFC 9113 8.1).
    let Some(length) = length.filter(|_| protocol != Protocol::Http2PriorKnowledge) else { return Ok(false) };
    if spec.is_typed("transfer-encoding") {
        let lists = |line: &FieldLine| line.text().split(',').any(|item| item.trim().eq_ignore_ascii_case("chunked"));
        return Ok(spec.typed("transfer-encoding").is_some_and(lists));
    }
    match (length, protocol) {
        (None, Protocol::Http10) => {
            Err(Error::new(Kind::Upload, "HTTP/1.0 cannot carry content whose length is not known before"))
        }
        (length, _) => Ok(length.is_none()),
    }
}

/// `Host` is the first field (RFC 9110 7.2), a typed one in its place; it is meant for the host that it was typed for.
fn add_host(fields: &mut Vec<FieldLine>, spec: &RequestSpec, hop: &Hop) {
    match spec.typed("host") {
        Some(typed) if hop.trusted => {
            fields.push(
                FieldLine::typed([b"Host".as_slice(), &typed.line()[typed.name().len()..]].concat())
                    .unwrap_or(typed.clone()),
            );
        }
        None if spec.is_typed("host") => {}
        _ => fields.push(FieldLine::new("Host", hop.target.authority())),
    }
}

/// The target as the server knows it: with the host of a typed `Host`, to which cookies belong then.
pub fn named_target(spec: &RequestSpec, hop: &Hop) -> TargetUri {
    let typed = spec.typed("host").filter(|_| hop.trusted);
    let named = typed.and_then(|line| TargetUri::parse(&format!("http://{}/", line.value()), Reading::default()).ok());
    let host = named.map_or_else(|| hop.target.host.clone(), |named| named.host);
    TargetUri { host, ..hop.target.clone() }
}

/// The fields that are sent without being typed, in curl's order.
fn add_defaults(fields: &mut Vec<FieldLine>, spec: &RequestSpec, hop: &Hop, content: Option<&Content>) {
    let for_proxy = hop.proxy.as_ref().filter(|_| is_for_proxy(hop));
    if let Some(authorization) = for_proxy.and_then(|proxy| proxy_authorization(hop, proxy)) {
        push_for_proxy(fields, spec, "Proxy-Authorization", &authorization);
    }
    if let Some(authorization) = authorization(spec, hop) {
        push_unless_typed(fields, spec, "Authorization", &authorization);
    }
    match (hop.range.as_ref().or(spec.range.as_ref()), content.map(|content| spec.total.or(content.length()))) {
        (Some(range), None) => push_unless_typed(fields, spec, "Range", range),
        (Some(range), Some(Some(total))) if !is_form(spec) => {
            let sent = range.trim_start_matches("bytes=");
            push_unless_typed(fields, spec, "Content-Range", format!("bytes {sent}/{total}"));
        }
        _ => {}
    }
    if !spec.agent().is_empty() {
        push_unless_typed(fields, spec, "User-Agent", spec.agent());
    }
    push_unless_typed(fields, spec, "Accept", "*/*");
    if spec.transfer_codings {
        push_unless_typed(fields, spec, "TE", "gzip");
    }
    if spec.compressed {
        push_unless_typed(fields, spec, "Accept-Encoding", "deflate, gzip, br, zstd");
    }
    if let Some(referer) = hop.referer.as_ref().or(spec.referer.as_ref()).filter(|referer| !referer.is_empty()) {
        push_unless_typed(fields, spec, "Referer", referer);
    }
    if for_proxy.is_some() {
        push_for_proxy(fields, spec, "Proxy-Connection", "Keep-Alive");
    }
}

/// The value of `Authorization`. Secrets of the command line stay with the first origin; those of a URL go with it.
fn authorization(spec: &RequestSpec, hop: &Hop) -> Option<String> {
    if let Some(answer) = &hop.authorization {
        return Some(answer.clone());
    }
    match spec.credentials_of(hop)? {
        Credentials::Basic(userinfo) => Some(basic(&userinfo)),
        Credentials::Bearer(token) => Some(format!("Bearer {token}")),
        Credentials::Digest(_) | Credentials::Offered(_) => None,
    }
}

/// The cookies of the jar and those of `-b` in one field. A `Cookie` that was typed as a field stands for those of `-b`,
/// and goes beside the jar's, as curl sends them.
fn add_cookies(fields: &mut Vec<FieldLine>, spec: &RequestSpec, hop: &Hop) {
    let is_typed = spec.fields.iter().any(|wish| match wish {
        FieldWish::Send(line) => line.is("cookie"),
        FieldWish::Omit(name) => name.eq_ignore_ascii_case("cookie"),
    });
    let typed = spec.cookies.as_deref().filter(|_| hop.trusted && !is_typed);
    let all: Vec<&[u8]> =
        hop.cookies.as_deref().into_iter().chain(typed).filter(|text| !text.is_empty()).map(|text| &**text).collect();
    if !all.is_empty() {
        fields.push(FieldLine::new("Cookie", bstr::join("; ", all)));
    }
}

/// The fields that were typed. Those that hold secrets stay with the first origin (RFC 9110 15.4), and those that
/// describe content go only with content.
fn add_typed(fields: &mut Vec<FieldLine>, spec: &RequestSpec, hop: &Hop) {
    for wish in &spec.fields {
        let FieldWish::Send(line) = wish else { continue };
        let is_secret = ["authorization", "cookie"].iter().any(|name| line.is(name));
        let is_description = ["content-type", "content-length", "transfer-encoding"].iter().any(|name| line.is(name));
        // A probe has no content, whatever was typed about it.
        let is_untrue = (is_description && !hop.with_body) || (hop.probes && line.is("content-length"));
        if line.is("host") || line.is("connection") || (is_secret && !hop.trusted) || is_untrue {
            continue;
        }
        fields.push(line.clone());
    }
    if is_for_proxy(hop) {
        fields.extend(spec.proxy_lines().cloned());
    }
}

/// What is said about the connection comes last. `TE` concerns only that (RFC 9110 10.1.4), and is named there in the first
/// field that was typed, or in one of its own.
fn add_connection(fields: &mut Vec<FieldLine>, spec: &RequestSpec) {
    let names_te = spec.transfer_codings && !spec.is_typed("te");
    let mut typed = spec.fields.iter().filter_map(|wish| match wish {
        FieldWish::Send(line) if line.is("connection") && !line.value().is_empty() => Some(line),
        _ => None,
    });
    let first = typed.next().map(FieldLine::value);
    let values: Vec<&BStr> = first.into_iter().chain(names_te.then_some(b"TE".as_bstr())).collect();
    if !values.is_empty() {
        fields.push(FieldLine::new("Connection", bstr::join(", ", &values)));
    }
    fields.extend(typed.cloned());
}

fn push_for_proxy(fields: &mut Vec<FieldLine>, spec: &RequestSpec, name: &str, value: impl AsRef<[u8]>) {
    if !spec.is_for_proxy(name) {
        push_unless_typed(fields, spec, name, value);
    }
}

fn push_unless_typed(fields: &mut Vec<FieldLine>, spec: &RequestSpec, name: &str, value: impl AsRef<[u8]>) {
    if !spec.is_typed(name) {
        fields.push(FieldLine::new(name, value));
    }
}

/// Nothing that was typed may end a line: the request would be another one.
fn check(request: &Request) -> Result<(), Error> {
    if !is_token(request.method.as_bytes()) {
        return Err(Error::new(Kind::Usage, format!("method '{}', expected a token such as GET", request.method)));
    }
    if request.request_target.bytes().any(|byte| byte.is_ascii_control() || byte == b' ') {
        return Err(Error::new(Kind::Usage, "the request target holds white space or a control character"));
    }
    let length: usize = request.fields.iter().map(|field| field.line().len() + 2).sum();
    if length > HEAD_LIMIT {
        let what = format!("a header section of {length} bytes, at most {HEAD_LIMIT} are sent");
        return Err(Error::new(Kind::Large, what));
    }
    for field in &request.fields {
        if field.line().bytes().any(|byte| matches!(byte, b'\r' | b'\n' | b'\0')) {
            return Err(Error::new(Kind::Usage, format!("field '{}' holds a CR, LF or NUL", field.name())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bstr::BString;

    use super::*;
    use crate::client::parse_user;
    use crate::client::target::Reading;

    fn hop(url: &str) -> Hop {
        Hop::first(TargetUri::parse(url, Reading::default()).unwrap())
    }

    fn head(spec: &RequestSpec, hop: &Hop) -> String {
        String::from_utf8(build(spec, hop).unwrap().head()).unwrap().replace("\r\n", "|")
    }

    fn send(line: &str) -> FieldWish {
        FieldWish::Send(FieldLine::typed(line).unwrap())
    }

    fn form(text: &'static str) -> Body {
        Body::Data(Content::bytes(text), Some("application/x-www-form-urlencoded".into()))
    }

    #[test]
    fn the_whole_request_stands_in_curls_order() {
        let agent = Some("a".to_owned());
        let plain = RequestSpec { user_agent: agent.clone().map(BString::from), ..RequestSpec::default() };
        let base = "Host: h|User-Agent: a|Accept: */*|";
        for (spec, expected) in [
            (plain.clone(), format!("GET /x HTTP/1.1|{base}|")),
            (RequestSpec { head_only: true, ..plain.clone() }, format!("HEAD /x HTTP/1.1|{base}|")),
            (
                RequestSpec { body: form("a=b"), fields: vec![send("x-One:1"), send("X-Two:  2 ")], ..plain.clone() },
                format!(
                    "POST /x HTTP/1.1|{base}x-One:1|X-Two:  2 |Content-Length: 3|\
                     Content-Type: application/x-www-form-urlencoded||"
                ),
            ),
            (
                RequestSpec { fields: vec![FieldWish::Omit("accept".into()), send("host: other")], ..plain.clone() },
                "GET /x HTTP/1.1|Host: other|User-Agent: a||".to_owned(),
            ),
            (
                RequestSpec { fields: vec![send("user-agent: b"), send("Empty:")], ..plain.clone() },
                "GET /x HTTP/1.1|Host: h|Accept: */*|user-agent: b|Empty:||".to_owned(),
            ),
            (
                RequestSpec {
                    body: Body::Upload(Content(vec![crate::client::request::Piece::Input])),
                    ..plain.clone()
                },
                format!("PUT /x HTTP/1.1|{base}Transfer-Encoding: chunked|Expect: 100-continue||"),
            ),
            (
                RequestSpec {
                    credentials: Some(Credentials::Basic(parse_user("me:secret"))),
                    range: Some("bytes=0-1".into()),
                    cookies: Some("a=b".into()),
                    ..plain.clone()
                },
                "GET /x HTTP/1.1|Host: h|Authorization: Basic bWU6c2VjcmV0|Range: bytes=0-1|User-Agent: a|Accept: */*|\
                 Cookie: a=b||"
                    .to_owned(),
            ),
        ] {
            assert_eq!(head(&spec, &hop("http://h/x")), expected);
        }
    }

    #[test]
    fn secrets_stay_with_the_first_origin() {
        let spec = RequestSpec {
            user_agent: Some(BString::default()),
            fields: vec![send("authorization: x"), send("COOKIE: y"), send("Host: typed"), send("Z: z")],
            credentials: Some(Credentials::Bearer("t".into())),
            cookies: Some("a=b".into()),
            ..RequestSpec::default()
        };
        let away = Hop { trusted: false, ..hop("http://other/") };
        assert_eq!(head(&spec, &away), "GET / HTTP/1.1|Host: other|Accept: */*|Z: z||");
    }

    #[test]
    fn what_would_end_a_line_is_refused() {
        for spec in [
            RequestSpec { method: Some("GET /x HTTP/1.1\r\nA:".into()), ..RequestSpec::default() },
            RequestSpec { method: Some(String::new()), ..RequestSpec::default() },
            RequestSpec { user_agent: Some("a\r\nb: c".into()), ..RequestSpec::default() },
            RequestSpec { fields: vec![send("a: b\nc: d")], ..RequestSpec::default() },
            RequestSpec { credentials: Some(Credentials::Bearer("a\nb".into())), ..RequestSpec::default() },
            RequestSpec { request_target: Some("/ HTTP/1.1".into()), ..RequestSpec::default() },
        ] {
            assert_eq!(
                build(&spec, &hop("http://h/")).map_err(|error| error.kind).err(),
                Some(Kind::Usage),
                "{spec:?}"
            );
        }
    }
}
