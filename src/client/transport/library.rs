//! What goes over reqwest: HTTP/2. Field names travel in lower case there, and interim responses and
//! trailers are not seen; everything else is as over the socket.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bstr::ByteSlice;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use tokio::runtime::{Builder, Runtime};

use super::super::error::{Error, Kind};
use super::super::request::{Protocol, Request};
use super::deadline::Deadline;
use super::facts::Facts;
use super::pace::Pace;
use super::settings::{Family, Interface, Keepalive, Settings};
use super::tap::{Seen, Tap};
use super::tls::Tls;
use crate::message::{ReplyHead, ReplyVersion, Version};

/// How much content is read at a time.
const PIECE: usize = 64 * 1024;

/// What a tap is told where it is not told bytes.
const UNSEEN: &str = "HTTP/2 goes through a library, which does not show what it sends: what follows is decoded";

/// A response on its way.
#[derive(Debug)]
pub(super) struct Arriving {
    runtime: Runtime,
    response: Response,
    /// What was handed out last, and what came with it.
    held: Bytes,
    left: Bytes,
    received: u64,
    /// The length that the head declares for content that comes.
    declared: Option<u64>,
    deadline: Deadline,
    pace: Option<Box<Pace>>,
    tap: Option<Tap>,
}

/// The library with what a transport was told.
pub(super) struct Library<'a> {
    pub(super) settings: &'a Settings,
    pub(super) tls: &'a Tls,
    pub(super) tap: Option<&'a Tap>,
}

impl Library<'_> {
    /// Sends a request over reqwest, and gives the head of the response and the content behind it.
    pub(super) fn send(
        &self,
        request: &Request,
        input: &mut (dyn Read + Send),
        deadline: Deadline,
        facts: &mut Facts,
    ) -> Result<(ReplyHead, Arriving), Error> {
        let Library { settings, tls, tap } = *self;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::new(Kind::Connect, format!("cannot start: {error}")))?;
        let config = tls.library_config(request.protocol == Protocol::Http2, tap)?;
        let client = client(request, deadline, settings, config)?;
        let ready = self.to_reqwest(&client, request, input, deadline)?;
        facts.pretransfer = Some(deadline.started.elapsed());
        facts.request_bytes = request.head().len() as u64;
        facts.upload_bytes = request.content.as_ref().and_then(super::super::request::Content::length).unwrap_or(0);
        if let Some(tap) = tap {
            tap.tell(Seen::Remark(UNSEEN), None);
            tap.tell(Seen::RequestHead(&request.head_over_http2()), None);
        }
        let mut pace = Pace::of(settings);
        let response = wait(&runtime, &mut pace, async { client.execute(ready).await })?
            .map_err(|error| failure(&error, request))?;
        facts.connects = 1;
        facts.first_byte = Some(deadline.started.elapsed());
        facts.remote = response.remote_addr();
        let head = head(&response);
        facts.head_bytes = head.bytes.len() as u64;
        if let Some(tap) = tap {
            tap.lines(&head.bytes, None);
        }
        let has_content = request.method != "HEAD" && !matches!(head.status, 204 | 304);
        let declared = head.text("content-length").filter(|_| has_content).and_then(|text| text.trim().parse().ok());
        let arriving = Arriving {
            tap: tap.cloned(),
            declared,
            runtime,
            response,
            held: Bytes::new(),
            left: Bytes::new(),
            received: 0,
            deadline,
            pace,
        };
        Ok((head, arriving))
    }

    /// The request in the words of reqwest.
    fn to_reqwest(
        &self,
        client: &Client,
        request: &Request,
        input: &mut (dyn Read + Send),
        deadline: Deadline,
    ) -> Result<reqwest::Request, Error> {
        let refused = |what: &str| Error::new(Kind::Usage, format!("{what} is not built in for HTTP/2"));
        if request.request_target != request.target.origin_form() {
            return Err(refused("--request-target"));
        }
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|_| refused("this method"))?;
        let mut ready = client.request(method, request.target.to_string());
        for field in &request.fields {
            let is_host = field.is("host") && field.value() == request.target.authority();
            // The library writes the length itself.
            if !field.is_of_connection() && !field.is("content-length") && !is_host {
                ready = ready.header(field.name(), field.value().as_bytes());
            }
        }
        if let Some(content) = &request.content {
            let (source, length): (Box<dyn Read + Send + Sync>, Option<u64>) =
                match content.is_repeatable() && content.in_memory().is_none() {
                    true => (content.open_owned()?, content.length()),
                    false => {
                        let mut bytes = Vec::new();
                        let read = content.open(input)?.read_to_end(&mut bytes);
                        read.map_err(|error| Error::new(Kind::Read, super::super::request::reason(&error)))?;
                        let length = Some(bytes.len() as u64);
                        (Box::new(io::Cursor::new(bytes)), length)
                    }
                };
            let (pace, tap) = (Pace::of(self.settings), self.tap.cloned());
            ready = ready.body(reqwest::Body::wrap(ContentPieces { source, length, pace, deadline, tap }));
        }
        if request.protocol == Protocol::Http10 {
            ready = ready.version(reqwest::Version::HTTP_10);
        }
        ready.build().map_err(|error| Error::new(Kind::Usage, format!("cannot send this over HTTP/2: {error}")))
    }
}

