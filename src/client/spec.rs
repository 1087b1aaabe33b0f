//! What was asked, as plain data.

use bstr::{BStr, BString, ByteSlice};

use super::credentials::{AuthScheme, Credentials, NetrcWish};
use super::hop::Hop;
use super::request::{Content, FieldLine, Protocol};
use super::target::Userinfo;

/// What the content is, which decides the method and the fields that describe it.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// There is none.
    #[default]
    None,
    /// Data, sent with POST and described by this media type.
    Data(Content, Option<BString>),
    /// A file, sent with PUT.
    Upload(Content),
}

/// What was typed about one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldWish {
    /// Sends this line.
    Send(FieldLine),
    /// Sends no field of that name that was not typed.
    Omit(String),
}

impl FieldWish {
    /// The name of the field.
    pub(super) fn name(&self) -> &str {
        match self {
            FieldWish::Send(line) => line.name().trim_ascii(),
            FieldWish::Omit(name) => name.trim_ascii(),
        }
    }
}

/// What was asked, as plain data: the same for every hop.
///
/// ```
/// use httpkit::client::{Body, Content, Hop, Reading, RequestSpec, TargetUri, build};
///
/// let body = Body::Data(Content::bytes("a=1"), Some("application/x-www-form-urlencoded".into()));
/// let spec = RequestSpec { body, user_agent: Some("me".into()), ..RequestSpec::default() };
/// let target = TargetUri::parse("http://example.com/form?x#y", Reading::default())?;
/// let request = build(&spec, &Hop::first(target))?;
/// assert_eq!(
///     String::from_utf8_lossy(&request.head()),
///     "POST /form?x HTTP/1.1\r\nHost: example.com\r\nUser-Agent: me\r\nAccept: */*\r\n\
///      Content-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
/// );
/// # Ok::<(), httpkit::client::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RequestSpec {
    /// The method, if one was named.
    pub method: Option<String>,
    /// Whether only the head is wanted (`-I`).
    pub head_only: bool,
    /// The protocol version.
    pub protocol: Protocol,
    /// The request target, if it is not that of the URL.
    pub request_target: Option<String>,
    /// Custom fields in the order typed.
    pub fields: Vec<FieldWish>,
    /// Custom fields for an HTTP proxy only.
    pub proxy_fields: Vec<FieldWish>,
    /// The user agent; an empty one sends none.
    pub user_agent: Option<BString>,
    /// The page that refers to this one.
    pub referer: Option<BString>,
    /// The value of `Range`; what is sent says `Content-Range` of it (RFC 9110 14.5).
    pub range: Option<String>,
    /// The length in bytes of the whole that a range is sent of, if only part of it is sent.
    pub total: Option<u64>,
    /// Whether a redirect may change a method that was named (curl(1) `--follow`).
    pub obeys: bool,
    /// `If-Modified-Since` or `If-Unmodified-Since`, and its date.
    pub condition: Option<FieldLine>,
    /// Whether content codings are welcome.
    pub compressed: bool,
    /// Whether transfer codings are.
    pub transfer_codings: bool,
    /// Who asks, as options say it.
    pub credentials: Option<Credentials>,
    /// How a name and password that no option named are shown.
    pub scheme: AuthScheme,
    /// The file that knows names and passwords by host.
    pub netrc: Option<NetrcWish>,
    /// Cookies that were typed, as they are sent.
    pub cookies: Option<BString>,
    /// The content.
    pub body: Body,
}

impl RequestSpec {
    /// The method of the first hop (curl(1) `-X`).
    pub fn first_method(&self) -> &str {
        match (&self.method, &self.body) {
            (Some(method), _) => method,
            (None, _) if self.head_only => "HEAD",
            (None, Body::None) => "GET",
            (None, Body::Data(..)) => "POST",
            (None, Body::Upload(_)) => "PUT",
        }
    }

    /// Whether a field of that name was typed for the proxy.
    pub(super) fn is_for_proxy(&self, name: &str) -> bool {
        self.proxy_fields.iter().any(|wish| wish.name().eq_ignore_ascii_case(name))
    }

    /// The field lines for the proxy only.
    pub fn proxy_lines(&self) -> impl Iterator<Item = &FieldLine> {
        self.proxy_fields.iter().filter_map(|wish| match wish {
            FieldWish::Send(line) => Some(line),
            FieldWish::Omit(_) => None,
        })
    }

    /// The method of a hop.
    pub fn method_of(&self, hop: &Hop) -> &str {
        hop.method.filter(|_| self.method.is_none() || self.obeys).unwrap_or_else(|| self.first_method())
    }

    /// The content, if there is any.
    pub fn content(&self) -> Option<&Content> {
        match &self.body {
            Body::None => None,
            Body::Data(content, _) | Body::Upload(content) => Some(content),
        }
    }

    /// Whether the request can be sent a second time.
    pub fn is_repeatable(&self) -> bool {
        self.content().is_none_or(Content::is_repeatable)
    }

    /// Whether something was typed about a field of that name.
    pub fn is_typed(&self, name: &str) -> bool {
        self.fields.iter().any(|wish| wish.name().eq_ignore_ascii_case(name))
    }

    /// The field line of that name that was typed.
    pub(super) fn typed(&self, name: &str) -> Option<&FieldLine> {
        self.fields.iter().find_map(|wish| match wish {
            FieldWish::Send(line) if line.is(name) => Some(line),
            _ => None,
        })
    }

    /// What the user agent is called, empty if it is not to be said.
    pub(super) fn agent(&self) -> &BStr {
        let own = || BStr::new(concat!("httpkit/", env!("CARGO_PKG_VERSION")));
        self.user_agent.as_ref().map_or_else(own, |agent| agent.as_bstr())
    }

    /// The credentials of a hop: those of the command line for their own origin, else those of the netrc file for its host,
    /// else those in its URL.
    pub fn credentials_of(&self, hop: &Hop) -> Option<Credentials> {
        let named = self.credentials.as_ref().filter(|_| hop.trusted);
        if let Some(named) = named.filter(|named| !named.is_nameless()) {
            return Some(named.clone());
        }
        // A token was to say who asks: where it may not go, no password takes its place.
        if matches!(self.credentials, Some(Credentials::Bearer(_))) {
            return None;
        }
        let in_url = hop.target.userinfo.as_ref();
        let from_file = self.netrc.as_ref().filter(|wish| {
            let is_complete = |userinfo: &Userinfo| !userinfo.user.is_empty() && !userinfo.password.is_empty();
            !(wish.is_optional && in_url.is_some_and(is_complete))
        });
        let user = in_url.map(|userinfo| userinfo.user.as_str());
        let found = from_file.and_then(|wish| wish.netrc.find(hop.target.bare_host(), user));
        match (found.or_else(|| in_url.cloned()), named.cloned()) {
            (Some(userinfo), Some(named)) => Some(named.completed(userinfo)),
            (Some(userinfo), None) => Some(self.scheme.show(userinfo)),
            (None, named) => named,
        }
    }
}
