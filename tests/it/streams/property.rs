//! Whatever is done: the state and the events are what GET shows, from wherever a client begins.

use serde_json::{Value, json};

use super::follower::{Event, Follower, Mirror};
use crate::kit::{Serve, serve, write_in_place};

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len() as u64) as usize]
    }
}

const VALUES: &[&str] = &[
    "1",
    "\"x\"",
    "null",
    "[]",
    "{}",
    "[1,[2],{\"a\":null}]",
    "{\"a\":{\"b\":1}}",
    "{\"a\":{\"b\":null,\"c\":2}}",
    "{\"id\":3}",
    "{\"id\":\"2\",\"t\":[1]}",
    "{\"title\":null}",
    "{\"a\":null,\"title\":\"ä\\n\"}",
    "[{\"id\":1},{\"id\":2,\"a\":{\"b\":5}}]",
    "[{\"id\":2},{\"id\":1}]",
    "{\"x y/z\":{\"b\":[]}}",
];

const PLACES: &[&str] = &[
    "/",
    "/posts",
    "/posts/1",
    "/posts/2",
    "/posts/3",
    "/posts/1/a",
    "/posts/2/a/b",
    "/posts/1/title",
    "/list",
    "/list/0",
    "/list/2",
    "/box",
    "/box/a",
    "/box/x%20y%2Fz",
    "/new",
];

const PATCHES: &[&str] = &[
    "[{\"op\":\"add\",\"path\":\"/box\",\"value\":{\"p\":1}}]",
    "[{\"op\":\"replace\",\"path\":\"/posts/0\",\"value\":{\"id\":1,\"a\":{\"b\":9}}}]",
    "[{\"op\":\"add\",\"path\":\"/list/0\",\"value\":7},{\"op\":\"remove\",\"path\":\"/list/1\"}]",
    "[{\"op\":\"move\",\"from\":\"/box\",\"path\":\"/moved\"},{\"op\":\"add\",\"path\":\"/box\",\"value\":{}}]",
];

const JSON: &str = "{\n  \"posts\": [{\"id\": 1, \"a\": {\"b\": 1}}, {\"id\": 2, \"title\": \"t\"}],\n  \"list\": [1, 2, {\"c\": 3}],\n  \"box\": {}\n}\n";

const CELLS: &[&str] = &[
    "{\"grade\":1.5}",
    "{\"grade\":null}",
    "{\"id\":\"9\",\"name\":\"n, \\\"q\\\"\"}",
    "{\"name\":\"\"}",
    "[{\"name\":\"u\"},{\"id\":\"30\"}]",
    "[]",
    "\"z\"",
    "{\"3\":{\"grade\":\"m\"},\"4\":null}",
];

const ROWS: &[&str] = &["/", "/1", "/2", "/3", "/4", "/30", "/1/name", "/2/grade"];

/// Does something, which may be refused.
fn act(server: &Serve, dice: &mut Dice, is_table: bool) {
    let (places, values) = if is_table { (ROWS, CELLS) } else { (PLACES, VALUES) };
    let place = dice.of(places);
    // What is at the root is to stay what it is, so that the rest has a place.
    let values =
        values.iter().copied().filter(|value| place != "/" || value.starts_with(if is_table { '[' } else { '{' }));
    let value = dice.of(&values.collect::<Vec<_>>());
    match dice.below(12) {
        0 | 1 => drop(server.ask("DELETE", place, "")),
        2 | 3 => drop(server.ask("PUT", place, value)),
        4 | 5 => drop(server.ask("POST", place, value)),
        6..=8 => drop(server.ask("PATCH", place, value)),
        9 => drop(server.ask(
            "PUT",
            "/update",
            if is_table { "{\"id\":\"1\",\"name\":\"up\"}" } else { "{\"up\":1,\"box\":{}}" },
        )),
        10 if !is_table => {
            let patch = dice.of(PATCHES);
            let arguments = ["PATCH", &server.url(), "-H", "Content-Type: application/json-patch+json", "-d", patch];
            let _ = server.request(&arguments).output();
        }
        _ => edit(server, dice, is_table),
    }
}

/// Edits the file by hand: by rename or in place.
fn edit(server: &Serve, dice: &mut Dice, is_table: bool) {
    let name = if is_table { "db.csv" } else { "db.json" };
    let text = server.read(name);
    let text = match (is_table, dice.below(3)) {
        (true, 0) => format!("{}{},e,5\n", text, 100 + dice.below(1000)),
        (true, 1) => text.lines().filter(|line| !line.starts_with("2,")).map(|line| format!("{line}\n")).collect(),
        (true, _) => text.replace("3,n,", "3,edited,"),
        (false, 0) => JSON.replace("\"t\"", "\"by hand\""),
        (false, 1) => {
            let member = format!("\"id\": 2, \"e{}\": [1]", dice.below(1 << 30));
            text.replace("\"id\": 2", &member).replace("\"id\":2", &member)
        }
        (false, _) => "{\"posts\":[{\"id\":2},{\"id\":1,\"a\":5}],\"box\":{\"a\":1},\"list\":[]}".to_owned(),
    };
    let path = server.path(name);
    if dice.below(2) == 0 {
        let other = server.path("other");
        std::fs::write(&other, text).unwrap();
        std::fs::rename(other, path).unwrap();
    } else {
        write_in_place(&path, text);
    }
    // The next request sees it.
    server.ask("GET", "/", "");
}

