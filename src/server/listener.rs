//! Binding, accepting, signals and the end.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use mio::net::UnixStream;
use mio::{Events, Interest, Poll, Token, Waker};
use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use socket2::{Domain, Protocol as Transport, Socket, Type};

use super::answers::Answers;
use super::backlog::Backlog;
use super::budget::Budget;
use super::handle::Shared;
use super::journal::Recorder;
use super::log::Log;
use super::mailbox::{Mailbox, Message};
use super::pool::Pool;
use super::protocol::Protocol;
use super::recording::{self, Packets};
use super::surroundings::{SCRATCH, Surroundings};
use super::worker::{Worker, queue};
use super::{Config, ExchangeJournal, Handle, Http, Limits, Output, Service};

/// std's 128 is small for a burst: a peer whose SYN is dropped tries again only after a second.
const BACKLOG: i32 = 4096;

/// So much of an answer the system takes before it is sent. It would take some megabytes, and says that there is room again
/// when a third of them is gone: a peer that reads a hundred kilobytes a second would seem to stand still for half a minute.
#[cfg(target_os = "linux")]
const AHEAD: u32 = 128 << 10;

const LISTENER: Token = Token(0);
const SIGNALS: Token = Token(1);
const WAKER: Token = Token(2);

/// Without descriptors or places, accepting is tried again after this time at the latest.
const RETRY: Duration = Duration::from_millis(100);

/// So many new connections are handed to a worker at once, and so many idle ones given up at once.
const BATCH: usize = 64;

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything in flight was finished.
    Finished,
    /// Something was still in flight when the time for it was over.
    TimedOut,
    /// A second signal came.
    Forced,
}

/// A socket that listens; connections already queue up, but nothing is served yet.
pub struct Bound {
    listener: mio::net::TcpListener,
    address: SocketAddr,
    poll: Poll,
    shared: Arc<Shared>,
    signals: Option<Signals>,
}

/// Listens on an address; port 0 takes a free one.
///
/// # Errors
/// The address is taken or not of this machine, or the system has no descriptors.
pub fn bind(address: SocketAddr) -> io::Result<Bound> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Transport::TCP))?;
    socket.set_reuse_address(true)?;
    // One write an answer: nothing to gain from waiting for more. Accepted sockets inherit all this on Linux.
    socket.set_tcp_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_notsent_lowat(AHEAD)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let listener = TcpListener::from(socket);
    let address = listener.local_addr()?;
    let poll = Poll::new()?;
    let shared = Arc::new(Shared::new(Waker::new(poll.registry(), WAKER)?));
    Ok(Bound { listener: mio::net::TcpListener::from_std(listener), address, poll, shared, signals: None })
}

impl Bound {
    /// The address with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on SIGINT, SIGTERM and SIGHUP end the server, once it runs, instead of the process; a second one ends it at once.
    /// Whoever says to others that it listens does this before: they may end it as soon as they know.
    ///
    /// # Errors
    /// The system has no descriptors.
    pub fn heed_signals(&mut self) -> io::Result<()> {
        self.signals = Some(Signals::new()?);
        Ok(())
    }

    /// What ends the server, once it runs or before.
    pub fn handle(&self) -> Handle {
        Handle { shared: Arc::clone(&self.shared) }
    }

    /// Serves HTTP/1.1 until a signal or the [`Handle`] ends it. The calling thread accepts.
    ///
    /// # Errors
    /// The system has no threads or descriptors at the start, or a worker failed.
    pub fn serve<S: Service>(self, service: S, config: Config) -> io::Result<Ending> {
        let http = Http::new(service, config.limits);
        self.run(http, config)
    }

    /// Serves any protocol, like [`Bound::serve`].
    ///
    /// # Errors
    /// Those of [`Bound::serve`].
    pub fn run<P: Protocol>(self, protocol: P, config: Config) -> io::Result<Ending> {
        let mut limits = config.limits;
        limits.connections = limits.connections.min(descriptors_for(limits.connections));
        let log = Log::start(config.log)?;
        let capture = config.capture.map(recording::start).transpose()?;
        let witnesses = Witnesses { log: log.clone(), journal: config.journal, capture: capture.clone() };
        let mailboxes = start_workers(config.threads.max(1), protocol, limits, &witnesses, &self.shared)?;
        let acceptor = Acceptor {
            poll: self.poll,
            listener: Some(self.listener),
            shared: self.shared,
            workers: mailboxes.len(),
            mailboxes,
            limits,
            signals: self.signals,
            turn: 0,
            accepted: 0,
            is_waiting: false,
        };
        let ending = acceptor.run();
        log.close();
        capture.inspect(|capture| capture.close());
        ending
    }
}

