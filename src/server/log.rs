//! The request log: lines on their way to the thread that writes them.

use std::io::Write;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::backlog::Backlog;
use super::clock::Clock;
use super::log_line::{self, Form, LogEntry};
use super::{LogConfig, LogFormat};

/// Lines beyond this many bytes that the writer has not taken are dropped.
const WAITING: usize = 1 << 20;

/// The log of a server. Workers never wait for its writer.
#[derive(Clone)]
pub(super) struct Log {
    backlog: Option<Arc<Backlog>>,
    form: Form,
}

impl Log {
    /// Starts the log's thread, if there is a log.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn start(config: Option<LogConfig>) -> std::io::Result<Log> {
        let Some(config) = config else {
            let form = Form { format: LogFormat::Short, paint: None, echo_headers: None, is_timed: false };
            return Ok(Log { backlog: None, form });
        };
        let LogConfig { format, paint, echo_headers, is_timed, .. } = config;
        let form = Form { format, paint, echo_headers, is_timed };
        let mut writer = config.writer;
        let backlog = Backlog::start("log", WAITING, move |lines, dropped| {
            if dropped > 0 {
                // A Vec takes everything.
                let _ = writeln!(lines, "httpkit: {dropped} log lines dropped, the log is not read fast enough");
            }
            // A log that cannot be written (a closed pipe) is no reason to stop serving.
            let _ = writer.write_all(lines).and_then(|()| writer.flush());
            ControlFlow::Continue(())
        })?;
        Ok(Log { backlog: Some(backlog), form })
    }

    /// A worker's own buffer of lines.
    pub(super) fn lines(&self) -> Lines {
        Lines { log: self.clone(), bytes: Vec::new(), count: 0 }
    }

    /// Lets the thread write what is there and end; a writer that takes nothing is not waited for long.
    pub(super) fn close(&self) {
        if let Some(backlog) = &self.backlog {
            backlog.close();
        }
    }
}

/// Lines that a worker has gathered during a batch of events.
pub(super) struct Lines {
    log: Log,
    bytes: Vec<u8>,
    count: usize,
}

impl Lines {
    pub(super) fn is_on(&self) -> bool {
        self.log.backlog.is_some()
    }

    /// Whether lines are followed by the header sections.
    pub(super) fn has_heads(&self) -> bool {
        self.log.form.echo_headers.is_some()
    }

    /// Appends a line.
    pub(super) fn push(&mut self, entry: &LogEntry<'_>, peer: IpAddr, clock: &Clock) {
        if self.is_on() {
            log_line::write(&mut self.bytes, entry, peer, clock, self.log.form);
            self.count += 1;
        }
    }

    /// Hands the lines over; a full log drops and counts them.
    pub(super) fn hand_over(&mut self) {
        if let Some(backlog) = &self.log.backlog
            && !self.bytes.is_empty()
        {
            backlog.push(&mut self.bytes, |_| self.count);
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
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.0.recv();
            let _ = self.1.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_blocked_writer_costs_lines_not_time_and_the_loss_is_said() {
        let ((open, gate), (sender, written)) = (mpsc::channel(), mpsc::channel());
        let writer = Box::new(Gate(gate, sender));
        let config = LogConfig { format: LogFormat::Short, writer, paint: None, echo_headers: None, is_timed: false };
        let log = Log::start(Some(config)).unwrap();
        let backlog = log.backlog.clone().unwrap();
        backlog.push(&mut b"first\n".to_vec(), |_| 1);
        let full = vec![b'x'; WAITING - 100];
        // The thread may or may not have taken the first line when the others come; three are too many in any case.
        for _ in 0..3 {
            backlog.push(&mut full.clone(), |_| 7);
        }
        drop(open);
        log.close();
        let text: Vec<u8> = written.try_iter().flatten().collect();
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with("first\n"));
        assert!(text.contains("log lines dropped"), "the loss is not said");
    }
}
