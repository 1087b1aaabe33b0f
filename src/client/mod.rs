//! The user agent: what was asked, as a complete request; sending it; redirects. It prints nothing and knows no
//! argument.

mod build;
mod coding;
mod connect;
mod cookies;
mod credentials;
mod date;
pub mod dialect;
mod digest;
mod error;
pub mod form;
mod netrc;
mod proxy;
mod redirect;
mod request;
mod schemes;
mod suffixes;
mod target;
pub mod transport;

pub use build::{Body, FieldWish, Hop, RequestSpec, basic, build, last_segment, named_target, parse_user};
pub use coding::read_decoded;
pub use cookies::Jar;
pub use credentials::{AuthScheme, Credentials, NetrcWish, credentials};
pub use date::read_date;
pub use digest::{answer as digest_answer, proxy_answer as digest_proxy_answer};
pub use error::{Error, Kind};
pub use netrc::Netrc;
pub use proxy::{Proxy, ProxyAuth, ProxyKind, ProxyWish, proxy_for};
pub use redirect::{Follow, Next, elsewhere, next};
pub use request::{Content, FieldLine, Piece, Protocol, Request, chunk, reason, unreadable};
pub use schemes::Schemes;
pub use target::{Reading, Scheme, TargetUri, Userinfo, has_scheme, shown};
