//! A complete request as the server sees it, borrowed from the bytes it came in.

/// The protocol version of a message; the major version is always 1 (RFC 9112 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// `HTTP/1.0`
    Http10,
    /// `HTTP/1.1`, and any later minor version, which is processed as 1.1 (RFC 9110 6.2).
    Http11,
}

/// One field line: name as received, value without surrounding white space (RFC 9112 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The field name, a token, in the case it was sent in.
    pub name: &'a str,
    /// The field value; may be empty and may hold bytes above 0x7F.
    pub value: &'a [u8],
}

/// The header section, in the order received.
///
/// ```
/// use httpkit::message::{Field, Fields};
///
/// let lines = [Field { name: "Accept", value: b"text/csv" }, Field { name: "accept", value: b"*/*" }];
/// assert_eq!(Fields(&lines).first("ACCEPT"), Some(&b"text/csv"[..]));
/// assert_eq!(Fields(&lines).all("Accept").count(), 2);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(pub &'a [Field<'a>]);

impl<'a> Fields<'a> {
    /// The value of the first field line of that name; names compare without case (RFC 9110 5.1).
    #[inline]
    pub fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The values of all field lines of that name, in order.
    #[inline]
    pub fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.0.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
    }
}

/// A request target after its form was recognised (RFC 9112 3.2). Nothing is percent-decoded.
///
/// ```
/// use httpkit::message::{Target, parse_head};
///
/// for (line, target, authority) in [
///     ("GET /a?b HTTP/1.1", Target::Path { path: "/a", query: Some("b") }, "here"),
///     ("GET http://there/a HTTP/1.1", Target::Path { path: "/a", query: None }, "there"),
///     ("OPTIONS * HTTP/1.1", Target::Asterisk, "here"),
///     ("CONNECT there:443 HTTP/1.1", Target::Authority("there:443"), "there:443"),
/// ] {
///     let text = format!("{line}\r\nHost: here\r\n\r\n");
///     let head = parse_head(text.as_bytes(), 1)?;
///     assert_eq!((head.target, head.authority), (target, Some(authority)), "{line}");
/// }
/// # Ok::<(), httpkit::message::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// origin-form, and absolute-form without its scheme and authority: a path, at least `/`, and what follows `?`.
    Path {
        /// The absolute path as sent, never empty.
        path: &'a str,
        /// The query as sent, without its `?`; `None` when there is no `?`.
        query: Option<&'a str>,
    },
    /// asterisk-form: `OPTIONS *`, the server as a whole.
    Asterisk,
    /// authority-form: `CONNECT host:port`.
    Authority(&'a str),
}

/// A complete request: its header section and its whole content, transfer coding removed.
///
/// ```
/// use httpkit::message::{Field, Fields, Request, Target, Version};
///
/// let request = Request {
///     method: "PUT",
///     target: Target::Path { path: "/posts/7", query: None },
///     authority: Some("localhost:8080"),
///     version: Version::Http11,
///     fields: Fields(&[Field { name: "Host", value: b"localhost:8080" }]),
///     content: br#"{"stars": 5}"#,
/// };
/// assert_eq!(request.fields.first("host"), Some(&b"localhost:8080"[..]));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method, a token; methods compare with case (RFC 9110 9.1).
    pub method: &'a str,
    /// What the request is for.
    pub target: Target<'a>,
    /// The authority it was sent to: that of the target, if it names one, else the value of `Host`; `None` only in HTTP/1.0.
    pub authority: Option<&'a str>,
    /// The protocol version.
    pub version: Version,
    /// The header section.
    pub fields: Fields<'a>,
    /// The content, empty when there is none.
    pub content: &'a [u8],
}

/// A request that has outlived the bytes it came in, for work that goes on elsewhere.
///
/// ```
/// use httpkit::message::{Fields, OwnedRequest, Request, Target, Version};
///
/// let request = Request {
///     method: "GET",
///     target: Target::Asterisk,
///     authority: None,
///     version: Version::Http10,
///     fields: Fields(&[]),
///     content: &[],
/// };
/// let kept = OwnedRequest::of(&request);
/// let method = std::thread::spawn(move || kept.with(|request| request.method.to_owned())).join().unwrap();
/// assert_eq!(method, "GET");
/// ```
#[derive(Debug, Clone)]
pub struct OwnedRequest {
    method: String,
    target: OwnedTarget,
    version: Version,
    fields: Vec<(String, Vec<u8>)>,
    authority: Option<String>,
    content: Vec<u8>,
}

#[derive(Debug, Clone)]
enum OwnedTarget {
    Path(String, Option<String>),
    Asterisk,
    Authority(String),
}

impl OwnedRequest {
    /// A copy of a request.
    pub fn of(request: &Request<'_>) -> OwnedRequest {
        let target = match request.target {
            Target::Path { path, query } => OwnedTarget::Path(path.to_owned(), query.map(str::to_owned)),
            Target::Asterisk => OwnedTarget::Asterisk,
            Target::Authority(authority) => OwnedTarget::Authority(authority.to_owned()),
        };
        OwnedRequest {
            method: request.method.to_owned(),
            target,
            version: request.version,
            fields: request.fields.0.iter().map(|field| (field.name.to_owned(), field.value.to_vec())).collect(),
            authority: request.authority.map(str::to_owned),
            content: request.content.to_vec(),
        }
    }

    /// Hands the request on as it is read everywhere.
    pub fn with<T>(&self, read: impl FnOnce(&Request<'_>) -> T) -> T {
        let fields: Vec<Field<'_>> = self.fields.iter().map(|(name, value)| Field { name, value }).collect();
        read(&Request {
            method: &self.method,
            target: match &self.target {
                OwnedTarget::Path(path, query) => Target::Path { path, query: query.as_deref() },
                OwnedTarget::Asterisk => Target::Asterisk,
                OwnedTarget::Authority(authority) => Target::Authority(authority),
            },
            authority: self.authority.as_deref(),
            version: self.version,
            fields: Fields(&fields),
            content: &self.content,
        })
    }
}
