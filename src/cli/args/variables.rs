//! Variables of a command line: `--variable NAME=CONTENT`, and `{{NAME}}` in the value of a `--expand-` option
//! (curl(1) `--variable`).

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bstr::{BStr, BString, ByteSlice};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::definition::path;
use crate::text::json;

/// What percent-encoding leaves as it is: the unreserved characters (RFC 3986 2.3).
pub const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The longest name: curl's.
const NAME_LIMIT: usize = 127;
/// What stands for content that is no Base64 where it should be: curl's.
const UNDECODED: &[u8] = b"[64dec-fail]";

/// The variables that were set so far.
#[derive(Debug, Default)]
pub(super) struct Variables {
    contents: BTreeMap<BString, Vec<u8>>,
    /// What the user should know, though it is no failure.
    pub(super) warnings: Vec<String>,
}

/// What a value of `--variable` says.
#[derive(Debug, PartialEq, Eq)]
enum Setting<'t> {
    Content(&'t [u8]),
    File(&'t [u8]),
    /// Nothing: only an environment variable can give it content.
    Nothing,
}

/// Why a variable cannot be set.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not written as it should be, or its environment variable is not set.
    Usage(String),
    /// Its file cannot be read.
    Read(String),
}

impl Variables {
    /// Sets a variable: `NAME=CONTENT`, `NAME@FILE`; with `%` before it, the environment's if it is set there; with
    /// `[FIRST-LAST]` behind the name, only these bytes.
    ///
    /// # Errors
    /// [`Fault`]
    pub(super) fn set(
        &mut self,
        text: &BStr,
        environment: &dyn Fn(&str) -> Option<String>,
        read_file: &mut dyn FnMut(&Path) -> Result<Vec<u8>, String>,
    ) -> Result<(), Fault> {
        let is_imported = text.starts_with(b"%");
        let rest = &text[usize::from(is_imported)..];
        let length = rest.iter().take_while(|byte| is_name(**byte)).count();
        let (name, rest) = (rest[..length].to_str().unwrap_or_default(), &rest[length..]);
        if name.is_empty() || name.len() > NAME_LIMIT {
            self.warnings.push(format!("--variable '{text}' has no good name and is left out"));
            return Ok(());
        }
        let wrong = || Fault::Usage(format!("--variable '{text}', expected NAME[FIRST-LAST] before '=' or '@'"));
        let (range, rest) = range(rest).ok_or_else(wrong)?;
        let setting = match rest {
            [b'=', content @ ..] => Setting::Content(content),
            [b'@', file @ ..] => Setting::File(file),
            [] => Setting::Nothing,
            _ => {
                self.warnings.push(format!("--variable '{text}' sets nothing, expected NAME=CONTENT or NAME@FILE"));
                return Ok(());
            }
        };
        let imported = is_imported.then(|| environment(name)).flatten();
        let content = match (imported, setting) {
            (Some(value), _) => value.into_bytes(),
            (None, Setting::Content(content)) => cut(content, range),
            (None, Setting::File(file)) => cut(&read_file(&path(file.into())).map_err(Fault::Read)?, range),
            (None, Setting::Nothing) if is_imported => {
                return Err(Fault::Usage(format!("--variable '{text}': the environment does not set {name}")));
            }
            (None, Setting::Nothing) => {
                self.warnings.push(format!("--variable '{text}' sets nothing, expected NAME=CONTENT or NAME@FILE"));
                return Ok(());
            }
        };
        self.contents.insert(name.into(), content);
        Ok(())
    }

