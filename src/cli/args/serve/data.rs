//! Where `serve` listens, what it serves, and to whom.

use clap::ValueHint;

use super::choices::{AccessChoice, CellTypesChoice, SyncChoice};
use super::typed::{Row, set};
use crate::cli::args::DialectChoice;
use crate::cli::args::definition::{named, names, number};
use crate::cli::args::instead::Instead::{Archive, Dialect, Echo};

/// Two lines and an example for each dialect.
const DIALECTS: &str = "\
Speak the protocol of one of the original systems instead of HTTP/1.1, one exchange per connection

names: a flat map of first and last names, queried by parameters. It is valid HTTP, but every answer is \
text as Python prints it.
    httpkit request --dialect names POST '127.0.0.1/?name=sangki&last_name=oh'

dialog: a JSON object of records under its file name, with LF line ends. A write is first answered with a \
300 that asks for one more line on the same connection.
    httpkit request --dialect dialog DELETE 127.0.0.1/students.json -d Chan_Jin

pairs: a flat map with POST /create and PUT /update; the URL travels in Host, and HEAD is answered with 100. \
The method END stops the server.
    httpkit request --dialect pairs POST 127.0.0.1/create -d 'ID: 7&Grade: A'

comma: neither HTTP nor data: 'METHOD,URL' is answered with one status text. --site names the site \
whose URLs are accepted.
    httpkit request --dialect comma --connect-to ::127.0.0.1:8080 GET test.com

banner: one record in a CSV file of one column; the server greets before it reads. Requests are those of \
pairs.
    httpkit request --dialect banner PUT 127.0.0.1/update -d name:lee";

pub(super) static PLACE: &[Row] = &[
    Row::value("port", "PORT", "Port to listen on; 0 picks a free one", |args, text| {
        set(&mut args.port, number(text, u16::MAX))
    })
    .on_screen("listen on this port")
    .letter('p')
    .default("8080")
    .hint(ValueHint::Other),
    Row::text("host", "HOST", "Address or host name to listen on", |args, text| args.host = text)
        .on_screen("on this address")
        .default("127.0.0.1")
        .hint(ValueHint::Hostname),
    Row::flag("open", "Open the page in the browser: in $BROWSER, else in what the desktop opens URLs with", |args| {
        args.open = true
    })
    .not_with(&[Echo, Archive, Dialect])
    .on_screen("show in a browser"),
];

pub(super) static DATA: &[Row] = &[
    Row::flag("create", "Create the file if it does not exist", |args| args.create = true)
    .not_with(&[Echo, Archive])
        .on_screen("begin a new file"),
    Row::flag("no-save", "Keep changes in memory only", |args| args.no_save = true)
    .not_with(&[Echo, Archive]).on_screen("keep it in memory"),
    Row::flag("read-only", "Refuse every write", |args| args.read_only = true)
    .not_with(&[Echo]).on_screen("refuse to write"),
    Row::flag(
        "strict",
        "Refuse a write (422) that would store another type of value than the data has in that place, or a record without \
         a member that all have; further members are allowed. /_/openapi.json tells the types. They are inferred \
         when the file is read, at start and after you edit it; those of an empty collection from its first records",
        |args| args.strict = true,
    )
    .not_with(&[Echo, Archive]),
    Row::text(
        "key",
        "NAME",
        "Member or column that identifies a record (default: 'id'); COLLECTION=NAME sets it for one collection",
        |args, text| args.key.push(text),
    )
    .not_with(&[Echo, Archive])
    .on_screen("column of the keys")
    .many()
    .hint(ValueHint::Other),
    Row::text(
        "foreign-key-suffix",
        "TEXT",
        "What follows a collection's singular in members that point at its records: 'Id' as in 'postId'",
        |args, text| args.foreign_key_suffix = Some(text),
    )
    .not_with(&[Echo, Archive])
    .hint(ValueHint::Other),
    Row::text(
        "encoding",
        "NAME",
        "Read files that are not UTF-8, as 'EUC-KR' or 'UTF-16LE'; nothing is written to them",
        |args, text| args.encoding = Some(text),
    )
    .not_with(&[Echo, Archive])
    .hint(ValueHint::Other),
    Row::value(
        "types",
        "HOW",
        "How CSV cells are shown: as strings, or with numbers, booleans and null inferred",
        |args, text| set(&mut args.types, named(text)),
    )
    .on_screen("infer types in CSV")
    .one_of(names::<CellTypesChoice>)
    .default("text"),
    Row::value(
        "sync",
        "WHEN",
        "When a write is answered: once it is on disk, shortly before, or without waiting for the disk",
        |args, text| set(&mut args.sync, named(text)),
    )
    .one_of(names::<SyncChoice>)
    .default("each"),
];

pub(super) static STATIC: &[Row] = &[
    Row::path(
        "static",
        "DIR",
        "Serve the files below this folder too; where a file and data have the same path, GET answers with the file. \
         Names that begin with '.' are not served",
        |args, path| args.folder = Some(path),
    )
    .not_with(&[Echo, Archive, Dialect])
    .on_screen("files beside the data")
    .hint(ValueHint::DirPath),
    Row::flag(
        "spa",
        "Answer browsers with index.html of --static where there is neither file nor data, for single-page applications",
        |args| args.spa = true,
    ),
];

pub(super) static DIALECT: &[Row] = &[
    Row::value("dialect", "NAME", "Speak the protocol of one of the original systems", |args, text| {
        set(&mut args.dialect, named(text))
    })
    .not_with(&[Echo, Archive])
    .on_screen("speak a dialect")
    .told(names::<DialectChoice>, DIALECTS)
    .default("http"),
    Row::text("site", "NAME", "Site that the dialect 'comma' serves (default: test.com)", |args, text| {
        args.site = Some(text)
    })
    .hint(ValueHint::Hostname),
];

pub(super) static ACCESS: &[Row] = &[
    Row::text(
        "allow-host",
        "NAME",
        "Also accept requests for this host name, NAME:PORT or *.NAME (always accepted: IP addresses and localhost)",
        |args, text| args.allow_host.push(text),
    )
    .many()
    .hint(ValueHint::Hostname),
    Row::text(
        "cors",
        "ORIGIN",
        "Allow web pages of this origin to read and write (always allowed: pages of this machine); '*' allows all",
        |args, text| args.cors.push(text),
    )
    .on_screen("allow other origins")
    .many()
    .hint(ValueHint::Url),
    Row::text(
        "token",
        "TOKEN",
        "Require 'Authorization: Bearer TOKEN' in the requests that --access names",
        |args, text| args.token = Some(text),
    )
    .not_with(&[Dialect])
    .on_screen("ask for this token")
    .hint(ValueHint::Other),
    Row::text(
        "basic",
        "USER:PASSWORD",
        "Require this user name and password (Basic authentication), or the token of --token",
        |args, text| args.basic = Some(text),
    )
    .not_with(&[Dialect])
    .hint(ValueHint::Other),
    Row::value("access", "WHO", "What --token and --basic protect: every request, or only writes", |args, text| {
        set(&mut args.access, named(text))
    })
    .one_of(names::<AccessChoice>)
    .default("all"),
];
