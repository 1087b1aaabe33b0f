//! httpkit: the tool to *see* HTTP. One binary, two sides: `serve` turns a JSON or CSV file into a working
//! HTTP/1.1 API, `request` builds, prints and sends requests with curl's own options.
//!
//! # The rooms
//!
//! | layer | room | lives there | may import |
//! |---|---|---|---|
//! | 0 | [`message`] | HTTP/1.1 on bytes: heads, framing, requests and responses as values, writing them | std, http, httparse |
//! | 0 | [`capture`] | connections as packets in a pcapng file, made of what was read and written | std |
//! | 0 | [`text`] | JSON, CSV, numbers and keys as they stand in a file: bytes to spans and back | std, csv, serde_json |
//! | 0 | [`memory`] | what memory the process may still take, where the system limits it | std, rustix |
//! | 0 | [`page`] | the page for people with a browser: HTML, CSS and JavaScript, made into one document | std, flate2, sha2, base64 |
//! | 1 | [`document`] | states of the data, their indexes and queries, and changes to them; pure | `text`, `memory` |
//! | 1 | [`remark`] | what each line of an exchange means, and what is wrong with it: a table of conditions and texts | `message` |
//! | 2 | [`server`] | sockets, connections, limits, the request log: bytes in, bytes out, for any [`server::Service`] | `message`, `capture`, `memory` |
//! | 2 | [`api`] | what a request means for the data: a pure function from request and view to answer or change | `message`, `document`, `text`, `page` |
//! | 2 | [`dialect`] | what a message of one of the original systems means for the data, and its answer | `message`, `document`, `text` |
//! | 2 | [`client`] | what was asked, as a complete request; sending it; redirects, cookies, codings | `message`, rustls, reqwest |
//! | 2 | [`mod@print`] | what people and pipes see, written to a given writer | `message`, `remark`, colored |
//! | 3 | [`store`] | files, threads, durability: the committer, the journal, the watch over the file | `document`, `text`, `memory` |
//! | 4 | [`cli`] | arguments, the two stories (`request`, `serve`), messages, exit status, man pages and completions | all above, clap |
//! | 5 | `main.rs` | hands over the arguments and the streams, exits | `cli` |
//!
//! Imports go down only, and rooms of one layer do not know each other; `tests/it/rooms/` reads the sources and
//! checks it, together with the few files in which an outside package may be named.
//!
//! # The two flows
//!
//! A `request` run reads downward in `cli::request`: `understand` makes plain data of the arguments, `run` acts: `client` builds the
//! complete request, `print` shows it if asked, the transport sends it, `print` shows the response; a redirect is the
//! next request and goes the same way; the outcome becomes an exit status. With `-Z` transfers do this on threads: a
//! connection belongs to one, what they share (cookies, the trace) is in `cli::request::run`'s session.
//!
//! Which exchange goes where is decided in one function of `client::transport`. HTTP/1.0 and 1.1, in the clear and over
//! TLS, go over std sockets of our own (rustls above them for https), because only there the bytes that are printed are
//! the bytes that are sent: field names in the case and order typed, repeated fields, any request target, the wait of
//! `Expect`, interim responses, trailers, chunks as they are. It makes no difference whether a proxy stands between:
//! absolute-form, tunnels and SOCKS are spoken there too. HTTP/2 goes over reqwest, named in one file; redirects, cookies,
//! credentials, retries and content codings stay above the boundary in all cases, so that all behave alike
//! (`tests/it/request_features.rs` and `tests/it/request_proxy.rs` run their tables over more than one of them).
//!
//! Bytes cross a connection of the client in one place, `client::transport`'s stream, which is a socket or TLS over another
//! stream. There whoever looks on is told of them, and above it what they mean: a `Tap` hears both, and `-v`, `--trace`,
//! `--wire`, `--explain`, `--timing`, `--har` and `--pcap` are taps that each take what they show. Without one nothing is
//! copied.
//!
//! A served request: `server` reads bytes until [`message`] has a whole request, hands it to the service that
//! `cli::serve` made of `api::respond` and a `store::Store`, and writes the response with one write. `respond` needs no
//! socket and no clock. So a request that is the same byte by byte as one before it, while the state of the store is
//! the same, is given the same answer without asking again. A change goes through the store's committer and is answered
//! when it is durable; the worker serves its other connections meanwhile.
//!
//! Who follows a node (`text/event-stream`) is given a [`message::Live`] content: a connection that sends what there is and then
//! waits for a bell. While somebody follows, the store tells of each change after it is to be seen; `cli::serve::changes` has
//! `api::events` make requests of that, once, on a thread of its own, keeps them in a ring and rings the bell, and the workers
//! pull from the ring what each connection has not had. A look at the state and its place in the ring are taken at once, so
//! that the state and the events behind it are what GET shows.

pub mod api;
pub mod capture;
pub mod cli;
pub mod client;
pub mod dialect;
pub mod document;
pub mod memory;
pub mod message;
pub mod page;
pub mod print;
pub mod remark;
pub mod server;
pub mod store;
pub mod text;
