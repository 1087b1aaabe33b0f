//! Which schemes may be spoken.

use super::error::{Error, Kind};
use super::target::Scheme;

/// The schemes that may be spoken (curl(1) `--proto`).
///
/// ```
/// use httpkit::client::{Scheme, Schemes};
///
/// let schemes = Schemes::read("=https,file");
/// assert!(schemes.check(Scheme::Https).is_ok() && schemes.check(Scheme::Http).is_err());
/// assert!(schemes.has_file());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schemes {
    http: bool,
    https: bool,
    file: bool,
}

impl Default for Schemes {
    fn default() -> Schemes {
        Schemes { http: true, https: true, file: true }
    }
}

impl Schemes {
    /// Those of a list, parted by commas: `+` or nothing adds one, `-` takes it away, `=` leaves only it; `all` is all.
    /// What is not spoken anyway changes nothing.
    pub fn read(list: &str) -> Schemes {
        let mut schemes = Schemes::default();
        for item in list.split(',') {
            let name = item.trim_start_matches(['+', '-', '=']);
            let is = |scheme: &str| name.eq_ignore_ascii_case(scheme) || name.eq_ignore_ascii_case("all");
            let (http, https, file) = (is("http"), is("https"), is("file"));
            match item.chars().next() {
                Some('=') => schemes = Schemes { http, https, file },
                Some('-') => {
                    schemes = Schemes {
                        http: schemes.http && !http,
                        https: schemes.https && !https,
                        file: schemes.file && !file,
                    }
                }
                _ => {
                    schemes = Schemes {
                        http: schemes.http || http,
                        https: schemes.https || https,
                        file: schemes.file || file,
                    }
                }
            }
        }
        schemes
    }

    /// Those that both have.
    #[must_use]
    pub fn both(self, other: Schemes) -> Schemes {
        Schemes { http: self.http && other.http, https: self.https && other.https, file: self.file && other.file }
    }

    /// The list that leaves only these, empty if that is all.
    pub fn list(self) -> String {
        let named = [("=http", self.http), ("=https", self.https), ("=file", self.file)];
        let names: Vec<&str> =
            named.iter().filter(|(_, has)| *has && self != Schemes::default()).map(|(name, _)| *name).collect();
        names.join(",").replace(",=", ",")
    }

    /// Whether files may be read.
    pub fn has_file(self) -> bool {
        self.file
    }

    /// Whether none is left.
    pub fn is_empty(self) -> bool {
        !(self.http || self.https || self.file)
    }

    /// Whether that scheme may be spoken.
    ///
    /// # Errors
    /// `Kind::Protocol` if not.
    pub fn check(self, scheme: Scheme) -> Result<(), Error> {
        let is_allowed = match scheme {
            Scheme::Http => self.http,
            Scheme::Https => self.https,
        };
        match is_allowed {
            true => Ok(()),
            false => Err(Error::new(Kind::Protocol, format!("scheme '{}' is not allowed by --proto", scheme.name()))),
        }
    }
}
