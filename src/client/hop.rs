//! One hop of a transfer: a request of its own, and what it adds to what was asked.

use std::sync::Arc;

use bstr::BString;

use super::proxy::Proxy;
use super::target::TargetUri;

/// What one hop adds to what was asked.
#[derive(Debug, Clone)]
pub struct Hop {
    /// Where it goes.
    pub target: TargetUri,
    /// Where the first hop went, to whose origin the secrets of the command line belong; `None`: this is the first.
    pub home: Option<Arc<TargetUri>>,
    /// The method that a redirect asked for.
    pub method: Option<&'static str>,
    /// Whether the content goes along.
    pub with_body: bool,
    /// Whether the secrets of the first origin go along.
    pub trusted: bool,
    /// How often a redirect was followed before.
    pub redirects: u32,
    /// The page that referred here, if that is told.
    pub referer: Option<BString>,
    /// Cookies from the jar.
    pub cookies: Option<BString>,
    /// The whole value of `Authorization` in answer to a challenge.
    pub authorization: Option<String>,
    /// A challenge is expected: content waits until it was answered.
    pub probes: bool,
    /// The value of `Range` in place of the one that was asked for, where an earlier attempt got the beginning.
    pub range: Option<String>,
    /// Whether large content may wait for `100 (Continue)`.
    pub expects: bool,
    /// The proxy that it goes through.
    pub proxy: Option<Proxy>,
    /// The whole value of `Proxy-Authorization` in answer to a challenge.
    pub proxy_authorization: Option<String>,
    /// Whether an answer came in HTTP/1.0, in which the request goes then (curl's rule).
    pub is_old: bool,
    /// The host and port to connect to, where they are not those of the target.
    pub place: Option<(String, u16)>,
}

impl Hop {
    /// The first hop.
    pub fn first(target: TargetUri) -> Hop {
        Hop {
            target,
            home: None,
            method: None,
            with_body: true,
            trusted: true,
            redirects: 0,
            referer: None,
            cookies: None,
            authorization: None,
            probes: false,
            range: None,
            expects: true,
            proxy: None,
            proxy_authorization: None,
            is_old: false,
            place: None,
        }
    }
}
