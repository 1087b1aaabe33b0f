//! Where the output of a transfer goes, and how it looks there.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::trace;
use crate::cli::args::{Parts, Pretty, RequestArgs};
use crate::client::{Error, Kind, reason};
use crate::message::ReplyHead;
use crate::print::{self, Bars, Choice, Manner, Palette, Progress, Sink, Tone, Wish};

/// Where the output goes and how it looks.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub(super) include: bool,
    pub(super) parts: Option<Parts>,
    pub(super) shows_progress: bool,
    pub(super) verbose: bool,
    pub(super) trace_time: bool,
    pub(super) fail: bool,
    pub(super) fail_with_body: bool,
    pub(super) silent: bool,
    pub(super) show_error: bool,
    pub(super) dry_run: bool,
    pub(super) write_out: Option<String>,
    pub(super) color: Choice,
    pub(super) pretty: Option<Pretty>,
    pub(super) show_secrets: bool,
    pub(super) raw_terminal: bool,
    pub(super) saving: Saving,
    pub(super) max_filesize: Option<u64>,
    pub(super) fail_early: bool,
    pub(super) no_color: bool,
    pub(super) force_color: bool,
}

/// How files are written.
#[derive(Debug, Clone, Default)]
pub(super) struct Saving {
    pub(super) create_dirs: bool,
    pub(super) no_clobber: bool,
    pub(super) remove_on_error: bool,
    /// The file gets the time of `Last-Modified`.
    pub(super) remote_time: bool,
    /// The file is named as `Content-Disposition` says, in this folder.
    pub(super) named_by_header: bool,
    pub(super) dump_header: Option<PathBuf>,
}

/// Reads the layout off the arguments.
pub(super) fn layout(args: &RequestArgs, variable: &dyn Fn(&str) -> Option<String>) -> Layout {
    Layout {
        include: args.include || args.head,
        parts: args.print.or_else(|| {
            let echo = Parts { request_head: true, request_content: false, head: true, content: true, meta: false };
            args.echo_headers.then_some(echo)
        }),
        shows_progress: !args.silent && !args.no_progress_meter,
        verbose: args.verbose,
        trace_time: args.trace_time,
        fail: args.fail,
        fail_with_body: args.fail_with_body,
        silent: args.silent,
        show_error: args.show_error,
        dry_run: args.dry_run,
        write_out: args.write_out.clone(),
        color: args.color.map_or(Choice::Auto, Choice::from),
        pretty: args.pretty,
        show_secrets: args.show_secrets,
        raw_terminal: args.raw_terminal,
        saving: Saving {
            create_dirs: args.create_dirs,
            no_clobber: args.no_clobber,
            remove_on_error: args.remove_on_error,
            remote_time: args.remote_time,
            named_by_header: args.remote_header_name,
            dump_header: args.dump_header.clone(),
        },
        max_filesize: args.max_filesize,
        fail_early: args.fail_early,
        no_color: variable("NO_COLOR").is_some(),
        force_color: variable("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
    }
}

impl Layout {
    fn palette(&self, is_terminal: bool) -> Palette {
        let set = |is_set: bool| is_set.then(|| "1".to_owned());
        let variable = |name: &str| match name {
            "NO_COLOR" => set(self.no_color),
            _ => set(self.force_color),
        };
        Palette::choose(self.color, is_terminal, variable)
    }

    fn manner(&self, is_terminal: bool) -> Manner {
        Manner {
            palette: self.palette(is_terminal),
            visible: is_terminal && !self.raw_terminal,
            mask: is_terminal && !self.show_secrets,
        }
    }

    fn wish(&self, is_terminal: bool) -> Wish {
        let (colors, format) = match self.pretty {
            None => (true, is_terminal),
            Some(Pretty::All) => (true, true),
            Some(Pretty::Colors) => (true, false),
            Some(Pretty::Format) => (false, true),
            Some(Pretty::None) => (false, false),
        };
        Wish {
            format,
            palette: if colors { self.palette(is_terminal) } else { Palette::default() },
            guard: is_terminal && !self.raw_terminal,
        }
    }

    /// The time before a line of `-v`, if it was asked for.
    fn time(&self) -> String {
        if self.trace_time { trace::time() } else { String::new() }
    }

    /// Whether failures are said.
    pub(super) fn speaks(&self) -> bool {
        !self.silent || self.show_error
    }
}

/// The output of one transfer.
pub(super) struct Output<'a> {
    layout: &'a Layout,
    stdout: &'a mut Sink,
    stderr: &'a mut Sink,
    path: Option<PathBuf>,
    file: Option<File>,
    appends: bool,
}

