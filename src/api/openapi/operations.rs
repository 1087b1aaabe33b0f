//! The operations of each path: what a method takes and answers.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::names::Taken;
use super::parameters;
use super::refusals;
use super::resources::{Records, Resource, What};
use super::shapes::{Shapes, further, reference};
use super::value::{Use, plain};
use crate::api::access::Access;
use crate::api::method::{Allowed, Method};
use crate::api::target::{path_into, path_of};

/// The operations as they are made.
pub(super) struct Operations<'s> {
    shapes: &'s Shapes<'s>,
    access: &'s Access,
    /// The parameters that are referred to.
    queries: BTreeSet<String>,
    has_lists: bool,
    is_written: bool,
    is_creating: bool,
    names: Taken,
}

/// One path, as its operations see it.
struct Place<'r> {
    /// What the ends of its operations' names are.
    name: &'r str,
    /// What it is called in sentences.
    noun: String,
    tag: &'r str,
    allowed: Allowed,
    is_creatable: bool,
    is_list: bool,
    /// Of all its operations, and of GET besides.
    parameters: Vec<Value>,
    query: Vec<Value>,
    whole: Value,
    put: Value,
    patch: Value,
    /// What POST takes, and what it answers.
    post: (Value, Value),
    post_verb: &'static str,
    post_name: &'r str,
}

