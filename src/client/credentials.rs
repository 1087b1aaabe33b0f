//! Who asks: names, passwords and tokens, and how they are shown.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

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

impl Credentials {
    fn userinfo_mut(&mut self) -> Option<&mut Userinfo> {
        match self {
            Credentials::Basic(userinfo) | Credentials::Digest(userinfo) | Credentials::Offered(userinfo) => {
                Some(userinfo)
            }
            Credentials::Bearer(_) => None,
        }
    }

    /// Whether a name is missing, so that a URL or a netrc file says more.
    pub(super) fn is_nameless(&self) -> bool {
        match self {
            Credentials::Basic(userinfo) | Credentials::Digest(userinfo) | Credentials::Offered(userinfo) => {
                userinfo.user.is_empty()
            }
            Credentials::Bearer(_) => false,
        }
    }

    /// With the name that is missing, and the password that belongs to that name, if there is one: curl's rule.
    pub(super) fn completed(mut self, other: Userinfo) -> Credentials {
        if let Some(userinfo) = self.userinfo_mut() {
            userinfo.user = other.user;
            if !other.password.is_empty() {
                userinfo.password = other.password;
            }
        }
        self
    }
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

/// `user:password` as `-u` takes it; nothing is decoded there.
pub fn parse_user(text: &str) -> Userinfo {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    Userinfo { user: user.to_owned(), password: password.to_owned() }
}

/// The value of a Basic `Authorization` (RFC 7617 2).
///
/// ```
/// use httpkit::client::{basic, parse_user};
///
/// assert_eq!(basic(&parse_user("Aladdin:open sesame")), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
/// ```
pub fn basic(userinfo: &Userinfo) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", userinfo.user, userinfo.password)))
}