impl<'a> Output<'a> {
    /// The output of a transfer whose content goes to that file, or to standard output.
    pub(super) fn new(
        layout: &'a Layout,
        stdout: &'a mut Sink,
        stderr: &'a mut Sink,
        path: Option<&Path>,
    ) -> Output<'a> {
        Output { layout, stdout, stderr, path: path.map(Path::to_owned), file: None, appends: false }
    }

    /// Shows the request if that was asked for.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(super) fn request(&mut self, head: &[u8]) -> Result<(), Error> {
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
    pub(super) fn head(&mut self, head: &ReplyHead) -> Result<(), Error> {
        self.verbose("< ", &head.octets);
        self.dump(&head.octets)?;
        self.section(&head.octets)
    }

    /// Adds to the file of `-D`, which was made empty when the run began.
    fn dump(&mut self, octets: &[u8]) -> Result<(), Error> {
        let Some(path) = &self.layout.saving.dump_header else { return Ok(()) };
        if path.as_os_str() == "-" {
            return to_stdout(self.stdout, octets);
        }
        let written =
            OpenOptions::new().append(true).create(true).open(path).and_then(|mut file| file.write_all(octets));
        written.map_err(|error| cannot_write(path, &error))
    }

    /// Names the file as the server says, if that was asked for: only the name counts, never a folder.
    pub(super) fn name(&mut self, head: &ReplyHead) {
        let named = head.text("content-disposition").as_deref().and_then(disposition_name);
        if let (true, Some(path), Some(name)) = (self.layout.saving.named_by_header, &mut self.path, named) {
            *path = path.with_file_name(name);
        }
    }

    /// Goes on behind what the file holds.
    pub(super) fn append(&mut self) {
        self.appends = true;
    }

    /// The file that was written, or will be.
    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether content has gone where it cannot be taken back from.
    pub(super) fn is_begun(&self) -> bool {
        self.file.is_some()
    }

    /// Takes away what a transfer that failed has written, if that was asked for.
    pub(super) fn abandon(&mut self) {
        if let (true, Some(path), Some(_)) = (self.layout.saving.remove_on_error, &self.path, self.file.take()) {
            // A file that cannot be removed stays; the failure itself is said in any case.
            let _ = std::fs::remove_file(path);
        }
    }

    /// Shows the trailer section if header sections were asked for.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(super) fn trailer(&mut self, octets: &[u8]) -> Result<(), Error> {
        if octets.is_empty() {
            return Ok(());
        }
        self.verbose("< ", octets);
        self.section(octets)
    }

    fn section(&mut self, octets: &[u8]) -> Result<(), Error> {
        if self.layout.include {
            match self.path {
                Some(_) => return self.write(octets),
                None => {
                    // With -i header sections are part of the output: nothing in them is masked.
                    let manner = Manner { mask: false, ..self.layout.manner(self.stdout.is_terminal) };
                    return to_stdout(self.stdout, &print::head(octets, "", manner));
                }
            }
        }
        if self.layout.parts.is_some_and(|parts| parts.head) {
            let manner = self.layout.manner(self.stdout.is_terminal);
            return to_stdout(self.stdout, &print::head(octets, "", manner));
        }
        Ok(())
    }

    fn verbose(&mut self, prefix: &str, octets: &[u8]) {
        if self.layout.verbose {
            let manner = self.layout.manner(self.stderr.is_terminal);
            // What cannot be said about a transfer does not end it.
            let prefix = format!("{}{prefix}", self.layout.time());
            let _ = self.stderr.write_all(&print::head(octets, &prefix, manner));
        }
    }

    /// A remark of `-v`.
    pub(super) fn remark(&mut self, text: &str) {
        if self.layout.verbose {
            let palette = self.layout.palette(self.stderr.is_terminal);
            let mark = format!("{}* ", self.layout.time());
            say(self.stderr, &format!("{}{}\n", palette.paint(Tone::Faint, &mark), print::line(text)));
        }
    }

    /// Asks a person for these words, if one types.
    pub(super) fn prompt(&mut self, words: &str, is_terminal: bool) {
        if is_terminal {
            // Where a prompt cannot be written, the answer can still be read.
            let _ = write!(self.stderr, "{}: ", print::line(words));
        }
    }

    /// A warning, unless the run is silent.
    pub(super) fn warn(&mut self, text: &str) {
        if !self.layout.silent {
            warn(self.stderr, self.layout, text);
        }
    }

    /// A bar for standard error, if a person looks at that and does not look at the content there.
    pub(super) fn progress(&self, expected: Option<u64>, bars: &Bars) -> Progress {
        let is_free = self.stderr.is_terminal && (self.path.is_some() || !self.stdout.is_terminal);
        Progress::new(self.layout.shows_progress && is_free, expected, bars)
    }

    /// Whether content is shown at all.
    pub(super) fn takes_content(&self) -> bool {
        self.path.is_some() || self.layout.parts.is_none_or(|parts| parts.content)
    }

    /// What becomes of content of that media type on its way out.
    pub(super) fn body(&self, media_type: Option<&str>) -> print::Body {
        match self.path {
            Some(_) => print::Body::Octets,
            None => print::Body::new(media_type, self.layout.wish(self.stdout.is_terminal)),
        }
    }

    /// Writes a stretch of content as it is.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(super) fn write(&mut self, octets: &[u8]) -> Result<(), Error> {
        let Some(path) = &self.path else { return to_stdout(self.stdout, octets) };
        if self.file.is_none() {
            // The file is made when there is something for it: a failure before leaves an old one alone.
            let (file, path) = create(path, &self.layout.saving, self.appends)?;
            self.file = Some(file);
            self.path = Some(path);
        }
        match (&mut self.file, &self.path) {
            (Some(file), Some(path)) => file.write_all(octets).map_err(|error| cannot_write(path, &error)),
            _ => Ok(()),
        }
    }

    /// Ends the output of a transfer that succeeded: an empty content is an empty file.
    ///
    /// # Errors
    /// `Kind::Write`.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        self.write(b"")
    }

    /// Gives the file the time that the server says its content has, if that was asked for.
    pub(super) fn date(&mut self, head: &ReplyHead) {
        let Some(file) = self.file.as_ref().filter(|_| self.layout.saving.remote_time) else { return };
        let said = head.text("last-modified").and_then(|text| httpdate::parse_http_date(&text).ok());
        if said.is_some_and(|time| file.set_modified(time).is_err()) {
            self.warn("the time of the file cannot be set");
        }
    }

    /// Prints text that was made for this transfer: `-w`, `--dry-run`.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(super) fn print(&mut self, octets: &[u8]) -> Result<(), Error> {
        to_stdout(self.stdout, octets)
    }

    /// Prints the head of a request that is not sent.
    ///
    /// # Errors
    /// `Kind::Write`, `Kind::Closed`.
    pub(super) fn dry_head(&mut self, head: &[u8]) -> Result<(), Error> {
        let manner = self.layout.manner(self.stdout.is_terminal);
        to_stdout(self.stdout, &print::head(head, "", manner))
    }

    /// What becomes of request content that is printed and not sent.
    pub(super) fn dry_body(&self, media_type: Option<&str>) -> print::Body {
        let wish = Wish { format: false, ..self.layout.wish(self.stdout.is_terminal) };
        print::Body::new(media_type, wish)
    }
}

