//! Custom fields out of `-H`.

use std::io::Read;

use bstr::{BString, ByteSlice};

use super::content;
use crate::client::{Error, FieldLine, FieldWish};
use crate::message::is_token;

/// What `-H` values mean, in order; a line that means nothing is reported through `warn`.
///
/// # Errors
/// `Kind::Read` if `@file` cannot be read.
pub(crate) fn read(
    typed: &[BString],
    input: &mut dyn Read,
    warn: &mut impl FnMut(String),
) -> Result<Vec<FieldWish>, Error> {
    let mut wishes = Vec::new();
    for text in typed {
        match text.strip_prefix(b"@") {
            Some(name) => {
                let lines = content::read_file(name, input)?;
                wishes.extend(lines.lines().filter(|line| !line.is_empty()).filter_map(|line| wish(line, warn)));
            }
            None => wishes.extend(wish(text, warn)),
        }
    }
    Ok(wishes)
}

/// `Name: value` sends it, `Name:` sends no such field, `Name;` sends it empty (curl(1) `-H`).
fn wish(line: &[u8], warn: &mut impl FnMut(String)) -> Option<FieldWish> {
    if let Some(typed) = FieldLine::typed(line) {
        if !is_token(typed.name().as_bytes()) {
            warn(format!("field name '{}', expected a token: it goes as it is", typed.name()));
        }
        return Some(match typed.value().is_empty() {
            true => FieldWish::Omit(typed.name().to_owned()),
            false => FieldWish::Send(typed),
        });
    }
    let name =
        line.trim_end_with(|last| matches!(last, '\r' | '\n')).strip_suffix(b";").and_then(|name| name.to_str().ok());
    match name.filter(|name| !name.is_empty() && !name.contains(';')) {
        Some(name) => Some(FieldWish::Send(FieldLine::new(name, ""))),
        None => {
            warn(format!("'{}' is no field and is not sent, expected 'Name: value'", line.as_bstr()));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_sends_removes_or_empties() {
        let send = |line| Some(FieldWish::Send(FieldLine::typed(line).unwrap()));
        for (line, expected) in [
            ("X-One: 1", send("X-One: 1")),
            ("x-one:1 ", send("x-one:1 ")),
            ("A: b;", send("A: b;")),
            ("Accept:", Some(FieldWish::Omit("Accept".to_owned()))),
            ("Accept:  ", Some(FieldWish::Omit("Accept".to_owned()))),
            ("X-Empty;", send("X-Empty:")),
            ("nothing", None),
            (": x", None),
            (";", None),
            ("X-Blank;  ", None),
        ] {
            let mut warnings = Vec::new();
            assert_eq!(wish(line.as_bytes(), &mut |text| warnings.push(text)), expected, "{line}");
            assert_eq!(warnings.len(), usize::from(expected.is_none()), "{line}");
        }
    }

    #[test]
    fn a_file_gives_a_line_each() {
        let typed = ["@-".into(), "C: d".into()];
        let wishes = read(&typed, &mut "A: b\r\n\nX:\n".as_bytes(), &mut |_| ()).unwrap();
        assert_eq!(wishes.len(), 3);
    }
}
