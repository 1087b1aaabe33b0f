//! The exit status: one place that turns an outcome into a number, with curl's numbers (curl(1), EXIT CODES).

use crate::client::Kind;

/// A completed transfer, or help that was asked for.
pub const SUCCESS: u8 = 0;
/// `serve` could not serve.
pub const FAILURE: u8 = 1;
/// The command line was not understood.
pub const USAGE: u8 = 2;
/// The output could not be written.
pub const WRITE: u8 = 23;

/// An input could not be read.
pub const READ: u8 = 26;

/// The exit status of a failure.
pub fn of(kind: Kind) -> u8 {
    match kind {
        Kind::Protocol => 1,
        Kind::Usage => USAGE,
        Kind::Url => 3,
        Kind::ProxyName => 5,
        Kind::Name => 6,
        Kind::Connect => 7,
        Kind::Reply => 8,
        Kind::Partial => 18,
        Kind::Status => 22,
        Kind::Write | Kind::Closed => WRITE,
        Kind::Read => READ,
        Kind::Time => 28,
        Kind::Range => 33,
        Kind::Upload => 25,
        Kind::Tls => 35,
        Kind::Resume => 36,
        Kind::Local => 37,
        Kind::Rule => 49,
        Kind::Glob | Kind::ProxyReply => 43,
        Kind::Aborted => 42,
        Kind::Interface => 45,
        Kind::Redirects => 47,
        Kind::Empty => 52,
        Kind::Send => 55,
        Kind::Receive => 56,
        Kind::ClientCertificate => 58,
        Kind::PeerCertificate => 60,
        Kind::Coding => 61,
        Kind::Size => 63,
        Kind::Rewind => 65,
        Kind::Userinfo => 67,
        Kind::CaFile => 77,
        Kind::PublicKey => 90,
        Kind::Proxy => 97,
        Kind::Large => 100,
    }
}
