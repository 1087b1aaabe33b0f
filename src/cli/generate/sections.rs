//! The sections of the man pages that do not follow from the arguments: plain tables of text.

/// A section of a page.
pub(in crate::cli) struct Section {
    pub(in crate::cli) title: &'static str,
    pub(in crate::cli) blocks: &'static [Block],
}

/// A piece of a section.
pub(in crate::cli) enum Block {
    /// Running text.
    Text(&'static str),
    /// A term, and what it means.
    Item(&'static str, &'static str),
    /// Terms, and what each means.
    List(&'static [(&'static str, &'static str)]),
    /// A command line, and what it does.
    Example(&'static str, &'static str),
    /// An item for each count that one request is held to.
    Bounds,
    /// An item for each exit status of `request`.
    Exits,
    /// An item for each variable of `-w`.
    Variables,
}

use Block::{Bounds, Example, Exits, Item, List, Text, Variables};

use crate::cli::args::{QUERIES, Side};

/// The sections of a side's page, or of the program's.
pub(in crate::cli) fn of(side: Option<Side>) -> &'static [Section] {
    match side {
        None => PROGRAM,
        Some(Side::Request) => REQUEST,
        Some(Side::Serve) => SERVE,
    }
}

/// Of httpkit(1).
const PROGRAM: &[Section] = &[
    Section {
        title: "EXAMPLES",
        blocks: &[
            Example(
                "httpkit serve",
                "Serve data.json, data.csv or db.json from the current folder, else an empty object in memory.",
            ),
            Example(
                "httpkit :8080/posts",
                "GET from httpkit serve on this machine; the same as httpkit request :8080/posts.",
            ),
            Example("httpkit put 127.0.0.1/update -d key:val", "Set a member there."),
            Example(
                "httpkit --generate complete-bash > ~/.local/share/bash-completion/completions/httpkit",
                "Install completions for bash; other shells likewise.",
            ),
        ],
    },
    Section { title: "SEE ALSO", blocks: &[Text("httpkit-request(1), httpkit-serve(1), curl(1)")] },
];

/// Of httpkit-request(1).
const REQUEST: &[Section] = &[
    Section {
        title: "METHOD AND URL",
        blocks: &[
            Text("Without METHOD: GET, or POST with data, PUT with -T, HEAD with -I."),
            Text(
                "A URL without a scheme means http://. A loopback host without a scheme and a port means port 8080, where 'httpkit serve' listens. ':3000/x' and ':/x' mean this machine.",
            ),
            Text(
                "The word 'request' may be left out where the command line begins with a method, a URL, a port or an option. A leading 'curl' is dropped, so that a command line copied from elsewhere runs as it is.",
            ),
        ],
    },
    Section {
        title: "ITEMS",
        blocks: &[
            Text("After the URL, items say what is sent. Data are members of a JSON object, and the method is POST:"),
            Item("name=text", "a member with this text; name=@file: with the text of a file"),
            Item("name:=JSON", "a member with this JSON value; name:=@file: with that of a file"),
            Item("name==text", "a parameter of the query"),
            Item("Name:value", "a field line; 'Name:' removes a default field, 'Name;' sends it empty"),
            Item("name@file", "a file; then all data are fields of a multipart form"),
            Item("@file", "the content itself, with the media type that the end of its name stands for"),
            Text(
                "A backslash makes the character behind it plain text: a\\:b=c. After the word 'request', 'Name:80' and 'name@host' are URLs, as they are for curl. Data items do not go with -d and --json; with -F they are further fields of the form.",
            ),
        ],
    },
    Section {
        title: "EXAMPLES",
        blocks: &[
            Example("httpkit :8080/posts", "GET from httpkit serve on this machine: no scheme and no host are needed."),
            Example("httpkit post :8080/posts title=Hi stars:=5 tags:='[\"a\"]'", "Send a JSON object."),
            Example("httpkit :8080/posts stars==5 X-Tag:news", "A parameter of the query, and a field."),
            Example(
                "httpkit request PUT 127.0.0.1/update -d key:val",
                "The method is the first word; data as with curl.",
            ),
            Example("httpkit request --json '{\"grade\": \"4.0\"}' -X PATCH 127.0.0.1/Chan_Jin", "JSON as it is."),
            Example("httpkit -T photo.png put :8080/photo", "Send a file."),
            Example("httpkit -O https://example.com/big.iso -C -", "Download a file, or the rest of it."),
            Example("httpkit -v -L https://example.com/", "Follow redirects, and show what goes both ways."),
            Example("httpkit --explain :8080/posts", "Explain each line of the exchange."),
            Example("httpkit --dry-run post :8080/posts a=b", "Print what would be sent."),
            Example(
                "httpkit request -sS -o page.html -w '%{http_code}\\n' https://example.com/",
                "As with curl, in a script.",
            ),
        ],
    },
    Section {
        title: "VARIABLES OF --write-out",
        blocks: &[
            Text(
                "-w prints its format after each transfer, with these in it as %{NAME}. '@FILE' reads the format from a file.",
            ),
            Variables,
        ],
    },
    Section {
        title: "EXIT STATUS",
        blocks: &[
            Text("These are curl's. Without --fail a completed transfer is 0, whatever its status code."),
            Exits,
            Text("httpkit request --explain-exit NUMBER tells the usual causes of one, and what to try."),
        ],
    },
    Section {
        title: "ENVIRONMENT",
        blocks: &[
            Item("HTTPKIT_PORT", "The port for a loopback host without scheme and port, in place of 8080."),
            Item(
                "http_proxy, HTTPS_PROXY, ALL_PROXY, NO_PROXY",
                "Proxies, read as curl reads them. HTTP_PROXY in capitals is not used for http.",
            ),
            Item("SSL_CERT_FILE, SSL_CERT_DIR", "Certificates to trust, in place of those of the system."),
            Item("NETRC", "The file of --netrc, in place of ~/.netrc."),
            Item("NO_COLOR, CLICOLOR_FORCE", "If not empty: no colors; colors even into a pipe."),
            Item("PAGER", "What shows --help on a terminal, in place of less; cat shows it at once."),
        ],
    },
    Section {
        title: "FILES",
        blocks: &[
            Item("~/.netrc", "Names and passwords by host, read with --netrc."),
            Item(
                "/etc/ssl/certs",
                "The certificates that the system trusts, there or where else the system keeps them; --cacert names others.",
            ),
            Text("No configuration file is read unless -K names one."),
        ],
    },
    Section { title: "SEE ALSO", blocks: &[Text("httpkit(1), httpkit-serve(1), curl(1), RFC 9110, RFC 9112")] },
];

/// Of httpkit-serve(1).
const SERVE: &[Section] = &[
    Section {
        title: "THE PATH WALKS THE DOCUMENT",
        blocks: &[
            Text(
                "Object members are found by name, array elements and table rows by their key (--key, else id, else the first column), so every value in the file has a URL:",
            ),
            Item("{\"color\": \"red\"}", "GET /color"),
            Item("{\"Chan_Jin\": {\"grade\": \"3.5\"}}", "GET /Chan_Jin/grade, PATCH /Chan_Jin"),
            Item("{\"posts\": [{\"id\": 1}]}", "GET /posts/1, POST /posts"),
            Item("CSV with a header row", "GET /7, GET /7/grade"),
            Text(
                "PUT replaces or creates, PATCH changes a part (RFC 7396), POST adds and never overwrites, DELETE removes one thing, OPTIONS tells what a path allows, even where nothing is yet; for a record that its collection does not have it answers 404. POST /create and PUT /update take pairs, \"key: value&key2: value2\".",
            ),
        ],
    },
    Section {
        title: "QUERIES",
        blocks: &[
            Text(
                "Arrays, tables and objects of records answer these parameters, and one record _fields, _embed and _expand. Where an object holds the records, each has its key as a further member, id; where records have another id of their own, the member is key, and where they have that too, the first of _key, __key and so on that none of them has. A name that begins with _ and is none of them is refused, and so is a column that a table does not have.",
            ),
            List(QUERIES),
        ],
    },
    Section {
        title: "CHANGE STREAMS",
        blocks: &[
            Text(
                "GET on any node with Accept: text/event-stream follows it: a change to the node, to something in it or to something around it is told as it happens, also an edit of the file by hand. EventSource in a browser reads this. The events:",
            ),
            Item(
                "change",
                "The change as the request that would make it: {\"method\", \"path\", \"body\", \"etag\"}. PUT sets what is at the path; what is new in an array or a table goes to its end. POST adds the body, or each element of it, to an array, or its members to an object. PATCH is a merge patch (RFC 7396). DELETE removes. etag is the entity tag of the path afterwards, as If-Match takes it.",
            ),
            Item(
                "snapshot",
                "Comes first with ?_snapshot: the state, as the PUT that would make it. The state with the later changes applied to it is what GET shows.",
            ),
            Item(
                "reset",
                "What the client has can no longer be brought up to date by changes: it has to read the node again, or is sent it with ?_snapshot. This comes after a restart, and when more was missed than is kept: 1,000 events and 1 MiB of them.",
            ),
            Text(
                "A client that comes back with Last-Event-ID, or with ?lastEventId= where it cannot set fields, is sent what it has missed; events are kept while anybody follows, and for five minutes after. One that reads too slowly is cut off. A change of more than 1 MiB is told as a reset. While nothing changes, a comment is sent every 15 seconds.",
            ),
            Text(
                "For scripts without streams: Prefer: wait=30 with If-None-Match answers as soon as the node has changed, else 304 after that many seconds, 300 at most (RFC 7240).",
            ),
        ],
    },
    Section {
        title: "EXCHANGES",
        blocks: &[
            Text(
                "GET /_/requests answers with the exchanges that --journal keeps, oldest first, and /_/requests/ID with one of them. Each is a JSON object:",
            ),
            Item("id, status", "The number of the exchange, counted from 1, and the status of the answer."),
            Item("started, microseconds", "When the first byte came, and how long it took until the answer was there."),
            Item(
                "connection",
                "The peer, the number of the connection, and which of its requests it was; both counted from 1.",
            ),
            Item(
                "received, sent",
                "The bytes each way: how many, and text where they are UTF-8, else base64; kept says how many are shown where not all are.",
            ),
            Item(
                "complete, masked",
                "Whether the answer was sent to its end; whether secrets are shown as ***, in the lines of a content that look like fields too.",
            ),
            Item(
                "explained",
                "With '?_explain', each line of both messages with what it means there: level (info, note or wrong), text and section.",
            ),
            Text(
                "/_/requests?_request_id=ID gives those whose request has this X-Request-Id. With Accept: text/event-stream exchanges are told as they happen, as events of the name exchange; one whose answer goes on, such as a stream, is told again when the answer ends. Last-Event-ID and reset are those of CHANGE STREAMS. Requests for /_/requests are not kept. Where the data has a member '_', that is served at /_/ instead. With --echo, the content of an answer whose request has secrets is left out.",
            ),
        ],
    },
    Section {
        title: "OPENAPI DESCRIPTION",
        blocks: &[
            Text(
                "GET /_/openapi.json answers with an OpenAPI 3.1 document of the API over this very file. It has a path for each collection, for its records, and for each value outside of collections, such as /profile, with the methods that it takes; types, formats that all values follow and members that all records have, all inferred from the data; examples, query parameters and refusals. It is made when somebody asks for it, and kept until the data changes. GET /_/health answers 200 with the version, the files and the number of records. Whoever may read the data may read both. Where the data has a member '_', that is served at /_/ instead.",
            ),
            Text(
                "It describes at most 12 levels, 200 members of one object, 4000 places of a document, 4 types in one place and 200 paths; beyond that any value is allowed, or nothing is listed. An array whose elements have no key, or null alone, does not limit what else may be there.",
            ),
            Text(
                "The document is true of the data as it is now. With --strict it stays true: a write is checked against the types that the file had when it was read, at start or after an edit by hand; a collection that was empty gets its types from its first records. A member that all records have is required in each record that is written; members of values outside of collections may come and go. A refusal is 422 and names member and type. Where the data has integers any whole number is one, 1.0 too, as in JSON Schema. A cell of CSV takes any single value, which becomes text; with --types auto it has to be of the type that the column shows.",
            ),
        ],
    },
    Section {
        title: "EXAMPLES",
        blocks: &[
            Example("httpkit serve students.json", "Serve a file on http://127.0.0.1:8080/."),
            Example(
                "httpkit serve people.csv --port 0",
                "Take a free port; the first line on standard output says which.",
            ),
            Example(
                "httpkit serve",
                "Serve data.json, data.csv or db.json from the current folder, else an empty object in memory.",
            ),
            Example("httpkit serve --create notes.json", "Make a new file."),
            Example("httpkit serve posts.json users.csv", "Serve several files, at /posts and /users."),
            Example(
                "httpkit serve people.csv --key email --types auto",
                "Find records by a column, with numbers as numbers.",
            ),
            Example("httpkit serve --echo", "Show clients what they send."),
            Example("httpkit serve db.json --cors https://example.com", "Let pages of that origin read and write it."),
        ],
    },
    Section {
        title: "FILES",
        blocks: &[
            Item(
                "data.json, data.csv, db.json",
                "The first of these in the current folder is served when no file is named.",
            ),
            Text(
                "A write is on disk before it is answered: a temporary file in the same folder is synced and takes the place of the old one. Owner, group, mode, access lists and extended attributes are kept, and a symbolic link stays one. A file that is a mount point of its own, or whose owner or attributes a new file cannot have, is written in its place; FILE.rewrite holds the new content meanwhile, so that a crash at any byte is recovered from. Only regular files are served. A second serve on the same file is refused.",
            ),
            Item(
                "FILE.journal",
                "Saved changes to a file of more than 1 MiB that are not in the file yet. They get there when there was no change for 300 ms, and at the end. At a start, changes cut off by a crash before they were acknowledged are dropped, which is said. A journal that is damaged elsewhere, or that belongs to another content of the file, stops the start and both files stay as they are. A file of that name that this program did not make, or that others may write, is left alone.",
            ),
            Text(
                "The file may be edited while it is served, by any program. A rename is taken up at once; a file that is written in its place is taken up when the writer has closed it or has not written for 5 seconds (where the system does not tell of writers, when it has stood still for 500 ms). Until then reads go on with the last good state, and writes wait for up to 2 seconds, then are refused with 503. The same holds while a file does not parse, and for 5 seconds after it was emptied. If the owner saves a value that a request has changed meanwhile, the owner\'s value stays.",
            ),
        ],
    },
    Section {
        title: "EXIT STATUS",
        blocks: &[
            Item("0", "Stopped by SIGINT, SIGTERM or SIGHUP; everything acknowledged is saved."),
            Item(
                "1",
                "Could not start: the file is missing, malformed or served already, or the port is taken. Or the changes could not be brought into the file at the end; they stay in FILE.journal then. The reason is on standard error.",
            ),
            Item("2", "The command line was not understood."),
        ],
    },
    Section {
        title: "LIMITS",
        blocks: &[
            Text(
                "No request costs much more than its size and that of the file: what a client can repeat, nest or multiply has a limit, and the refusal names it. The options --max-* and --*-timeout above set limits on bytes, connections and time; one request may have at most:",
            ),
            Bounds,
            Text(
                "What is asked for twice in the same words counts once. A JSON Patch may add as many bytes to the document as a body may have (--max-body), and may move 256 MiB of it. CSV in a body, whose every row repeats the column names in JSON, and records for a CSV file may make four times --max-body. An element is not broken into lines where that would make it more than 8 times as long. An answer that is put together from related records may take a quarter of --max-pending.",
            ),
            Text(
                "A body has to arrive, and an answer to be read, at 1 KiB a second in each --body-timeout or --write-timeout; while bodies hold half of --max-pending, or unread answers more than all of it, at 64 KiB a second. (The system tells of what was read in steps of up to 128 KiB.) When there are no descriptors or places for new connections, the oldest unfinished request heads are closed first, then the longest idle connections; descriptors for the data file are set apart.",
            ),
            Text(
                "Where the system limits the memory of the process (ulimit -v, ulimit -d), an allocation that fails would end it. So what may not fit is refused with 503 before it is begun, and a long answer is cut when there is no more: an eighth of the limit is left for what is small, and all that waits (--max-pending) holds another eighth at most.",
            ),
        ],
    },
    Section {
        title: "PROBLEM CODES",
        blocks: &[
            Text(
                "A refusal is a problem document (RFC 9457). Its member \"code\" is one of these, with this status code, and does not change:",
            ),
            Item(
                "ambiguous (409)",
                "The file holds the member more than once, so it is not clear which one to change.",
            ),
            Item("ambiguous-length (400)", "Both Content-Length and Transfer-Encoding."),
            Item("bad-chunk (400)", "The chunked content is malformed."),
            Item("bad-content-length (400)", "Content-Length is no number, or there are several."),
            Item("bad-field-line (400)", "A field line is malformed."),
            Item("bad-host (400)", "Host is missing, repeated or malformed."),
            Item("bad-line-end (400)", "A line does not end with CR LF."),
            Item("bad-preference (400)", "With --fault client: Prefer asks for a fault that there is not."),
            Item("bad-query (400)", "The query is malformed, or asks for something unknown."),
            Item("bad-request-line (400)", "The request line is malformed."),
            Item("bad-target (400)", "The request target is malformed, has a bad escape or is not UTF-8."),
            Item("bad-transfer-encoding (400)", "chunked is not the last transfer coding."),
            Item("bad-version (400)", "The version is not of the form HTTP/1.1."),
            Item("chunk-too-large (431)", "Chunk extensions or trailer fields are too long."),
            Item("content-not-allowed (400)", "TRACE with content."),
            Item("content-too-large (413)", "The content is longer than --max-body."),
            Item("exists (409)", "Something with that key or name is there already; nothing was stored."),
            Item("fault (400 to 599)", "The fault that --fault or --fail asked for; nothing was changed."),
            Item(
                "file-broken (503)",
                "The file was edited and does not parse, at this line and column; reads go on with the last good state.",
            ),
            Item("file-locked (403)", "The server has no permission to read this file of --static."),
            Item(
                "file-unavailable (503)",
                "Too many files are open for one of --static to be opened, or the disk fails.",
            ),
            Item("foreign-host (421)", "Host names another server; --allow-host accepts the name."),
            Item("foreign-origin (403)", "A web page of another origin tried to change something; --cors allows it."),
            Item("head-too-large (431)", "The header section is too long."),
            Item(
                "incomplete (409)",
                "With --strict: a patch would leave a record without a member that all have, as it was not there before.",
            ),
            Item("incomplete-request (400)", "The connection ended before the request did."),
            Item("internal-error (500)", "A fault in httpkit."),
            Item("key-mismatch (409)", "The key in the content is not that of the path; keys do not change."),
            Item(
                "kind-change (409)",
                "A collection would become another kind of value; PUT [] or {} empties it first.",
            ),
            Item("malformed-csv (400)", "The content is not CSV; the line is given."),
            Item("malformed-json (400)", "The content is not JSON; line and column are given."),
            Item("malformed-pairs (400)", "The content is not 'key: value&key2: value2', a form or a JSON object."),
            Item("method-not-allowed (405)", "The method is known but not allowed here; Allow lists those that are."),
            Item("moved (301)", "The path of a folder of --static ends with a slash; Location has it."),
            Item(
                "no-relation (400)",
                "The records of a collection do not point at those that the request relates them to.",
            ),
            Item("not-acceptable (406)", "No available representation matches Accept."),
            Item(
                "not-enough-memory (503)",
                "The system lets the process have no more memory for now (ulimit -v, ulimit -d); see LIMITS.",
            ),
            Item("not-found (404)", "There is nothing at the path."),
            Item(
                "not-local (403)",
                "What the server tells of itself is for clients on its own machine; --token or --basic open it to whoever has the credentials.",
            ),
            Item(
                "not-recorded (404)",
                "The archive that is served has no answer to the request; the nearest is named.",
            ),
            Item("not-utf-8 (400)", "The content is not UTF-8."),
            Item("partial-put (400)", "PUT with Content-Range."),
            Item("patch-failed (422)", "A patch does not apply."),
            Item("patch-test-failed (409)", "A test in a JSON Patch failed."),
            Item("precondition-failed (412)", "If-Match, If-None-Match or If-Unmodified-Since does not hold."),
            Item("query-timeout (503)", "The answer takes longer than --query-timeout."),
            Item("range-not-satisfiable (416)", "The range is outside of the content."),
            Item(
                "relation (409)",
                "PUT at a path like /posts/1/comments, which selects records of another collection; POST adds one, and each is changed at a path of its own.",
            ),
            Item("repeated-field (400)", "A field that may be sent once is sent twice."),
            Item("request-timeout (408)", "The request did not arrive in time."),
            Item(
                "schema-mismatch (422)",
                "With --strict: a value is of another type than the data has in that place, or a member that all have is missing.",
            ),
            Item("storage-failed (503)", "The file could not be written; nothing changed."),
            Item("storage-full (507)", "The disk is full; nothing changed."),
            Item("target-too-long (414)", "The request target is too long."),
            Item("too-many-fields (431)", "There are too many field lines."),
            Item(
                "too-much (422)",
                "The content orders more work, or makes more of the document, than one request may; see LIMITS.",
            ),
            Item(
                "too-much-pending (503)",
                "Bodies that are still arriving and answers that are still unread hold all of --max-pending.",
            ),
            Item("unauthorized (401)", "The token is missing or wrong."),
            Item("unfit-value (422)", "A cell cannot hold the value."),
            Item("unknown-column (422)", "The table has no such column."),
            Item("unknown-expectation (417)", "Expect is not 100-continue."),
            Item("unknown-method (501)", "The method is not known."),
            Item("unknown-transfer-coding (501)", "The transfer coding is not known."),
            Item("unreachable-name (422)", "A key or member named . or .., to which no URL leads."),
            Item("unsupported-charset (415)", "The charset is not UTF-8."),
            Item("unsupported-coding (415)", "The content coding is not supported."),
            Item("unsupported-media-type (415)", "The media type is not supported."),
            Item("version-not-supported (505)", "Another major version of HTTP."),
            Item("wrong-scheme (421)", "The target is not http."),
        ],
    },
    Section { title: "SEE ALSO", blocks: &[Text("httpkit(1), httpkit-request(1), RFC 9110, RFC 9112, RFC 9457")] },
];
