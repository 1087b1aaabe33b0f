//! The man pages: what clap_mangen makes of the arguments, and the sections that it knows nothing of.

use clap::Command;
use clap::builder::Resettable;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// A section of a page.
struct Section {
    title: &'static str,
    blocks: &'static [Block],
}

/// A piece of a section.
enum Block {
    /// Running text.
    Text(&'static str),
    /// A term, and what it means.
    Item(&'static str, &'static str),
    /// A command line, and what it does.
    Example(&'static str, &'static str),
}

use Block::{Example, Item, Text};

const PROGRAM: &[Section] = &[
    Section {
        title: "EXAMPLES",
        blocks: &[
            Example(
                "httpkit serve --port 8080",
                "Serve data.json, data.csv or db.json from the current folder, else an empty object in memory.",
            ),
            Example(
                "httpkit request PUT 127.0.0.1/update -d key:val",
                "Set a member there; the port need not be named.",
            ),
            Example(
                "httpkit --generate complete-bash > ~/.local/share/bash-completion/completions/httpkit",
                "Completions for bash; the other shells likewise.",
            ),
        ],
    },
    Section { title: "SEE ALSO", blocks: &[Text("httpkit-request(1), httpkit-serve(1), curl(1)")] },
];

const REQUEST: &[Section] = &[
    Section {
        title: "EXAMPLES",
        blocks: &[
            Example(
                "httpkit request 127.0.0.1/Chan_Jin",
                "GET from a serve on this machine: no scheme and no port are needed.",
            ),
            Example("httpkit request PUT 127.0.0.1/update -d key:val", "The method is the first word."),
            Example(
                "httpkit request --json '{\"grade\": \"4.0\"}' -X PATCH 127.0.0.1/Chan_Jin",
                "JSON content, with its media type.",
            ),
            Example(
                "httpkit request --echo-headers 127.0.0.1/",
                "Show the header sections of both sides around the content.",
            ),
            Example(
                "httpkit request -sS -o page.html -w '%{http_code}\\n' https://example.com/",
                "As with curl, in a script.",
            ),
        ],
    },
    Section {
        title: "EXIT STATUS",
        blocks: &[
            Text("curl's numbers. Without --fail every completed transfer is 0, whatever its status code."),
            Item("0", "The transfer was completed."),
            Item("1", "The scheme of the URL is not supported."),
            Item("2", "The command line was not understood."),
            Item("3", "The URL is malformed."),
            Item("5, 6", "The host of the proxy, of the URL, could not be resolved."),
            Item("7", "No connection."),
            Item("8", "The answer is not HTTP."),
            Item("18", "The content ended early."),
            Item("22", "The status code is 400 or above, and --fail was given."),
            Item("23", "The output could not be written."),
            Item("26", "An input could not be read."),
            Item("28", "The time was up."),
            Item("35", "The TLS handshake failed."),
            Item("47", "Too many redirects."),
            Item("52", "The server closed without an answer."),
            Item("55, 56", "Sending, receiving failed."),
            Item("60", "The server's certificate could not be verified."),
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
            Item("NO_COLOR, CLICOLOR_FORCE", "No colours when not empty; colours even into a pipe."),
        ],
    },
    Section { title: "SEE ALSO", blocks: &[Text("httpkit(1), httpkit-serve(1), curl(1), RFC 9110, RFC 9112")] },
];

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
                "PUT replaces or creates, PATCH changes a part (RFC 7396), POST adds and never overwrites, DELETE removes one thing, OPTIONS tells what a place allows. POST /create and PUT /update take pairs, \"key: value&key2: value2\".",
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
                "A write is on disk before it is answered: a temporary file in the same folder is synced and renamed over the old one. Mode and owner are kept, and a symbolic link stays one. A second serve on the same file is refused.",
            ),
        ],
    },
    Section {
        title: "EXIT STATUS",
        blocks: &[
            Item("0", "Ended by SIGINT or SIGTERM, everything acknowledged being saved."),
            Item(
                "1",
                "Could not start: the file is missing, malformed or served already, or the port is taken. The reason is on standard error.",
            ),
            Item("2", "The command line was not understood."),
        ],
    },
    Section { title: "SEE ALSO", blocks: &[Text("httpkit(1), httpkit-request(1), RFC 9110, RFC 9112, RFC 9457")] },
];

/// The page of the program, or of one of its subcommands, as roff text.
pub(super) fn page(mut program: Command, subcommand: Option<&str>) -> String {
    program.build();
    let version = program.get_version().unwrap_or_default().to_owned();
    let (command, sections) = match subcommand {
        None => (program, PROGRAM),
        Some(name) => {
            let sections = if name == "request" { REQUEST } else { SERVE };
            // A subcommand that is not there would be a page without options, which the copies in `man/` would show.
            (program.find_subcommand(name).cloned().unwrap_or_default(), sections)
        }
    };
    // The examples below the help text are a section of their own here.
    let command = command.after_help(Resettable::Reset).after_long_help(Resettable::Reset);
    let man = Man::new(command).source(format!("httpkit {version}")).manual("httpkit");
    let mut page = Vec::new();
    // Writing to a `Vec` does not fail.
    let _ = man.render(&mut page);
    let page = String::from_utf8_lossy(&page).into_owned();
    page + &extra(sections)
}

/// The further sections; the preamble of a document of its own is left out.
fn extra(sections: &[Section]) -> String {
    let mut roff = Roff::new();
    for section in sections {
        roff.control("SH", [section.title]);
        for block in section.blocks {
            match *block {
                Text(text) => roff.control("PP", []).text([roman(text)]),
                Item(term, meaning) => roff.control("TP", []).text([bold(term)]).text([roman(meaning)]),
                Example(line, meaning) => roff.control("TP", []).text([bold(line)]).text([roman(meaning)]),
            };
        }
    }
    roff.to_roff()
}
