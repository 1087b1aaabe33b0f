//! Whatever was done before a request is seen by it, however often the same was asked before.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use crate::kit::{Serve, Wire, serve, write_in_place};

/// Asks for `/n` on a connection that stays, some times over.
fn values(wire: &mut Wire, serve: &Serve) -> Vec<String> {
    let request = format!("GET /n HTTP/1.1\r\nHost: {}\r\n\r\n", serve.address());
    (0..4)
        .map(|_| {
            wire.send(&request);
            wire.answer(false).text().to_owned()
        })
        .collect()
}

#[test]
fn a_write_is_seen_by_the_next_request_on_every_connection() {
    let serve = serve().file("d.json", "{\"n\":0}").start();
    let mut wires: Vec<Wire> = (0..4).map(|_| Wire::connect(serve.address())).collect();
    for round in 1..50 {
        let value = round.to_string();
        assert_eq!(serve.ask("PUT", "/n", &value).status(), 200);
        for wire in &mut wires {
            assert_eq!(values(wire, &serve), vec![value.clone(); 4]);
        }
    }
}

#[test]
fn a_hand_edit_is_seen_by_the_next_request() {
    let serve = serve().file("d.json", "{\"n\":0}").start();
    let mut wire = Wire::connect(serve.address());
    let (path, new) = (serve.path("d.json"), serve.path("new"));
    for round in 1..40 {
        let text = format!("{{\"n\":{round}}}");
        match round % 3 {
            // As editors save: in place, by renaming a new file over the old, by moving the old one away first.
            0 => write_in_place(&path, format!("{}{text}", " ".repeat(round))),
            1 => {
                write_in_place(&new, &text);
                fs::rename(&new, &path).unwrap();
            }
            _ => {
                fs::rename(&path, serve.path("old")).unwrap();
                write_in_place(&path, &text);
            }
        }
        assert_eq!(values(&mut wire, &serve), vec![round.to_string(); 4]);
        if round % 5 == 0 {
            assert_eq!(serve.ask("PUT", "/n", "-1").status(), 200);
            assert_eq!(values(&mut wire, &serve), ["-1"; 4]);
        }
    }
}

#[test]
fn a_file_in_a_folder_that_was_exchanged_is_seen_before_long() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two, now) = (folder.path().join("one"), folder.path().join("two"), folder.path().join("now"));
    for (place, text) in [(&one, "{\"n\":1}"), (&two, "{\"n\":2}")] {
        fs::create_dir(place).unwrap();
        fs::write(place.join("d.json"), text).unwrap();
    }
    // A link to the file is followed once; what stands where it led counts from then on.
    symlink(one.join("d.json"), &now).unwrap();
    let serve = serve().argument(&now).start();
    let mut wire = Wire::connect(serve.address());
    assert_eq!(values(&mut wire, &serve), ["1"; 4]);
    fs::rename(&one, folder.path().join("gone")).unwrap();
    fs::rename(&two, &one).unwrap();
    let start = Instant::now();
    while values(&mut wire, &serve)[3] != "2" {
        assert!(start.elapsed() < Duration::from_secs(20), "it was never seen");
    }
}