/// Descriptors that no connection gets: for the files that are served and what is written beside them.
const RESERVE: u64 = 64;

/// How many connections there are descriptors for, of so many wanted: the soft limit, which is often 1024, is raised as
/// far as the system allows. What is in use already and a reserve are left out, so that the store can open what it needs
/// however many connections there are.
fn descriptors_for(connections: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let used = std::fs::read_dir("/proc/self/fd").map_or(RESERVE / 2, |all| all.count() as u64);
    let limit = getrlimit(Resource::Nofile);
    let wanted = connections as u64 + used + RESERVE;
    let wanted = limit.maximum.map_or(wanted, |most| wanted.min(most));
    if limit.current.is_some_and(|current| current < wanted) {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    }
    let Some(there) = getrlimit(Resource::Nofile).current else { return connections };
    let free = there.saturating_sub(used);
    usize::try_from(free - RESERVE.min(free / 2)).unwrap_or(usize::MAX).max(1)
}

/// Who is told what crosses the connections.
#[derive(Clone)]
struct Witnesses {
    log: Log,
    journal: Option<Arc<ExchangeJournal>>,
    capture: Option<Arc<Backlog>>,
}

fn start_workers<P: Protocol>(
    count: usize,
    protocol: P,
    limits: Limits,
    witnesses: &Witnesses,
    shared: &Arc<Shared>,
) -> io::Result<Vec<Arc<Mailbox>>> {
    let (protocol, pool) = (Arc::new(protocol), Pool::new(count.max(2)));
    let budget = Budget::new(limits.pending);
    let mut mailboxes = Vec::new();
    for number in 0..count {
        let (poll, alarm, mailbox) = queue()?;
        mailboxes.push(Arc::clone(&mailbox));
        let (protocol, shared, pool) = (Arc::clone(&protocol), Arc::clone(shared), pool.clone());
        let Witnesses { log, journal, capture } = witnesses.clone();
        let budget = Arc::clone(&budget);
        let started = thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
            let around = Surroundings {
                now: Instant::now(),
                clock: super::clock::Clock::new(),
                limits,
                scratch: vec![0; SCRATCH.start],
                output: Output::default(),
                answers: Answers::new(),
                log: log.lines(),
                recorder: journal.map(Recorder::new),
                packets: capture.map(Packets::new),
                pool,
                mailbox,
                budget,
                is_stopping: false,
                held: 0,
            };
            Worker::new((poll, alarm), protocol, shared, around).run()
        });
        if let Err(error) = started {
            mailboxes.iter().for_each(|mailbox| mailbox.send([Message::Stop]));
            return Err(error);
        }
    }
    shared.workers.fetch_add(count, Ordering::SeqCst);
    Ok(mailboxes)
}

/// SIGINT, SIGTERM and SIGHUP as bytes on a socket, so that they are waited for like everything else.
struct Signals {
    received: UnixStream,
    ids: Vec<SigId>,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        let (received, sender) = std::os::unix::net::UnixStream::pair()?;
        received.set_nonblocking(true)?;
        let mut signals = Signals { received: UnixStream::from_std(received), ids: Vec::new() };
        for signal in [SIGINT, SIGTERM].into_iter().chain(heeded([SIGHUP])) {
            signals.ids.push(signal_hook::low_level::pipe::register(signal, sender.try_clone()?)?);
        }
        Ok(signals)
    }

    /// How many have come since the last call.
    fn count(&mut self) -> usize {
        let mut bytes = [0; 16];
        self.received.read(&mut bytes).unwrap_or(0)
    }
}

/// Those of the signals that whoever started this process does not have it ignore, as `nohup` does.
pub fn heeded<const N: usize>(signals: [i32; N]) -> impl Iterator<Item = i32> {
    // The system makes this file anew with each read, and has much to say: one read is enough for all of it.
    let mut status = String::with_capacity(8 << 10);
    // Where it cannot be read, none is ignored.
    let _ = File::open("/proc/self/status").and_then(|mut file| file.read_to_string(&mut status));
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let is_ignored = move |signal: i32| (1..=64).contains(&signal) && mask & (1 << (signal - 1)) != 0;
    signals.into_iter().filter(move |signal| !is_ignored(*signal))
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            signal_hook::low_level::unregister(id);
        }
    }
}