fn state(server: &Serve, target: &str) -> Option<Value> {
    let answer = server.ask("GET", target, "");
    (answer.status() == 200).then(|| serde_json::from_slice(&answer.body).unwrap())
}

/// All that a stream has by now.
fn all(server: &Serve, target: &str, last: &str) -> Vec<Event> {
    let line = if last.is_empty() { String::new() } else { format!("Last-Event-ID: {last}\r\n") };
    let mut follower = Follower::open(server.address(), target, &line);
    assert_eq!(follower.status(), "200", "{}", follower.head);
    follower.finish();
    std::iter::from_fn(|| follower.next()).collect()
}

fn check(server: &Serve, seed: u64, is_table: bool) {
    let mut dice = Dice(seed);
    let mark = if is_table { ("PUT", "/7777", r#"{"name":"mark"}"#) } else { ("PUT", "/mark", "0") };
    let mut follower = Follower::open(server.address(), "/?_snapshot", "");
    let mut mirror = Mirror::of("/", "id");
    mirror.take(&follower.next().unwrap());
    // Followed all the time, so that what is done from above is known.
    let places: &[&str] = if is_table { &["/2", "/1/name"] } else { &["/posts", "/posts/2", "/list/1", "/box"] };
    let mut below: Vec<(Follower, Mirror, String)> = Vec::new();
    for place in places {
        let mut follower = Follower::open(server.address(), &format!("{place}?_snapshot&lastEventId=x"), "");
        assert_eq!(follower.next().unwrap().name, "reset");
        let mut mirror = Mirror::of(place, "id");
        mirror.take(&follower.next().unwrap());
        below.push((follower, mirror, (*place).to_owned()));
    }
    let mut held = vec![(mirror.last.clone(), mirror.state.clone())];
    for number in 0..40 {
        act(server, &mut dice, is_table);
        if number % 10 != 9 {
            continue;
        }
        let (method, path, body) = mark;
        server.ask("DELETE", path, "");
        let answer = server.ask(method, path, body);
        assert!(answer.status() < 300, "seed {seed}: {}", answer.text());
        loop {
            let event = follower.next().unwrap();
            assert!(mirror.take(&event), "seed {seed}: {event:?}");
            held.push((mirror.last.clone(), mirror.state.clone()));
            let change = event.change();
            if change[0] == "PUT" && change[1] == path {
                break;
            }
        }
        assert_eq!(mirror.state, state(server, "/"), "seed {seed}");
    }
    for (follower, mirror, place) in &mut below {
        follower.finish();
        while let Some(event) = follower.next() {
            mirror.take(&event);
        }
        assert_eq!(mirror.state, state(server, place), "seed {seed}: {place}");
    }
    for (last, state) in held {
        let mut mirror = Mirror::of("/", "id");
        mirror.state = state;
        for event in all(server, "/?_snapshot", &last) {
            mirror.take(&event);
        }
        assert_eq!(mirror.state, self::state(server, "/"), "seed {seed} from {last}");
    }
}

#[test]
fn the_state_and_the_events_are_what_get_shows_of_json() {
    for seed in 0..8 {
        check(&serve().file("db.json", JSON).start(), seed, false);
    }
}

#[test]
fn the_state_and_the_events_are_what_get_shows_of_csv() {
    for seed in 0..8 {
        check(&serve().file("db.csv", "id,name,grade\n1,a,007\n2,\"b, c\",\n3,n,x\n").start(), seed, true);
    }
}

#[test]
fn what_a_restart_or_a_kill_comes_between_is_read_anew() {
    let mut server = serve().file("db.json", JSON).start();
    for round in 0..2 {
        let mut follower = Follower::open(server.address(), "/box?_snapshot", "");
        let mut mirror = Mirror::of("/box", "id");
        mirror.take(&follower.next().unwrap());
        server.ask("PUT", "/box/n", &round.to_string());
        mirror.take(&follower.next().unwrap());
        assert_eq!(mirror.state.as_ref().unwrap()["n"], json!(round));
        server = if round == 0 { server.restart() } else { server.kill_and_restart() };
        server.ask("PUT", "/box/m", &round.to_string());
        let events = all(&server, "/box?_snapshot", &mirror.last);
        assert_eq!(events.iter().map(|event| &*event.name).collect::<Vec<_>>(), ["reset", "snapshot"]);
        for event in &events {
            mirror.take(event);
        }
        assert_eq!(mirror.state, state(&server, "/box"));
    }
}