/// Writes a text to a file, made anew or added to.
///
/// # Errors
/// `Kind::Write`.
pub(super) fn to_file(path: &Path, appends: bool, octets: &[u8]) -> Result<(), Error> {
    let opened = OpenOptions::new().write(true).create(true).append(appends).truncate(!appends).open(path);
    opened.and_then(|mut file| file.write_all(octets)).map_err(|error| cannot_write(path, &error))
}

/// Makes the file for a content, and says what it is called in the end.
fn create(path: &Path, saving: &Saving, appends: bool) -> Result<(File, PathBuf), Error> {
    if let (true, Some(folder)) = (saving.create_dirs, path.parent()) {
        std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    }
    let mut options = OpenOptions::new();
    options.write(true);
    if appends {
        return options
            .append(true)
            .create(true)
            .open(path)
            .map(|file| (file, path.to_owned()))
            .map_err(|error| cannot_write(path, &error));
    }
    if saving.no_clobber {
        let numbered = |number: u32| match number {
            0 => path.to_owned(),
            number => PathBuf::from(format!("{}.{number}", path.display())),
        };
        for candidate in (0..=100).map(numbered) {
            match options.create_new(true).open(&candidate) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                outcome => {
                    return outcome
                        .map(|file| (file, candidate.clone()))
                        .map_err(|error| cannot_write(&candidate, &error));
                }
            }
        }
        return Err(Error::new(
            Kind::Write,
            format!("cannot write '{}': it is there, and a hundred more", path.display()),
        ));
    }
    // A name that the server chose takes the place of nothing.
    let opened = match saving.named_by_header {
        true => options.create_new(true).open(path),
        false => options.create(true).truncate(true).open(path),
    };
    opened.map(|file| (file, path.to_owned())).map_err(|error| cannot_write(path, &error))
}

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Write, format!("cannot write '{}': {}", path.display(), reason(error)))
}