impl<'s> Operations<'s> {
    pub(super) fn new(shapes: &'s Shapes<'s>, access: &'s Access) -> Operations<'s> {
        Operations {
            shapes,
            access,
            queries: BTreeSet::new(),
            has_lists: false,
            is_written: false,
            is_creating: false,
            names: Taken::default(),
        }
    }

    /// Adds the paths of a resource.
    pub(super) fn describe(&mut self, resource: &Resource<'_>, paths: &mut Map<String, Value>) {
        let path = path_of(&resource.path);
        if let What::Records(records) = &resource.what {
            let name = parameter_name(records);
            let below = format!("{}{{{name}}}", path_into(&resource.path));
            let item = self.item(&self.record(resource, records, name));
            paths.insert(below, item);
        }
        let item = self.item(&self.whole(resource));
        paths.insert(path, item);
    }

    /// The path of the resource itself.
    fn whole<'r>(&self, resource: &'r Resource<'_>) -> Place<'r> {
        let place = |used| self.shapes.place(resource, used);
        let (mut post_verb, mut post_name) = ("extend", resource.name.as_str());
        let (query, post) = match &resource.what {
            What::Records(records) if records.key.is_some() => {
                (post_verb, post_name) = ("add", &resource.singular);
                let (input, one) = (reference(resource, Use::Input), reference(resource, Use::Whole));
                let is_table = resource.cells.is_some();
                (parameters::of(records.record, is_table), (one_or_more(&input), one_or_more(&one)))
            }
            What::Records(_) => {
                (post_verb, post_name) = ("add", &resource.singular);
                // With any, the answer would be an array.
                (Vec::new(), (place(Use::Input), json!({"type": "object"})))
            }
            What::Value { .. } => {
                let items = resource.schema.items().map_or(json!({}), plain);
                (Vec::new(), (one_or_more(&items), one_or_more(&items)))
            }
            What::Single => (Vec::new(), (place(Use::Input), json!({}))),
        };
        Place {
            name: &resource.name,
            noun: noun(resource),
            tag: resource.tag(),
            allowed: resource.allowed,
            is_creatable: resource.is_creatable,
            is_list: !matches!(resource.what, What::Single | What::Value { is_list: false }),
            parameters: Vec::new(),
            query,
            whole: place(Use::Whole),
            put: place(Use::Input),
            patch: place(Use::Patch),
            post,
            post_verb,
            post_name,
        }
    }

    /// The path of one record.
    fn record<'r>(&self, resource: &'r Resource<'_>, records: &Records<'_>, name: &str) -> Place<'r> {
        let mut schema = match records.has_integer_keys {
            true => json!({"type": "integer"}),
            false => json!({"type": "string", "minLength": 1}),
        };
        if let Some(key) = &records.example_key {
            let number = key.parse::<i64>().ok().filter(|_| records.has_integer_keys);
            schema["examples"] = json!([number.map_or_else(|| json!(key), |number| json!(number))]);
        }
        let description = match &records.key {
            Some(key) => format!("The `{key}` of the record."),
            None => "The name of the record.".to_owned(),
        };
        Place {
            name: &resource.singular,
            noun: "a record".to_owned(),
            tag: resource.tag(),
            allowed: records.allowed,
            is_creatable: true,
            is_list: false,
            parameters: vec![
                json!({"name": name, "in": "path", "required": true, "description": description, "schema": schema}),
            ],
            query: Vec::new(),
            whole: reference(resource, Use::Whole),
            put: reference(resource, Use::Input),
            patch: reference(resource, Use::Patch),
            post: (further(records), json!({})),
            post_verb: "extend",
            post_name: &resource.singular,
        }
    }

    fn item(&mut self, place: &Place<'_>) -> Value {
        let mut item = Map::new();
        self.has_lists |= place.is_list;
        if !place.parameters.is_empty() {
            item.insert("parameters".to_owned(), place.parameters.clone().into());
        }
        let allowed = place.allowed;
        let writes = [
            (allowed.put, "put", Method::Put),
            (allowed.patch, "patch", Method::Patch),
            (allowed.post, "post", Method::Post),
            (allowed.delete, "delete", Method::Delete),
        ];
        item.insert("get".to_owned(), self.read(place, Method::Get));
        item.insert("head".to_owned(), self.read(place, Method::Head));
        for (_, name, method) in writes.into_iter().filter(|(is_taken, ..)| *is_taken) {
            self.is_written = true;
            item.insert(name.to_owned(), self.write(place, method));
        }
        item.into()
    }

    fn read(&mut self, place: &Place<'_>, method: Method) -> Value {
        let mut found = json!({"description": capital(&place.noun), "headers": read_headers(place.is_list)});
        let (verb, summary) = match (method, place.is_list) {
            (Method::Head, _) => ("head", format!("Head of the answer with {}", place.noun)),
            (_, true) => ("list", format!("List {}", place.noun)),
            (_, false) => ("get", format!("Get {}", place.noun)),
        };
        if method == Method::Get {
            found["content"] = json!({"application/json": {"schema": place.whole}});
        }
        let mut responses = Map::new();
        responses.insert("200".to_owned(), found);
        responses.insert("304".to_owned(), json!({"description": "What the client has is the present state."}));
        refusals::add(method, self.is_asked(method), &mut responses);
        let mut operation = self.operation(place, (verb, place.name), &summary, responses);
        let referred = place.query.iter().filter_map(|parameter| parameter["$ref"].as_str()?.rsplit('/').next());
        if self.access.opens_reads && !self.access.is_open() {
            operation["security"] = json!([]);
        }
        self.queries.extend(referred.map(str::to_owned));
        if !place.query.is_empty() {
            operation["parameters"] = place.query.clone().into();
        }
        operation
    }

    fn write(&mut self, place: &Place<'_>, method: Method) -> Value {
        let noun = &place.noun;
        let (verb, name, summary) = match method {
            Method::Put if place.is_creatable => ("replace", place.name, format!("Replace {noun}, or create it")),
            Method::Put => ("replace", place.name, format!("Replace {noun}")),
            Method::Patch => ("update", place.name, format!("Update {noun} (JSON Merge Patch, RFC 7396)")),
            Method::Post => (place.post_verb, place.post_name, format!("Add to {noun}")),
            _ => ("delete", place.name, format!("Delete {noun}")),
        };
        let (sent, answered) = match method {
            Method::Put => (Some(&place.put), &place.whole),
            Method::Patch => (Some(&place.patch), &place.whole),
            Method::Post => (Some(&place.post.0), &place.post.1),
            _ => (None, &place.whole),
        };
        let answer = |description: &str| json!({"description": description, "content": {"application/json": {"schema": answered}}});
        let mut responses = Map::new();
        responses.insert(
            "200".to_owned(),
            answer(if method == Method::Delete { "What was there." } else { "What is there now." }),
        );
        if method == Method::Post || (method == Method::Put && place.is_creatable) {
            self.is_creating = true;
            let mut created = answer("What was created.");
            created["headers"] = json!({"Location": {"$ref": "#/components/headers/Location"}});
            responses.insert("201".to_owned(), created);
        }
        refusals::add(method, self.is_asked(method), &mut responses);
        let mut operation = self.operation(place, (verb, name), &summary, responses);
        if let Some(schema) = sent {
            let mut content = json!({"application/json": {"schema": schema}});
            if method == Method::Patch {
                content["application/merge-patch+json"] = json!({"schema": schema});
            }
            operation["requestBody"] = json!({"required": true, "content": content});
        }
        operation
    }

    /// Whether credentials are asked for.
    fn is_asked(&self, method: Method) -> bool {
        !self.access.is_open() && (!method.is_safe() || !self.access.opens_reads)
    }

    fn operation(
        &mut self,
        place: &Place<'_>,
        (verb, name): (&str, &str),
        summary: &str,
        responses: Map<String, Value>,
    ) -> Value {
        let id = self.names.give(format!("{verb}{name}"));
        json!({"operationId": id, "summary": summary, "tags": [place.tag], "responses": responses})
    }

    /// The components that operations refer to.
    pub(super) fn parameters(&self) -> Value {
        let all = parameters::components();
        let used = self.queries.iter().filter_map(|name| Some((name.clone(), all.get(name)?.clone())));
        Value::Object(used.collect())
    }

    pub(super) fn headers(&self) -> Value {
        let text = |description: &str| json!({"description": description, "schema": {"type": "string"}});
        let mut headers = json!({
            "ETag": text("The entity tag of the answer, for If-Match and If-None-Match."),
            "LastModified": text("When the data was changed last."),
        });
        if self.has_lists {
            headers["TotalCount"] =
                json!({"description": "How many records there are.", "schema": {"type": "integer"}});
            headers["Link"] = text("The other pages (RFC 8288).");
        }
        if self.is_creating {
            headers["Location"] = text("The URL of what was created.");
        }
        headers
    }

    pub(super) fn refusals(&self) -> Value {
        refusals::components(self.is_written, self.access).into()
    }
}

