//! Who asks: which name and password go along with one hop.

use std::sync::Arc;

use super::build::RequestSpec;
use super::hop::Hop;
use super::netrc::Netrc;
use super::target::Userinfo;

/// How the user shows who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Name and password, for Basic authentication (RFC 7617).
    Basic(Userinfo),
    /// Name and password, for Digest authentication (RFC 7616): nothing is sent before a challenge.
    Digest(Userinfo),
    /// Name and password, for the best scheme that the server offers: nothing is sent before it does.
    Offered(Userinfo),
    /// A token (RFC 6750).
    Bearer(String),
}

/// Which scheme shows a name and a password that no option named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthScheme {
    /// RFC 7617.
    #[default]
    Basic,
    /// RFC 7616.
    Digest,
    /// The best that the server offers.
    Offered,
}

impl AuthScheme {
    /// Name and password for this scheme.
    pub fn show(self, userinfo: Userinfo) -> Credentials {
        match self {
            AuthScheme::Basic => Credentials::Basic(userinfo),
            AuthScheme::Digest => Credentials::Digest(userinfo),
            AuthScheme::Offered => Credentials::Offered(userinfo),
        }
    }
}

/// A netrc file that is asked at each hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetrcWish {
    /// The file.
    pub netrc: Arc<Netrc>,
    /// A password in the URL goes before the file's.
    pub is_optional: bool,
}

/// The credentials of a hop: those of the command line for their own origin, else those of the netrc file for its host,
/// else those in its URL.
pub fn credentials(spec: &RequestSpec, hop: &Hop) -> Option<Credentials> {
    if let Some(named) = spec.credentials.as_ref().filter(|_| hop.trusted) {
        return Some(named.clone());
    }
    let in_url = hop.target.userinfo.as_ref();
    let from_file = spec.netrc.as_ref().filter(|wish| {
        let is_complete = |userinfo: &Userinfo| !userinfo.user.is_empty() && !userinfo.password.is_empty();
        !(wish.is_optional && in_url.is_some_and(is_complete))
    });
    let user = in_url.map(|userinfo| userinfo.user.as_str());
    let found = from_file.and_then(|wish| wish.netrc.find(hop.target.bare_host(), user));
    found.or_else(|| in_url.cloned()).map(|userinfo| spec.scheme.show(userinfo))
}

/// `user:password` as `-u` takes it; nothing is decoded there.
pub fn parse_user(text: &str) -> Userinfo {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    Userinfo { user: user.to_owned(), password: password.to_owned() }
}
