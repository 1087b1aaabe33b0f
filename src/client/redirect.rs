//! Redirects: what the next hop is (RFC 9110 15.4).

use std::sync::Arc;

use super::error::{Error, Kind};
use super::hop::Hop;
use super::schemes::Schemes;
use super::spec::{Body, RequestSpec};
use super::target::Reading;
use crate::message::{ReplyError, ReplyHead, ReplyVersion, Version};

/// Whether and how redirects are followed.
#[derive(Debug, Clone, Default)]
pub struct Follow {
    /// Follows them at all.
    pub follow: bool,
    /// How many at most; `None` without end.
    pub limit: Option<u32>,
    /// Sends secrets to other origins too.
    pub trust_all: bool,
    /// Keeps POST on 301.
    pub post301: bool,
    /// Keeps POST on 302.
    pub post302: bool,
    /// Keeps POST on 303.
    pub post303: bool,
    /// Names the page before in `Referer`.
    pub auto_referer: bool,
    /// Which schemes are followed.
    pub schemes: Schemes,
    /// How the target is read.
    pub reading: Reading,
}

/// What comes after a response.
#[derive(Debug)]
pub enum Next {
    /// It is the final one.
    Done,
    /// The next hop.
    Hop(Box<Hop>),
}

/// Decides what comes after a response to `hop`.
///
/// ```
/// use httpkit::client::{Body, Content, Follow, Hop, Next, Reading, RequestSpec, TargetUri, next};
/// use httpkit::message::reply_head;
///
/// let hop = Hop::first(TargetUri::parse("http://example.com/a", Reading::default())?);
/// let spec = RequestSpec { body: Body::Data(Content::bytes("x"), None), ..RequestSpec::default() };
/// let follow = Follow { follow: true, ..Follow::default() };
/// let head = reply_head(b"HTTP/1.1 303 See Other\r\nLocation: /b\r\n\r\n").unwrap();
/// let Next::Hop(hop) = next(&spec, &follow, &hop, "POST", &head)? else { panic!("it leads elsewhere") };
/// assert_eq!((hop.target.path.as_str(), hop.method, hop.with_body), ("/b", Some("GET"), false));
/// # Ok::<(), httpkit::client::Error>(())
/// ```
///
/// # Errors
/// `Kind::Redirects` past the limit; `Kind::Protocol` and `Kind::Url` for a target that cannot be followed;
/// `Kind::Rewind` if content that was read once would have to be sent again.
pub fn next(spec: &RequestSpec, follow: &Follow, hop: &Hop, method: &str, head: &ReplyHead) -> Result<Next, Error> {
    let Some(location) = location(head).filter(|_| follow.follow) else { return Ok(Next::Done) };
    if head.leads_apart() {
        return Err(Error::new(Kind::Reply, ReplyError::Location.to_string()));
    }
    let target = hop.target.resolve(&location, follow.reading);
    let target = target?;
    follow.schemes.check(target.scheme)?;
    if let Some(limit) = follow.limit.filter(|limit| hop.redirects >= *limit) {
        return Err(Error::new(Kind::Redirects, format!("maximum ({limit}) redirects followed")));
    }
    let (method, with_body) = next_method(spec, follow, hop, method, head.status);
    if let (true, Body::Data(content, _) | Body::Upload(content)) = (with_body, &spec.body)
        && !(content.is_repeatable() || hop.probes)
    {
        return Err(cannot_rewind("the redirect", head));
    }
    // What another origin's server writes into a URL is no word of the user's.
    let mut target = target;
    if !hop.target.same_origin(&target) && !follow.trust_all {
        target.userinfo = None;
    }
    let home = hop.home.clone().unwrap_or_else(|| Arc::new(hop.target.clone()));
    Ok(Next::Hop(Box::new(Hop {
        method,
        with_body,
        trusted: home.same_origin(&target) || follow.trust_all,
        home: Some(home),
        redirects: hop.redirects + 1,
        range: hop.range.clone(),
        expects: hop.expects,
        is_old: hop.is_old,
        referer: if follow.auto_referer { Some(hop.target.to_string().into()) } else { hop.referer.clone() },
        ..Hop::first(target)
    })))
}

/// The failure that it is to need content again that was read once. Where the next request is to be one of HTTP/1.0, it could
/// not carry that anyway.
pub(super) fn cannot_rewind(who: &str, head: &ReplyHead) -> Error {
    let kind = match head.version {
        ReplyVersion::Http1(Version::Http10) => Kind::Upload,
        _ => Kind::Rewind,
    };
    Error::new(kind, format!("{who} wants the content again, which came from a pipe"))
}

/// The `Location` of a redirect, if it says something: an unknown status is a 300 (RFC 9110 15). What is not UTF-8 is
/// percent-encoded, as all is that is not ASCII.
fn location(head: &ReplyHead) -> Option<String> {
    let is_redirect = matches!(head.status, 300..=303 | 305..=399);
    let value = head.first("location").filter(|value| is_redirect && !value.is_empty())?;
    let mut text = String::with_capacity(value.len());
    for chunk in value.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| percent_encoding::percent_encode_byte(*byte)));
    }
    Some(text)
}

/// Where a response points that is not followed: as a whole URL, or as it stands if it can be none here.
pub fn elsewhere(follow: &Follow, hop: &Hop, head: &ReplyHead) -> Option<String> {
    let location = location(head)?;
    Some(match hop.target.resolve(&location, follow.reading) {
        Ok(target) => match &target.fragment {
            Some(fragment) => format!("{target}#{fragment}"),
            None => target.to_string(),
        },
        Err(_) => location,
    })
}

/// The method of the next hop if it changes, and whether the content goes along: 303 makes everything but HEAD a GET,
/// 301 and 302 do so with POST by custom, 307 and 308 change nothing. A method that was named stays (curl(1) `-X`),
/// without content where it would have become a GET.
fn next_method(
    spec: &RequestSpec,
    follow: &Follow,
    hop: &Hop,
    method: &str,
    status: u16,
) -> (Option<&'static str>, bool) {
    let is_post = matches!(spec.body, Body::Data(..)) && hop.with_body;
    let becomes_get = match status {
        301 => is_post && !follow.post301,
        302 => is_post && !follow.post302,
        303 => method != "HEAD" && (hop.with_body || spec.obeys) && !(is_post && follow.post303),
        _ => false,
    };
    if becomes_get { (Some("GET"), false) } else { (hop.method, hop.with_body) }
}