impl Arriving {
    /// The length that the head declares.
    pub(super) fn expected(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next stretch of content.
    pub(super) fn read(&mut self) -> Result<Option<&[u8]>, Error> {
        let most = match &mut self.pace {
            None => usize::MAX,
            Some(pace) => pace.rest(self.deadline).map(|()| pace.most())?,
        };
        if self.left.is_empty() {
            match self.receive()? {
                Some(bytes) => self.left = bytes,
                None => return Ok(None),
            }
        }
        self.held = self.left.split_to(self.left.len().min(most));
        if let Some(pace) = &mut self.pace {
            pace.moved(self.held.len());
        }
        Ok(Some(&self.held))
    }

    fn receive(&mut self) -> Result<Option<Bytes>, Error> {
        match wait(&self.runtime, &mut self.pace, self.response.chunk())? {
            Ok(Some(bytes)) => {
                self.received += bytes.len() as u64;
                self.pace.as_mut().map_or(Ok(()), |pace| pace.saw(bytes.len()))?;
                if let Some(tap) = &self.tap {
                    tap.body(&bytes, None);
                }
                Ok(Some(bytes))
            }
            Ok(None) => self.check_end().map(|()| None),
            Err(error) if error.is_timeout() && self.deadline.left().is_err() => Err(self.deadline.passed()),
            Err(error) => Err(Error::new(Kind::Partial, format!("the response was cut short: {}", innermost(&error)))),
        }
    }
}

impl Arriving {
    /// A stream that a server resets without an error looks like one that has ended (RFC 9113 8.1): only the length that the
    /// head declares tells them apart.
    fn check_end(&self) -> Result<(), Error> {
        match self.declared.and_then(|length| length.checked_sub(self.received)).filter(|left| *left > 0) {
            Some(left) => {
                Err(Error::new(Kind::Partial, format!("transfer closed with {left} bytes remaining to read")))
            }
            None => Ok(()),
        }
    }
}

/// Waits for what the library does, and looks at the speed now and then if a slow one is not wanted.
fn wait<T>(runtime: &Runtime, pace: &mut Option<Box<Pace>>, work: impl Future<Output = T>) -> Result<T, Error> {
    let Some(pace) = pace else { return Ok(runtime.block_on(work)) };
    runtime.block_on(async {
        let mut work = std::pin::pin!(work);
        loop {
            let patience = pace.patience().unwrap_or(Duration::MAX);
            match tokio::time::timeout(patience, &mut work).await {
                Ok(done) => return Ok(done),
                Err(_) => pace.saw(0)?,
            }
        }
    })
}

/// A client with nothing of its own mind: no redirects, no proxy that was not named, no field that was not built.
fn client(
    request: &Request,
    deadline: Deadline,
    settings: &Settings,
    config: rustls::ClientConfig,
) -> Result<Client, Error> {
    if settings.unix_socket.is_some() || !settings.connect_to.is_empty() || request.proxy.is_some() {
        let what = "--unix-socket, --connect-to and proxies are not built in for HTTP/2";
        return Err(Error::new(Kind::Usage, what));
    }
    let mut builder: ClientBuilder = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .tls_backend_preconfigured(config);
    builder = match request.protocol {
        Protocol::Http2PriorKnowledge => builder.http2_prior_knowledge(),
        Protocol::Http2 => builder,
        Protocol::Http10 | Protocol::Http11 => builder.http1_only(),
    };
    if let Some(left) = deadline.left()? {
        builder = builder.timeout(left);
    }
    if let Some(limit) = settings.connect_time {
        builder = builder.connect_timeout(limit.max(Duration::from_millis(1)));
    }
    let any: Option<std::net::IpAddr> = match settings.family_of(request.target.bare_host()) {
        Some(Family::V4) => Some(std::net::Ipv4Addr::UNSPECIFIED.into()),
        Some(Family::V6) => Some(std::net::Ipv6Addr::UNSPECIFIED.into()),
        None => None,
    };
    builder = match &settings.interface {
        None => builder.local_address(any),
        Some(Interface::Address(local)) => builder.local_address(*local),
        Some(Interface::Device(name)) => builder.interface(name),
        Some(Interface::Host(name)) => {
            let what = format!("--interface with the host name '{name}' is not built in for HTTP/2");
            return Err(Error::new(Kind::Usage, what));
        }
    };
    let keepalive = settings.keepalive.map(Keepalive::possible);
    let pause = keepalive.map(|wish| wish.pause);
    builder = builder.tcp_keepalive(pause).tcp_keepalive_interval(pause);
    builder = builder.tcp_keepalive_retries(keepalive.map(|wish| wish.probes));
    for rule in settings.resolve.iter().filter(|rule| rule.host != "*") {
        let addresses: Vec<_> = rule.addresses.iter().map(|address| (*address, rule.port).into()).collect();
        builder = builder.resolve_to_addrs(&rule.host, &addresses);
    }
    builder.build().map_err(|error| Error::new(Kind::Tls, format!("cannot start: {}", innermost(&error))))
}

/// Content that is read piece by piece while it is sent.
struct ContentPieces {
    source: Box<dyn Read + Send + Sync>,
    length: Option<u64>,
    pace: Option<Box<Pace>>,
    deadline: Deadline,
    /// Told of each piece when it is handed over; the library sends it as soon as the peer takes it.
    tap: Option<Tap>,
}

impl Body for ContentPieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let mut most = PIECE;
        let deadline = self.deadline;
        if let Some(pace) = &mut self.pace {
            // One exchange has the runtime for itself, so nothing else waits meanwhile.
            if let Err(error) = pace.rest(deadline) {
                return Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::TimedOut, error))));
            }
            most = most.min(pace.most());
        }
        let mut piece = vec![0; most];
        Poll::Ready(match self.source.read(&mut piece) {
            Ok(0) => None,
            Ok(length) => {
                if let Some(pace) = &mut self.pace {
                    pace.moved(length);
                }
                piece.truncate(length);
                if let Some(tap) = &self.tap {
                    tap.tell(Seen::RequestBody(&piece), None);
                }
                Some(Ok(Frame::data(piece.into())))
            }
            Err(error) => Some(Err(error)),
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

fn head(response: &Response) -> ReplyHead {
    let status = response.status().as_u16();
    let reason = response.status().canonical_reason().unwrap_or_default();
    let (version, line) = match response.version() {
        reqwest::Version::HTTP_2 => (ReplyVersion::Http2, format!("HTTP/2 {status} \r\n")),
        reqwest::Version::HTTP_10 => (ReplyVersion::Http1(Version::Http10), format!("HTTP/1.0 {status} {reason}\r\n")),
        _ => (ReplyVersion::Http1(Version::Http11), format!("HTTP/1.1 {status} {reason}\r\n")),
    };
    let mut bytes = line.into_bytes();
    let mut fields = Vec::new();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        fields.push((name.as_str().to_owned(), value.as_bytes().to_vec()));
    }
    bytes.extend_from_slice(b"\r\n");
    ReplyHead { bytes, version, status, reason: reason.to_owned(), fields }
}

/// The library keeps the cause of a failure inside; its place in the chain says which kind it is.
fn failure(error: &reqwest::Error, request: &Request) -> Error {
    let host = request.target.bare_host();
    if error.is_timeout() {
        return Error::new(Kind::Time, "operation timed out");
    }
    if let Some(tls) = tls_cause(error) {
        return super::tls::failure(tls);
    }
    let text = innermost(error);
    let kind = match error.is_connect() {
        true if text.contains("lookup") || text.contains("resolve") => Kind::Name,
        true => Kind::Connect,
        false => Kind::Receive,
    };
    Error::new(kind, format!("no response from {host}: {text}"))
}

/// What TLS has to say of a failure. An `io::Error` does not name the error that it holds as its source, only the source of
/// that.
fn tls_cause<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(tls) = error.downcast_ref() {
        return Some(tls);
    }
    let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match held {
        Some(held) => tls_cause(held),
        None => error.source().and_then(tls_cause),
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    let text = last.to_string().to_lowercase();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
