//! The API over one state of the data, described as OpenAPI 3.1: its paths, what stands there, what each method takes and
//! answers. What a client can rely on is said, and no more: types as they are found in the data, and with `--strict` as
//! they are kept.

mod cells;
mod names;
mod operations;
mod parameters;
mod refusals;
mod resources;
mod shapes;
mod value;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::access::Access;
use super::plan::Settings;
use super::refusal::cut_short;
use crate::document::{Kind, Node, View, within};
use crate::message::Response;
use operations::Operations;
use resources::Resources;
use shapes::Shapes;

/// What the description says besides of what it describes.
#[derive(Debug, Clone)]
pub struct About {
    /// The names of the files, if there are any.
    pub files: Vec<String>,
    /// What the records of a file are called that is a collection itself: its name without extension.
    pub stem: String,
    /// The program's version.
    pub version: &'static str,
}

/// So many files are named in the title.
const NAMED: usize = 3;

impl About {
    fn title(&self) -> String {
        match self.files.split_at_checked(NAMED) {
            Some((first, rest)) if !rest.is_empty() => format!("{} and {} more", first.join(", "), rest.len()),
            _ if self.files.is_empty() => "Data in memory".to_owned(),
            _ => self.files.join(", "),
        }
    }
}

/// The description of the API over the data, as JSON text.
///
/// # Errors
/// The refusal, where it would take longer, or more memory, than an answer may.
pub fn openapi(view: &View, settings: &Settings, about: &About) -> Result<Vec<u8>, Response> {
    let (time, room) = (settings.query_time, settings.answer);
    within(time, room, || described(view, settings, about))
        .map_err(|cut| cut_short(cut, time, room).response_for("/_/openapi.json"))
}

/// How the server is, as JSON text: its version, the files that it serves, and how many records are in them.
pub fn health(view: &View, about: &About) -> Vec<u8> {
    let root = view.root();
    let roots = if view.mounted { root.values().collect() } else { vec![root] };
    let records: usize = roots.into_iter().map(records).sum();
    let health = json!({"status": "ok", "version": about.version, "files": about.files, "records": records});
    // What is made of texts and numbers alone can be written.
    serde_json::to_vec(&health).unwrap_or_default()
}

/// How many records are in a document: its own, or those of the collections in it.
fn records(root: Node<'_>) -> usize {
    if matches!(root.kind(), Kind::Array | Kind::Table) || root.is_collection() {
        return root.len();
    }
    root.values().filter(|node| node.kind() == Kind::Array || node.is_collection()).map(|node| node.len()).sum()
}

fn described(view: &View, settings: &Settings, about: &About) -> Vec<u8> {
    let schema = view.schema(settings.strict);
    let resources = Resources::of(view, &schema, settings, &about.stem);
    let shapes = Shapes::of(&resources);
    let mut operations = Operations::new(&shapes, &settings.access);
    let mut paths = Map::new();
    resources.all.iter().for_each(|resource| operations.describe(resource, &mut paths));
    // A member may be called as the root is.
    let mut tagged = HashSet::new();
    let tags: Vec<Value> = resources
        .all
        .iter()
        .filter(|resource| resource.path.len() <= 1 && tagged.insert(resource.tag()))
        .map(|resource| json!({"name": resource.tag(), "description": resource.told()}))
        .collect();
    let mut components = Map::new();
    components.insert("schemas".to_owned(), shapes.components().into());
    components.insert("parameters".to_owned(), operations.parameters());
    components.insert("headers".to_owned(), operations.headers());
    components.insert("responses".to_owned(), operations.refusals());
    let (schemes, security) = security(&settings.access);
    components.insert("securitySchemes".to_owned(), schemes);
    components.retain(|_, part| part.as_object().is_none_or(|part| !part.is_empty()));
    let described = json!({
        "openapi": "3.1.0",
        "info": {
            "title": about.title(),
            "version": about.version,
            "description": description(settings, resources.is_cut),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": security,
        "tags": tags,
        "paths": paths,
        "components": components,
    });
    // What is made of texts and numbers alone can be written.
    serde_json::to_vec(&described).unwrap_or_default()
}

/// The credentials that are asked for, of which one is enough; how they are sent.
fn security(access: &Access) -> (Value, Value) {
    let asked = [(access.token.is_some(), "token", "bearer"), (access.basic.is_some(), "basic", "basic")];
    let asked: Vec<_> = asked.into_iter().filter(|(is_asked, ..)| *is_asked).collect();
    let scheme = |scheme: &str| json!({"type": "http", "scheme": scheme});
    let schemes: Map<String, Value> = asked.iter().map(|(_, name, kind)| ((*name).to_owned(), scheme(kind))).collect();
    let one = |name: &str| Value::Object(Map::from_iter([(name.to_owned(), json!([]))]));
    (schemes.into(), asked.iter().map(|(_, name, _)| one(name)).collect())
}

fn description(settings: &Settings, is_cut: bool) -> String {
    let kept = match (settings.read_only, settings.strict) {
        (true, _) => "The data is only read.",
        (false, true) => "A write of another type than stands here is refused with 422 (--strict).",
        (false, false) => {
            "The types are those of the data as it is now: a write may store others, unless the server is started with \
             --strict."
        }
    };
    let cut = if is_cut { " There are more paths than are listed here." } else { "" };
    format!(
        "The data of a file, served by httpkit. {kept} Every refusal is a problem document (RFC 9457) with a stable \
         `code`. Beside what is listed here, each member of what has a path has a path of its own below it; collections \
         are answered as CSV and NDJSON too (Accept, or _format); parameters give records another shape (_fields, \
         _embed, _expand), a page an envelope (_per_page), and of an object of records make an array; bodies may be JSON Patch, forms, pairs and CSV.{cut}"
    )
}