fn read_headers(is_list: bool) -> Value {
    let mut headers = json!({
        "ETag": {"$ref": "#/components/headers/ETag"},
        "Last-Modified": {"$ref": "#/components/headers/LastModified"},
    });
    if is_list {
        headers["X-Total-Count"] = json!({"$ref": "#/components/headers/TotalCount"});
        headers["Link"] = json!({"$ref": "#/components/headers/Link"});
    }
    headers
}

/// What is sent to be added, and answered: one of this shape, or an array of some.
fn one_or_more(one: &Value) -> Value {
    let array = json!({"type": "array", "items": one});
    let types: Vec<Value> = match one.get("type") {
        Some(Value::Array(types)) => types.clone(),
        Some(only) => vec![only.clone()],
        None if one.get("$ref").is_some() => return json!({"anyOf": [one, array]}),
        None => return json!({}),
    };
    if types.iter().any(|kind| kind == "array") {
        return json!({});
    }
    let mut both = one.clone();
    both["type"] = [types, vec!["array".into()]].concat().into();
    both["items"] = one.clone();
    both
}

/// What a resource is called in sentences.
fn noun(resource: &Resource<'_>) -> String {
    let place = path_of(&resource.path);
    match &resource.what {
        What::Records(_) => format!("the records of {place}"),
        What::Value { is_list: true } => format!("the elements of {place}"),
        What::Single | What::Value { .. } => format!("what stands at {place}"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default() + "."
}

/// What the key is called in the path: the member that holds it, if it is a usual name.
fn parameter_name<'r>(records: &'r Records<'_>) -> &'r str {
    let is_usual =
        |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    records.key.as_deref().filter(is_usual).unwrap_or("key")
}
