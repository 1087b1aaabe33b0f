//! What follows the authority of a URI: path, query and fragment (RFC 3986 3.3 to 3.5).

/// Path, query and fragment of what follows the authority.
pub(super) fn split_path(text: &str) -> (&str, Option<&str>, Option<&str>) {
    let (text, fragment) = match text.split_once('#') {
        Some((text, fragment)) => (text, Some(fragment)),
        None => (text, None),
    };
    match text.split_once('?') {
        Some((path, query)) => (path, Some(query), fragment),
        None => (text, None, fragment),
    }
}

/// Percent-encodes what would end or spoil a request line: white space, controls and what is not ASCII. All else is sent
/// as it was typed, whatever the URI grammar (RFC 3986 2) says of it.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(percent_encoding::percent_encode_byte(byte)),
        }
    }
    out
}

/// A query out of a `Location`: a blank is a plus there, as forms and curl write it.
pub(super) fn encode_query(text: &str) -> String {
    encode(&text.replace(' ', "+"))
}

/// The reference's path in place of the base's last segment (RFC 3986 5.2.3).
pub(super) fn merge(base: &str, path: &str) -> String {
    format!("{}{path}", &base[..base.rfind('/').map_or(0, |at| at + 1)])
}

/// Takes `.` and `..` out of an absolute path (RFC 3986 5.2.4).
pub(super) fn remove_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        // A percent-encoded dot is a dot (RFC 3986 6.2.2.2).
        match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
            dots @ ("." | "..") => {
                if dots == ".." {
                    kept.pop();
                }
                // A dot segment at the end leaves its slash.
                if segments.peek().is_none() {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}
