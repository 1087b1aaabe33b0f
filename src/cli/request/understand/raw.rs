//! Bytes that are sent as they are: `--send`, and with escapes `--send-escaped`.

use std::io::Read;
use std::os::unix::ffi::OsStrExt;

use super::content;
use crate::cli::args::RequestArgs;
use crate::client::{Error, Kind};

/// The bytes that are to be sent in place of a request, if that is so.
///
/// # Errors
/// `Kind::Read` if their file cannot be read; `Kind::Usage` for an escape that is none, or together with what makes a
/// request.
pub(crate) fn read(args: &RequestArgs, input: &mut dyn Read) -> Result<Option<Vec<u8>>, Error> {
    let (path, is_escaped) = match (&args.send, &args.send_escaped) {
        (Some(path), None) => (path, false),
        (None, Some(path)) => (path, true),
        (Some(_), Some(_)) => return Err(usage("--send and --send-escaped are two messages, take one of them")),
        (None, None) => return Ok(None),
    };
    let makes_request = [
        (args.request.is_some(), "-X"),
        (!args.header.is_empty(), "-H"),
        (!args.parts.is_empty(), "-d"),
        (!args.forms.is_empty(), "-F"),
        (!args.upload_file.is_empty(), "-T"),
        (args.head, "-I"),
        (args.explain, "--explain"),
        (args.proxy.is_some(), "-x"),
    ];
    if let Some((_, other)) = makes_request.into_iter().find(|(is_wished, _)| *is_wished) {
        return Err(usage(&format!("{other} means nothing with --send, which sends bytes as they are")));
    }
    let bytes = content::read_file(path.as_os_str().as_bytes(), input)?;
    match is_escaped {
        true => unescaped(&bytes).map(Some).map_err(|what| usage(&format!("'{}', {what}", path.display()))),
        false => Ok(Some(bytes)),
    }
}

fn usage(what: &str) -> Error {
    Error::new(Kind::Usage, what)
}

/// The bytes that a text with escapes stands for, as `--wire` shows bytes: `\\r`, `\\n`, `\\t`, `\\\\` and `\\xNN`. The line
/// ends of the text itself stand for nothing, and lines that begin with `#` before the message are remarks. Where lines
/// begin with `> `, as in what `--wire` printed, these are the message, and no others.
fn unescaped(text: &[u8]) -> Result<Vec<u8>, String> {
    let lines = || text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).enumerate();
    let is_remark = |line: &[u8]| line.starts_with(b"#") || line.is_empty();
    let is_wire = lines().find(|(_, line)| !is_remark(line)).is_some_and(|(_, line)| is_marked(line));
    let mut bytes = Vec::new();
    for (number, line) in lines().skip_while(|(_, line)| is_remark(line)) {
        let line = match (is_wire, line.strip_prefix(b"> ")) {
            (true, None) => continue,
            (true, Some(line)) => line,
            (false, _) => line,
        };
        unescape(line, &mut bytes).map_err(|what| format!("line {}: {what}", number + 1))?;
    }
    Ok(bytes)
}

fn is_marked(line: &[u8]) -> bool {
    [b"> ", b"< ", b"* "].iter().any(|mark| line.starts_with(*mark))
}

fn unescape(line: &[u8], bytes: &mut Vec<u8>) -> Result<(), String> {
    let mut rest = line;
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (byte, used) = match behind {
            [b'r', ..] => (b'\r', 1),
            [b'n', ..] => (b'\n', 1),
            [b't', ..] => (b'\t', 1),
            [b'\\', ..] => (b'\\', 1),
            [b'x', high, low, ..] => match [*high, *low].map(|digit| char::from(digit).to_digit(16)) {
                [Some(high), Some(low)] => ((high * 16 + low) as u8, 3),
                _ => return Err("expected two hexadecimal digits after '\\x'".to_owned()),
            },
            _ => return Err("expected r, n, t, x or a backslash after '\\'".to_owned()),
        };
        bytes.push(byte);
        rest = &behind[used..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_bytes() {
        for (text, expected) in [
            ("GET / HTTP/1.1\\r\\n\n\\r\\n\n", &b"GET / HTTP/1.1\r\n\r\n"[..]),
            ("a\\x00\\xfF\\\\\\t", b"a\0\xff\\\t"),
            ("# what it is\n\n# more\na\n#b\r\nc", b"a#bc"),
            ("# wire\n* connected\n> GET\\n\n< HTTP/1.1\n> \\r\\n\n\n", b"GET\n\r\n"),
            ("", b""),
        ] {
            assert_eq!(unescaped(text.as_bytes()).as_deref(), Ok(expected), "{text:?}");
        }
        for (text, what) in [
            ("ok\n\\q", "line 2: expected r"),
            ("\\x1", "line 1: expected"),
            ("\\xg0", "hexadecimal"),
            ("\\", "backslash"),
        ] {
            assert!(unescaped(text.as_bytes()).unwrap_err().contains(what), "{text}");
        }
    }
}
