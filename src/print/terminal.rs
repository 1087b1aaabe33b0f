//! The edge of the process as a value: three streams, whether each is a terminal, and the environment.

use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::stdio;
use rustix::termios::tcgetwinsize;

/// A stream to write to.
pub struct Sink {
    writer: Arc<Mutex<dyn Write + Send>>,
    /// Whether a person reads along.
    pub is_terminal: bool,
    /// How many columns the terminal has, if that is known.
    pub columns: Option<u16>,
}

/// The streams and the environment that a run was given. Tests bring their own.
pub struct Terminal {
    /// Standard input. It is read only where the command line says `-`.
    pub input: Box<dyn Read + Send>,
    /// Whether a person types on standard input.
    pub input_is_terminal: bool,
    /// Standard output: results only.
    pub output: Sink,
    /// Standard error: everything said about the results.
    pub error: Sink,
    /// Looks an environment variable up; one that is not set or is not Unicode is `None`.
    pub variable: fn(&str) -> Option<String>,
}

impl Terminal {
    /// The streams and the environment of this process.
    pub fn of_process() -> Terminal {
        Terminal {
            input: Box::new(Input),
            input_is_terminal: stdio::stdin().is_terminal(),
            output: Sink::of(&stdio::stdout()),
            error: Sink::of(&stdio::stderr()),
            variable: |name| std::env::var(name).ok(),
        }
    }

    /// Looks up what the user set for programs; a variable that is set to nothing counts as not set.
    pub fn setting(&self) -> impl Fn(&str) -> Option<String> + use<> {
        let variable = self.variable;
        move |name| variable(name).filter(|value| !value.is_empty())
    }
}

/// Standard input. std makes its buffer when this is read for the first time, which most runs never do.
struct Input;

impl Read for Input {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        io::stdin().read(bytes)
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").field("is_terminal", &self.is_terminal).finish_non_exhaustive()
    }
}

impl Sink {
    /// A sink that writes to `writer`.
    pub fn new(writer: impl Write + Send + 'static, is_terminal: bool) -> Sink {
        Sink { writer: Arc::new(Mutex::new(writer)), is_terminal, columns: None }
    }

    /// The same stream once more, for another thread.
    pub fn share(&self) -> Sink {
        Sink { writer: Arc::clone(&self.writer), is_terminal: self.is_terminal, columns: self.columns }
    }

    /// A thread that failed while it wrote leaves nothing behind that would be wrong to write after.
    fn writer(&self) -> MutexGuard<'_, dyn Write + Send + 'static> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stream behind a standard handle, without the buffer that std puts before it: what is written is out at
    /// once, and large pieces are not copied. A stream that was closed before the start takes everything and keeps
    /// nothing, as std's own handles do.
    fn of(stream: &(impl AsFd + IsTerminal)) -> Sink {
        match stream.as_fd().try_clone_to_owned() {
            Ok(descriptor) => {
                let is_terminal = stream.is_terminal();
                let size = if is_terminal { tcgetwinsize(&descriptor).ok() } else { None };
                let columns = size.map(|size| size.ws_col).filter(|columns| *columns > 0);
                Sink { columns, ..Sink::new(File::from(descriptor), is_terminal) }
            }
            Err(_) => Sink::new(io::sink(), false),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().flush()
    }
}
