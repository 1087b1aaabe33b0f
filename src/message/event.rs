//! Events of `text/event-stream` (HTML standard, server-sent events).

/// Appends an event; its parts hold no line ends. An empty name says nothing; without data it only sets the id that the
/// client comes back with.
///
/// ```
/// let mut out = Vec::new();
/// httpkit::message::write_event("7", "change", b"{}", &mut out);
/// assert_eq!(out, b"id: 7\nevent: change\ndata: {}\n\n");
/// ```
pub fn write_event(id: &str, name: &str, data: &[u8], out: &mut Vec<u8>) {
    for (field, value) in [("id", id.as_bytes()), ("event", name.as_bytes()), ("data", data)] {
        if !value.is_empty() {
            out.extend_from_slice(field.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.push(b'\n');
        }
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_left_out() {
        for (id, name, data, expected) in [
            ("a-1", "change", "{}", "id: a-1\nevent: change\ndata: {}\n\n"),
            ("a-1", "", "", "id: a-1\n\n"),
            ("", "reset", "x", "event: reset\ndata: x\n\n"),
        ] {
            let mut out = Vec::new();
            write_event(id, name, data.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
