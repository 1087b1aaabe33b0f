//! `--pcap`: what crosses the connections of a run, as a capture that Wireshark reads.

use std::collections::HashMap;
use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::mem;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::listener::Listener;
use super::{output, saving};
use crate::capture::{Flow, Side, beginning, secrets};
use crate::cli::args::RequestArgs;
use crate::cli::request::layout::Layout;
use crate::client::transport::{Crossing, Seen, Tap};
use crate::client::{Error, Kind, Protocol, reason};
use crate::print::{Sink, Terminal};

/// What the capture says of itself.
const SEEN: &str = "Seen from within the program: what each of its reads and writes carried is true, the packets around it are \
                    made up, as are the addresses of socket files.";

/// A capture of all transfers of a run.
pub(crate) struct Pcap(Arc<Mutex<Capture>>);

impl Pcap {
    /// Opens the capture that the arguments ask for: of several groups, the last one that names one counts for all.
    ///
    /// # Errors
    /// `Kind::Usage` for what cannot be captured. Within, says which file could not be made, and why.
    pub(crate) fn open<'a>(
        groups: &'a [RequestArgs],
        terminal: &mut Terminal,
    ) -> Result<Result<Option<Pcap>, String>, (Error, &'a RequestArgs)> {
        let named = groups.iter().rev().find_map(|args| args.pcap.as_deref().map(|path| (path, args)));
        let Some((path, args)) = named else {
            let plain = groups.iter().find(|args| args.pcap_plain);
            let what = "--pcap-plain says how --pcap captures: expected --pcap FILE, too";
            return plain.map_or(Ok(Ok(None)), |args| Err((Error::new(Kind::Usage, what), args)));
        };
        for args in groups {
            refuse(path, args, terminal).map_err(|what| (Error::new(Kind::Usage, what), args))?;
        }
        let target = match CapturePlace::open(path, terminal) {
            Ok(target) => target,
            Err(error) => return Ok(Err(format!("cannot write the capture '{}': {}", path.display(), reason(&error)))),
        };
        let mut capture = Capture {
            target: Some(target),
            name: path.display().to_string(),
            is_plain: groups.iter().any(|args| args.pcap_plain),
            has_keys: false,
            flows: HashMap::new(),
            out: Vec::new(),
            error: terminal.error.share(),
            layout: Layout::of(args, &terminal.setting()),
        };
        beginning(&mut capture.out, concat!("httpkit ", env!("CARGO_PKG_VERSION")), SEEN);
        capture.write();
        Ok(Ok(Some(Pcap(Arc::new(Mutex::new(capture))))))
    }
}

/// What does not go together with a capture.
fn refuse(path: &Path, args: &RequestArgs, terminal: &Terminal) -> Result<(), &'static str> {
    if matches!(args.protocol, Some(Protocol::Http2 | Protocol::Http2PriorKnowledge)) {
        return Err(
            "--pcap does not see HTTP/2, which goes through a library: leave out --http2, or let SSLKEYLOGFILE name a file \
             for its keys and capture with Wireshark itself",
        );
    }
    let is_stdout = path.as_os_str() == "-";
    if is_stdout && terminal.output.is_terminal {
        return Err("a capture is binary: --pcap - needs a pipe or a file as standard output");
    }
    match &args.stderr {
        Some(path) if is_stdout && path.as_os_str() == "-" => Err("--pcap - does not go with --stderr -"),
        _ => Ok(()),
    }
}

impl Listener for Pcap {
    fn tap(&self, transfer: usize) -> Tap {
        let (capture, exchange) = (Arc::clone(&self.0), AtomicU32::new(0));
        Tap::new(move |seen, connection| {
            let Some(connection) = connection else { return };
            let mut capture = capture.lock().unwrap_or_else(PoisonError::into_inner);
            if capture.target.is_none() {
                return;
            }
            match seen {
                Seen::Request { method, target } => {
                    let exchange = exchange.fetch_add(1, Ordering::Relaxed) + 1;
                    let transfer = transfer + 1;
                    let comment =
                        format!("transfer {transfer}, request {exchange}, connection {connection}: {method} {target}");
                    capture.begin(connection, comment);
                }
                seen => capture.see(seen, connection),
            }
            capture.write();
        })
    }
}

/// Where a capture goes, and what is known of the connections in it.
struct Capture {
    /// Gone once it could not be written.
    target: Option<CapturePlace>,
    name: String,
    /// Whether it shows what TLS carries in place of TLS.
    is_plain: bool,
    has_keys: bool,
    flows: HashMap<u32, CapturedConnection>,
    /// Blocks that are not written yet.
    out: Vec<u8>,
    error: Sink,
    layout: Layout,
}

/// A connection that is captured.
struct CapturedConnection {
    flow: Flow,
    /// The comment for the next packet of the client.
    comment: Option<String>,
    /// What came of TLS and was not yet understood: its keys have to stand before it.
    held: Option<(SystemTime, Vec<u8>)>,
}