struct Acceptor {
    poll: Poll,
    listener: Option<mio::net::TcpListener>,
    shared: Arc<Shared>,
    mailboxes: Vec<Arc<Mailbox>>,
    workers: usize,
    limits: Limits,
    signals: Option<Signals>,
    /// The worker whose turn it is to get a connection.
    turn: usize,
    /// How many connections were accepted.
    accepted: u64,
    /// There are, or may be, connections in the backlog.
    is_waiting: bool,
}

impl Acceptor {
    fn run(mut self) -> io::Result<Ending> {
        let registry = self.poll.registry();
        if let Some(listener) = &mut self.listener {
            registry.register(listener, LISTENER, Interest::READABLE)?;
        }
        if let Some(signals) = &mut self.signals {
            registry.register(&mut signals.received, SIGNALS, Interest::READABLE)?;
        }
        let mut events = Events::with_capacity(16);
        loop {
            if let Err(error) = self.poll.poll(&mut events, self.is_waiting.then_some(RETRY))
                && error.kind() != ErrorKind::Interrupted
            {
                return Err(error);
            }
            let mut signals = 0;
            for event in &events {
                match event.token() {
                    LISTENER => self.is_waiting = true,
                    SIGNALS => signals += self.signals.as_mut().map_or(0, Signals::count),
                    _ => {}
                }
            }
            if signals > 0 || self.shared.stop.load(Ordering::SeqCst) {
                return self.end(signals);
            }
            if self.shared.workers.load(Ordering::SeqCst) < self.workers {
                self.stop_workers();
                return Err(io::Error::other("a worker thread failed"));
            }
            if self.is_waiting {
                self.accept();
            }
        }
    }

    /// Accepts what waits, as far as there are places and descriptors.
    fn accept(&mut self) {
        let Some(listener) = &self.listener else { return };
        let mut batches: Vec<Vec<Message>> = self.mailboxes.iter().map(|_| Vec::new()).collect();
        for _ in 0..BATCH * self.mailboxes.len() {
            if self.shared.connections.load(Ordering::SeqCst) >= self.limits.connections {
                self.make_room();
                break;
            }
            match listener.accept() {
                Ok((stream, peer)) => {
                    self.shared.connections.fetch_add(1, Ordering::SeqCst);
                    self.accepted += 1;
                    batches[self.turn].push(Message::Adopt(stream, peer, self.accepted));
                    self.turn = (self.turn + 1) % batches.len();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.is_waiting = false;
                    break;
                }
                // Reset before it was accepted, or a signal.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::Interrupted) => {}
                // No descriptors or no memory: not to be tried again at once.
                Err(_) => {
                    self.make_room();
                    break;
                }
            }
        }
        for (mailbox, batch) in self.mailboxes.iter().zip(batches) {
            mailbox.send(batch);
        }
        if self.is_waiting && !self.shared.wants_room.load(Ordering::SeqCst) {
            // The batch was full: come back at once, after a look at the signals.
            self.shared.wake();
        }
    }

    /// Asks to be woken when a connection is closed, and the workers to give up idle ones.
    fn make_room(&self) {
        self.shared.wants_room.store(true, Ordering::SeqCst);
        for mailbox in &self.mailboxes {
            mailbox.send([Message::Shed(BATCH / self.mailboxes.len() + 1)]);
        }
    }

    fn stop_workers(&self) {
        for mailbox in &self.mailboxes {
            mailbox.send([Message::Stop]);
        }
    }

    /// Stops listening and waits for the workers, at most as long as they may take; a second signal is not waited for.
    fn end(mut self, mut signals: usize) -> io::Result<Ending> {
        self.listener = None;
        self.stop_workers();
        // A little longer than the workers have, so that they are the ones who say that time is over.
        let until = Instant::now() + self.limits.stop_time + RETRY;
        let mut events = Events::with_capacity(16);
        while signals < 2 && self.shared.workers.load(Ordering::SeqCst) > 0 && Instant::now() < until {
            match self.poll.poll(&mut events, Some(RETRY)) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
                _ => signals += self.signals.as_mut().map_or(0, Signals::count),
            }
        }
        if signals >= 2 {
            return Ok(Ending::Forced);
        }
        Ok(if self.shared.timed_out.load(Ordering::SeqCst) || self.shared.workers.load(Ordering::SeqCst) > 0 {
            Ending::TimedOut
        } else {
            Ending::Finished
        })
    }
}