/// The last part of a name from the network: no folder, no way up, no control character.
pub(super) fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|character| !character.is_control()).collect();
    if name.chars().all(|character| character == '.') { String::new() } else { name }
}

/// The file's name in `Content-Disposition` (RFC 6266), made safe. Like curl, it takes `filename` and not `filename*`.
fn disposition_name(value: &str) -> Option<String> {
    let parameter = value.split(';').skip(1).find_map(|parameter| {
        let (key, text) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case("filename").then(|| text.trim())
    })?;
    let name = match parameter.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => parameter,
    };
    Some(safe_name(name)).filter(|name| !name.is_empty())
}

/// Says a warning on standard error.
pub(super) fn warn(stderr: &mut Sink, layout: &Layout, text: &str) {
    let palette = layout.palette(stderr.is_terminal);
    say(stderr, &format!("httpkit: {}: {}\n", palette.paint(Tone::Notice, "warning"), print::line(text)));
}

/// Says a failure on standard error, in one line.
pub(super) fn complain(stderr: &mut Sink, layout: &Layout, status: u8, error: &Error) {
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
pub(super) fn to_stdout(stdout: &mut Sink, octets: &[u8]) -> Result<(), Error> {
    stdout.write_all(octets).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Error::new(Kind::Closed, "standard output was closed"),
        _ => Error::new(Kind::Write, format!("cannot write to standard output: {}", reason(&error))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_the_network_stay_in_the_folder() {
        for (value, expected) in [
            ("attachment; filename=\"a b.txt\"", Some("a b.txt")),
            ("attachment; FileName=x.bin; size=3", Some("x.bin")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"..\\\\..\\\\evil\"", Some("evil")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"/\"", None),
            ("attachment", None),
        ] {
            assert_eq!(disposition_name(value).as_deref(), expected, "{value}");
        }
        assert_eq!(safe_name("a\x1b[1m\nb"), "a[1mb");
    }
}
