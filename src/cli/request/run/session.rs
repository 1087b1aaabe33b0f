//! What the transfers of a run share: connections, cookies, a trace, and whether all of them shall end.

use std::fs;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bstr::ByteSlice;

use super::listener::Listener;
use super::record::Book;
use super::{output, saving};
use crate::cli::request::plan::Plan;
use crate::client::transport::{Settings, Tap, Transport};
use crate::client::{Error, Jar, Kind, SecureHosts, reason, unreadable};
use crate::print::{self, Bars, Terminal};

/// What the transfers of a run share. Each thread has one: the transport is its own, the rest is everybody's.
pub(crate) struct Session {
    pub(crate) transport: Transport,
    jar: Arc<Mutex<Jar>>,
    /// Whether cookies are kept at all: a file was named for them.
    keeps_cookies: Arc<AtomicBool>,
    /// Whether a request was made, which may have changed them.
    asked: Arc<AtomicBool>,
    /// Who listens to all transfers.
    listeners: Arc<[Box<dyn Listener>]>,
    /// The hosts that are asked over TLS only, if such are heard of: `--hsts` was given.
    secure_hosts: Option<Arc<Mutex<SecureHosts>>>,
    /// Where the exchanges are written down, if somebody wants to know of them.
    pub(crate) book: Option<Book>,
    /// How many transfers have begun, and how many URLs were named in the groups before.
    begun: Arc<AtomicUsize>,
    pub(crate) urls: usize,
    /// When the last transfer began that keeps to a pace.
    started: Option<Instant>,
    /// Set when a failure or a signal ends all transfers, if one can.
    stop: Option<Arc<AtomicBool>>,
    /// The progress bars of all of them.
    pub(crate) bars: Bars,
}

impl Session {
    /// A session that knows nothing yet.
    pub(crate) fn new(listeners: Vec<Box<dyn Listener>>, book: Option<Book>, stop: Option<Arc<AtomicBool>>) -> Session {
        Session {
            transport: Transport::new(Settings::default()),
            jar: Arc::default(),
            keeps_cookies: Arc::default(),
            asked: Arc::default(),
            listeners: listeners.into(),
            secure_hosts: None,
            book,
            begun: Arc::default(),
            urls: 0,
            started: None,
            stop,
            bars: Bars::default(),
        }
    }

    /// The same session for another thread, with connections of its own. It ends when `stop` is set, too.
    pub(crate) fn share(&self, stop: Option<&Arc<AtomicBool>>) -> Session {
        Session {
            transport: self.transport.another(),
            jar: Arc::clone(&self.jar),
            keeps_cookies: Arc::clone(&self.keeps_cookies),
            asked: Arc::clone(&self.asked),
            listeners: Arc::clone(&self.listeners),
            secure_hosts: self.secure_hosts.clone(),
            book: self.book.clone(),
            begun: Arc::clone(&self.begun),
            urls: self.urls,
            started: self.started,
            stop: stop.or(self.stop.as_ref()).cloned(),
            bars: self.bars.named(),
        }
    }

    /// Begins a transfer of a plan, and gives its number in the run.
    pub(crate) fn begin(&mut self, listeners: impl Iterator<Item = Tap>) -> usize {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        let taps = self.listeners.iter().map(|listener| listener.tap(number)).chain(listeners);
        self.transport.watch(taps.reduce(Tap::and));
        number
    }

    /// Ends a transfer: what listened to it is let go, a bar with it.
    pub(crate) fn unwatch(&mut self) {
        self.transport.watch(None);
    }

    /// Works with the routes and limits of a plan from now on.
    pub(crate) fn configure(&mut self, plan: &Plan) {
        self.transport.configure(Settings { stop: self.stop.clone(), ..plan.settings.clone() });
    }

