//! `serve --dialect`: what each dialect needs of the data and the options, and serving it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::conversation::Spoken;
use super::error::ServeError;
use super::names::Names;
use crate::api::Settings;
use crate::cli::args::{DialectChoice, Instead, ServeArgs};
use crate::dialect::banner::{self, Banner};
use crate::dialect::comma::Comma;
use crate::dialect::dialog::{self, Dialog};
use crate::dialect::pairs::{self, Pairs};
use crate::dialect::{self, Dialect};
use crate::document::View;
use crate::server::{Bound, Config, Ending, Http};
use crate::store::{Source, Store};

/// A dialect as it was asked for, before there is a socket.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    choice: DialectChoice,
    site: String,
    /// The name of the data file.
    file: String,
    /// Hosts by which the server may be called.
    hosts: Vec<String>,
}

/// The dialect that was asked for, if it is not HTTP.
///
/// # Errors
/// Options that have no place in it.
pub(super) fn wish(args: &ServeArgs) -> Result<Option<Wish>, ServeError> {
    let choice = args.dialect;
    if args.site.is_some() && choice != DialectChoice::Comma {
        return Err(ServeError::Usage("--site belongs to '--dialect comma'".to_owned()));
    }
    if choice == DialectChoice::Http {
        return Ok(None);
    }
    if let Some(name) = args.misplaced_in(Instead::Dialect) {
        return Err(ServeError::Usage(format!("--{name} has no place in a dialect, leave it out")));
    }
    if choice == DialectChoice::Comma && !args.files.is_empty() {
        return Err(ServeError::Usage("the dialect 'comma' serves no file".to_owned()));
    }
    Ok(Some(Wish {
        choice,
        site: args.site.clone().unwrap_or_else(|| "test.com".to_owned()),
        file: String::new(),
        hosts: std::iter::once(&args.host).chain(&args.allow_host).cloned().collect(),
    }))
}

impl Wish {
    /// Whether it serves any data.
    pub(super) fn has_data(&self) -> bool {
        self.choice != DialectChoice::Comma
    }

    /// The same, once it is known that the data from `source` can be served in it.
    ///
    /// # Errors
    /// It cannot; says what would be needed.
    pub(super) fn over(mut self, view: &View, source: &Source) -> Result<Wish, ServeError> {
        let (dialect, serves, need) = match self.choice {
            DialectChoice::Names => ("names", dialect::names::serves(view), "a flat map, or nothing yet"),
            DialectChoice::Pairs => ("pairs", pairs::serves(view), "a flat map, or nothing yet"),
            DialectChoice::Dialog => ("dialog", dialog::serves(view), "a JSON object of records"),
            DialectChoice::Banner => ("banner", banner::serves(view), "a CSV file of one column, or nothing yet"),
            DialectChoice::Http | DialectChoice::Comma => return Ok(self),
        };
        let file = match source {
            Source::Memory => None,
            Source::Files(paths) => match paths.as_slice() {
                [path] if !path.is_dir() => path.file_name(),
                _ => return Err(ServeError::Unfit { dialect, need: "one file" }),
            },
        };
        if !serves {
            return Err(ServeError::Unfit { dialect, need });
        }
        self.file = file.map_or_else(|| "data.json".to_owned(), |name| name.to_string_lossy().into_owned());
        Ok(self)
    }

    /// Serves until a signal, or a message, ends it.
    pub(super) fn serve(
        self,
        bound: Bound,
        store: &Arc<Store>,
        settings: Settings,
        config: Config,
    ) -> io::Result<Ending> {
        let store = Arc::clone(store);
        let dialect: Box<dyn Dialect> = match self.choice {
            // Valid HTTP, but for one exchange a connection.
            DialectChoice::Names | DialectChoice::Http => {
                let names = Names { store, sites: settings.sites };
                return bound.run(Http::new(names, config.limits).once(), config);
            }
            DialectChoice::Dialog => Box::new(Dialog { name: self.file }),
            DialectChoice::Pairs => Box::new(Pairs { hosts: hosts(bound.address(), self.hosts) }),
            DialectChoice::Comma => Box::new(Comma { site: self.site }),
            DialectChoice::Banner => Box::new(Banner),
        };
        let (limits, handle) = (config.limits, bound.handle());
        let sites = settings.sites;
        bound.run(Spoken { dialect, sites, store, limits, zone: TimeZone::system(), handle }, config)
    }
}

/// The hosts that a URL may name: the address served on, and what the user called it. A server on all addresses is
/// called by those of this machine.
fn hosts(address: SocketAddr, named: Vec<String>) -> Vec<String> {
    let mut hosts = named;
    match address.ip() {
        ip if ip.is_unspecified() => hosts.extend(["127.0.0.1", "[::1]", "localhost"].map(str::to_owned)),
        IpAddr::V6(ip) => hosts.push(format!("[{ip}]")),
        IpAddr::V4(ip) => hosts.push(ip.to_string()),
    }
    hosts
}
