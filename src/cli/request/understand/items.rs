//! What follows the URL as HTTPie's users type it: `name=Kim age:=3 q==text X-A:1 file@photo.png`.
//!
//! They become what the options of the same meaning would be, so that everything behind knows options only. On a command
//! line of curl's only those words are items that cannot be URLs there: `host:80` and `user@host` stay URLs.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use bstr::BString;
use serde_json::{Map, Value};

use super::content;
use crate::cli::args::{DataKind, DataPart, DialectChoice, RequestArgs, Spelling, UNRESERVED, Word};
use crate::client::form::media_type;
use crate::client::{Error, Kind};
use crate::message::is_token;

/// What a sign between name and value asks for. Of two that begin at the same place the longer one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// `==`
    Query,
    /// `:=`
    Json,
    /// `=`
    Text,
    /// `@`
    File,
    /// `:`
    Field,
    /// `;` at the end
    EmptyField,
}

const SIGNS: [(&str, Sign); 5] =
    [("==", Sign::Query), (":=", Sign::Json), ("=", Sign::Text), ("@", Sign::File), (":", Sign::Field)];

/// An item: its name, and its value as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TypedItem {
    name: String,
    sign: Sign,
    value: String,
}

/// The arguments with options in the place of items; as they are where there are none.
///
/// # Errors
/// `Kind::Usage` for what is no JSON, data of both kinds, or an item where a dialect is spoken; `Kind::Read` for a file that cannot be read.
pub(crate) fn read<'a>(
    args: &'a RequestArgs,
    words: &[Word],
    input: &mut dyn Read,
) -> Result<Cow<'a, RequestArgs>, Error> {
    let items: Vec<TypedItem> = words.iter().skip(1).filter_map(|word| as_item(word, args.spelling)).collect();
    let Some(first) = items.first() else { return Ok(Cow::Borrowed(args)) };
    if args.dialect != DialectChoice::Http {
        let what = format!("an item such as '{}' has no place in a dialect; -d sends data there", first.typed());
        return Err(Error::new(Kind::Usage, what));
    }
    let mut args = args.clone();
    let first = args.targets.len() - words.len();
    let mut place = 0..;
    args.targets.retain(|word| place.next().is_none_or(|at| at <= first) || as_item(word, args.spelling).is_none());
    add(&mut args, items, input)?;
    Ok(Cow::Owned(args))
}

impl TypedItem {
    /// It as it was typed, but for backslashes.
    fn typed(&self) -> String {
        let sign = SIGNS.iter().find(|(_, sign)| *sign == self.sign).map_or(";", |(sign, _)| sign);
        format!("{}{sign}{}", self.name, self.value)
    }
}

fn as_item(word: &Word, spelling: Spelling) -> Option<TypedItem> {
    let Word::Plain(text) = word else { return None };
    let (name, sign, value) = parted(text)?;
    // Digits, or a pattern of them.
    let is_port = |byte: u8| byte.is_ascii_digit() || b"[]{},-:<>".contains(&byte);
    let has_port = || value.split(['/', '?']).next().is_some_and(|port| port.bytes().all(is_port));
    let is_url = match sign {
        // A scheme, an address in brackets, a port with a path behind it.
        Sign::Field if value.starts_with("//") || !is_token(name.as_bytes()) => true,
        Sign::Field if value.contains('/') && has_port() => true,
        Sign::Field => spelling == Spelling::Curl && !value.is_empty() && (has_port() || value.contains('@')),
        Sign::File => spelling == Spelling::Curl,
        _ => false,
    };
    // Without a name a file is the content itself.
    let has_name = !name.is_empty() || sign == Sign::File && !value.is_empty();
    (!is_url && has_name).then_some(TypedItem { name, sign, value })
}

/// The name before the first sign, without backslashes, the sign, and the value behind it. A name that holds a slash, a
/// question mark or a number sign is that of a URL.
fn parted(text: &str) -> Option<(String, Sign, String)> {
    let mut name = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((sign, kind)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            return Some((name, *kind, rest[sign.len()..].to_owned()));
        }
        if rest == ";" {
            return Some((name, Sign::EmptyField, String::new()));
        }
        rest = &rest[first.len_utf8()..];
        match (first, rest.chars().next()) {
            ('/' | '?' | '#', _) => return None,
            ('\\', Some(escaped)) if "=:@;\\".contains(escaped) => {
                name.push(escaped);
                rest = &rest[escaped.len_utf8()..];
            }
            _ => name.push(first),
        }
    }
    None
}

