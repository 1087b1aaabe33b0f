//! How the output of a run looks and where it goes, as the arguments have it.

use std::path::PathBuf;

use crate::cli::args::{DialectChoice, Parts, Pretty, RequestArgs, Tool, WireWish};
use crate::print::{Choice, Manner, Page, Palette, Sink, Wish};

/// Where the output goes and how it looks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    pub(crate) include: bool,
    pub(crate) parts: Option<Parts>,
    pub(crate) shows_progress: bool,
    /// Whether progress is shown where nobody looks, too.
    pub(crate) asks_progress: bool,
    pub(crate) verbose: bool,
    /// Shows the exchange byte for byte in place of the content.
    pub(crate) wire: Option<WireWish>,
    /// Explains the exchange, or the request of a dry run, line by line in place of the content.
    pub(crate) explains: bool,
    /// Whether HTTP is spoken, and none of the original dialects.
    pub(crate) is_http: bool,
    /// Leaves out the answers of proxies to requests for tunnels.
    pub(crate) hides_tunnel: bool,
    pub(crate) trace_time: bool,
    pub(crate) fail: bool,
    pub(crate) fail_with_body: bool,
    pub(crate) silent: bool,
    pub(crate) show_error: bool,
    /// What is done with a request in place of sending it.
    pub(crate) instead: Option<Instead>,
    pub(crate) write_out: Option<String>,
    pub(crate) color: Choice,
    pub(crate) pretty: Option<Pretty>,
    pub(crate) show_secrets: bool,
    pub(crate) raw_terminal: bool,
    pub(crate) raw_strings: bool,
    pub(crate) saving: Saving,
    pub(crate) max_filesize: Option<u64>,
    pub(crate) fail_early: bool,
    pub(crate) no_color: bool,
    pub(crate) force_color: bool,
}

/// What is done with a request in place of sending it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    /// `--dry-run`: it is printed.
    DryRun,
    /// `--as`: it is said in the words of another tool.
    As(Tool),
}

/// How files are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Saving {
    pub(crate) create_dirs: bool,
    pub(crate) no_clobber: bool,
    pub(crate) remove_on_error: bool,
    /// The file gets the time of `Last-Modified`.
    pub(crate) remote_time: bool,
    pub(crate) dump_header: Option<PathBuf>,
    /// The file for the entity tag.
    pub(crate) etag: Option<PathBuf>,
    /// Leaves a transfer out if its file is there.
    pub(crate) skip_existing: bool,
}

impl Layout {
    /// Reads the layout off the arguments.
    pub(crate) fn of(args: &RequestArgs, variable: &dyn Fn(&str) -> Option<String>) -> Layout {
        Layout {
            include: (args.include || args.head) && !is_taken(args),
            parts: is_taken(args).then(Parts::default).or(args.print).or_else(|| {
                let echo = Parts { request_head: true, request_content: false, head: true, content: true, meta: false };
                args.echo_headers.then_some(echo)
            }),
            asks_progress: args.progress_bar,
            shows_progress: !args.silent && !args.no_progress_meter,
            verbose: args.verbose,
            wire: wire(args),
            explains: args.explain,
            is_http: args.dialect == DialectChoice::Http,
            hides_tunnel: args.suppress_connect_headers,
            trace_time: args.trace_time,
            fail: args.fail,
            fail_with_body: args.fail_with_body,
            silent: args.silent,
            show_error: args.show_error,
            instead: args.as_tool.map(Instead::As).or(args.dry_run.then_some(Instead::DryRun)),
            write_out: args.write_out.clone(),
            color: args.color.map_or(Choice::Auto, Choice::from),
            pretty: args.pretty,
            show_secrets: args.show_secrets,
            raw_terminal: args.raw_terminal,
            raw_strings: args.raw_strings,
            saving: Saving {
                create_dirs: args.create_dirs,
                no_clobber: args.no_clobber,
                remove_on_error: args.remove_on_error,
                remote_time: args.remote_time,
                dump_header: args.dump_header.clone(),
                etag: args.etag_save.clone(),
                skip_existing: args.skip_existing,
            },
            max_filesize: args.max_filesize.filter(|most| *most > 0),
            fail_early: args.fail_early,
            no_color: variable("NO_COLOR").is_some(),
            force_color: variable("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
        }
    }

    /// The colours of a stream.
    pub(crate) fn palette(&self, is_terminal: bool) -> Palette {
        let set = |is_set: bool| is_set.then(|| "1".to_owned());
        let variable = |name: &str| match name {
            "NO_COLOR" => set(self.no_color),
            _ => set(self.force_color),
        };
        Palette::choose(self.color, is_terminal, variable)
    }

    /// How a head looks on a stream.
    pub(crate) fn manner(&self, is_terminal: bool) -> Manner {
        Manner {
            palette: self.palette(is_terminal),
            visible: is_terminal && !self.raw_terminal,
            mask: is_terminal && !self.show_secrets,
        }
    }

    /// How what is explained is laid out on a stream.
    pub(crate) fn page(&self, sink: &Sink) -> Page {
        let Manner { palette, mask, .. } = self.manner(sink.is_terminal);
        Page { palette, columns: columns(sink), mask }
    }

    /// How content looks on a stream.
    pub(crate) fn wish(&self, is_terminal: bool) -> Wish {
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
            unquote: self.raw_strings,
        }
    }

    /// The time before a line of `-v`, if it was asked for.
    pub(crate) fn time(&self) -> String {
        if self.trace_time { time() } else { String::new() }
    }

    /// Whether failures are said.
    pub(crate) fn speaks(&self) -> bool {
        !self.silent || self.show_error
    }
}

/// Whether something else stands on standard output in place of the content.
fn is_taken(args: &RequestArgs) -> bool {
    wire(args).is_some() || args.har.as_ref().is_some_and(|path| path.as_os_str() == "-")
}

/// How the exchange is shown byte for byte, if it is: what `--send` sends is shown so in any case.
fn wire(args: &RequestArgs) -> Option<WireWish> {
    let is_raw = args.send.is_some() || args.send_escaped.is_some();
    // What is explained is shown line by line, and not a second time.
    args.wire.filter(|_| !args.explain).or(is_raw.then_some(WireWish { all: false }))
}

/// How wide a page is where nobody can tell.
const COLUMNS: u16 = 80;

/// How many columns are written to; into a pipe they are always the same.
pub(crate) fn columns(sink: &Sink) -> usize {
    usize::from(sink.columns.filter(|_| sink.is_terminal).unwrap_or(COLUMNS))
}

/// The time of day here, and a blank.
pub(crate) fn time() -> String {
    let now = jiff::Timestamp::try_from(std::time::SystemTime::now()).unwrap_or_default();
    now.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M:%S.%6f ").to_string()
}
