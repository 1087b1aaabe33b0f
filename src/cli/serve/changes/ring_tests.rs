//! What is kept of the events, and what who is told.

use std::sync::Arc;

use super::ring::{Entry, Ring, Seen};
use crate::api::Event;
use crate::document::View;
use crate::store::{Options, Source, Store};

fn view() -> Arc<View> {
    Store::open(Source::Memory, Options::default(), &mut |_| {}).unwrap().view()
}

fn path(text: &str) -> Vec<String> {
    text.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}

fn push(ring: &mut Ring, place: &str, data: Option<Vec<u8>>, shifts: bool, view: &View) {
    let event = Event { path: path(place), shifts, data };
    let (number, touched) = (ring.last + 1, ring.touched(&event));
    let id = ring.id(number);
    ring.push(Entry::of((number, &id, 1), event, touched, (view, view)));
}

/// `e`: the event, `-`: nothing, `r`: a reset.
fn seen(ring: &Ring, place: &str) -> String {
    let told = |entry: &Entry| match entry.seen(&path(place)) {
        Seen::Send(_) => 'e',
        Seen::PassOver => '-',
        Seen::Reset => 'r',
    };
    ring.behind(0).map(told).collect()
}

#[test]
fn an_event_is_for_who_follows_its_node_or_one_above_it() {
    let (view, mut ring) = (view(), Ring::new("b".to_owned()));
    // Both are there before anything happens, and nothing of it changes them.
    ring.enter(&path("/p/1/t"));
    ring.enter(&path("/l/3"));
    push(&mut ring, "/p/1", Some(b"{}".to_vec()), false, &view);
    push(&mut ring, "/l/0", Some(b"{}".to_vec()), true, &view);
    push(&mut ring, "/q", None, false, &view);
    for (place, expected) in [
        ("/", "eer"),
        ("/p", "e--"),
        ("/p/1", "e--"),
        ("/p/1/t", "---"),
        // What these were told would have to be known from before.
        ("/p/1/other", "r--"),
        ("/l", "-e-"),
        ("/l/3", "---"),
        ("/l/0", "-r-"),
        ("/l/4", "-r-"),
        ("/p/10", "---"),
        ("/q", "--r"),
        ("/q/x", "--r"),
    ] {
        assert_eq!(seen(&ring, place), expected, "{place}");
    }
}

#[test]
fn an_event_is_encoded_once_for_all() {
    let (view, mut ring) = (view(), Ring::new("b".to_owned()));
    push(&mut ring, "/p", Some(b"{}".to_vec()), false, &view);
    let sent = |place: &str| match ring.behind(0).next().unwrap().seen(&path(place)) {
        Seen::Send(bytes) => bytes.clone(),
        _ => panic!("nothing is sent to {place}"),
    };
    assert_eq!(sent("/"), "id: b-1\nevent: change\ndata: {}\n\n");
    assert_eq!(sent("/").as_ptr(), sent("/p").as_ptr());
}

#[test]
fn so_many_events_and_bytes_are_kept() {
    let (view, mut ring) = (view(), Ring::new("b".to_owned()));
    (0..1_500).for_each(|_| push(&mut ring, "/p", Some(b"{}".to_vec()), false, &view));
    assert_eq!((ring.behind(500).count(), ring.behind(1_499).count(), ring.behind(1_500).count()), (1_000, 1, 0));
    for (id, expected) in [
        ("b-500", Some(500)),
        ("b-1500", Some(1_500)),
        ("b-499", None),
        ("b-1501", None),
        ("b-", None),
        ("b-x", None),
        ("c-700", None),
        ("b700", None),
        ("", None),
        ("b-18446744073709551615", None),
    ] {
        assert_eq!(ring.number_of(id), expected, "{id}");
    }
    (0..5).for_each(|_| push(&mut ring, "/p", Some(vec![b'x'; 300 << 10]), false, &view));
    assert_eq!(ring.behind(ring.last - 3).count(), 3);
    assert!(!ring.follows(ring.last - 4));
    push(&mut ring, "/p", Some(vec![b'x'; 2 << 20]), false, &view);
    assert_eq!((ring.behind(0).count(), ring.follows(ring.last - 1)), (1, true));
}