impl Capture {
    /// A request is about to go out over the connection.
    fn begin(&mut self, connection: u32, comment: String) {
        if let Some(captured) = self.flows.get_mut(&connection) {
            captured.release(&mut self.out);
            captured.comment = Some(comment);
        }
    }

    fn see(&mut self, seen: Seen<'_>, connection: u32) {
        let now = SystemTime::now();
        match seen {
            Seen::Connected { local, remote, waited } => {
                let flow = Flow::open(&mut self.out, local, remote, now - waited, now);
                self.flows.insert(connection, CapturedConnection { flow, comment: None, held: None });
            }
            Seen::Secrets(_) if self.is_plain => {}
            Seen::Secrets(line) => {
                secrets(&mut self.out, line);
                self.tell_of_keys();
            }
            Seen::Closed { .. } => {
                if let Some(mut captured) = self.flows.remove(&connection) {
                    captured.see(seen, now, self.is_plain, &mut self.out);
                }
            }
            _ => {
                if let Some(captured) = self.flows.get_mut(&connection) {
                    captured.see(seen, now, self.is_plain, &mut self.out);
                }
            }
        }
    }

    /// Says once that whoever has the capture can read all of it.
    fn tell_of_keys(&mut self) {
        if !mem::replace(&mut self.has_keys, true) && !self.layout.silent {
            let text = format!("the capture '{}' holds the keys to what it shows: it decrypts itself", self.name);
            output::note(&mut self.error, &self.layout, &text);
        }
    }

    /// Writes what there is. Once that has failed, there is no capture any more.
    fn write(&mut self) {
        let Some(target) = &mut self.target else { return };
        if let Err(error) = target.write(&self.out) {
            self.target = None;
            if !self.layout.silent {
                let text = format!("the capture '{}' ends here: {}", self.name, reason(&error));
                output::warn(&mut self.error, &self.layout, &text);
            }
        }
        self.out.clear();
    }
}

impl CapturedConnection {
    fn see(&mut self, seen: Seen<'_>, now: SystemTime, is_plain: bool, out: &mut Vec<u8>) {
        self.release(out);
        let is_shown = |crossing: Crossing<'_>| if is_plain { crossing.is_clear } else { crossing.is_socket };
        match seen {
            Seen::Sent(crossing) if is_shown(crossing) => {
                self.flow.carry(out, Side::Client, crossing.bytes, now, self.comment.take().as_deref());
            }
            Seen::Received(crossing) if is_shown(crossing) => match crossing.is_clear {
                true => self.flow.carry(out, Side::Server, crossing.bytes, now, None),
                false => self.held = Some((now, crossing.bytes.to_vec())),
            },
            Seen::Finished { is_peer: true } => self.flow.finish(out, Side::Server, now),
            Seen::Finished { is_peer: false } | Seen::Closed { is_broken: false } => {
                self.flow.finish(out, Side::Client, now);
            }
            Seen::Broken => self.flow.reset(out, Side::Server, now),
            Seen::Closed { is_broken: true } => self.flow.reset(out, Side::Client, now),
            _ => {}
        }
    }

    /// Writes what was held back: the keys to it stand before it by now.
    fn release(&mut self, out: &mut Vec<u8>) {
        if let Some((time, bytes)) = self.held.take() {
            self.flow.carry(out, Side::Server, &bytes, time, None);
        }
    }
}

/// Where a capture goes.
struct CapturePlace {
    sink: Sink,
    /// The same, if it is a plain file, and how much was written to it.
    file: Option<File>,
    whole: u64,
}

impl CapturePlace {
    /// Opens a file for nobody else's eyes. `-` is standard output, and all else that would go there goes to standard
    /// error.
    fn open(path: &Path, terminal: &mut Terminal) -> io::Result<CapturePlace> {
        if path.as_os_str() == "-" {
            let error = terminal.error.share();
            return Ok(CapturePlace { sink: mem::replace(&mut terminal.output, error), file: None, whole: 0 });
        }
        let file = saving::anew(path, 0o600)?;
        let is_plain = file.metadata()?.is_file();
        let plain = if is_plain { Some(file.try_clone()?) } else { None };
        if let Some(plain) = &plain {
            plain.set_permissions(Permissions::from_mode(0o600))?;
        }
        Ok(CapturePlace { sink: Sink::new(file, false), file: plain, whole: 0 })
    }

    /// Writes whole blocks, or none of them.
    fn write(&mut self, blocks: &[u8]) -> io::Result<()> {
        let written = self.sink.write_all(blocks);
        match (&written, &self.file) {
            (Ok(()), _) => self.whole += blocks.len() as u64,
            // Half a block would make the whole file unreadable; that it cannot be cut either changes nothing.
            (Err(_), Some(file)) => drop(file.set_len(self.whole)),
            (Err(_), None) => {}
        }
        written
    }
}
