//! The user agent: what was asked, as a complete request; sending it; redirects. It prints nothing and knows no
//! argument.

mod authentication;
mod build;
mod challenge;
mod coding;
mod connect;
mod cookies;
mod credentials;
mod date;
pub mod dialect;
mod digest;
mod error;
pub mod form;
mod hop;
mod hsts;
mod netrc;
mod proxy;
mod redirect;
mod request;
mod schemes;
mod spec;
mod suffixes;
mod target;
pub mod transport;

pub use authentication::{Authentication, ProxyAuthentication};
pub use build::{build, named_target};
pub use coding::{decoded, read_decoded};
pub use cookies::Jar;
pub use credentials::{AuthScheme, Credentials, NetrcWish, basic, parse_user};
pub use date::{dated, read_date};
pub use error::{Error, Kind};
pub use hop::Hop;
pub use hsts::SecureHosts;
pub use netrc::Netrc;
pub use proxy::{Proxy, ProxyAuth, ProxyKind, ProxyWish, proxy_for};
pub use redirect::{Follow, Next, elsewhere, next};
pub use request::{Content, FieldLine, Piece, Protocol, Request, chunk, reason, unreadable};
pub use schemes::Schemes;
pub use spec::{Body, FieldWish, RequestSpec};
pub use target::{Reading, Scheme, TargetUri, Userinfo, has_scheme, last_segment, shown, typed_userinfo};
