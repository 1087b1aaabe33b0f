//! What is told on standard error before the server serves.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use super::greeting::{self, Resource};
use super::keys;
use super::spec::Choice;
use crate::document::View;
use crate::print::{Palette, ShareBar, Sink, Tone, line};
use crate::store::Notice;

/// So many notices wait to be written.
const WAITING: usize = 16;
/// So many collections are named.
const NAMED: usize = 10;

/// Tells what is served, a line for each thing, and how far a large file is.
pub(super) struct Announcer<'t> {
    sink: &'t mut Sink,
    palette: Palette,
    /// How much of the file being loaded is there.
    bar: Option<ShareBar>,
    /// What is served, for the greeting.
    resources: Vec<Resource>,
    /// The lines that wait until it is known that it is served, and whether they say that; without it none waits.
    held: Option<Vec<(bool, String)>>,
}

/// What was held back is told where serving failed, but for what is not true then.
impl Drop for Announcer<'_> {
    fn drop(&mut self) {
        for (_, text) in self.held.take().into_iter().flatten().filter(|(says_served, _)| !says_served) {
            self.tell(&text);
        }
    }
}

impl<'t> Announcer<'t> {
    pub(super) fn new(sink: &'t mut Sink, palette: Palette) -> Announcer<'t> {
        Announcer { sink, palette, bar: None, resources: Vec::new(), held: None }
    }

    /// One that says only after [`Announcer::release`] that something is served.
    pub(super) fn holding(sink: &'t mut Sink, palette: Palette) -> Announcer<'t> {
        let mut announcer = Announcer::new(sink, palette);
        announcer.held = Some(Vec::new());
        announcer
    }

    /// Tells what was held back, now that it is true.
    pub(super) fn release(mut self) {
        self.tell_held();
    }

    /// Tells what was held back, and who can come in, and gives what a person is told in the end, if anything.
    pub(super) fn listening(mut self, address: SocketAddr, has_token: bool, greets: bool) -> String {
        self.tell_held();
        self.exposed(address, has_token);
        if greets { self.greeting(address) } else { String::new() }
    }

    fn tell_held(&mut self) {
        for (_, text) in self.held.take().into_iter().flatten() {
            self.tell(&text);
        }
    }

    /// Which file was chosen where none was named.
    pub(super) fn chosen(&mut self, choice: Choice) {
        match choice {
            Choice::Named => {}
            Choice::Found(name) => self.tell(&format!("no file named: found '{name}' here")),
            Choice::Memory => self.tell("no file: an empty object in memory, nothing is saved"),
        }
    }

    /// What happens while the data is opened.
    pub(super) fn say(&mut self, notice: &Notice) {
        match notice {
            Notice::Loading { path, done, total } => self.progress(path, *done, *total),
            Notice::Loaded { path, stem, count, is_collection, collections, duration } => {
                let place = stem.as_ref().map_or("/".to_string(), |stem| format!("/{}", line(stem)));
                let noun = if *is_collection { "record" } else { "member" };
                self.resources.extend(Resource::of(stem.as_deref(), (*count, noun), collections));
                let content = match collections.len() {
                    0 => counted(*count, noun),
                    // The greeting names them.
                    length if self.sink.is_terminal => counted(length, "collection"),
                    _ => listed(collections),
                };
                let text = format!("serving '{}' at {place}: {content}, loaded in {}", shown(path), short(*duration));
                self.serves(text);
            }
            Notice::Created { path } => self.tell(&format!("made '{}'", shown(path))),
            Notice::Replayed { path, changes } => {
                self.tell(&format!("took {changes} saved changes from the journal of '{}'", shown(path)));
            }
            Notice::Reloaded { path } => self.tell(&format!("'{}' reloaded", shown(path))),
            Notice::Broken { path, error } => {
                self.warn(&format!("'{}', {error}; still serving the last good state", shown(path)));
            }
            Notice::Warning { path, text } => self.warn(&format!("'{}': {text}", shown(path))),
        }
    }

    /// A warning when others than this machine can come in without a token.
    fn exposed(&mut self, address: SocketAddr, has_token: bool) {
        if !address.ip().is_loopback() && !has_token {
            self.warn(&format!(
                "{address} is open to other machines: whoever reaches it can read and change the data; '--token' asks for one"
            ));
        }
    }

    /// The number that chance has drawn for the faults, so that they can be had again.
    pub(super) fn drawn(&mut self, seed: Option<u64>) {
        if let Some(seed) = seed {
            self.tell(&format!("faults come by chance: '--seed {seed}' repeats them"));
        }
    }

    /// What an archive has, and that it cannot be all.
    pub(super) fn archive(&mut self, path: &Path, answers: usize, unanswered: usize) {
        self.serves(format!("plays the {answers} answers of '{}', whatever is sent with the requests", shown(path)));
        if unanswered > 0 {
            self.warn(&format!("{unanswered} of its requests have no answer, and are left out"));
        }
    }

    /// Warnings of keys that nothing in the data has.
    pub(super) fn idle_keys(&mut self, keys: &[String], view: &View) {
        keys::idle(keys, view).iter().for_each(|text| self.warn(text));
    }

    /// A warning that the data stands in the place of what the server tells of itself.
    pub(super) fn hidden(&mut self) {
        self.warn("the data has a member '_': it is served in place of /_/requests, /_/openapi.json and /_/health");
    }

    /// What a person is told in the end: where everything is, and how to begin.
    fn greeting(&self, address: SocketAddr) -> String {
        match self.sink.is_terminal {
            true => greeting::greeting(address, &self.resources, self.palette),
            false => String::new(),
        }
    }

    /// A line that something deserves a second look.
    fn warn(&mut self, text: &str) {
        let word = self.palette.paint(Tone::Notice, "warning").into_owned();
        // It may hold names out of the file, and those may hold anything.
        self.tell(&format!("{word}: {}", line(text)));
    }

    /// A line that says what is served, which waits until it is.
    fn serves(&mut self, text: String) {
        self.bar = None;
        match &mut self.held {
            Some(held) => held.push((true, text)),
            None => self.tell(&text),
        }
    }

    fn tell(&mut self, text: &str) {
        // The bar makes way for the line.
        self.bar = None;
        // What comes later stays behind what waits.
        if let Some(held) = self.held.as_mut().filter(|held| !held.is_empty()) {
            held.push((false, text.to_owned()));
            return;
        }
        // What cannot be told does not keep the server from serving.
        // In one piece, as the log goes to the same place.
        let _ = self.sink.write_all(format!("httpkit: {text}\n").as_bytes());
    }

    /// On a terminal only.
    fn progress(&mut self, path: &Path, done: usize, total: usize) {
        if !self.sink.is_terminal || total == 0 {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| ShareBar::new(format!("httpkit: loading '{}'", shown(path)), total));
        bar.reach(done);
    }
}

/// Tells what owners do to their files while they are served. Nobody waits for standard error: a thread of its own writes.
pub(super) fn teller(mut sink: Sink, palette: Palette) -> Box<dyn FnMut(Notice) + Send> {
    let (sender, notices) = sync_channel::<Notice>(WAITING);
    let write = move || {
        for notice in notices {
            Announcer::new(&mut sink, palette).say(&notice);
        }
    };
    // Without the thread nothing is told, and everything is served.
    drop(std::thread::Builder::new().name("notices".to_owned()).spawn(write));
    // What cannot be told in time is old news.
    Box::new(move |notice| drop(sender.try_send(notice)))
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Each collection with its count.
fn listed(collections: &[(String, usize)]) -> String {
    let one = |(name, count): &(String, usize)| format!("{} ({})", line(name), counted(*count, "record"));
    let mut parts: Vec<String> = collections.iter().take(NAMED).map(one).collect();
    if let more @ 1.. = collections.len().saturating_sub(NAMED) {
        parts.push(format!("{more} more"));
    }
    parts.join(", ")
}

/// A path as one here would write it, with control characters made visible.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok().filter(|_| path.is_absolute());
    let path =
        here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned)).unwrap_or_else(|| path.to_owned());
    line(&path.to_string_lossy())
}

