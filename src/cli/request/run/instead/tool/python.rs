//! A program in Python, with the package requests.

use super::call::{Call, Field, Load};
use super::extras::{Extra, unsaid};
use super::text::{MASKED, comments, literal as text, path_of};
use crate::client::Piece;

/// The program that sends the request.
pub(super) fn program(call: &Call<'_>) -> String {
    let (fields, mut remarks) = call.joined();
    if call.is_masked() {
        remarks.push(MASKED.to_owned());
    }
    remarks.extend(call.line_unsaid());
    remarks.extend(call.fields_unsaid());
    remarks.extend(unsaid(&call.extras, |extra| is_said(extra, call)));
    let (data, needs) = data(call);
    let request = request(call, &fields, data);
    let options = options(call);
    let send = match call.has_dots() {
        // A session takes them out of the path.
        true => format!(
            "request = session.prepare_request(requests.Request(\n{request}))\nrequest.url = {}\nresponse = session.send(request, {})\n",
            text(&call.url()),
            options.join(", "),
        ),
        false => {
            let options: String = options.iter().map(|option| format!("    {option},\n")).collect();
            format!("response = session.request(\n{request}{options})\n")
        }
    };
    let imports = imports(&format!("{request}{}", options.join("")), needs);
    format!(
        "{}{}\n\nsession = requests.Session()\nsession.trust_env = False  # no proxy and no password from elsewhere\n\
         session.headers.clear()  # the fields below, and no others\n{send}\
         print(response.status_code, response.reason)\nprint(response.text)\n",
        comments("#", &remarks),
        imports.join("\n"),
    )
}

/// The lines that import what the program names.
fn imports(program: &str, needs: Vec<&'static str>) -> Vec<&'static str> {
    let system = program.contains("os.fsdecode(").then_some("import os");
    system.into_iter().chain(needs).chain(["import requests"]).collect()
}

/// Method, URL, fields and content, a line each.
fn request(call: &Call<'_>, fields: &[Field], data: Option<String>) -> String {
    let mut lines = format!("    {},\n    {},\n    headers={{\n", text(&call.request.method), text(&call.url()));
    for field in call.with_agent(fields) {
        let value = match field {
            (name, Some(value)) => format!("{}: {}", text(name), header(value)),
            (name, None) => format!("{}: requests.utils.default_user_agent()", text(name)),
        };
        lines.push_str(&format!("        {value},\n"));
    }
    lines.push_str("    },\n");
    if let Some(data) = data {
        lines.push_str(&format!("    data={data},\n"));
    }
    if let Some((scheme, userinfo)) = call.userinfo() {
        let (user, password) = (text(&userinfo.user), text(call.secret(&userinfo.password)));
        let remark = if scheme == "anyauth" { "  # whatever the server offers" } else { "" };
        lines.push_str(&format!("    auth=requests.auth.HTTPDigestAuth({user}, {password}),{remark}\n"));
    }
    lines
}

/// What is asked of the connection.
fn options(call: &Call<'_>) -> Vec<String> {
    let value = |option: &str| call.extra(option).and_then(Extra::value);
    let mut options = vec![format!("allow_redirects={}", if call.plan.follow.follow { "True" } else { "False" })];
    if let Some(proxy) = call.proxy_url() {
        options.push(format!("proxies={{'all': {}}}", text(&proxy)));
    }
    match (call.extra("insecure"), value("cacert").or(value("capath"))) {
        (Some(_), _) => options.push("verify=False".to_owned()),
        (None, Some(path)) => options.push(format!("verify={}", name(path))),
        (None, None) => {}
    }
    match (value("cert"), value("key")) {
        (Some(certificate), Some(key)) => options.push(format!("cert=({}, {})", name(certificate), name(key))),
        (Some(certificate), None) => options.push(format!("cert={}", name(certificate))),
        _ => {}
    }
    if let Some(seconds) = value("connect-timeout") {
        options.push(format!("timeout=({seconds}, None)"));
    }
    options
}

fn is_said(extra: &Extra, call: &Call<'_>) -> bool {
    match extra.option {
        "location" | "insecure" | "cacert" | "cert" | "key" | "connect-timeout" | "noproxy" => true,
        "capath" => call.extra("cacert").is_none(),
        "proxy" | "proxy-user" => call.proxy_url().is_some(),
        _ => false,
    }
}

/// The content as an expression, and what has to be imported for it.
fn data(call: &Call<'_>) -> (Option<String>, Vec<&'static str>) {
    let (data, imports) = match call.load() {
        Load::None => return (None, Vec::new()),
        Load::Bytes(data) => (bytes(&data), Vec::new()),
        Load::Pieces(pieces) => {
            let mut imports = Vec::new();
            if pieces.iter().any(|piece| matches!(piece, Piece::File { .. } | Piece::Endless(_))) {
                imports.push("import pathlib");
            }
            if pieces.contains(&Piece::Input) {
                imports.push("import sys");
            }
            (pieces.iter().map(piece).collect::<Vec<_>>().join("\n    + "), imports)
        }
    };
    // What has no length goes in chunks.
    let data = if call.request.chunked { format!("iter([{data}])") } else { data };
    (Some(data), imports)
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Bytes(data) => bytes(data),
        Piece::File { path, offset: 0, .. } | Piece::Endless(path) => {
            format!("pathlib.Path({}).read_bytes()", name(path_of(path)))
        }
        Piece::File { path, offset, .. } => {
            format!("pathlib.Path({}).read_bytes()[{offset}:]", name(path_of(path)))
        }
        Piece::Input => "sys.stdin.buffer.read()".to_owned(),
    }
}

/// The value of a field; one that is not ASCII as the bytes that it has.
fn header(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(value) if value.is_ascii() => text(value),
        _ => bytes(value),
    }
}

/// The name of a file.
fn name(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => text(name),
        Err(_) => format!("os.fsdecode({})", bytes(name)),
    }
}

/// A literal of bytes; a text that is not ASCII is read more easily as such.
fn bytes(data: &[u8]) -> String {
    match std::str::from_utf8(data) {
        Ok(readable) if !readable.is_ascii() => return format!("{}.encode()", text(readable)),
        _ => {}
    }
    let escaped = data.iter().map(|byte| match byte {
        b'\'' => "\\'".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\t' => "\\t".to_owned(),
        b' '..=b'~' => char::from(*byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    });
    format!("b'{}'", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_stand_for_every_byte() {
        assert_eq!(text("it's \\ \n\t\x1b \u{fc} \u{202e}"), "'it\\'s \\\\ \\n\\t\\u001b \u{fc} \\u202e'");
        assert_eq!(bytes(b"a\0\xff'\\\r\n"), "b'a\\x00\\xff\\'\\\\\\r\\n'");
        assert_eq!(bytes("gr\u{fc}n".as_bytes()), "'gr\u{fc}n'.encode()");
        assert_eq!(header(b"plain"), "'plain'");
    }
}
