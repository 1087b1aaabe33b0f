//! Many records at once, sent as CSV.

use bytes::Bytes;

use super::csv::{self, dialect};
use super::json::walk;
use super::names::first_repeated;

/// Where CSV text that was sent is not well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkError {
    /// Line, from 1.
    pub line: usize,
    /// What was expected and what was found.
    pub reason: String,
    /// Whose fault it is.
    pub kind: BulkKind,
}

/// Why CSV text makes no records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkKind {
    /// It is not well-formed.
    Malformed,
    /// It names a column that the table does not have.
    Unknown {
        /// The column.
        column: String,
    },
    /// Its records would be too long.
    TooMuch,
}

impl std::fmt::Display for BulkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for BulkError {}

/// The delimiter of CSV text that is sent to a table with these columns, and where its header starts. A first line
/// `sep=;` names it; else it is the file's own or a comma, whichever gives names of the table's columns; else, and where
/// there is no table, what it would be in a file.
fn dialect_of(text: &str, table: Option<(&[String], u8)>) -> (u8, usize) {
    let start = csv::skip_lines(text.as_bytes(), 0);
    if let Some(named) = dialect::named_delimiter(text.as_bytes(), start) {
        return named;
    }
    let fits = |columns: &[String], delimiter: u8| {
        let mut reader = ::csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        let header = shown(&reader.headers().cloned().unwrap_or_default());
        !header.is_empty() && header.iter().all(|name| columns.contains(name))
    };
    let own = table.and_then(|(columns, own)| [own, b','].into_iter().find(|delimiter| fits(columns, *delimiter)));
    (own.unwrap_or_else(|| csv::delimiter(text.as_bytes(), start)), 0)
}

/// The names of the columns as those of a file with this header are shown.
fn shown(header: &::csv::StringRecord) -> Vec<String> {
    dialect::names(header.iter().map(str::to_owned).collect()).shown
}

/// Reads CSV text with a header row (RFC 4180) as the text of a JSON array of objects, every cell a string. Each repeats
/// the column names, so that the text may be much longer: of at most `most` bytes. `table`: the columns and the delimiter
/// of that which it is sent to.
///
/// # Errors
/// A row with more or fewer cells than the header, text without a header, a column that the table does not have; where
/// there is none, a column without a name or named twice; records of more than `most` bytes.
pub fn records(text: &str, table: Option<(&[String], u8)>, most: usize) -> Result<Bytes, BulkError> {
    let (delimiter, start) = dialect_of(text, table);
    let lines_before = text[..start].matches('\n').count() as u64;
    let mut reader =
        ::csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(&text.as_bytes()[start..]);
    let line_of = |line: u64| usize::try_from(line + lines_before).unwrap_or(usize::MAX).max(1);
    let refused = |line: u64, reason: String| BulkError { line: line_of(line), reason, kind: BulkKind::Malformed };
    let header = reader.headers().map_err(|error| refused(1, error.to_string()))?.clone();
    if header.is_empty() {
        return Err(refused(1, "expected a header row, found nothing".to_string()));
    }
    let names = names(&header, table).map_err(|(reason, kind)| BulkError { line: line_of(1), reason, kind })?;
    let mut out = vec![b'['];
    for record in reader.records() {
        let record =
            record.map_err(|error| refused(error.position().map_or(1, ::csv::Position::line), error.to_string()))?;
        if record.len() != header.len() {
            let line = record.position().map_or(1, ::csv::Position::line);
            return Err(refused(line, format!("expected {} cells, found {}", header.len(), record.len())));
        }
        out.extend_from_slice(if out.len() > 1 { b",{" } else { b"{" });
        for (at, (name, cell)) in names.iter().zip(record.iter()).enumerate() {
            if at > 0 {
                out.push(b',');
            }
            walk::quote(name, &mut out);
            out.push(b':');
            walk::quote(cell, &mut out);
        }
        out.push(b'}');
        if out.len() > most {
            let line = record.position().map_or(1, ::csv::Position::line);
            let reason =
                format!("the rows up to here make more than {most} bytes of JSON, the most of one body; send fewer");
            return Err(BulkError { line: line_of(line), reason, kind: BulkKind::TooMuch });
        }
    }
    out.push(b']');
    Ok(out.into())
}

/// What the columns are called. A table knows those that have no name, or the same as another, by the names by which it
/// shows them.
fn names(header: &::csv::StringRecord, table: Option<(&[String], u8)>) -> Result<Vec<String>, (String, BulkKind)> {
    let Some((columns, _)) = table.filter(|(columns, _)| !columns.is_empty()) else {
        let unfit = header.iter().find(|name| name.is_empty()).or_else(|| first_repeated(header.iter()));
        return match unfit {
            Some(name) => {
                Err((format!("the column name '{name}' is empty or stands there twice"), BulkKind::Malformed))
            }
            None => Ok(header.iter().map(str::to_owned).collect()),
        };
    };
    let names = shown(header);
    match names.iter().find(|name| !columns.contains(name)) {
        Some(name) => Err((format!("there is no column '{name}'"), BulkKind::Unknown { column: name.clone() })),
        None => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_strings() {
        let cases: &[(&str, Result<&str, usize>)] = &[
            ("id,n\n1,\"a,\"\"b\"\"\"\r\n2,\n", Ok(r#"[{"id":"1","n":"a,\"b\""},{"id":"2","n":""}]"#)),
            ("id\n", Ok("[]")),
            ("sep=;\r\nid;n,m\r\n1;a\r\n", Ok(r#"[{"id":"1","n,m":"a"}]"#)),
            ("sep=^\nid^n\n1^a,b\n2\n", Err(4)),
            ("id;name, first\n1;Ann\n", Ok(r#"[{"id":"1","name, first":"Ann"}]"#)),
            ("\n\nid\tn\n1\ta\n", Ok(r#"[{"id":"1","n":"a"}]"#)),
            ("", Err(1)),
            ("a,a\n1,2\n", Err(1)),
            (",a\n1,2\n", Err(1)),
            ("a,b\n1,2\n3\n", Err(3)),
            ("a\n1,2\n", Err(2)),
        ];
        for (text, expected) in cases {
            let found = records(text, None, 1 << 20);
            assert_eq!(
                found.as_ref().map(|b| str::from_utf8(b).unwrap()).map_err(|e| e.line),
                *expected,
                "{text:?}: {found:?}"
            );
        }
    }
}
