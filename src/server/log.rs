//! The log's thread, and the lines on their way to it.

use std::io::Write;
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::clock::Clock;
use super::log_line::{self, LogEntry};
use super::{LogConfig, LogFormat, Paint};

/// Lines beyond this many octets that the writer has not taken are dropped.
const WAITING: usize = 1 << 20;

/// After writing, the thread gathers lines for this long before it writes again: under load it is woken a hundred times
/// a second and not once a request.
const GATHER: Duration = Duration::from_millis(10);

/// At the end, a writer that takes nothing is waited for this long.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// The log of a server. Workers never wait for its writer.
#[derive(Clone)]
pub(super) struct Log {
    sink: Option<Arc<Sink>>,
    form: (LogFormat, Option<Paint>, bool),
}

struct Sink {
    state: Mutex<LogState>,
    news: Condvar,
    written: Condvar,
}

#[derive(Default)]
struct LogState {
    lines: Vec<u8>,
    dropped: usize,
    is_asleep: bool,
    is_closed: bool,
    is_done: bool,
}

impl Log {
    /// Starts the log's thread, if there is a log.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn start(config: Option<LogConfig>) -> std::io::Result<Log> {
        let Some(config) = config else { return Ok(Log { sink: None, form: (LogFormat::Common, None, false) }) };
        let sink = Arc::new(Sink { state: Mutex::default(), news: Condvar::new(), written: Condvar::new() });
        let form = (config.format, config.paint, config.echo_headers);
        let (shared, mut writer) = (Arc::clone(&sink), config.writer);
        thread::Builder::new().name("log".to_owned()).spawn(move || shared.write_all(&mut *writer))?;
        Ok(Log { sink: Some(sink), form })
    }

    /// A worker's own buffer of lines.
    pub(super) fn lines(&self) -> Lines {
        Lines { log: self.clone(), octets: Vec::new(), count: 0 }
    }

    /// Lets the thread write what is there and end; a writer that takes nothing is not waited for long.
    pub(super) fn close(&self) {
        let Some(sink) = &self.sink else { return };
        let mut state = sink.lock();
        state.is_closed = true;
        sink.news.notify_one();
        let _ = sink.written.wait_timeout_while(state, LAST_WAIT, |state| !state.is_done);
    }
}

impl Sink {
    fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, lines: &mut Vec<u8>, count: usize) {
        let mut state = self.lock();
        if state.lines.len() + lines.len() > WAITING {
            state.dropped += count;
        } else if state.lines.is_empty() {
            std::mem::swap(&mut state.lines, lines);
        } else {
            state.lines.extend_from_slice(lines);
        }
        lines.clear();
        let wake = std::mem::replace(&mut state.is_asleep, false);
        drop(state);
        if wake {
            self.news.notify_one();
        }
    }

    fn write_all(&self, writer: &mut dyn Write) {
        let mut lines = Vec::new();
        loop {
            let mut state = self.lock();
            while state.lines.is_empty() && state.dropped == 0 && !state.is_closed {
                state.is_asleep = true;
                state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            let is_last = state.is_closed;
            std::mem::swap(&mut state.lines, &mut lines);
            let dropped = std::mem::take(&mut state.dropped);
            drop(state);
            if dropped > 0 {
                // A Vec takes everything.
                let _ = writeln!(lines, "httpkit: {dropped} log lines dropped, the log is not read fast enough");
            }
            // A log that cannot be written (a closed pipe) is no reason to stop serving.
            let _ = writer.write_all(&lines).and_then(|()| writer.flush());
            lines.clear();
            let state = self.lock();
            if is_last && state.lines.is_empty() {
                break;
            }
            let _ = self.news.wait_timeout_while(state, GATHER, |state| !state.is_closed);
        }
        self.lock().is_done = true;
        self.written.notify_all();
    }
}

/// Lines that a worker has gathered during a batch of events.
pub(super) struct Lines {
    log: Log,
    octets: Vec<u8>,
    count: usize,
}

impl Lines {
    pub(super) fn is_on(&self) -> bool {
        self.log.sink.is_some()
    }

    /// Appends a line.
    pub(super) fn push(&mut self, entry: &LogEntry<'_>, peer: IpAddr, clock: &Clock) {
        if self.is_on() {
            log_line::write(&mut self.octets, entry, peer, clock, self.log.form);
            self.count += 1;
        }
    }

    /// Hands the lines over; a full log drops and counts them.
    pub(super) fn hand_over(&mut self) {
        if let Some(sink) = &self.log.sink
            && !self.octets.is_empty()
        {
            sink.push(&mut self.octets, self.count);
            self.count = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Blocks until it may write, then passes on what it is given.
    struct Gate(mpsc::Receiver<()>, mpsc::Sender<Vec<u8>>);

    impl Write for Gate {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            let _ = self.0.recv();
            let _ = self.1.send(octets.to_vec());
            Ok(octets.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_blocked_writer_costs_lines_not_time_and_the_loss_is_said() {
        let ((open, gate), (sender, written)) = (mpsc::channel(), mpsc::channel());
        let writer = Box::new(Gate(gate, sender));
        let config = LogConfig { format: LogFormat::Common, writer, paint: None, echo_headers: false };
        let log = Log::start(Some(config)).unwrap();
        let sink = log.sink.clone().unwrap();
        sink.push(&mut b"first\n".to_vec(), 1);
        let full = vec![b'x'; WAITING - 100];
        // The thread may or may not have taken the first line when the others come; three are too many in any case.
        for _ in 0..3 {
            sink.push(&mut full.clone(), 7);
        }
        drop(open);
        log.close();
        let text: Vec<u8> = written.try_iter().flatten().collect();
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with("first\n"));
        assert!(text.contains("log lines dropped"), "the loss is not said");
    }
}
