use super::cell::{cells, decode};
use super::lines::{occurrences, trim_end};
use super::{CellTypes, Scanned, scan};
use crate::text::json::SyntaxError;
use crate::text::key::KeyRule;

fn scanned(text: &str) -> Result<Scanned, SyntaxError> {
    scan(text.as_bytes(), false, &KeyRule::default(), None, CellTypes::Auto, &mut |_| {})
}

#[track_caller]
fn reads(text: &str, delimiter: u8, rows: &[&[&str]]) {
    let scanned = scanned(text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(scanned.table.delimiter, delimiter);
    let ends = scanned.starts.iter().skip(1).map(|&at| at as usize).chain([text.len()]);
    let found: Vec<Vec<String>> = std::iter::zip(&scanned.starts, ends)
        .map(|(&start, end)| {
            let row = &text.as_bytes()[start as usize..trim_end(text.as_bytes(), start as usize, end)];
            cells(row, delimiter).map(|cell| decode(cell).into_owned()).collect()
        })
        .collect();
    assert_eq!(found, rows);
}

#[test]
fn dialects_are_recognised() {
    reads("id,name\n1,a\n2,b", b',', &[&["1", "a"], &["2", "b"]]);
    reads("id;name\r\n1;a,b\r\n", b';', &[&["1", "a,b"]]);
    reads("id\tname\n1\t\n", b'\t', &[&["1", ""]]);
    reads("id|name\r1|a\r", b'|', &[&["1", "a"]]);
    reads("\u{feff}id,name\n\n1,a\n\n", b',', &[&["1", "a"]]);
    reads("id,\"na,me\"\n1,\"a\"\"b\nc\"\n2,d\"e\n", b',', &[&["1", "a\"b\nc"], &["2", "d\"e"]]);
    reads("id,a,b\n1\n", b',', &[&["1"]]);
    reads("id;name, first\n1;Ann\n", b';', &[&["1", "Ann"]]);
    reads("id;name, a, b\n1;x\n2;y\n", b';', &[&["1", "x"], &["2", "y"]]);
    reads("\"a;b;c\",d\n1,2\n", b',', &[&["1", "2"]]);
    reads("sep=;\r\nid;a,b,c\r\n1;x,y,z\r\n", b';', &[&["1", "x,y,z"]]);
    reads("sep=^\nid^n\n1^a\n", b'^', &[&["1", "a"]]);
    reads("id\n1\n", b',', &[&["1"]]);
    reads("id,name\r\n1,\"x\r\ny\"\r\n2,z", b',', &[&["1", "x\r\ny"], &["2", "z"]]);
}

#[test]
fn occurrences_are_counted_in_any_row() {
    let mut random = fastrand::Rng::with_seed(4180);
    for length in 0..200 {
        let row: Vec<u8> =
            (0..length).map(|_| *random.choice(&[0, 1, 0x2b, b',', 0x2d, 0x7f, 0x80, 0xac, 0xff]).unwrap()).collect();
        for byte in [0, b',', 0x7f, 0xff] {
            assert_eq!(occurrences(&row, byte), row.iter().filter(|other| **other == byte).count(), "{row:?}");
        }
    }
}

#[test]
fn faults_have_a_place() {
    for (text, line, column, expected) in [
        ("id,name\n1,a\n2,b,c\n", 3, 5, "expected 2 columns, found 3"),
        ("id,name\n1,\"a\n", 2, 3, "expected '\"'"),
        ("id,name\n1,\"a\"b\n", 2, 6, "after a quoted cell"),
    ] {
        let error = scanned(text).err().unwrap();
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
        assert!(error.expected.contains(expected), "{text}: {error}");
    }
}

#[test]
fn untouched_cells_stay_and_new_ones_look_alike() {
    let table = scanned("id,name,note\n").unwrap().table;
    let values = |texts: [&str; 3]| texts.map(str::to_owned);
    let row = |texts, old: &str, mould: &str| {
        let old = (!old.is_empty()).then_some(old.as_bytes());
        String::from_utf8(table.row(&values(texts), old, Some(mould.as_bytes()))).unwrap()
    };
    assert_eq!(row(["1", "x", "n"], "1,\"a\",\"n\"", ""), "1,\"x\",\"n\"");
    assert_eq!(row(["2", "b", ""], "", "1,\"a\",n"), "2,\"b\",");
    assert_eq!(row(["2", "a,b", "c\"d\n"], "", "1,a,b"), "2,\"a,b\",\"c\"\"d\n\"");
    assert_eq!(row(["2", "", ""], "1", ""), "2");
    assert_eq!(row(["1", "", "n"], "1", ""), "1,,n");
}

#[test]
fn types_are_seen_only_where_they_come_back_the_same() {
    let table = scanned("id\n").unwrap().table;
    for (cell, json) in [
        ("7", "7"),
        ("007", "\"007\""),
        ("-1.50", "-1.50"),
        ("-0", "\"-0\""),
        ("1e5", "\"1e5\""),
        ("+1", "\"+1\""),
        (".5", "\".5\""),
        ("0.5", "0.5"),
        ("true", "true"),
        ("TRUE", "\"TRUE\""),
        ("", "null"),
        ("\"7\"", "\"7\""),
    ] {
        let mut out = Vec::new();
        table.cell_json(cell.as_bytes(), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), json);
    }
}