fn short(duration: Duration) -> String {
    match duration.as_millis() {
        0 => "less than 1 ms".to_string(),
        millis @ 1..1000 => format!("{millis} ms"),
        millis => format!("{:.1} s", millis as f64 / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What an announcer told.
    #[derive(Clone, Default)]
    struct Told(Arc<Mutex<Vec<u8>>>);

    impl Write for Told {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn told(is_terminal: bool, tell: impl FnOnce(&mut Announcer<'_>)) -> String {
        let told = Told::default();
        let mut sink = Sink::new(told.clone(), is_terminal);
        tell(&mut Announcer::new(&mut sink, Palette::default()));
        let bytes = told.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_is_served_is_counted() {
        let loaded = |count, is_collection, collections: &[(&str, usize)]| {
            let collections = collections.iter().map(|(name, count)| (name.to_string(), *count)).collect();
            let duration = Duration::from_millis(3);
            let notice =
                Notice::Loaded { path: "a.json".into(), stem: None, count, is_collection, collections, duration };
            let told = told(false, |to| to.say(&notice));
            told.split_once("at /: ").unwrap().1.split_once(", loaded in 3 ms\n").unwrap().0.to_string()
        };
        assert_eq!(loaded(1, true, &[]), "1 record");
        assert_eq!(loaded(3, true, &[]), "3 records");
        assert_eq!(loaded(2, false, &[]), "2 members");
        assert_eq!(loaded(3, false, &[("posts", 2), ("c\u{1b}[2J", 1)]), "posts (2 records), c\\x1b[2J (1 record)");
        let many: Vec<(&str, usize)> = vec![("x", 0); 12];
        assert!(loaded(12, false, &many).ends_with("x (0 records), 2 more"));
    }

    #[test]
    fn an_open_door_is_warned_of() {
        let exposed = |address: &str, has_token| told(false, |to| to.exposed(address.parse().unwrap(), has_token));
        assert!(exposed("0.0.0.0:80", false).contains("warning") && exposed("[::]:80", false).contains("--token"));
        assert_eq!(exposed("0.0.0.0:80", true), "");
        assert_eq!(exposed("127.0.0.1:80", false) + &exposed("[::1]:80", false), "");
    }

    #[test]
    fn a_line_after_a_bar_is_whole() {
        let load = |to: &mut Announcer<'_>| {
            to.say(&Notice::Loading { path: "a.json".into(), done: 1, total: 2 });
            to.say(&Notice::Warning { path: "a.json".into(), text: "x".into() });
        };
        // The bar itself is the terminal's; a test on a pseudo-terminal looks at it.
        assert_eq!(told(true, load), "httpkit: warning: 'a.json': x\n");
        assert_eq!(told(false, load), "httpkit: warning: 'a.json': x\n");
    }
}
