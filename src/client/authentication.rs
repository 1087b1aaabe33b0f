//! Who asks, in the way that the server wants to know it: what goes along before a challenge, and what answers one.

use super::challenge::{Challenge, challenges};
use super::connect::tunnel_place;
use super::credentials::{Credentials, basic};
use super::digest::{Asked, Session, is_stale};
use super::error::Error;
use super::hop::Hop;
use super::proxy::{Proxy, ProxyAuth};
use super::redirect::cannot_rewind;
use super::spec::{Body, RequestSpec};
use super::target::{TargetUri, Userinfo};
use crate::message::ReplyHead;

/// How often a server may call its nonce too old in one transfer. Each time costs it an answer and us a request.
const MOST_STALE: u32 = 8;

/// What answers challenges, once something does.
#[derive(Debug, Default)]
struct KnownAnswer {
    picked: Option<Picked>,
    stale: u32,
}

/// What one transfer knows of the way in which an origin wants to be told who asks.
#[derive(Debug, Default)]
pub struct Authentication {
    origin: Option<TargetUri>,
    known: KnownAnswer,
    /// The server has answered without asking for a password.
    is_open: bool,
}

/// What one transfer knows of the way in which a proxy wants to be told who asks.
#[derive(Debug, Default)]
pub struct ProxyAuthentication {
    proxy: Option<Proxy>,
    known: KnownAnswer,
    /// The content waits for a challenge of this proxy.
    probes: bool,
    /// The proxy has let a request through without asking for a password.
    is_open: bool,
}

/// A scheme that was asked for.
#[derive(Debug)]
enum Picked {
    Basic,
    Digest(Session),
}

/// Name and password, where nothing is said before the server asks, and whether only Digest will do.
fn held_back(spec: &RequestSpec, hop: &Hop) -> Option<(Userinfo, bool)> {
    match spec.credentials_of(hop)? {
        Credentials::Digest(userinfo) => Some((userinfo, true)),
        Credentials::Offered(userinfo) => Some((userinfo, false)),
        _ => None,
    }
}

impl Authentication {
    /// Gives a hop what it says of who asks. What was found out about an origin is used there without being asked again;
    /// before that, content waits for a Digest challenge that is sure to come.
    pub fn prepare(&mut self, spec: &RequestSpec, hop: &mut Hop) {
        (hop.authorization, hop.probes) = (None, false);
        let Some((userinfo, only_digest)) = held_back(spec, hop) else { return };
        if self.origin.as_ref().is_none_or(|origin| !origin.same_origin(&hop.target)) {
            let origin = Some(hop.target.clone());
            *self = Authentication { origin, known: self.known.elsewhere(hop.trusted), is_open: false };
        }
        hop.authorization = self.known.answer(spec, hop, None, &userinfo);
        if hop.authorization.is_none() {
            hop.probes = only_digest && !self.is_open && hop.with_body && !matches!(spec.body, Body::None);
        }
    }

    /// Whether the request goes out again after this response: with what answers its challenge, or with the content that
    /// waited for one that did not come. A response that is final leaves the content where it is.
    ///
    /// # Errors
    /// `Kind::Rewind` if content that was read once would have to be sent again; the system gives no random bytes.
    pub fn answers(&mut self, spec: &RequestSpec, hop: &Hop, head: &ReplyHead) -> Result<bool, Error> {
        // Who was let in without a password is not asked for one later: curl leaves it at that.
        let Some((_, only_digest)) = held_back(spec, hop).filter(|_| !self.is_open) else { return Ok(false) };
        if head.status != 401 {
            let was_let_in = hop.probes && head.status < 300;
            self.is_open |= was_let_in;
            return Ok(was_let_in);
        }
        let challenges = challenges(head, "www-authenticate");
        let Some(picked) = self.known.pick(&challenges, only_digest)? else { return Ok(false) };
        if hop.with_body && !hop.probes && !spec.is_repeatable() {
            return Err(cannot_rewind("the server asks for a password, and", head));
        }
        self.known.picked = Some(picked);
        Ok(true)
    }
}

