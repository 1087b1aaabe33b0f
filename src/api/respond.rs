//! From a request and the state of the data to an answer, or to a change and what to answer after it. No socket, no
//! clock, no file.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;

use super::after::{After, Written};
use super::body::{self, Body};
use super::condition::Preconditions;
use super::method::{Allowed, Method};
use super::origin::{Permit, Standing, allow, is_blind};
use super::plan::{Plan, Settings};
use super::read::{self as reading, SHORT_TEXT};
use super::refusal::{Problem, bad_target, instance, not_found};
use super::relation::{self, Aim};
use super::site::{HostRule, host_of};
use super::target::Segments;
use super::trace::trace;
use super::{page, prefer, reachable, target};
use crate::document::{Action, Change, Kind, Node, Pointing, View};
use crate::message::{OwnedRequest, Request, Response, Target};

/// Decides on a complete request, given the state that it sees.
///
/// ```
/// use std::sync::Arc;
/// use httpkit::api::{Plan, Settings, respond};
/// use httpkit::message::{Field, Fields, Request, Target, Version};
/// # use httpkit::store::{Options, Source, Store};
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("db.json");
/// # std::fs::write(&file, r#"{"n": 1.50}"#)?;
/// # let store = Store::open(Source::Files(vec![file]), Options::default(), &mut |_| {}).unwrap();
/// // db.json: {"n": 1.50}
/// let request = Request {
///     method: "GET",
///     target: Target::Path { path: "/n", query: None },
///     authority: Some("localhost"),
///     version: Version::Http11,
///     fields: Fields(&[Field { name: "Host", value: b"localhost" }]),
///     content: &[],
/// };
/// let view = Arc::new(store.view().as_ref().clone());
/// let Plan::Answer(response) = respond(&request, &view, &Settings::default()) else { panic!("a read is answered") };
/// assert_eq!((response.status.as_u16(), response.content.to_vec()), (200, b"1.50".to_vec()));
/// let removal = Request { method: "DELETE", ..request };
/// assert!(matches!(respond(&removal, &view, &Settings::default()), Plan::Write(..)), "nothing is changed here");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn respond(request: &Request<'_>, view: &Arc<View>, settings: &Settings) -> Plan {
    let standing = settings.sites.standing(request);
    let plan = match checked(request, view, settings, standing) {
        Ok(plan) => plan,
        Err(problem) => Plan::Answer(problem.response_for(&instance(request))),
    };
    match standing {
        Standing::Permitted(permit) => permitted(plan, permit),
        _ => plan,
    }
}

/// The method's own function, once it is known that the request may have an answer.
fn checked(
    request: &Request<'_>,
    view: &Arc<View>,
    settings: &Settings,
    standing: Standing<'_>,
) -> Result<Plan, Problem> {
    let (method, path, query) = match gate(request, settings, standing)? {
        ControlFlow::Continue(passed) => passed,
        ControlFlow::Break(refusal) if refusal.status == StatusCode::UNAUTHORIZED => {
            return Ok(unauthorized_plan(request, refusal, settings));
        }
        ControlFlow::Break(response) => return Ok(Plan::Answer(response)),
    };
    let (text, mut path) = (path, Segments::default());
    path.fill(text).map_err(bad_target)?;
    let aim = Aim::at(view, &path);
    let path = aim.path(&path);
    match method {
        Method::Get | Method::Head => reading::read(request, view, path, settings, || allowed(view, path, settings)),
        Method::Options if !is_preflight(request) => {
            check_record(view, path)?;
            Ok(Plan::Answer(options(allowed(view, path, settings), request, standing)))
        }
        Method::Options => Ok(Plan::Answer(options(allowed(view, path, settings), request, standing))),
        Method::Trace if settings.trace => trace(request).map(Plan::Answer),
        Method::Trace | Method::NotServed => {
            Err(Problem::not_allowed(allowed(view, path, settings), format!("{} is not served", request.method)))
        }
        Method::Put | Method::Patch | Method::Post | Method::Delete if request.content.len() > SHORT_TEXT => {
            Ok(written_later(request, view, settings, method))
        }
        Method::Put | Method::Patch | Method::Post | Method::Delete => {
            write(request, view, settings, method, (path, &aim), query)
        }
    }
}

/// The method, the path and the query of a request that has passed the gate.
pub(super) type Passed<'a> = (Method, &'a str, Option<&'a str>);

