//! A configuration file of `-K` as the words that it stands for (curl(1) `-K`).

use bstr::{BString, ByteSlice};

/// The words of a configuration file: on each line an option and its value after white space, or if the option has no
/// dashes, after `=` or `:`; quotes keep white space, and `#` begins a remark. With dashes it is a word as on a command
/// line: `-ume:secret`. Nothing has to be UTF-8. `warn` is told of values that were hardly meant so.
///
/// # Errors
/// Says which line has a quote without its end.
pub(super) fn words(text: &[u8], warn: &mut dyn FnMut(String)) -> Result<Vec<BString>, String> {
    let mut words = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let is_dashed = line.starts_with(b"-");
        let ends = |byte: &u8| byte.is_ascii_whitespace() || (!is_dashed && b"=:".contains(byte));
        let (name, value) = line.split_at(line.iter().position(ends).unwrap_or(line.len()));
        let dashes: &[u8] = if is_dashed { b"" } else { b"--" };
        words.push([dashes, name].concat().into());
        let value = value.trim_ascii_start();
        let is_assigned = !is_dashed && matches!(value.first(), Some(b'=' | b':'));
        let value = value[usize::from(is_assigned)..].trim_ascii_start();
        if !value.is_empty() {
            if let Some(what) = doubt(value) {
                warn(format!("line {}: the value of '{}' {what}", number + 1, name.as_bstr()));
            }
            words.push(content(value).ok_or_else(|| format!("line {}: a quote without its end", number + 1))?);
        }
    }
    Ok(words)
}

/// What is odd about a value: without quotes it ends at the first blank, and only `"` is a quote.
fn doubt(value: &[u8]) -> Option<&'static str> {
    match value.first() {
        Some(b'"') => return None,
        Some(b'\'') => return Some("begins with ', which is no quote here; \" is one"),
        _ => {}
    }
    let rest = value.splitn(2, u8::is_ascii_whitespace).nth(1)?.trim_ascii_start();
    let is_cut = rest.first().is_some_and(|first| *first != b'#');
    is_cut.then_some("ends at the first blank; what follows needs \" around it all")
}

/// A value in quotes, with `\\`, `\"`, `\t`, `\n`, `\r` and `\v`; without quotes it ends at white space.
fn content(text: &[u8]) -> Option<BString> {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        return Some(text.split(u8::is_ascii_whitespace).next().unwrap_or_default().into());
    };
    let mut value = Vec::new();
    let mut bytes = quoted.iter();
    loop {
        match bytes.next()? {
            b'"' => return Some(value.into()),
            b'\\' => value.push(match bytes.next()? {
                b't' => b'\t',
                b'n' => b'\n',
                b'r' => b'\r',
                b'v' => 0x0b,
                other => *other,
            }),
            other => value.push(*other),
        }
    }
}
