//! GET and HEAD: a node in the form that was asked for, or the records that a query selects.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::beginning::begun;
use super::condition::Verdict;
use super::contents::{STREAMED, not_acceptable, not_flat, selected, whole};
use super::method::Allowed;
use super::outline::{self, Stretch};
use super::page::{self, Reader, Wish};
use super::plan::{Plan, Settings};
use super::refusal::{Problem, bad_query, bad_target, cut_short, instance, not_found};
use super::representation::Form;
use super::tag::Tag;
use super::wanted::{Wanted, condition_failed};
use super::{follow, prefer, stream, target};
use crate::document::{Export, Kind, Missing, Node, PageLinks, Pointing, Query, Selection, View, plain_name, within};
use crate::message::{Content, Field, FieldLines, OwnedRequest, Request, Response, Target};

/// A collection of more records than this is not scanned on a worker.
const SHORT: usize = 1000;

/// A text of more bytes than this is not read, searched or coded on a worker, however few records it is.
pub(super) const SHORT_TEXT: usize = 64 * 1024;

/// What is read, borrowed from the view.
enum ReadSubject<'f, 'v> {
    /// A node as it stands.
    Node(&'f Node<'v>),
    /// What a query selects from the collection at a path.
    Selected(Node<'v>, Query, Cow<'f, [Cow<'f, str>]>),
    /// One record of the collection at a path, with chosen members or with its relations.
    Shown(Node<'v>, Query, &'f [Cow<'f, str>]),
}

/// What a read needs of its request.
struct Asked<'a> {
    path: &'a [Cow<'a, str>],
    parameters: Vec<(String, String)>,
    accept: Vec<&'a str>,
    wanted: Wanted<'a>,
    /// The authority that the request named, for links.
    authority: Option<&'a str>,
}

/// Reads a node, at once or, where many records are to be looked at, later.
pub(super) fn read(
    request: &Request<'_>,
    view: &Arc<View>,
    path: &[Cow<'_, str>],
    settings: &Settings,
    allowed: impl FnOnce() -> Allowed,
) -> Result<Plan, Problem> {
    let asked = Asked::of(request, path, parameters(request)?)?;
    if follow::is_wanted(&asked.accept) {
        return follow::asked(&request.fields, &asked.parameters, view, path)
            .map(|follow| Plan::Follow(Box::new(follow)));
    }
    let found = view.find(path);
    if !asked.accept.is_empty()
        && let Ok(node) = &found
        && let Some(wish) = page::wish(&asked.accept, node)
    {
        return asked.for_people(wish, request, view, settings, allowed());
    }
    if let Some((time, response)) = asked.waiting(request, view, &found) {
        return Ok(Plan::Wait(time, Box::new(response)));
    }
    if !asked.is_long(view, &found) {
        return asked.answer(view, &found).map(Plan::Answer);
    }
    let (request, view) = (OwnedRequest::of(request), Arc::clone(view));
    let (time, room) = (settings.query_time, settings.answer);
    let path: Vec<Cow<'static, str>> = path.iter().map(|segment| Cow::Owned(segment.to_string())).collect();
    Ok(Plan::Long(Box::new(move || {
        request.with(|request| {
            let answer = within(time, room, || {
                let asked = Asked::of(request, &path, parameters(request)?)?;
                asked.answer(&view, &view.find(&path))
            });
            let answer = answer.unwrap_or_else(|cut| Err(cut_short(cut, time, room)));
            answer.unwrap_or_else(|problem| problem.response_for(&instance(request)))
        })
    })))
}

#[inline]
fn parameters(request: &Request<'_>) -> Result<Vec<(String, String)>, Problem> {
    match request.target {
        Target::Path { query: Some(query), .. } => target::parameters(query).map_err(bad_target),
        _ => Ok(Vec::new()),
    }
}

impl<'a> Asked<'a> {
    #[inline]
    fn of(
        request: &Request<'a>,
        path: &'a [Cow<'a, str>],
        parameters: Vec<(String, String)>,
    ) -> Result<Asked<'a>, Problem> {
        let mut asked = Asked {
            path,
            parameters,
            accept: Vec::new(),
            wanted: Wanted::begun(request),
            authority: request.authority,
        };
        for field in request.fields.0 {
            asked.take(field, request.method);
        }
        // A link that a person follows cannot say `Accept`.
        if let Some((_, name)) = asked.parameters.iter().find(|(name, _)| name == "_format") {
            asked.accept = vec![Form::named(name).ok_or_else(|| unknown_format(name))?];
        }
        Ok(asked)
    }

    /// The page, or what it asks for. Either takes longer than another answer may wait for: the page is made of its sources
    /// the first time.
    fn for_people(
        &self,
        wish: Wish,
        request: &Request<'_>,
        view: &Arc<View>,
        settings: &Settings,
        allowed: Allowed,
    ) -> Result<Plan, Problem> {
        if wish == Wish::Page {
            let request = OwnedRequest::of(request);
            return Ok(Plan::Long(Box::new(move || request.with(|request| Reader::of(&request.fields).response()))));
        }
        let stretch = Stretch::of(&self.parameters)?;
        let (time, room, view) = (settings.query_time, settings.answer, Arc::clone(view));
        let (path, instance): (Vec<String>, _) =
            (self.path.iter().map(ToString::to_string).collect(), instance(request));
        Ok(Plan::Long(Box::new(move || {
            let made = within(time, room, || {
                let node = view.find(&path).map_err(|missing| not_found(&path, missing.found))?;
                Ok(outline::response(&node, &view, allowed, stretch))
            });
            let answer = made.unwrap_or_else(|cut| Err(cut_short(cut, time, room)));
            answer.unwrap_or_else(|problem: Problem| problem.response_for(&instance))
        })))
    }

    /// Takes what a field line asks for; one pass over the header section is enough for all of them.
    fn take(&mut self, field: &Field<'a>, method: &str) {
        // The length of the name rules out nearly every field without a look at its value.
        if field.name.len() == 6 && field.value != b"*/*" && field.name.eq_ignore_ascii_case("accept") {
            self.accept.extend(str::from_utf8(field.value));
        } else {
            self.wanted.take(field, method);
        }
    }

    /// Whether the answer takes a look at each of many records, or at many bytes. JSON of a whole node does not: it is
    /// there already.
    #[inline]
    fn is_long(&self, view: &View, found: &Result<Node<'_>, Missing>) -> bool {
        let is_plain = self.parameters.is_empty() && self.accept.is_empty();
        match found {
            Err(missing) => Pointing::is_possible(view, *missing),
            Ok(node) if is_plain && self.wanted.accept_encoding.is_none() => node.is_long_in_pieces(),
            Ok(_) if self.parameters.iter().any(|(name, _)| matches!(&*plain_name(name), "_embed" | "_expand")) => true,
            Ok(node) if !is_plain => node.len() > SHORT || node.is_longer_as_json(SHORT_TEXT),
            Ok(node) => node.is_longer_than(SHORT_TEXT) || node.is_long_in_pieces(),
        }
    }

    /// What is answered after a time unless the state is another before that: the client has the present one, and would
    /// like to wait (RFC 7240 4.3).
    fn waiting(
        &self,
        request: &Request<'_>,
        view: &View,
        found: &Result<Node<'_>, Missing>,
    ) -> Option<(Duration, Response)> {
        self.wanted.preconditions.as_ref()?;
        let time = prefer::wait(&request.fields).filter(|time| !time.is_zero())?;
        let subject = self.subject(view, found).ok()?;
        let tag = self.tag(view, &subject, self.form(&subject).ok()?);
        let (Verdict::NotModified, Some(coding)) = self.wanted.judged(&tag, view.modified()) else { return None };
        let response = tag.put_on(begun(StatusCode::NOT_MODIFIED, view.modified(), None), coding);
        Some((time, response.with("Preference-Applied", format!("wait={}", time.as_secs()))))
    }

    fn answer(&self, view: &Arc<View>, found: &Result<Node<'_>, Missing>) -> Result<Response, Problem> {
        let subject = self.subject(view, found)?;
        let form = self.form(&subject)?;
        let tag = self.tag(view, &subject, form);
        let response = match self.wanted.judged(&tag, view.modified()) {
            (Verdict::Met, _) => begun(StatusCode::OK, view.modified(), Some(form)),
            (Verdict::NotModified, coding) => {
                let begun = |status| begun(status, view.modified(), None);
                let coding = match coding {
                    Some(coding) => coding,
                    None => self.wanted.coding(&self.with_subject(begun(StatusCode::OK), view, subject, form)?.content),
                };
                return Ok(tag.put_on(begun(StatusCode::NOT_MODIFIED), coding));
            }
            (Verdict::Failed, _) => return Err(condition_failed()),
        };
        let is_node = matches!(subject, ReadSubject::Node(_));
        let response = self.with_subject(response, view, subject, form)?;
        Ok(if is_node { self.wanted.sized(response, &tag) } else { self.wanted.coded(response, &tag) })
    }

    /// The response with the content of its subject.
    fn with_subject(
        &self,
        mut response: Response,
        view: &Arc<View>,
        subject: ReadSubject<'_, '_>,
        form: Form,
    ) -> Result<Response, Problem> {
        match subject {
            ReadSubject::Node(node) => {
                response.content = whole(view, self.path, node, form)?;
                push_total(&mut response.fields, node);
                Ok(response)
            }
            ReadSubject::Shown(node, query, path) => {
                let text = query.show(view, node, path).map_err(|error| bad_query(&error))?;
                Ok(response.with_content(Content::Pieces(text)))
            }
            ReadSubject::Selected(node, query, path) => {
                let selection = query.run(view, node, &path).map_err(|error| bad_query(&error))?;
                let columns = query.columns(node).or_else(|| selection.is_empty().then(|| query.names(node)));
                let selection = if form == Form::Csv { selection.as_columns() } else { selection };
                let export = self.export(view, node, form, &selection);
                let response = self.counted(response, &selection);
                let content = match export {
                    Some(export) => stream::content(export, form, columns).ok_or_else(not_flat),
                    None => selected(columns, form, &selection),
                };
                Ok(response.with_content(content?))
            }
        }
    }

    /// What was selected as what is made while it is sent, if it is much and in another form than the file's.
    fn export(&self, view: &Arc<View>, node: Node<'_>, form: Form, selection: &Selection<'_>) -> Option<Export> {
        let is_made = form != Form::Json || node.is_rendered();
        let is_envelope = selection.links.is_some_and(|links| links.is_envelope);
        if !is_made || is_envelope || selection.len() <= SHORT || !node.is_longer_as_json(STREAMED) {
            return None;
        }
        view.find(self.path).ok()?;
        selection.export(view, self.path)
    }

    /// Finds what is meant: a node, the selection of a query on it, or the records that point at one.
    fn subject<'f, 'v>(
        &'f self,
        view: &'v View,
        found: &'f Result<Node<'v>, Missing>,
    ) -> Result<ReadSubject<'f, 'v>, Problem> {
        let node = match found {
            Ok(node) => node,
            Err(missing) => return self.pointing(view, *missing),
        };
        if self.parameters.is_empty() {
            return Ok(ReadSubject::Node(node));
        }
        let is_collection = matches!(node.kind(), Kind::Array | Kind::Table) || node.is_collection();
        if is_collection {
            let query = Query::parse(&self.parameters, *node).map_err(|error| bad_query(&error))?;
            return Ok(if query.is_empty() {
                ReadSubject::Node(node)
            } else {
                ReadSubject::Selected(*node, query, Cow::Borrowed(self.path))
            });
        }
        let query = Query::of_one(&self.parameters, *node).map_err(|error| bad_query(&error))?;
        if query.is_empty() || !matches!(node.kind(), Kind::Object | Kind::Row) {
            return Ok(ReadSubject::Node(node));
        }
        let above = self.path.split_last().map(|(_, above)| above).unwrap_or_default();
        Ok(ReadSubject::Shown(*node, query, above))
    }

    /// `/posts/1/comments`: the comments whose `postId` is 1, where the record has no member of that name.
    fn pointing<'f, 'v>(&self, view: &'v View, missing: Missing) -> Result<ReadSubject<'f, 'v>, Problem> {
        let nowhere = || not_found(self.path, missing.found);
        let pointing = Pointing::at(view, self.path, missing).ok_or_else(nowhere)?;
        if self.path.len() > pointing.depth() {
            return Err(not_found(self.path, pointing.depth()));
        }
        let node = view.find(&pointing.collection).map_err(|_| nowhere())?;
        let collection = pointing.collection.into_iter().map(Cow::Owned).collect();
        let rule = (pointing.member, pointing.key);
        let parameters: Vec<_> = std::iter::once(rule).chain(self.parameters.iter().cloned()).collect();
        let query = Query::parse(&parameters, node).map_err(|error| bad_query(&error))?;
        Ok(ReadSubject::Selected(node, query, Cow::Owned(collection)))
    }

    #[inline]
    fn form(&self, subject: &ReadSubject<'_, '_>) -> Result<Form, Problem> {
        let accept = &self.accept;
        let (node, is_collection) = match subject {
            ReadSubject::Node(node) => (*node, !accept.is_empty() && node.is_collection()),
            ReadSubject::Selected(node, ..) => (node, true),
            ReadSubject::Shown(node, ..) => (node, false),
        };
        Form::choose(accept, is_collection, node.kind()).map_err(|offered| not_acceptable(&offered))
    }

    /// Each form has an entity tag of its own, since a strong one stands for the very bytes (RFC 9110 8.8.3); what a
    /// query selects depends on the query too, and perhaps on other collections.
    #[inline]
    fn tag(&self, view: &View, subject: &ReadSubject<'_, '_>, form: Form) -> Tag {
        match subject {
            ReadSubject::Node(node) => Tag { node: node.tag_number(), distinction: form.suffix().to_owned() },
            ReadSubject::Selected(..) | ReadSubject::Shown(..) => {
                let mut hasher = DefaultHasher::new();
                (self.path, &self.parameters).hash(&mut hasher);
                let distinction = format!("-{:016x}{}", hasher.finish(), form.suffix());
                Tag { node: view.root().tag_number(), distinction }
            }
        }
    }

    /// The answer of a query with the total and links.
    fn counted(&self, response: Response, selection: &Selection<'_>) -> Response {
        let response = response.with("X-Total-Count", selection.total.to_string());
        match selection.links.filter(|links| links.is_numbered && !links.is_envelope) {
            Some(links) => response.with("Link", self.links(&links)),
            None => response,
        }
    }

    /// RFC 8288 links to the neighbours of a page.
    fn links(&self, links: &PageLinks) -> String {
        let url = target::link_to(self.authority, self.wanted.target);
        let link = |relation: &str, page: usize| {
            let others = self.parameters.iter().filter(|(name, _)| name != "_page");
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(others)
                .append_pair("_page", &page.to_string())
                .finish();
            format!("<{url}?{query}>; rel=\"{relation}\"")
        };
        let neighbours =
            [("first", Some(links.first)), ("prev", links.prev), ("next", links.next), ("last", Some(links.last))];
        let all: Vec<String> =
            neighbours.iter().filter_map(|(relation, page)| Some(link(relation, (*page)?))).collect();
        all.join(", ")
    }
}

/// The number of records of an array or table, which clients of json-server ask for on every list.
#[inline]
fn push_total(fields: &mut FieldLines, node: &Node<'_>) {
    if matches!(node.kind(), Kind::Array | Kind::Table) {
        fields.push("X-Total-Count", node.len().to_string());
    }
}

fn unknown_format(name: &str) -> Problem {
    let detail = format!("'_format' is '{name}', expected json, csv or ndjson");
    Problem::new(StatusCode::BAD_REQUEST, "bad-query", detail)
}
