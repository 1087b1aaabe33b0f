//! One data file as it is held: its root value and what stands around it, and how it was read.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::container::{Container, Emit, Shape, Value};
use super::schema::Schema;
use crate::text::csv::{self, CellTypes};
use crate::text::encoding;
use crate::text::json::print::Style;
use crate::text::json::scan::{self, Extent, Fault, Found, Inside, scan};
use crate::text::json::{SyntaxError, SyntaxKind, walk};
use crate::text::key::KeyRule;

/// What kind of text a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    /// JSON Lines: an array whose elements stand alone on their lines.
    Lines,
    /// `tab`: the name ends in `.tsv`, so the delimiter is known.
    Csv {
        tab: bool,
    },
}

/// What is the same for all states of a document.
#[derive(Debug)]
pub(crate) struct Context {
    /// How the file was read, and is read again.
    pub(crate) reading: Reading,
    pub(crate) style: Style,
    /// Containers of this many bytes have an index.
    pub(crate) large: usize,
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) context: Arc<Context>,
    pub(crate) head: Bytes,
    pub(crate) root: Value,
    pub(crate) tail: Bytes,
    /// What kinds of values it held when it was read, once somebody has asked.
    pub(crate) schema: Kept,
}

/// The schema of a document, of the first of its states whose was asked for. States that come of changes share it, as
/// long as none teaches more.
pub(crate) type Kept = Arc<OnceLock<Arc<Schema>>>;

