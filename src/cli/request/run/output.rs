//! The output of one transfer, and what is said beside it.

mod person;

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::saving;
use super::showing::Showing;
use crate::cli::exit;
use crate::cli::request::layout::Layout;
use crate::cli::request::names;
use crate::cli::request::plan::Transfer;
use crate::client::{Error, Kind, read_date, reason};
use crate::message::ReplyHead;
use crate::print::{self, Bars, Manner, Page, Progress, Sink, Terminal, Tone, Wish};

/// The output of one transfer.
pub(crate) struct Output<'a> {
    layout: &'a Layout,
    stdout: &'a mut Sink,
    stderr: &'a mut Sink,
    /// What became of showing the exchange in place of the content, if it is.
    showing: Option<Showing>,
    /// What the transfer is called beside its bar.
    name: String,
    path: Option<PathBuf>,
    /// Whether the server may choose the name of the file.
    servers_choice: bool,
    /// Whether content is shown to nobody.
    discards: bool,
    file: Option<File>,
    appends: bool,
    delivered: u64,
    /// How long the file was when it was opened.
    before: u64,
    /// Whether standard output broke off within a line.
    is_mid_line: bool,
}

impl<'a> Output<'a> {
    /// The output of a transfer, whose content goes to its file or to standard output.
    pub(crate) fn new(
        layout: &'a Layout,
        stdout: &'a mut Sink,
        stderr: &'a mut Sink,
        transfer: &Transfer,
        showing: Option<Showing>,
    ) -> Output<'a> {
        let is_terminal = stderr.is_terminal;
        Output {
            layout,
            stdout,
            stderr,
            showing,
            name: if is_terminal { names::label(transfer) } else { String::new() },
            path: transfer.file.clone(),
            servers_choice: transfer.servers_choice,
            discards: transfer.is_discarded,
            file: None,
            appends: false,
            delivered: 0,
            before: 0,
            is_mid_line: false,
        }
    }

    /// Begins an attempt: what an earlier one named is forgotten. Content that it wrote to a file is taken away, with all that
    /// stands before it; header sections alone stay, and so does what is no file.
    ///
    /// # Errors
    /// `Kind::Write` if it stays.
    pub(crate) fn begin(&mut self, transfer: &Transfer) -> Result<(), Error> {
        // What goes on stands behind what is there, header sections too.
        let goes_on = transfer.resume.is_some_and(|from| from > 0);
        let had_content = self.delivered > 0;
        (self.appends, self.delivered) = (goes_on, 0);
        let Some(file) = &mut self.file else {
            self.path.clone_from(&transfer.file);
            return Ok(());
        };
        if !had_content || !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return Ok(());
        }
        let path = self.path.as_deref().unwrap_or(Path::new(""));
        let cut = file.set_len(self.before).and_then(|()| file.seek(SeekFrom::Start(self.before)));
        cut.map(drop).map_err(|error| saving::cannot_write(path, &error))
    }

    /// Keeps the content that an attempt has written behind that many bytes, and says how many are there then. `None`: there is
    /// none, or something else stands there too, like header sections.
    pub(crate) fn keep(&mut self, from: u64) -> Option<u64> {
        let there = self.file.as_ref()?.metadata().ok().filter(|metadata| metadata.is_file())?.len();
        let is_content = self.before == from && there == from + self.delivered && self.delivered > 0;
        is_content.then(|| {
            self.before = there;
            there
        })
    }

    /// Whether what stands on standard output in place of the content could be written so far.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn check_shown(&self) -> Result<(), Error> {
        self.showing.as_ref().map_or(Ok(()), Showing::check)
    }

    /// Shows the request if that was asked for.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn request(&mut self, head: &[u8]) -> Result<(), Error> {
        if self.layout.parts.is_some_and(|parts| parts.request_head) {
            let manner = self.layout.manner(self.stdout.is_terminal);
            to_stdout(self.stdout, &print::head(head, "", manner))?;
        }
        self.verbose("> ", head);
        Ok(())
    }

    /// Shows one head of a response if that was asked for.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn head(&mut self, head: &ReplyHead) -> Result<(), Error> {
        self.verbose("< ", &head.bytes);
        self.save_tag(head)?;
        self.plain_head(&head.bytes)
    }

    /// Shows lines of a head, and fields that came without HTTP. Where both of what asks for them is standard output, each line
    /// stands there twice, as with curl.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn plain_head(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let is_shared = self.path.is_none() && !self.stdout.is_terminal;
        if self.layout.saving.dump_header.as_deref().is_some_and(|path| is_shared && path == Path::new("-")) {
            return bytes.split_inclusive(|byte| *byte == b'\n').try_for_each(|line| {
                self.dump(line)?;
                self.section(line)
            });
        }
        self.dump(bytes)?;
        self.section(bytes)
    }

    /// Writes the entity tag of a success or a redirect to its file, in the place of an older one.
    fn save_tag(&mut self, head: &ReplyHead) -> Result<(), Error> {
        let tag = head.first("etag").filter(|tag| (200..400).contains(&head.status) && !tag.is_empty());
        let (Some(path), Some(tag)) = (&self.layout.saving.etag, tag) else { return Ok(()) };
        let line = [tag, b"\n"].concat();
        if path.as_os_str() == "-" {
            return self.show(&line);
        }
        saving::to_file(path, false, &line)
    }

    /// Adds to the file of `-D`, which was made empty when the run began.
    fn dump(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(path) = &self.layout.saving.dump_header else { return Ok(()) };
        match path.as_os_str().to_str() {
            Some("-") => self.show(bytes),
            Some("%") => {
                let manner = Manner { mask: false, ..self.layout.manner(self.stderr.is_terminal) };
                // What cannot be said on standard error cannot be said at all.
                let _ = self.stderr.write_all(&print::head(bytes, "", manner));
                Ok(())
            }
            _ => saving::to_file(path, true, bytes),
        }
    }

    /// Writes lines of a head to standard output, where a terminal sees its control characters.
    fn show(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let manner = Manner { mask: false, ..self.layout.manner(self.stdout.is_terminal) };
        to_stdout(self.stdout, &print::head(bytes, "", manner))
    }

    /// Names the file as the server says, if that was asked for: only the name counts, never a folder. A redirect that does
    /// not say names it by its target.
    pub(crate) fn name(&mut self, head: &ReplyHead) {
        let said = head.text("content-disposition").as_deref().and_then(names::disposition_name);
        let location = head.text("location").filter(|_| head.status / 100 == 3);
        let named = said.or_else(|| location.as_deref().and_then(names::target_name));
        // A file that an earlier attempt has opened keeps its name.
        let path = self.path.as_mut().filter(|_| self.file.is_none());
        if let (true, Some(path), Some(name)) = (self.servers_choice, path, named) {
            *path = path.with_file_name(name);
        }
    }

    /// The file that was written, or will be.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Takes away what a transfer that failed has written, if that was asked for.
    pub(crate) fn abandon(&mut self) {
        if !self.layout.saving.remove_on_error || self.file.take().is_none() {
            return;
        }
        if let Some(path) = &self.path {
            // A file that cannot be removed stays; the failure itself is said in any case.
            let _ = std::fs::remove_file(path);
        }
    }

    /// Shows the trailer section where header sections were asked for.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn trailer(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.echo("< ", bytes);
        self.dump(bytes)?;
        self.section(bytes)
    }

    fn section(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.discards {
            return Ok(());
        }
        if self.layout.include {
            match self.path {
                Some(_) => return self.put(bytes),
                None => {
                    // With -i header sections are part of the output: nothing in them is masked.
                    let manner = Manner { mask: false, ..self.layout.manner(self.stdout.is_terminal) };
                    return to_stdout(self.stdout, &print::head(bytes, "", manner));
                }
            }
        }
        if self.layout.parts.is_some_and(|parts| parts.head) {
            let manner = self.layout.manner(self.stdout.is_terminal);
            return to_stdout(self.stdout, &print::head(bytes, "", manner));
        }
        Ok(())
    }

    /// Shows a head of a dialect with `-v`; what HTTP sends and receives is told by the transport when it happens.
    fn verbose(&mut self, prefix: &str, bytes: &[u8]) {
        if self.layout.verbose && !self.layout.is_http {
            self.echo(prefix, bytes);
        }
    }

    fn echo(&mut self, prefix: &str, bytes: &[u8]) {
        if self.layout.verbose {
            let manner = self.layout.manner(self.stderr.is_terminal);
            // What cannot be said about a transfer does not end it.
            let prefix = format!("{}{prefix}", self.layout.time());
            let _ = self.stderr.write_all(&print::head(bytes, &prefix, manner));
        }
    }

    /// A remark of `-v`.
    pub(crate) fn remark(&mut self, text: &str) {
        if self.layout.verbose {
            let palette = self.layout.palette(self.stderr.is_terminal);
            let mark = format!("{}* ", self.layout.time());
            say(self.stderr, &format!("{}{}\n", palette.paint(Tone::Faint, &mark), print::line(text)));
        }
    }

    /// A warning, unless the run is silent.
    pub(crate) fn warn(&mut self, text: &str) {
        if !self.layout.silent {
            warn(self.stderr, self.layout, text);
        }
    }

    /// A bar for standard error, if a person looks at that and does not look at the content there.
    pub(crate) fn progress(&self, expected: Option<u64>, bars: &Bars) -> Progress {
        if self.layout.asks_progress && self.layout.shows_progress && !self.stderr.is_terminal {
            return Progress::in_line(expected, self.stderr.share());
        }
        let is_free = self.stderr.is_terminal && (self.path.is_some() || !self.stdout.is_terminal);
        Progress::new(self.layout.shows_progress && is_free, expected, &self.name, bars)
    }

    /// Whether content is shown at all.
    pub(crate) fn takes_content(&self) -> bool {
        !self.discards && (self.path.is_some() || self.layout.parts.is_none_or(|parts| parts.content))
    }

    /// What becomes of content of that media type on its way out.
    pub(crate) fn body(&self, media_type: Option<&str>) -> print::Body {
        match self.path {
            Some(_) => print::Body::new(media_type, Wish { unquote: self.layout.raw_strings, ..Wish::default() }),
            None => print::Body::new(media_type, self.layout.wish(self.stdout.is_terminal)),
        }
    }

    /// Writes a stretch of content as it is.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.discards {
            return Ok(());
        }
        self.put(bytes)?;
        self.delivered += bytes.len() as u64;
        Ok(())
    }

    /// Writes bytes to the file, which is opened for the first of them, or to standard output.
    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(path) = &self.path else {
            self.is_mid_line = bytes.last().map_or(self.is_mid_line, |last| *last != b'\n');
            return to_stdout(self.stdout, bytes);
        };
        if self.file.is_none() {
            // The file is made when there is something for it: a failure before leaves an old one alone.
            let (file, path) = saving::create(path, &self.layout.saving, self.appends, self.servers_choice)?;
            self.before = file.metadata().map_or(0, |metadata| metadata.len());
            (self.file, self.path) = (Some(file), Some(path));
        }
        match (&mut self.file, &self.path) {
            (Some(file), Some(path)) => file.write_all(bytes).map_err(|error| saving::cannot_write(path, &error)),
            _ => Ok(()),
        }
    }

    /// How much of the content of an attempt was written.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Ends the output of a transfer that succeeded: an empty content is an empty file, and at a terminal the shell's prompt
    /// begins a line of its own.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        self.write(b"")?;
        let is_person = self.stdout.is_terminal && !self.layout.raw_terminal && self.layout.write_out.is_none();
        match is_person && std::mem::take(&mut self.is_mid_line) {
            true => to_stdout(self.stdout, b"\n"),
            false => Ok(()),
        }
    }

    /// Gives the file the time that the server says its content has, if that was asked for.
    pub(crate) fn date(&mut self, head: &ReplyHead) {
        self.set_date(head.text("last-modified").and_then(|text| read_date(&text)));
    }

    /// Gives the file that time, if that was asked for.
    pub(crate) fn set_date(&mut self, time: Option<SystemTime>) {
        let Some(file) = self.file.as_ref().filter(|_| self.layout.saving.remote_time) else { return };
        if time.is_some_and(|time| file.set_modified(time).is_err()) {
            self.warn("the time of the file cannot be set");
        }
    }

    /// Prints text that was made for this transfer: `-w`, `--dry-run`.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn print(&mut self, bytes: &[u8]) -> Result<(), Error> {
        to_stdout(self.stdout, bytes)
    }

    /// Prints the head of a request that is not sent.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(crate) fn dry_head(&mut self, head: &[u8]) -> Result<(), Error> {
        let manner = self.layout.manner(self.stdout.is_terminal);
        to_stdout(self.stdout, &print::head(head, "", manner))
    }

    /// How what is explained is laid out on standard output.
    pub(crate) fn page(&self) -> Page {
        self.layout.page(self.stdout)
    }

    /// What becomes of request content that is printed and not sent.
    pub(crate) fn dry_body(&self, media_type: Option<&str>) -> print::Body {
        let wish = Wish { format: false, ..self.layout.wish(self.stdout.is_terminal) };
        print::Body::new(media_type, wish)
    }
}