fn add(args: &mut RequestArgs, items: Vec<TypedItem>, input: &mut dyn Read) -> Result<(), Error> {
    let is_form = !args.forms.is_empty() || items.iter().any(|item| item.sign == Sign::File && !item.name.is_empty());
    let mut object = Map::new();
    let mut files = Vec::new();
    let mut has_data = false;
    for TypedItem { name, sign, value } in items {
        match sign {
            Sign::Field => args.header.push(format!("{name}: {}", value.trim_ascii()).trim_end().into()),
            Sign::EmptyField => args.header.push(format!("{name};").into()),
            Sign::Query => args.url_query.push(format!("+{}={}", encoded(&name), encoded(&value)).into()),
            Sign::File if name.is_empty() => files.push(value),
            Sign::File => args.forms.push((false, file_field(&name, &value))),
            Sign::Text | Sign::Json => {
                let value = content_of(&name, sign, value, input)?;
                match is_form {
                    true => args.forms.push((true, field(&name, &value))),
                    false => drop(object.insert(name, value)),
                }
                has_data = true;
            }
        }
    }
    // Behind the fields, one of which may say the media type.
    files.iter().for_each(|file| add_file(args, file));
    if has_data && !args.parts.is_empty() {
        let what = "items like name=value and -d or --json are both the content, take one of them";
        return Err(Error::new(Kind::Usage, what));
    }
    if !object.is_empty() {
        args.parts.push(DataPart { kind: DataKind::Json, value: Value::Object(object).to_string().into() });
    }
    Ok(())
}

/// The value of a data item: text, JSON, or, after `@`, what a file holds.
fn content_of(name: &str, sign: Sign, typed: String, input: &mut dyn Read) -> Result<Value, Error> {
    let text = match typed.strip_prefix('@') {
        Some(file) => {
            let bytes = content::read_file(file.as_bytes(), input)?;
            let wrong = |_| Error::new(Kind::Usage, format!("item '{name}': file '{file}' is not UTF-8"));
            String::from_utf8(bytes).map_err(wrong)?
        }
        None => typed,
    };
    if sign == Sign::Text {
        return Ok(Value::String(text));
    }
    serde_json::from_str(&text).map_err(|error| {
        let hint = format!("'{name}={text}' sends it as text");
        Error::new(Kind::Usage, format!("item '{name}:={text}' is not JSON ({error}); {hint}"))
    })
}

/// A file as the content, of the media type that the end of its name stands for.
fn add_file(args: &mut RequestArgs, file: &str) {
    args.parts.push(DataPart { kind: DataKind::Binary, value: format!("@{file}").into() });
    let is_typed = |line: &BString| line.get(..13).is_some_and(|name| name.eq_ignore_ascii_case(b"content-type:"));
    if !args.header.iter().any(is_typed) {
        let path = Path::new(file);
        let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        let media_type = if is_json { Some("application/json") } else { media_type(path) };
        args.header.push(format!("Content-Type: {}", media_type.unwrap_or("application/octet-stream")).into());
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A field of a form that is text.
fn field(name: &str, value: &Value) -> BString {
    match value {
        Value::String(text) => format!("{name}={text}").into(),
        other => format!("{name}={other}").into(),
    }
}

/// A field of a form that is a file, whose type may follow its name, as with `-F`.
fn file_field(name: &str, value: &str) -> BString {
    format!("{name}=@{value}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, spelling: Spelling) -> Option<String> {
        as_item(&Word::Plain(text.to_owned()), spelling)
            .map(|item| format!("{}|{:?}|{}", item.name, item.sign, item.value))
    }

    #[test]
    fn a_sign_tells_what_an_item_is() {
        for (text, expected) in [
            ("name=Kim", Some("name|Text|Kim")),
            ("name=", Some("name|Text|")),
            ("age:=3", Some("age|Json|3")),
            ("q==text", Some("q|Query|text")),
            ("q===x", Some("q|Query|=x")),
            ("X-A:1", Some("X-A|Field|1")),
            ("X-A:", Some("X-A|Field|")),
            ("X-A;", Some("X-A|EmptyField|")),
            ("X-A:a=b", Some("X-A|Field|a=b")),
            ("Referer:http://h/", Some("Referer|Field|http://h/")),
            ("file@photo.png", Some("file|File|photo.png")),
            ("mail=a@b.c", Some("mail|Text|a@b.c")),
            ("a\\:b=c", Some("a:b|Text|c")),
            ("a\\\\=c", Some("a\\|Text|c")),
            ("a\\b=c", Some("a\\b|Text|c")),
            ("u=http://h/?a=b", Some("u|Text|http://h/?a=b")),
            ("=x", None),
            ("@photo.png", Some("|File|photo.png")),
            ("@", None),
            (":8080/x", None),
            ("http://h/?a=b", None),
            ("h/?a=b", None),
            ("h?a=b", None),
            ("localhost:3000/x?y=1", None),
            ("h.example", None),
            ("[::1]:80/x", None),
        ] {
            assert_eq!(shown(text, Spelling::Short).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_a_url_to_curl_stays_one_after_request() {
        for (text, is_item) in [
            ("host:80", false),
            ("X-A:1", false),
            ("user@host", false),
            ("user:x@host", false),
            ("host:[80-81]", false),
            ("host:{80,81}/x", false),
            ("[::1]:80", false),
            ("a=b", true),
            ("a:=1", true),
            ("a==b", true),
            ("X-A:b", true),
            ("X-A:", true),
        ] {
            assert_eq!(shown(text, Spelling::Curl).is_some(), is_item, "{text}");
        }
    }
}