/// The checks that hold for every resource, whatever it is; or the answer to a request that is for none.
pub(super) fn gate<'a>(
    request: &Request<'a>,
    settings: &Settings,
    standing: Standing<'_>,
) -> Result<ControlFlow<Response, Passed<'a>>, Problem> {
    if !settings.sites.serves(request.authority) {
        let host = host_of(request.authority.unwrap_or_default());
        let hint = match host.parse::<HostRule>() {
            Ok(_) => format!("; '--allow-host {host}' accepts it"),
            Err(_) => String::new(),
        };
        let detail = format!("this server does not serve the host '{host}'{hint}");
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "foreign-host", detail));
    }
    if standing == Standing::Foreign && is_blind(&request.fields) {
        let detail = "a page of another site cannot load this; '--cors ORIGIN' allows its pages to fetch it";
        return Err(Problem::new(StatusCode::FORBIDDEN, "foreign-origin", detail));
    }
    super::single::check(&request.fields)?;
    let Some(method) = Method::of(request.method) else {
        let detail = format!("the method '{}' is not known", request.method);
        return Err(Problem::new(StatusCode::NOT_IMPLEMENTED, "unknown-method", detail));
    };
    let (path, query) = match request.target {
        Target::Path { path, query } => (path, query),
        Target::Asterisk => return Ok(ControlFlow::Break(options(anywhere(settings), request, standing))),
        Target::Authority(_) => return Err(Problem::not_allowed(anywhere(settings), "this server is no proxy")),
    };
    let is_preflight = method == Method::Options && is_preflight(request);
    if !is_preflight && let Some(refusal) = unauthorized(request, settings) {
        return Ok(ControlFlow::Break(refusal));
    }
    if standing == Standing::Foreign && !method.is_safe() {
        let detail = "a page of another origin may not change anything here; '--cors ORIGIN' allows it";
        return Err(Problem::new(StatusCode::FORBIDDEN, "foreign-origin", detail));
    }
    Ok(ControlFlow::Continue((method, path, query)))
}

/// The same, with the refusal or that answer as it is sent.
pub(super) fn pass<'a>(
    request: &Request<'a>,
    settings: &Settings,
    standing: Standing<'_>,
) -> Result<Passed<'a>, Response> {
    match gate(request, settings, standing) {
        Ok(ControlFlow::Continue(passed)) => Ok(passed),
        Ok(ControlFlow::Break(response)) => Err(response),
        Err(problem) => Err(problem.response_for(&instance(request))),
    }
}

/// 401 for who does not bear what is asked for, and how to do it right (RFC 9110 15.5.2).
pub fn unauthorized(request: &Request<'_>, settings: &Settings) -> Option<Response> {
    let is_read = Method::of(request.method).is_some_and(Method::is_safe);
    if settings.access.admits(&request.fields, is_read) {
        return None;
    }
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", settings.access.expected());
    Some(settings.access.challenge(problem.response_for(&instance(request))))
}

/// The refusal, which a person with a browser is told by the page: it asks for the token.
fn unauthorized_plan(request: &Request<'_>, refusal: Response, settings: &Settings) -> Plan {
    if !matches!(request.method, "GET" | "HEAD") || !page::is_wished_for_refusal(&request.fields) {
        return Plan::Answer(refusal);
    }
    let (request, challenged) = (OwnedRequest::of(request), settings.access.challenge(Response::new(refusal.status)));
    Plan::Long(Box::new(move || request.with(|request| page::Reader::of(&request.fields).refusing(challenged))))
}

/// What the server takes somewhere.
fn anywhere(settings: &Settings) -> Allowed {
    let any = if settings.read_only { Allowed::READ } else { Allowed::ANY };
    Allowed { trace: settings.trace, ..any }
}

/// 204 with `Allow`, and what a preflight asks for where the origin may have it (Fetch standard, CORS protocol).
pub(super) fn options(allowed: Allowed, request: &Request<'_>, standing: Standing<'_>) -> Response {
    let response = Response::new(StatusCode::NO_CONTENT).with("Allow", allowed.list()).with("Vary", "Origin");
    if !is_preflight(request) || !matches!(standing, Standing::Permitted(_)) {
        return response;
    }
    let asked = request.fields.first("access-control-request-headers").and_then(|v| str::from_utf8(v).ok());
    // All that are known, so that a refusal of the real request, by 404 or 405, reaches the page.
    let response =
        response.with("Access-Control-Allow-Methods", Allowed::ANY.list()).with("Access-Control-Max-Age", "600");
    match asked {
        Some(names) => response.with_parts("Access-Control-Allow-Headers", &[names]),
        None => response,
    }
}