/// Says a warning on standard error.
pub(crate) fn warn(stderr: &mut Sink, layout: &Layout, text: &str) {
    let palette = layout.palette(stderr.is_terminal);
    say(stderr, &format!("httpkit: {}: {}\n", palette.paint(Tone::Notice, "warning"), print::line(text)));
}

/// Says on standard error what the user may like to know.
pub(crate) fn note(stderr: &mut Sink, layout: &Layout, text: &str) {
    let mark = layout.palette(stderr.is_terminal).paint(Tone::Faint, "note").to_string();
    say(stderr, &format!("httpkit: {mark}: {}\n", print::line(text)));
}

/// Says a failure on standard error, in one line.
pub(crate) fn complain(stderr: &mut Sink, layout: &Layout, status: u8, error: &Error) {
    let palette = layout.palette(stderr.is_terminal);
    let number = format!("({status})");
    say(stderr, &format!("httpkit: {} {}\n", palette.paint(Tone::Bad, &number), print::line(&error.message)));
}

/// Writes a line at once, so that those of several transfers do not mix; what cannot be said ends nothing.
fn say(stderr: &mut Sink, line: &str) {
    let _ = stderr.write_all(line.as_bytes());
}

/// Writes to standard output.
///
/// # Errors
/// `Kind::Closed` if its reader has gone away, else `Kind::Write`.
pub(crate) fn to_stdout(stdout: &mut Sink, bytes: &[u8]) -> Result<(), Error> {
    stdout.write_all(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Error::new(Kind::Closed, "standard output was closed"),
        _ => Error::new(Kind::Write, format!("cannot write to standard output: {}", reason(&error))),
    })
}

/// Says what failed, if failures are said, and gives its exit status. A closed pipe ends quietly, and so does a
/// transfer that ends because another one failed.
pub(crate) fn fail(error: &Error, layout: &Layout, terminal: &mut Terminal) -> u8 {
    let status = exit::of(error.kind);
    if layout.speaks() && !matches!(error.kind, Kind::Closed | Kind::Aborted) {
        complain(&mut terminal.error, layout, status, error);
    }
    status
}
