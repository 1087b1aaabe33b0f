//! Within a room, too, imports go one way: no file needs another one that needs it.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{Named, SOURCES, Source};

type Graph<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

#[test]
fn files_of_a_room_import_in_one_direction() {
    let circles = circles(&imports(&SOURCES));
    assert!(circles.is_empty(), "{} circles:\n{}\n", circles.len(), circles.join("\n"));
}

/// Which files each file imports from its own room.
fn imports(sources: &BTreeMap<String, Source>) -> Graph<'_> {
    let places = Places::new(sources);
    let mut graph = Graph::new();
    for (path, source) in sources {
        let room = path.split('/').next();
        let needed = source.named.iter().filter(|named| !named.is_test && !named.is_passed_on);
        let files = needed.filter_map(|named| places.file(path, named));
        let beside = files.filter(|file| file != path && file.split('/').next() == room);
        graph.insert(path, beside.collect());
    }
    graph
}

/// Where the modules and the names that they pass on are.
struct Places<'a> {
    /// By the path of the module: its file, and what stands there.
    modules: BTreeMap<&'a [String], (&'a str, &'a Source)>,
}

impl<'a> Places<'a> {
    fn new(sources: &'a BTreeMap<String, Source>) -> Self {
        let modules = sources.iter().map(|(path, source)| (&*source.module, (&**path, source))).collect();
        Self { modules }
    }

    /// The file in which that stands which a file names.
    fn file(&self, path: &str, named: &Named) -> Option<&'a str> {
        if named.is_own {
            return self.find(&named.segments, 8);
        }
        // A module below this one, named without `self`.
        let (_, source) = self.modules.values().find(|(file, _)| *file == path)?;
        let segments = [&*source.module, &*named.segments].concat();
        let is_below = self.modules.contains_key(&segments[..=source.module.len()]);
        is_below.then(|| self.find(&segments, 8)).flatten()
    }

    /// The file of a path from the root: that of its last module, or whence that module has the name that follows.
    fn find(&self, segments: &[String], most: usize) -> Option<&'a str> {
        let length = (1..=segments.len()).rev().find(|length| self.modules.contains_key(&segments[..*length]))?;
        let (file, source) = self.modules[&segments[..length]];
        let Some(name) = segments.get(length) else { return Some(file) };
        let origin = source.named.iter().find(|named| named.known_as.as_ref() == Some(name) && !named.is_test);
        match origin.filter(|_| most > 0) {
            Some(origin) if origin.is_own => self.find(&origin.segments, most - 1),
            Some(origin) => self.find(&[&segments[..length], &*origin.segments].concat(), most - 1).or(Some(file)),
            None => Some(file),
        }
    }
}

/// The shortest circle through each file that is in one, each once.
fn circles(graph: &Graph<'_>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for start in graph.keys() {
        let Some(circle) = circle_through(graph, start) else { continue };
        if circle.iter().all(|file| !seen.contains(file)) {
            circles.push(circle.iter().chain([start]).copied().collect::<Vec<_>>().join(" -> "));
        }
        seen.extend(circle);
    }
    circles
}

/// The shortest way from a file back to it, without the return.
fn circle_through<'a>(graph: &Graph<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut ways = vec![vec![start]];
    let mut reached = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in graph.get(way[way.len() - 1]).into_iter().flatten() {
                if *next == start {
                    return Some(way);
                }
                if reached.insert(*next) {
                    longer.push([&way[..], &[*next]].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

mod checker {
    //! The checker itself, on made-up text.

    use super::super::sources::Source;
    use super::{circles, imports};

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources = files.iter().map(|(path, text)| ((*path).to_owned(), Source::read(path, text))).collect();
        circles(&imports(&sources))
    }

    #[test]
    fn finds_a_circle_however_it_is_named() {
        for (mod_rs, a, b) in [
            ("mod a; mod b;", "use super::b::B;", "use super::a::A;"),
            ("mod a; mod b; pub use a::A; pub use self::b::B;", "use super::B;", "use crate::r::A;"),
            ("mod a; mod b;", "fn f() { super::b::g() }", "type T = Vec<super::a::A>;"),
            ("mod a; mod b;", "use super::b;", "fn g() { assert!(crate::r::a::X > 1) }"),
            ("mod a; mod b; use a::{A as C};", "use super::b::B;", "use super::C;"),
        ] {
            let expected = ["r/a.rs -> r/b.rs -> r/a.rs"];
            assert_eq!(found(&[("r/mod.rs", mod_rs), ("r/a.rs", a), ("r/b.rs", b)]), expected, "{mod_rs}");
        }
        let up = [("r/mod.rs", "mod a; fn f() { a::g() } pub struct S;"), ("r/a.rs", "use super::S;")];
        assert_eq!(found(&up), ["r/a.rs -> r/mod.rs -> r/a.rs"]);
    }

    #[test]
    fn is_silent_about_one_direction() {
        for (mod_rs, a, b) in [
            ("pub mod a; pub use a::A; mod b;", "use super::b::B; pub struct A;", "pub struct B;"),
            ("mod a; mod b;", "use super::b::B;", "#[cfg(test)] mod tests { use super::super::a::A; }"),
            ("mod a; mod b; fn f() { a::f(b::g()) }", "use super::b::B;", "use other::r::a::A;"),
        ] {
            assert_eq!(found(&[("r/mod.rs", mod_rs), ("r/a.rs", a), ("r/b.rs", b)]), Vec::<String>::new(), "{mod_rs}");
        }
    }
}
