//! The story of `serve`: from arguments to a listening server, and its end.

mod allocator;
mod archive;
mod asked;
mod browser;
mod changes;
mod conversation;
mod dialect;
mod echo;
mod error;
mod exchanges;
mod explained;
mod faults;
mod folder;
mod greeting;
mod holder;
mod keys;
mod manner;
mod media_type;
mod mock;
mod names;
mod notice;
mod own;
mod pcap;
mod pulse;
mod site;
mod spec;
mod told;
mod watching;

use std::io::Write;
use std::net::ToSocketAddrs;
use std::path::Path;
use std::sync::Arc;

use super::args::ServeArgs;
use super::exit;
use crate::api::Settings;
use crate::print::{Sink, Terminal};
use crate::server::{self, Bound, Config, Ending, Service};
use crate::store::{Source, Store};
use echo::Echo;
use error::ServeError;
use exchanges::View;
use faults::{Faults, Faulty};
use folder::Folder;
use mock::Mock;
use notice::Announcer;
use own::Own;
use site::Site;
use spec::Choice;

/// Runs `httpkit serve` and gives the exit status: 0 after a clean end, 1 when it cannot serve.
pub fn run(args: ServeArgs, terminal: &mut Terminal) -> u8 {
    match story(args, terminal) {
        Ok(()) => exit::SUCCESS,
        Err(error) => {
            // Nothing is left to tell when even this cannot be written.
            let _ = writeln!(terminal.error, "httpkit: {error}");
            if error.is_usage() { exit::USAGE } else { exit::FAILURE }
        }
    }
}

/// What is served: a file, or requests themselves.
fn story(args: ServeArgs, terminal: &mut Terminal) -> Result<(), ServeError> {
    allocator::use_memory_well();
    outlive_limits();
    match () {
        () if spec::echo(&args)? => without_data(&args, terminal, true, |settings, own, _| Ok(Echo { settings, own })),
        () => match spec::archive(&args)? {
            Some(path) => without_data(&args, terminal, false, |settings, own, announcer| {
                let (entries, unanswered) = archive::read(&path)?;
                announcer.archive(&path, entries.len(), unanswered);
                Ok(Mock::new(entries, settings, own))
            }),
            None => data(args, terminal),
        },
    }
}

/// Reads downward: what is meant, the data, the listener, the word that it listens, serving, the end.
fn data(args: ServeArgs, terminal: &mut Terminal) -> Result<(), ServeError> {
    let dialect = dialect::wish(&args)?;
    let options = spec::options(&args)?;
    let settings = spec::settings(&args)?;
    let faults = faults::faults(&args)?;
    let palette = spec::palette(&args, terminal);
    let mut config = spec::config(&args, palette, terminal)?;
    if dialect.is_some() {
        // They have no place where it could be read.
        config.journal = None;
    }
    let own = Own {
        journal: config.journal.clone(),
        boot: pulse::boot(),
        view: View { show_secrets: args.show_secrets, is_echo: false, explains: false },
    };
    let folder = Folder::of(&args)?.map(Arc::new);
    let is_output_taken = pcap::takes_output(&args);
    let (source, choice) = match &dialect {
        Some(dialect) if !dialect.has_data() => (Source::Memory, Choice::Named),
        _ => spec::source(args.files, Path::is_file),
    };
    let mut announcer = Announcer::holding(&mut terminal.error, palette);
    announcer.chosen(choice);
    let store = Arc::new(Store::open(source.clone(), options, &mut |notice| announcer.say(&notice))?);
    announcer.idle_keys(&args.key, &store.view());
    announcer.drawn(faults.as_ref().and_then(Faults::drawn_seed));
    if dialect.is_none() && site::has_place_of_own(&store.view()) {
        announcer.hidden();
    }
    let dialect = dialect.map(|dialect| dialect.over(&store.view(), &source)).transpose()?;
    let bound = listen(&args.host, args.port)?;
    let greeting = announcer.listening(bound.address(), !settings.access.is_open(), dialect.is_none());
    store.tell(notice::teller(terminal.error.share(), palette));
    say(&bound, if is_output_taken { &mut terminal.error } else { &mut terminal.output })?;
    // Where it cannot be written, everything is served nonetheless.
    let _ = terminal.error.write_all(greeting.as_bytes());
    if args.open {
        let mut sink = terminal.error.share();
        browser::open(bound.address(), move |text| drop(sink.write_all(format!("httpkit: {text}\n").as_bytes())));
    }
    let served = match dialect {
        Some(dialect) => dialect.serve(bound, &store, settings, config),
        None => serve(bound, Site::new(&store, settings, own, folder), faults, config),
    };
    store.close().map_err(ServeError::Kept)?;
    served.map(|_| ()).map_err(ServeError::Server)
}

/// The same where there is no data, for the service that is made.
fn without_data<S: Service>(
    args: &ServeArgs,
    terminal: &mut Terminal,
    is_echo: bool,
    make: impl FnOnce(Settings, Own, &mut Announcer<'_>) -> Result<S, ServeError>,
) -> Result<(), ServeError> {
    let settings = spec::settings(args)?;
    let faults = faults::faults(args)?;
    let palette = spec::palette(args, terminal);
    let config = spec::config(args, palette, terminal)?;
    let own = Own {
        journal: config.journal.clone(),
        boot: pulse::boot(),
        view: View { show_secrets: args.show_secrets, is_echo, explains: false },
    };
    let mut announcer = Announcer::holding(&mut terminal.error, palette);
    announcer.drawn(faults.as_ref().and_then(Faults::drawn_seed));
    let service = make(settings, own, &mut announcer)?;
    let bound = listen(&args.host, args.port)?;
    announcer.release();
    say(&bound, if pcap::takes_output(args) { &mut terminal.error } else { &mut terminal.output })?;
    serve(bound, service, faults, config).map(|_| ()).map_err(ServeError::Server)
}

/// Serves until a signal ends it, with the faults that were asked for.
fn serve(bound: Bound, service: impl Service, faults: Option<Faults>, config: Config) -> std::io::Result<Ending> {
    match faults {
        None => bound.serve(service, config),
        Some(faults) => bound.serve(Faulty::new(service, faults), config),
    }
}

/// Listens, and has signals end the server from now on.
fn listen(host: &str, port: u16) -> Result<Bound, ServeError> {
    let mut bound = bind(host, port)?;
    bound.heed_signals().map_err(ServeError::Server)?;
    Ok(bound)
}

/// The first line, once connections are taken: scripts wait for it.
fn say(bound: &Bound, output: &mut Sink) -> Result<(), ServeError> {
    writeln!(output, "http://{}/", bound.address()).and_then(|()| output.flush()).map_err(ServeError::Output)
}

/// Listens on the first address of the host that can be listened on.
fn bind(host: &str, port: u16) -> Result<Bound, ServeError> {
    let refused = |source: std::io::Error| {
        let is_taken = source.kind() == std::io::ErrorKind::AddrInUse;
        let holder = if is_taken { holder::of(port) } else { None };
        ServeError::Listen { host: host.to_string(), port, holder, source }
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let addresses = (bare, port).to_socket_addrs().map_err(refused)?;
    let mut last = std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match server::bind(address) {
            Ok(bound) => return Ok(bound),
            Err(error) => last = error,
        }
    }
    Err(refused(last))
}

/// A file that grows over the limit of the process is a failed write (507), and does not end the process.
fn outlive_limits() {
    let signal = rustix::process::Signal::XFSZ.as_raw();
    // Where no handler can be set, the limit is as deadly as before.
    let _ = signal_hook::flag::register(signal, Arc::default());
}