impl ProxyAuthentication {
    /// Gives a hop what it says to its proxy of who asks: to this one, what it has asked for before; to another one, nothing
    /// of that. Content that would go through it in the clear waits for a Digest challenge that is sure to come.
    pub fn prepare(&mut self, spec: &RequestSpec, hop: &mut Hop) {
        if self.proxy != hop.proxy {
            let known = self.known.elsewhere(false);
            *self = ProxyAuthentication { proxy: hop.proxy.clone(), known, probes: false, is_open: false };
        }
        let userinfo = self.proxy.as_ref().and_then(|proxy| proxy.userinfo.as_ref());
        let place = tunnel_place(hop);
        hop.proxy_authorization =
            userinfo.and_then(|userinfo| self.known.answer(spec, hop, place.as_deref(), userinfo));
        let is_asked = place.is_none() && self.proxy.as_ref().is_some_and(|proxy| proxy.wants_digest());
        let is_silent = hop.proxy_authorization.is_none();
        self.probes = is_asked && is_silent && !self.is_open && hop.with_body && !matches!(spec.body, Body::None);
        hop.probes |= self.probes;
    }

    /// Whether the request goes to the proxy again after this response of it: with what answers its challenge, or with the
    /// content that waited for one that did not come. Content that was read once is not sent a second time: then the
    /// challenge is the answer.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn answers(&mut self, spec: &RequestSpec, hop: &Hop, head: &ReplyHead) -> Result<bool, Error> {
        let Some(proxy) = self.proxy.as_ref().filter(|proxy| proxy.userinfo.is_some()) else { return Ok(false) };
        if self.probes && head.status != 407 {
            self.is_open = true;
            return Ok(head.status < 300);
        }
        let may_go_again = tunnel_place(hop).is_some() || !hop.with_body || hop.probes || spec.is_repeatable();
        if head.status != 407 || proxy.auth == ProxyAuth::Basic || !may_go_again {
            return Ok(false);
        }
        let challenges = challenges(head, "proxy-authenticate");
        let picked = self.known.pick(&challenges, proxy.auth == ProxyAuth::Digest)?;
        let is_answered = picked.is_some();
        self.known.picked = picked.or(self.known.picked.take());
        Ok(is_answered)
    }
}

impl KnownAnswer {
    /// What is known of somebody else: how often it was all in vain, and with `trusts` that a password is asked for as it is.
    fn elsewhere(&self, trusts: bool) -> KnownAnswer {
        let is_basic = trusts && matches!(self.picked, Some(Picked::Basic));
        KnownAnswer { picked: is_basic.then_some(Picked::Basic), stale: self.stale }
    }

    /// What a hop says of who asks, a new answer each time; with a place, in the request for a tunnel to it.
    fn answer(&mut self, spec: &RequestSpec, hop: &Hop, place: Option<&str>, userinfo: &Userinfo) -> Option<String> {
        let session = match &mut self.picked {
            None => return None,
            Some(Picked::Basic) => return Some(basic(userinfo)),
            Some(Picked::Digest(session)) => session,
        };
        let content = spec.content().filter(|_| place.is_none() && hop.with_body && session.covers_content());
        let content = content.and_then(|content| content.in_memory()).unwrap_or_default();
        let (method, uri) = match place {
            Some(place) => ("CONNECT", place.to_owned()),
            None => (spec.method_of(hop), hop.target.origin_form()),
        };
        Some(session.answer(Asked { method, uri: &uri, content: &content }, userinfo))
    }

    /// What answers one of the challenges, if something does that was not tried: Digest before Basic, and of several Digest
    /// challenges the first that is understood (RFC 7616 3.7).
    fn pick(&mut self, challenges: &[Challenge], only_digest: bool) -> Result<Option<Picked>, Error> {
        let is_again = match &self.picked {
            Some(Picked::Basic) => return Ok(None),
            Some(Picked::Digest(_)) if self.stale >= MOST_STALE => return Ok(None),
            Some(Picked::Digest(_)) => true,
            None => false,
        };
        for challenge in challenges.iter().filter(|challenge| !is_again || is_stale(challenge)) {
            if let Some(session) = Session::begin(challenge)? {
                self.stale += u32::from(is_again);
                return Ok(Some(Picked::Digest(session)));
            }
        }
        let may_be_basic = !is_again && !only_digest;
        Ok(challenges.iter().any(|challenge| may_be_basic && challenge.is("basic")).then_some(Picked::Basic))
    }
}