    /// The cookies, if they are kept.
    pub(crate) fn cookies(&self) -> Option<MutexGuard<'_, Jar>> {
        // A thread that failed has left whole cookies behind: each one is added at once.
        let jar = || self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        self.keeps_cookies.load(Ordering::Relaxed).then(jar)
    }

    /// Notes that a request is made with them.
    pub(crate) fn note_request(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Reads the files of `-b`; `-` is standard input. One that is not there holds no cookies: a first run has none. Neither
    /// does a folder.
    pub(crate) fn load_cookies(&self, plan: &Plan, terminal: &mut Terminal) -> Result<(), Error> {
        if !plan.cookie_files.is_empty() || plan.cookie_jar.is_some() {
            self.keeps_cookies.store(true, Ordering::Relaxed);
        }
        let Some(mut jar) = self.cookies() else { return Ok(()) };
        for path in plan.cookie_files.iter().filter(|path| !path.as_os_str().is_empty()) {
            let mut text = Vec::new();
            let read = match path.as_os_str() == "-" {
                true => terminal.input.read_to_end(&mut text).map(drop),
                false => fs::read(path).map(|read| text = read),
            };
            match read {
                Ok(()) => jar.load(&text, plan.junk_session, SystemTime::now()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                    if !plan.layout.silent {
                        let what = format!("-b '{}' is a folder and holds no cookies", path.display());
                        output::warn(&mut terminal.error, &plan.layout, &what);
                    }
                }
                Err(error) => return Err(unreadable(path, &error)),
            }
        }
        Ok(())
    }

    /// Writes the file of `-c`, if there was a request to change it.
    pub(crate) fn save_cookies(&self, plan: &Plan, terminal: &mut Terminal) -> Result<(), Error> {
        let is_wanted = plan.layout.instead.is_none() && self.asked.load(Ordering::Relaxed);
        let wanted = plan.cookie_jar.as_deref().filter(|_| is_wanted);
        let (Some(path), Some(jar)) = (wanted, self.cookies()) else { return Ok(()) };
        let text = jar.text(SystemTime::now());
        if path.as_os_str() == "-" {
            let looks = terminal.output.is_terminal && !plan.layout.raw_terminal;
            let text = if looks { print::text(&text.to_str_lossy()).into() } else { text };
            return output::to_stdout(&mut terminal.output, &text);
        }
        saving::write_whole(path, &text).map_err(|error| {
            Error::new(Kind::Write, format!("cannot write cookies to '{}': {}", path.display(), reason(&error)))
        })
    }

    /// The hosts that are asked over TLS only, if such are heard of.
    pub(crate) fn secure_hosts(&self) -> Option<MutexGuard<'_, SecureHosts>> {
        // A thread that failed has left whole entries behind.
        self.secure_hosts.as_ref().map(|hosts| hosts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file of `--hsts`. One that is not there knows no host: a first run has none.
    pub(crate) fn load_secure_hosts(&mut self, plan: &Plan) -> Result<(), Error> {
        let Some(path) = &plan.hsts else { return Ok(()) };
        let hosts = self.secure_hosts.get_or_insert_default();
        if path.as_os_str().is_empty() {
            return Ok(());
        }
        match fs::read(path) {
            Ok(text) => {
                hosts.lock().unwrap_or_else(PoisonError::into_inner).load(&text, SystemTime::now());
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    /// Writes the file of `--hsts`.
    pub(crate) fn save_secure_hosts(&self, plan: &Plan) -> Result<(), Error> {
        let named = plan.hsts.as_deref().filter(|path| !path.as_os_str().is_empty() && plan.layout.instead.is_none());
        let (Some(path), Some(hosts)) = (named, self.secure_hosts()) else { return Ok(()) };
        saving::write_whole(path, hosts.text(SystemTime::now()).as_bytes()).map_err(|error| {
            let what = format!("cannot write the hosts of --hsts to '{}': {}", path.display(), reason(&error));
            Error::new(Kind::Write, what)
        })
    }

    /// How long to wait before the next transfer begins, if transfers begin at that pace; `None` before the first.
    pub(crate) fn until_next(&mut self, pace: Duration) -> Option<Duration> {
        let now = Instant::now();
        let next = self.started.map(|started| started + pace).filter(|next| *next > now);
        self.started = Some(next.unwrap_or(now));
        next.map(|next| next - now)
    }

    /// What ends all transfers when it is set, if something can.
    pub(crate) fn stop(&self) -> Option<Arc<AtomicBool>> {
        self.stop.clone()
    }

    /// Whether all transfers shall end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Waits, unless all transfers shall end.
    ///
    /// # Errors
    /// `Kind::Aborted` if they shall.
    pub(crate) fn pause(&self, wait: Duration) -> Result<(), Error> {
        const LOOK: Duration = Duration::from_millis(100);
        if self.stop.is_none() {
            std::thread::sleep(wait);
            return Ok(());
        }
        let mut left = wait;
        while !left.is_zero() {
            if self.is_stopped() {
                return Err(Error::aborted());
            }
            std::thread::sleep(left.min(LOOK));
            left = left.saturating_sub(LOOK);
        }
        Ok(())
    }
}