/// The plan with an answer that the page may read.
fn permitted(plan: Plan, permit: Permit<'_>) -> Plan {
    let (origin, is_named) = (permit.origin.to_string(), permit.is_named);
    match plan {
        Plan::Answer(mut response) => {
            allow(&mut response, permit);
            Plan::Answer(response)
        }
        Plan::Long(work) => Plan::Long(Box::new(move || {
            let mut response = work();
            allow(&mut response, Permit { origin: &origin, is_named });
            response
        })),
        Plan::Later(work) => Plan::Later(Box::new(move || permitted(work(), Permit { origin: &origin, is_named }))),
        Plan::Wait(time, mut response) => {
            allow(&mut response, permit);
            Plan::Wait(time, response)
        }
        Plan::Follow(mut follow) => {
            allow(&mut follow.response, permit);
            Plan::Follow(follow)
        }
        Plan::Write(change, mut after) => {
            after.permit = Some((origin, is_named));
            Plan::Write(change, after)
        }
    }
}

/// Whether a browser asks by OPTIONS if a page may send another request, which may create what is asked for.
fn is_preflight(request: &Request<'_>) -> bool {
    request.fields.first("access-control-request-method").is_some()
}

/// What a record takes can be asked of those that there are; elsewhere Allow says what could be made of a path.
fn check_record(view: &View, path: &[Cow<'_, str>]) -> Result<(), Problem> {
    let Err(missing) = view.find(path) else { return Ok(()) };
    let is_related = Pointing::at(view, path, missing).is_some();
    let is_route = [Method::Put, Method::Post].into_iter().any(|method| action_of(path, method).is_some());
    let is_record = view.find(&path[..missing.found]).is_ok_and(|node| node.is_collection() || node.is_empty());
    if is_record && !is_related && !is_route { Err(not_found(path, missing.found)) } else { Ok(()) }
}

/// What a path takes, whether or not there is a node.
pub(super) fn allowed(view: &View, path: &[Cow<'_, str>], settings: &Settings) -> Allowed {
    let trace = settings.trace;
    if settings.read_only {
        return Allowed { trace, ..Allowed::READ };
    }
    match view.find(path) {
        Ok(_) => {
            let permits = view.permits(path);
            Allowed { put: permits.change, patch: permits.change, post: permits.add, delete: permits.remove, trace }
        }
        Err(missing) => match Pointing::at(view, path, missing) {
            Some(pointing) => Allowed { post: path.len() == pointing.depth(), trace, ..Allowed::READ },
            None => Allowed {
                put: missing.parent_exists || action_of(path, Method::Put).is_some(),
                post: action_of(path, Method::Post).is_some(),
                trace,
                ..Allowed::READ
            },
        },
    }
}

/// Which of the original systems' two routes it is, if any; a member of that name wins over it.
fn action_of(path: &[Cow<'_, str>], method: Method) -> Option<Written> {
    match (path, method) {
        ([name], Method::Post) if name == "create" => Some(Written::Create),
        ([name], Method::Put) if name == "update" => Some(Written::Update),
        _ => None,
    }
}

/// The same as [`write`] for a body that takes long to read.
fn written_later(request: &Request<'_>, view: &Arc<View>, settings: &Settings, method: Method) -> Plan {
    let (request, view, settings) = (OwnedRequest::of(request), Arc::clone(view), settings.clone());
    Plan::Later(Box::new(move || {
        request.with(|request| {
            let (path, query) = match request.target {
                Target::Path { path, query } => (path, query),
                Target::Asterisk | Target::Authority(_) => ("/", None),
            };
            let mut segments = Segments::default();
            let plan = segments.fill(path).map_err(bad_target);
            let plan = plan.and_then(|()| {
                let aim = Aim::at(&view, &segments);
                write(request, &view, &settings, method, (aim.path(&segments), &aim), query)
            });
            plan.unwrap_or_else(|problem| Plan::Answer(problem.response_for(&instance(request))))
        })
    }))
}

/// PUT, PATCH, POST and DELETE: the change that they ask for.
fn write(
    request: &Request<'_>,
    view: &Arc<View>,
    settings: &Settings,
    method: Method,
    (path, aim): (&[Cow<'_, str>], &Aim<'_>),
    query: Option<&str>,
) -> Result<Plan, Problem> {
    if settings.read_only {
        return Err(Problem::not_allowed(
            anywhere(settings),
            "this server only reads: it was started with '--read-only' or '--encoding'",
        ));
    }
    if method == Method::Put && request.fields.first("content-range").is_some() {
        let detail = "a partial PUT is not supported (RFC 9110 14.5), expected no Content-Range";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "partial-put", detail));
    }
    let found = view.find(path);
    let node = found.ok();
    let allowed = allowed(view, path, settings);
    if let Some(node) = node
        && !allowed.takes(method)
    {
        return Err(Problem::not_allowed(allowed, hint(view, node, method, path.is_empty())));
    }
    let route = action_of(path, method).filter(|_| node.is_none());
    let pointing = found.err().and_then(|missing| Pointing::at(view, path, missing));
    let pointing = pointing.filter(|pointing| path.len() == pointing.depth());
    let dependent = written_parameters(method, query)?;
    let read = || node_action(request, node, method, dependent, settings.room);
    let (written, action) = match (route, &pointing) {
        (Some(route), _) => route_action(route, body::read(request, None, settings.room)?)?,
        (None, Some(pointing)) => relation::on_all(pointing, method, allowed, read)?,
        (None, None) => aim.on_one(read()?, allowed)?,
    };
    let collection = pointing.map(|pointing| pointing.collection.into_iter().map(Cow::Owned).collect::<Vec<_>>());
    let target = match &collection {
        Some(collection) => &collection[..],
        None if route.is_some() => &[],
        None => path,
    };
    let condition = Preconditions::of(&request.fields).map(|found| found.for_writing(view.modified()));
    reachable::check(&action, view, target)?;
    let path = target.iter().map(|segment| segment.to_string()).collect();
    let change = Change { path, action, room: settings.room, condition };
    let sent = (written == Written::Put).then(|| Bytes::copy_from_slice(request.content));
    let after = After {
        written,
        allowed,
        sent,
        minimal: prefer::minimal(&request.fields),
        instance: instance(request),
        authority: request.authority.map(str::to_string),
        permit: None,
    };
    Ok(Plan::Write(Box::new(change), Box::new(after)))
}

/// Why a method is not taken, and what does it instead.
fn hint(view: &View, node: Node<'_>, method: Method, is_root: bool) -> &'static str {
    match (method, node.kind()) {
        _ if is_root && view.is_mounted() => "each file is written at its own path, not at the root",
        (Method::Delete, Kind::Array | Kind::Table) => "a whole collection is not deleted; PUT [] empties it",
        (Method::Delete, _) if is_root => "the whole document is not deleted; PUT {} empties it",
        (Method::Delete, _) => "a whole collection is not deleted; PUT {} empties it",
        (Method::Post, Kind::Row) => "a record takes no new columns; PATCH changes its cells",
        (Method::Post, _) => "POST adds to an object or array; PUT replaces this",
        _ => "the method is not allowed here",
    }
}

fn route_action(route: Written, body: Body) -> Result<(Written, Action), Problem> {
    let text = body.into_value(None)?;
    if !text.starts_with(b"{") || text[1..].trim_ascii_start().starts_with(b"}") {
        let detail = "expected 'key: value&key2: value2', a form or a JSON object with at least one member";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "malformed-pairs", detail));
    }
    let action = if route == Written::Create { Action::Create(text) } else { Action::Update(text) };
    Ok((route, action))
}

fn node_action(
    request: &Request<'_>,
    node: Option<Node<'_>>,
    method: Method,
    dependent: Option<String>,
    room: usize,
) -> Result<(Written, Action), Problem> {
    if method == Method::Delete {
        return Ok((Written::Delete, Action::Delete { dependent }));
    }
    let body = body::read(request, node, room)?;
    let is_scalar = |kind: &Kind| matches!(kind, Kind::String | Kind::Number | Kind::Boolean | Kind::Null);
    let scalar = match node {
        Some(node) => Some(node.kind()).filter(is_scalar),
        None => body.is_bare_word().then_some(Kind::String),
    };
    Ok(match (method, body) {
        (Method::Patch, Body::JsonPatch(text)) => (Written::Patch, Action::Patch(text)),
        (Method::Patch, body) => (Written::Patch, Action::Merge(body.into_value(scalar)?)),
        (Method::Post, body) => (Written::Post, Action::Post(body.into_value(None)?)),
        (_, body) => (Written::Put, Action::Put(body.into_value(scalar)?)),
    })
}

/// The value of `_dependent`, the one parameter of a write. A filter would have meant some of the records, and the write is
/// of all that the path names.
fn written_parameters(method: Method, query: Option<&str>) -> Result<Option<String>, Problem> {
    let parameters = target::parameters(query.unwrap_or_default()).map_err(bad_target)?;
    let is_dependent = |name: &str| method == Method::Delete && name == "_dependent";
    if let Some((name, _)) = parameters.iter().find(|(name, _)| name != "_" && !is_dependent(name)) {
        let expected = if method == Method::Delete { "_dependent or none" } else { "none" };
        let detail = format!(
            "a write has no parameter '{name}', expected {expected}: it changes what the path names, and no filter \
             chooses a part of that"
        );
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad-query", detail));
    }
    Ok(parameters.into_iter().find(|(name, _)| is_dependent(name)).map(|(_, value)| value))
}
