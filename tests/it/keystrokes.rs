//! The table of keystrokes in `docs/`: ours are the fewest, and they do what they say.

use std::fs;

use crate::kit::{project, serve};

/// The rows: task, then what is typed for each tool.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string(project().join("docs/keystrokes.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`').to_owned()).collect())
        .collect()
}

#[test]
fn nobody_types_less() {
    let rows = rows();
    assert_eq!(rows.len(), 5);
    for row in rows {
        let [task, others @ .., ours] = row.as_slice() else { panic!("{row:?}") };
        assert_eq!(others.len(), 3, "{task}");
        assert!(others.iter().all(|other| ours.len() <= other.len()), "{task}");
    }
}

#[test]
fn ours_do_what_they_say() {
    let server = serve().argument("--echo").beside("a.png", "PNG").start();
    let mut last = String::new();
    for (row, expected) in rows().iter().zip([
        &["GET /posts HTTP/1.1"][..],
        &["POST /posts HTTP/1.1", "Content-Type: application/json", r#"{"a":"x","b":"y","c":5}"#],
        &["PUT /p HTTP/1.1", "Content-Length: 3", "PNG"],
        &["PUT /p HTTP/1.1", "X-A: 1", "PNG"],
        &["GET /f HTTP/1.1"],
    ]) {
        let typed = row[4].replace("8080", &server.address().port().to_string());
        // As the shell does with the line before.
        last = typed.replace("!!", &last);
        let output = server.shell(&format!("httpkit {last} -W; [ -f a.bin ] && cat a.bin")).output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(expected.iter().all(|line| shown.contains(line)), "{last}: {shown}");
    }
}
