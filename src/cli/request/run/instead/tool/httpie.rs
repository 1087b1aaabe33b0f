//! A command line for HTTPie.

use super::call::{Call, Load};
use super::extras::{Extra, unsaid};
use super::shell::{self, word};
use super::text::{MASKED, comments, shown};
use crate::client::Piece;
use crate::message::is_token;

/// What HTTPie gives a meaning between the name and the value of an item.
const SPECIAL: &[u8; 4] = b":=@;";
/// The longest word of a command line.
const WORD: usize = 100 * 1024;

/// The command that sends the request.
pub(super) fn command(call: &Call<'_>) -> String {
    let (mut parts, mut remarks) = (vec!["http".to_owned()], Vec::new());
    if call.is_masked() {
        remarks.push(MASKED.to_owned());
    }
    let (before, input) = content(call, &mut remarks);
    parts.extend(options(call));
    parts.extend(input);
    let items = items(call, &mut remarks);
    // What begins with a dash would be an option.
    if items.iter().any(|item| item.trim_start_matches('\'').starts_with('-')) {
        parts.push("--".to_owned());
    }
    let method = &call.request.method;
    match method.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        true => parts.push(method.clone()),
        false => remarks.push(format!("not said here: the method {method}, which HTTPie would take for the URL")),
    }
    parts.push(word(call.url()));
    parts.extend(items);
    remarks.extend(call.fields_unsaid());
    remarks.extend(call.line_unsaid());
    remarks.extend(unsaid(&call.extras, |extra| is_said(extra, call)));
    format!("{}{before}{}", comments("#", &remarks), shell::command(&parts))
}

fn options(call: &Call<'_>) -> Vec<String> {
    let value = |option: &str| call.extra(option).and_then(Extra::value);
    let mut options = Vec::new();
    if call.plan.follow.follow {
        options.push("--follow".to_owned());
        options.extend(value("max-redirs").map(|limit| format!("--max-redirects={limit}")));
    }
    match (call.extra("insecure"), value("cacert").or(value("capath"))) {
        (Some(_), _) => options.push("--verify=no".to_owned()),
        (None, Some(path)) => options.push(format!("--verify={}", word(path))),
        (None, None) => {}
    }
    options.extend(value("cert").map(|path| format!("--cert={}", word(path))));
    options.extend(value("key").map(|path| format!("--cert-key={}", word(path))));
    options.extend(value("connect-timeout").map(|seconds| format!("--timeout={seconds}")));
    if let Some(proxy) = call.proxy_url() {
        options.push(format!("--proxy=all:{}", word(&proxy)));
    }
    if call.has_dots() {
        options.push("--path-as-is".to_owned());
    }
    if call.request.chunked {
        options.push("--chunked".to_owned());
    }
    if let Some((_, userinfo)) = call.userinfo() {
        let user = word(format!("{}:{}", userinfo.user, call.secret(&userinfo.password)));
        options.push(format!("--auth-type=digest --auth={user}"));
    }
    options
}

fn is_said(extra: &Extra, call: &Call<'_>) -> bool {
    match extra.option {
        "location" | "max-redirs" | "insecure" | "cacert" | "cert" | "key" | "connect-timeout" => true,
        "capath" => call.extra("cacert").is_none(),
        "proxy" | "proxy-user" => call.proxy_url().is_some(),
        _ => false,
    }
}

/// The fields as items: `Name: value`, `Name;` for an empty one, `Name:` for one that is not sent.
fn items(call: &Call<'_>, remarks: &mut Vec<String>) -> Vec<String> {
    let mut items = Vec::new();
    let fields = call.fields();
    for field in &fields {
        if field.name.eq_ignore_ascii_case("host") && field.value == call.target().authority().as_bytes() {
            continue;
        }
        if has_escape(&field.value) {
            remarks.push(format!("not said here: the backslash in the field {}", shown(&field.line)));
        }
        let Ok(value) = std::str::from_utf8(&field.value) else {
            remarks.push(format!("not said here: the field {}, as arguments of HTTPie are UTF-8", shown(&field.line)));
            continue;
        };
        if !is_token(field.name.as_bytes()) {
            remarks
                .push(format!("not said here: the field {}, as its name would be read otherwise", shown(&field.line)));
            continue;
        }
        if value.trim_matches(is_space_of_python) != value {
            remarks.push(format!("not said here: the white space around the value of {}", shown(&field.line)));
        }
        items.push(match field.value.is_empty() {
            true => word(format!("{};", field.name)),
            false => word([field.name.as_bytes(), b": ", &field.value].concat()),
        });
    }
    // What HTTPie would add of its own accord, where we do not.
    let is_there = |name: &str| fields.iter().any(|field| field.name.eq_ignore_ascii_case(name));
    let has_content = call.request.content.is_some();
    for (name, is_added) in [("Accept", true), ("Content-Type", has_content), ("Accept-Encoding", true)] {
        if is_added && !is_there(name) {
            items.push(format!("{name}:"));
        }
    }
    if call.spec.user_agent.as_ref().is_some_and(|name| name.is_empty()) && !is_there("user-agent") {
        items.push("User-Agent:".to_owned());
    }
    items
}

/// What Python takes for white space.
fn is_space_of_python(sign: char) -> bool {
    sign.is_whitespace() || matches!(sign, '\x1c'..='\x1f')
}

/// Whether a backslash would be taken as the mark before one of those signs.
fn has_escape(value: &[u8]) -> bool {
    value.windows(2).any(|pair| pair[0] == b'\\' && SPECIAL.contains(&pair[1]))
}

/// What gives the content to the command, and the option that says where it comes from.
fn content(call: &Call<'_>, remarks: &mut Vec<String>) -> (String, Option<String>) {
    let typed = |text: &str| text.len() <= WORD && !text.is_empty() && shell::is_typable(text);
    match call.load() {
        Load::None => (String::new(), Some("--ignore-stdin".to_owned())),
        Load::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) if typed(&text) => (String::new(), Some(format!("--ignore-stdin --raw={}", word(&text)))),
            Ok(text) if text.is_empty() => {
                remarks.push("HTTPie does not say that the content is empty".to_owned());
                (String::new(), Some("--ignore-stdin".to_owned()))
            }
            Ok(text) => (format!("printf '{}' |\n", shell::printed(text.as_bytes())), None),
            Err(error) => (format!("printf '{}' |\n", shell::printed(error.as_bytes())), None),
        },
        Load::Pieces(pieces) => match pieces.as_slice() {
            [Piece::Input] => (String::new(), None),
            pieces => (format!("{{ {}; }} |\n", pieces.iter().map(shell::read).collect::<Vec<_>>().join("; ")), None),
        },
    }
}