/// How a file is to be read.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) rule: Arc<KeyRule>,
    pub(crate) format: Format,
    pub(crate) types: CellTypes,
    /// What the file is written in, if its owner says that it is not UTF-8. It is not written then.
    pub(crate) encoding: Option<&'static encoding_rs::Encoding>,
    /// The stem under which the file is mounted, which is the name of its root collection.
    pub(crate) stem: Option<String>,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl Document {
    /// Reads `text`. Warnings are things that its owner should know but that stop nothing.
    pub(crate) fn read(
        text: Bytes,
        reading: &Reading,
        warnings: &mut Vec<String>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Document, SyntaxError> {
        let text = match reading.encoding {
            Some(encoding) => encoding::decoded(&text, encoding).ok_or_else(|| {
                let expected = format!("expected {} from start to end", encoding.name());
                SyntaxError::at(&text, 0, expected, SyntaxKind::Encoding)
            })?,
            None => text,
        };
        let read = match reading.format {
            Format::Json => Document::read_json(text.clone(), reading, warnings, progress),
            Format::Lines => Document::read_lines(text.clone(), reading, warnings, progress),
            Format::Csv { tab } => return Document::read_csv(text, tab, reading, warnings, progress),
        };
        read.map_err(|error| {
            let fault = encoding::fault(&text).filter(|_| reading.encoding.is_none());
            fault.map_or(error, |(at, expected)| SyntaxError::at(&text, at, expected, SyntaxKind::Encoding))
        })
    }

    /// Both have the same text, byte for byte; `false` says nothing for certain.
    pub(crate) fn has_text_of(&self, other: &Document) -> bool {
        self.head == other.head && self.tail == other.tail && self.root.place().has_text_of(other.root.place())
    }

    fn read_json(
        text: Bytes,
        reading: &Reading,
        warnings: &mut Vec<String>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Document, SyntaxError> {
        let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
        if walk::trim(&text[start..]).is_empty() {
            let context = Arc::new(reading.context(Style::default(), 0));
            let root = Value::read(&context, Bytes::from_static(b"{}"), None).unwrap_or(Value::Leaf(Bytes::new()));
            let (head, tail) = (text.slice(..start), text.slice(start..));
            return Ok(Document { head, context, root, tail, schema: Kept::default() });
        }
        let body = text.slice(start..);
        let large = threshold(body.len());
        let found = scan(&body, large, true, progress).map_err(|fault| fault.locate(&body))?;
        let (from, to) = found.root;
        let context = Arc::new(reading.context(Style::of(&body[from..to]), body.len()));
        for &offset in &found.duplicates {
            warnings.push(SyntaxError::duplicate(&body, offset).to_string());
        }
        let head = text.slice(..start + from);
        let tail = body.slice(to..);
        let root = assemble(&context, &body, found, reading.stem.as_deref());
        warn_of_keys(&root, "", warnings);
        Ok(Document { context, head, root, tail, schema: Kept::default() })
    }

    fn read_lines(
        text: Bytes,
        reading: &Reading,
        warnings: &mut Vec<String>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Document, SyntaxError> {
        let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
        let (head, body) = (text.slice(..start), text.slice(start..));
        let found = scan::lines(&body, threshold(body.len()), progress).map_err(|fault: Fault| fault.locate(&body))?;
        let context = Arc::new(reading.context(Style::of_lines(&body), body.len()));
        warnings.extend(found.duplicates.iter().map(|&offset| SyntaxError::duplicate(&body, offset).to_string()));
        let root = assemble(&context, &body, found, reading.stem.as_deref());
        warn_of_keys(&root, "", warnings);
        Ok(Document { context, head, root, tail: Bytes::new(), schema: Kept::default() })
    }

    fn read_csv(
        text: Bytes,
        tab: bool,
        reading: &Reading,
        warnings: &mut Vec<String>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Document, SyntaxError> {
        // Nothing at all is a map without members, whose header the first one brings with it.
        let blank = walk::trim(text.strip_prefix(BOM).unwrap_or(&text)).is_empty();
        let text = if blank { Bytes::from([&text[..], b"key,value\n"].concat()) } else { text };
        let found = csv::scan(&text, tab, &reading.rule, reading.stem.as_deref(), reading.types, progress)?;
        if let Some(name) = &found.key_missing {
            let (key, columns) = (found.table.key_name(), found.table.columns.join(", "));
            warnings.push(format!("there is no column '{name}' for the key, '{key}' is used, of: {columns}"));
        }
        warnings.extend(found.warning.clone());
        let context = Arc::new(reading.context(Style::default(), text.len()));
        let mut table = found.table;
        table.is_made = blank;
        let shape = Shape::Table(Arc::new(table));
        let root = Value::Large(Arc::new(Container::new(shape, text, found.starts, Vec::new(), Inside::default())));
        warn_of_keys(&root, "", warnings);
        Ok(Document { context, head: Bytes::new(), root, tail: Bytes::new(), schema: Kept::default() })
    }

    /// Gives the text of the whole file to `emit`, piece by piece.
    pub(crate) fn pieces(&self, emit: Emit<'_>) {
        emit(&self.head, 0, self.head.len());
        self.root.pieces(emit);
        emit(&self.tail, 0, self.tail.len());
    }

    /// The text of the whole file in one.
    pub(crate) fn to_bytes(&self) -> Bytes {
        let mut out = Vec::new();
        self.pieces(&mut |owner, start, end| out.extend_from_slice(&owner[start..end]));
        out.into()
    }

    /// The same document read anew from its text, without changes in memory.
    pub(crate) fn reread(&self) -> Result<Document, SyntaxError> {
        let read = Document::read(self.to_bytes(), &self.context.reading, &mut Vec::new(), &mut |_| {})?;
        Ok(Document { schema: self.schema.clone(), ..read })
    }

    /// How long the text was when it was read.
    pub(crate) fn base_length(&self) -> usize {
        match &self.root {
            Value::Large(container) => container.base.text.len(),
            Value::Leaf(text) => text.len(),
        }
    }
}

impl Reading {
    fn context(&self, style: Style, length: usize) -> Context {
        Context { reading: self.clone(), style, large: threshold(length) }
    }
}

/// Containers smaller than this are scanned each time: finding a child takes microseconds then, and the index stays
/// small beside the file.
fn threshold(length: usize) -> usize {
    (length / 64).clamp(256, 16 << 10)
}

impl Value {
    /// Reads `text`, one JSON value, which stands under the member name `name`.
    pub(crate) fn read(context: &Context, text: Bytes, name: Option<&str>) -> Result<Value, SyntaxError> {
        if text.len() < context.large {
            return Ok(Value::Leaf(text));
        }
        Value::indexed(context, text, name)
    }

    /// The same, with an index of the outermost container however small it is.
    pub(crate) fn indexed(context: &Context, text: Bytes, name: Option<&str>) -> Result<Value, SyntaxError> {
        let found = scan(&text, context.large, true, &mut |_| {}).map_err(|fault| fault.locate(&text))?;
        Ok(assemble(context, &text, found, name))
    }

    /// The same of JSON Lines.
    pub(crate) fn of_lines(context: &Context, text: Bytes, name: Option<&str>) -> Result<Value, SyntaxError> {
        let found = scan::lines(&text, context.large, &mut |_| {}).map_err(|fault| fault.locate(&text))?;
        Ok(assemble(context, &text, found, name))
    }
}

/// Makes containers of what a scan found, of which the last is the root.
fn assemble(context: &Context, text: &Bytes, found: Found, name: Option<&str>) -> Value {
    let (root, count) = (found.root, found.containers.len());
    // Those that wait for the container around them, in the order of the text.
    let mut ready: Vec<(usize, Arc<Container>)> = Vec::new();
    for (at, extent) in found.containers.into_iter().enumerate() {
        let is_root = at + 1 == count;
        let own = extent.name.map(|(start, end)| walk::decode(&text[start..end]));
        let name = if is_root { name } else { own.as_deref() };
        let inside = ready.partition_point(|(start, _)| *start < extent.start);
        let inner = ready.split_off(inside);
        let start = extent.start;
        let container = if is_root && found.is_lines {
            let large = numbered(&extent, inner);
            let member = context.reading.rule.member(name);
            Container::of_lines(member, text.clone(), extent.children, large, extent.inside)
        } else {
            container(context, text, extent, name, inner)
        };
        ready.push((start, Arc::new(container)));
    }
    match ready.pop() {
        Some((_, container)) => Value::Large(container),
        None => Value::Leaf(text.slice(root.0..root.1)),
    }
}

fn container(
    context: &Context,
    text: &Bytes,
    extent: Extent,
    name: Option<&str>,
    inner: Vec<(usize, Arc<Container>)>,
) -> Container {
    let shape = if text.get(extent.start) == Some(&b'{') {
        Shape::Object
    } else {
        Shape::Array(context.reading.rule.member(name).into())
    };
    let large = numbered(&extent, inner);
    Container::new(shape, text.slice(extent.start..extent.end), extent.children, large, extent.inside)
}

/// Those inside of a container by the number of the child that each is.
fn numbered(extent: &Extent, inner: Vec<(usize, Arc<Container>)>) -> Vec<(u32, Arc<Container>)> {
    let number = |start: usize| {
        let after = extent.children.partition_point(|&child| extent.start + child as usize <= start);
        u32::try_from(after.saturating_sub(1)).unwrap_or(u32::MAX)
    };
    inner.into_iter().map(|(start, container)| (number(start), container)).collect()
}

/// Duplicates that a container's index knows: the names of a large object, the keys of an array or table.
fn warn_of_keys(value: &Value, path: &str, warnings: &mut Vec<String>) {
    let Value::Large(container) = value else { return };
    let place = if path.is_empty() { "/" } else { path };
    match container.ambiguous_name() {
        Some(name) if container.has_names() => warnings
            .push(format!("the member name '{name}' occurs more than once in '{place}': writes to it are refused")),
        Some(_) => warnings.push(doubled_keys(container, place)),
        None => {}
    }
    for (number, inner) in container.large_children() {
        let name = container.name(number).unwrap_or_default();
        warn_of_keys(&Value::Large(inner.clone()), &format!("{path}/{name}"), warnings);
    }
}

/// What is said of keys that more than one record has.
fn doubled_keys(container: &Container, place: &str) -> String {
    let doubled = container.doubled();
    let member = match &container.shape {
        Shape::Array(member) => member.to_string(),
        Shape::Table(table) => table.key_name().to_owned(),
        Shape::Object => String::new(),
    };
    let first: Vec<String> = doubled.iter().take(3).map(|key| format!("'{key}'")).collect();
    let more = if doubled.len() > first.len() { ", ..." } else { "" };
    let (count, values) = (doubled.len(), if doubled.len() == 1 { "value occurs" } else { "values occur" });
    format!(
        "{count} {values} more than once as key '{member}' in '{place}' ({}{more}): only the first record of each is \
         found by it, and writes to it are refused; '--key NAME' names another key",
        first.join(", ")
    )
}