    /// The text with the contents of variables in the place of `{{NAME}}`; `\{{` stands for two braces.
    ///
    /// # Errors
    /// Says which function is none, or that a null byte comes out, which no argument can hold.
    pub(super) fn expand(&mut self, text: &BStr) -> Result<BString, String> {
        let mut expanded = Vec::new();
        let mut rest = text.as_bytes();
        while let Some(at) = rest.find("{{") {
            let (before, behind) = (&rest[..at], &rest[at + 2..]);
            if let Some(before) = before.strip_suffix(b"\\") {
                expanded.extend_from_slice(before);
                expanded.extend_from_slice(b"{{");
                rest = behind;
                continue;
            }
            let Some(end) = behind.find("}}") else {
                self.warnings.push(format!("'{text}' lacks the end '}}}}' of a variable"));
                break;
            };
            expanded.extend_from_slice(before);
            let inner = &behind[..end];
            let (name, functions) = inner.split_once_str(":").map_or((inner, None), |(name, rest)| (name, Some(rest)));
            let name = name.as_bstr();
            if name.is_empty() || name.len() > NAME_LIMIT || !name.bytes().all(is_name) {
                self.warnings.push(format!("'{name}' is no name of a variable, in '{text}'"));
                expanded.extend_from_slice(&[b"{{", inner, b"}}"].concat());
            } else {
                let mut content = self.contents.get(name.as_bytes()).cloned().unwrap_or_default();
                for function in functions.iter().flat_map(|functions| functions.split(|sign| *sign == b':')) {
                    let function = function.as_bstr();
                    content = apply(function, &content).ok_or_else(|| {
                        format!("'{function}' in '{text}' is no function of variables, expected trim, json, url, b64 or 64dec")
                    })?;
                }
                expanded.extend_from_slice(&content);
            }
            rest = &behind[end + 2..];
        }
        expanded.extend_from_slice(rest);
        match expanded.contains(&0) {
            true => Err(format!("'{text}': a variable holds a null byte")),
            false => Ok(expanded.into()),
        }
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The first and last byte in `[FIRST-LAST]` or `[FIRST-]`, and what follows; `None` if it begins so and is none.
fn range(text: &[u8]) -> Option<((usize, usize), &[u8])> {
    let whole = (0, usize::MAX);
    let Some(inner) = text.strip_prefix(b"[").filter(|inner| inner.first().is_some_and(u8::is_ascii_digit)) else {
        return Some((whole, text));
    };
    let (range, rest) = inner.split_once_str("]")?;
    let (first, last) = range.to_str().ok()?.split_once('-')?;
    let first = first.parse().ok()?;
    let last = if last.is_empty() { usize::MAX } else { last.parse().ok()? };
    (first <= last).then_some(((first, last), rest))
}

fn cut(content: &[u8], (first, last): (usize, usize)) -> Vec<u8> {
    let end = content.len().min(last.saturating_add(1));
    content.get(first..end).unwrap_or_default().to_vec()
}

/// What a function makes of a content; `None` if there is no such function.
fn apply(function: &[u8], content: &[u8]) -> Option<Vec<u8>> {
    let is_white = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    Some(match function {
        b"trim" => {
            let start = content.iter().position(|byte| !is_white(byte)).unwrap_or(content.len());
            let end = content.iter().rposition(|byte| !is_white(byte)).map_or(start, |last| last + 1);
            content[start..end].to_vec()
        }
        b"json" => {
            let mut escaped = Vec::with_capacity(content.len());
            json::walk::escape(content, &mut escaped);
            escaped
        }
        b"url" => percent_encode(content, UNRESERVED).to_string().into_bytes(),
        b"b64" => STANDARD.encode(content).into_bytes(),
        b"64dec" => STANDARD.decode(content).unwrap_or_else(|_| UNDECODED.to_vec()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variables after these settings; `HOME` is in the environment, and files hold their own name and a line end.
    fn set(settings: &[&str]) -> Result<Variables, Fault> {
        let mut variables = Variables::default();
        let environment = |name: &str| (name == "HOME").then(|| "/root".to_owned());
        let mut file = |name: &Path| match name.to_str() {
            Some("missing") => Err("cannot read 'missing'".to_owned()),
            _ => Ok(format!("{}\n", name.display()).into_bytes()),
        };
        settings.iter().try_for_each(|text| variables.set(BStr::new(text), &environment, &mut file))?;
        Ok(variables)
    }

    #[test]
    fn contents_stand_for_their_names() {
        for (settings, text, expected) in [
            (&["a=1", "b=two"][..], "x{{a}}y{{b}}{{a}}z", "x1ytwo1z"),
            (&["a=1", "a=2"], "{{a}}", "2"),
            (&[], "[{{unknown}}][{{unknown:url}}]", "[][]"),
            (&["a@file"], "{{a}}|{{a:trim}}|{{a:json}}", "file\n|file|file\\n"),
            (&["%HOME", "%LANG=en", "%HOME=other"], "{{HOME}}{{LANG}}", "/rooten"),
            (&["a= b/c \t"], "{{a:trim:url}}", "b%2Fc"),
            (&["a=\u{e9}~"], "{{a:url}}", "%C3%A9~"),
            (&["a=\"q\"\\"], "\"{{a:json}}\"", "\"\\\"q\\\"\\\\\""),
            (&["a=hello"], "{{a:b64}} {{a:b64:64dec}} {{a:64dec}}", "aGVsbG8= hello [64dec-fail]"),
            (&["a[1-3]=abcdef", "b[2-]=abc", "c[9-]=abc", "d[0-0]@file"], "{{a}}|{{b}}|{{c}}|{{d}}", "bcd|c||f"),
            (&["a=1"], "\\{{a}} {{a", "{{a}} {{a"),
            (&["a=1"], "{{a b}}{{}}{{:url}}", "{{a b}}{{}}{{:url}}"),
        ] {
            assert_eq!(set(settings).unwrap().expand(BStr::new(text)), Ok(expected.into()), "{settings:?} {text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(
            set(&["a=1"]).unwrap().expand(BStr::new("{{a:trim:upper}}")).unwrap_err().split(' ').next(),
            Some("'upper'")
        );
        assert!(set(&["a=AA=="]).unwrap().expand(BStr::new("{{a:64dec}}")).unwrap_err().contains("null byte"));
        assert_eq!(set(&["a=/w=="]).unwrap().expand(BStr::new("{{a:64dec}}")), Ok(b"\xff".into()));
        assert!(matches!(set(&["%NOT_SET"]), Err(Fault::Usage(what)) if what.contains("does not set NOT_SET")));
        assert!(matches!(set(&["a@missing"]), Err(Fault::Read(what)) if what.contains("'missing'")));
        for text in ["a[1=x", "a[3-1]=x", "a[1-2=x", "a[1x-2]=x"] {
            assert!(matches!(set(&[text]), Err(Fault::Usage(_))), "{text}");
        }
        for text in ["=x", "-a=x", "a", "a b=c", &"a".repeat(128)] {
            let mut variables = set(&[text]).unwrap();
            assert_eq!(
                (variables.warnings.len(), variables.expand(BStr::new("{{a}}")).unwrap()),
                (1, BString::default()),
                "{text}"
            );
        }
    }
}
