//! `request --har`: the archive holds what crossed, follows HAR 1.2, and is written whole or not at all.

use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit;
use crate::recorder::{Act, Recorder, answer, ok, redirect};
use crate::request::request;

/// The entries of the archive of a run, which follows the schema.
fn entries(arguments: &[&str]) -> Vec<Value> {
    let run = request(&[&["--har", "-"], arguments].concat()).assert();
    let archive = serde_json::from_slice(&run.get_output().stdout).unwrap();
    follows(&archive);
    archive["log"]["entries"].as_array().unwrap().clone()
}

pub(crate) fn follows(archive: &Value) {
    let schema: Value = serde_json::from_str(include_str!("har_schema.json")).unwrap();
    let mut faults = Vec::new();
    check(archive, &schema, &schema["definitions"], "", &mut faults);
    assert!(faults.is_empty(), "{faults:?}\n{archive:#}");
}

/// Follows the keywords that the schema has.
fn check(value: &Value, schema: &Value, definitions: &Value, at: &str, faults: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$comment" | "definitions" => true,
            "$ref" => {
                check(value, &definitions[wanted.as_str().unwrap()], definitions, at, faults);
                true
            }
            "type" => match wanted.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64() || value.is_u64(),
                "number" => value.is_number(),
                other => panic!("{other}"),
            },
            "required" => wanted.as_array().unwrap().iter().all(|name| !value[name.as_str().unwrap()].is_null()),
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(value, schema, definitions, &format!("{at}/{name}"), faults);
                    }
                }
                true
            }
            "items" => {
                let items = value.as_array().into_iter().flatten();
                items.for_each(|item| check(item, wanted, definitions, &format!("{at}[]"), faults));
                true
            }
            "minimum" => value.as_f64() >= wanted.as_f64(),
            "format" => {
                let text = value.as_str().unwrap_or_default();
                match wanted.as_str().unwrap() {
                    "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
                    "ip" => text.parse::<IpAddr>().is_ok(),
                    "uri" => url::Url::parse(text).is_ok(),
                    other => panic!("{other}"),
                }
            }
            other => panic!("the schema has a keyword that is not followed: {other}"),
        };
        if !holds {
            faults.push(format!("{at}: {keyword} {wanted}: {value}"));
        }
    }
}

#[test]
fn a_fault_would_be_seen() {
    let schema: Value = serde_json::from_str(include_str!("har_schema.json")).unwrap();
    for (broken, expected) in [
        (json!({"log": {"version": 1, "creator": {"name": "a", "version": "1"}, "entries": []}}), "/log/version: type"),
        (json!({"log": {"version": "1.2", "entries": [{"time": -1}]}}), "/log/entries[]/time: minimum"),
        (json!({"log": {}}), "/log: required"),
    ] {
        let mut faults = Vec::new();
        check(&broken, &schema, &schema["definitions"], "", &mut faults);
        assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{faults:?}");
    }
}

/// The head of a request as an entry has it.
fn head(entry: &Value, target: &str) -> String {
    let request = &entry["request"];
    let mut head =
        format!("{} {target} {}\r\n", request["method"].as_str().unwrap(), request["httpVersion"].as_str().unwrap());
    for field in request["headers"].as_array().unwrap() {
        head.push_str(&format!("{}: {}\r\n", field["name"].as_str().unwrap(), field["value"].as_str().unwrap()));
    }
    head + "\r\n"
}

#[test]
fn redirects_are_entries_and_hold_the_bytes_that_crossed() {
    let script = [redirect(302, "/b?x=1%202&y"), ok("h\u{e9}llo")].concat();
    let peer = Recorder::start(vec![script]);
    let found = entries(&["-sL", "-A", "agent", "-H", "X-Odd:  v ", &peer.url("/a")]);
    let [first, second] = found.as_slice() else { panic!("{found:?}") };
    let sent = peer.text().replace("X-Odd:  v \r\n", "X-Odd: v\r\n");
    assert_eq!(sent, head(first, "/a") + &head(second, "/b?x=1%202&y"));
    assert_eq!(
        first["request"]["headersSize"].as_u64().unwrap() + second["request"]["headersSize"].as_u64().unwrap(),
        peer.text().len() as u64
    );
    assert_eq!(first["response"]["status"], 302);
    assert_eq!(first["response"]["redirectURL"], "/b?x=1%202&y");
    assert_eq!(first["response"]["content"], json!({"size": 4, "mimeType": "", "text": "gone"}));
    assert_eq!(second["request"]["url"], peer.url("/b?x=1%202&y"));
    assert_eq!(second["request"]["queryString"], json!([{"name": "x", "value": "1 2"}, {"name": "y", "value": ""}]));
    assert_eq!(second["response"]["content"], json!({"size": 6, "mimeType": "", "text": "h\u{e9}llo"}));
    assert_eq!(second["response"]["bodySize"], 6);
    // The second goes over the connection of the first, which had to be made.
    assert_eq!(first["connection"], second["connection"]);
    assert!(
        first["timings"]["connect"].as_f64() >= Some(0.0) && second["timings"]["connect"].as_f64() == Some(-1.0),
        "{found:?}"
    );
    for entry in &found {
        let timings = entry["timings"].as_object().unwrap();
        // That of TLS is within that of the connection.
        let sum: f64 = timings
            .iter()
            .filter(|(name, _)| *name != "ssl")
            .filter_map(|(_, time)| time.as_f64())
            .filter(|time| *time >= 0.0)
            .sum();
        assert!((sum - entry["time"].as_f64().unwrap()).abs() < 0.001, "{entry}");
        assert_eq!(entry["serverIPAddress"], "127.0.0.1");
    }
}

#[test]
fn content_is_text_or_base64_without_chunks_and_codings() {
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    zipped.write_all(&[b'a'; 500]).unwrap();
    let zipped = zipped.finish().unwrap();
    let coded = |coding: &str, bytes: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n", bytes.len());
        answer([head.as_bytes(), bytes].concat())
    };
    let chunks =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n\0\xff\n\r\n2\r\nab\r\n0\r\nT: v\r\n\r\n";
    for (script, size, text, encoding, compression) in [
        (ok("plain"), 5, "plain".to_owned(), Value::Null, Value::Null),
        (answer(chunks), 5, STANDARD.encode(b"\0\xff\nab"), json!("base64"), Value::Null),
        (coded("gzip", &zipped), 500, "a".repeat(500), Value::Null, json!(500 - zipped.len())),
        // What cannot be decoded stands as it came.
        (coded("gzip", b"no gzip"), 7, "no gzip".to_owned(), Value::Null, Value::Null),
        (coded("unknown", b"abc"), 3, "abc".to_owned(), Value::Null, Value::Null),
    ] {
        let peer = Recorder::start(vec![script]);
        let found = entries(&["-s", &peer.url("/")]);
        let content = &found[0]["response"]["content"];
        assert_eq!(content["size"], size, "{content}");
        assert_eq!(content["text"], text);
        assert_eq!(content["encoding"], encoding);
        assert_eq!(content["compression"], compression);
    }
    let peer = Recorder::start(vec![answer(chunks)]);
    let crossed = chunks.len() - b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".len();
    assert_eq!(entries(&["-s", &peer.url("/")])[0]["response"]["bodySize"], crossed);
}

#[test]
fn the_content_of_a_request_is_there_too() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("binary");
    fs::write(&file, b"\0\xff\r\n").unwrap();
    let (data, upload) = (format!("@{}", file.display()), file.to_str().unwrap());
    for (arguments, media_type, text, encoding) in [
        (&["-d", "a=b&c"][..], "application/x-www-form-urlencoded", "a=b&c".to_owned(), Value::Null),
        (
            &["--data-binary", &data],
            "application/x-www-form-urlencoded",
            STANDARD.encode(b"\0\xff\r\n"),
            json!("base64"),
        ),
        (&["-T", upload, "-H", "Transfer-Encoding: chunked"], "", STANDARD.encode(b"\0\xff\r\n"), json!("base64")),
    ] {
        let peer = Recorder::start(vec![ok("")]);
        let found = entries(&[&["-s", "-H", "Expect:", &peer.url("/x")], arguments].concat());
        let posted = &found[0]["request"]["postData"];
        assert_eq!(
            (&posted["mimeType"], &posted["text"], &posted["_encoding"]),
            (&json!(media_type), &json!(text), &encoding)
        );
        let crossed = peer.connections().concat();
        let head = crossed.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
        assert_eq!(found[0]["request"]["bodySize"], crossed.len() - head, "{posted}");
    }
}

#[test]
fn secrets_are_masked_unless_they_shall_be_shown() {
    let answered = "HTTP/1.1 200 OK\r\nSet-Cookie: sid=hidden3; Path=/; HttpOnly; Expires=Sun, 06 Nov 2050 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n";
    let shown = |more: &[&str]| {
        let peer = Recorder::start(vec![answer(answered)]);
        let url = peer.url("/").replace("//", "//me:hidden1@");
        let found = entries(&[&["-s", "-b", "a=hidden2", &url], more].concat());
        assert_eq!(found[0]["request"]["cookies"][0]["name"], "a");
        assert_eq!(found[0]["response"]["cookies"][0]["name"], "sid");
        assert_eq!(found[0]["response"]["cookies"][0]["expires"], "2050-11-06T08:49:37.000Z");
        (json!(found).to_string(), found)
    };
    let (text, found) = shown(&[]);
    assert!(!text.contains("hidden") && !text.contains("bWU6"), "{text}");
    assert_eq!(found[0]["request"]["cookies"][0]["value"], "***");
    let (text, found) = shown(&["--show-secrets"]);
    assert!(
        text.contains("hidden2") && text.contains("sid=hidden3; Path=/") && text.contains("Basic bWU6aGlkZGVuMQ=="),
        "{text}"
    );
    assert!(!found[0]["request"]["url"].as_str().unwrap().contains("hidden"), "{text}");
}

#[test]
fn failed_transfers_and_tunnels_are_entries() {
    let opened = Act::Write(b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec());
    let proxy = Recorder::start(vec![[vec![Act::Read, opened], ok("x")].concat()]);
    let found = entries(&["-s", "-p", "-x", &proxy.address.to_string(), "http://h/path"]);
    let told: Vec<String> = found
        .iter()
        .map(|entry| {
            format!("{} {} {}", entry["request"]["method"], entry["request"]["url"], entry["response"]["status"])
        })
        .collect();
    assert_eq!(told, ["\"CONNECT\" \"http://h:80/\" 200", "\"GET\" \"http://h/path\" 200"]);
    let sent = head(&found[0], "h:80") + &head(&found[1], "/path");
    assert_eq!(sent, proxy.text());

    let refusing = Recorder::start(vec![answer("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")]);
    let found = entries(&["-s", "-p", "-x", &refusing.address.to_string(), "http://h/path"]);
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["request"]["method"], &found[0]["response"]["status"]), (&json!("CONNECT"), &json!(403)));
    assert!(found[0]["comment"].as_str().unwrap().contains("CONNECT tunnel failed, response 403"), "{found:?}");

    let found = entries(&["-s", "http://127.0.0.1:1/none"]);
    assert_eq!(
        (&found[0]["request"]["url"], &found[0]["response"]["status"]),
        (&json!("http://127.0.0.1:1/none"), &json!(0))
    );
    assert_eq!((&found[0]["request"]["headers"], &found[0]["request"]["headersSize"]), (&json!([]), &json!(0)));
    assert!(found[0]["comment"].as_str().unwrap().contains("connection refused"), "{found:?}");

    let cut = Recorder::start(vec![answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")]);
    let found = entries(&["-s", &cut.url("/")]);
    assert_eq!(found[0]["response"]["content"]["text"], "abc");
    assert!(found[0]["comment"].as_str().unwrap().contains("6 bytes remaining"), "{found:?}");
}

#[test]
fn interim_responses_are_not_the_response() {
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
    let peer = Recorder::start(vec![answer(hints)]);
    let found = entries(&["-s", &peer.url("/")]);
    assert_eq!((&found[0]["response"]["status"], &found[0]["response"]["headersSize"]), (&json!(200), &json!(38)));
    assert_eq!(found[0]["comment"], "an interim response 103 came before");
}

#[test]
fn all_groups_and_all_at_once_are_in_one_archive() {
    for at_once in [&[][..], &["-Z"]] {
        let peer = Recorder::start(vec![[ok("1"), ok("2"), ok("3")].concat()]);
        let found = entries(&[&["-s", &peer.url("/[1-2]")], at_once, &["--next", "-s", &peer.url("/3")]].concat());
        let mut urls: Vec<&str> = found.iter().map(|entry| entry["request"]["url"].as_str().unwrap()).collect();
        urls.sort_unstable();
        assert_eq!(urls, [peer.url("/1"), peer.url("/2"), peer.url("/3")]);
    }
}

#[test]
fn an_archive_takes_the_place_of_another_whole_or_not_at_all() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("run.har");
    let name = path.to_str().unwrap();
    let peer = Recorder::start(vec![ok("abc")]);
    // The content goes where it goes; the archive is beside it.
    request(&["-s", "--har", name, &peer.url("/")]).assert().success().stdout("abc");
    let whole = fs::read(&path).unwrap();
    follows(&serde_json::from_slice(&whole).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    // A file that cannot grow is as a full disk: the old archive stays, and one line says why.
    let peer = Recorder::start(vec![ok(&"x".repeat(20_000))]);
    let line = "trap '' XFSZ; ulimit -f 8; exec \"$0\" request -s -S -o /dev/null --har \"$1\" \"$2\"";
    let ended = Command::new("sh").args(["-c", line, kit::PROGRAM, name, &peer.url("/")]).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(23), "{said}");
    assert!(said.lines().count() == 1 && said.contains(&format!("cannot write the archive '{name}': ")), "{said}");
    assert_eq!(fs::read(&path).unwrap(), whole);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    // Where none can be written, nothing is sent.
    let peer = Recorder::start(vec![ok("abc")]);
    let run = request(&["-s", "-S", "--har", "/nowhere/run.har", &peer.url("/")]).assert().code(23).stdout("");
    assert!(
        String::from_utf8_lossy(&run.get_output().stderr)
            .contains("cannot write the archive '/nowhere/run.har': no such")
    );
    assert!(peer.connections().is_empty());
    // Nothing is sent, so there is nothing to write.
    request(&["--dry-run", "--har", "/nowhere/run.har", &peer.url("/")]).assert().success();
}

#[test]
#[ignore = "needs npm"]
fn the_published_schema_takes_it() {
    let folder = TempDir::new().unwrap();
    let packages = ["install", "--silent", "--no-audit", "--no-fund", "har-schema@2.0.0", "ajv@6"];
    let npm = Command::new("npm").args(packages).current_dir(folder.path()).output().unwrap();
    assert!(npm.status.success(), "{npm:?}");
    let script = folder.path().join("har_schema.js");
    fs::copy(kit::project().join("tests/peers/har_schema.js"), &script).unwrap();
    let answered = "HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: a=b; Expires=Sun, 06 Nov 2050 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n";
    let peer = Recorder::start(vec![[answer(answered), ok("\0\u{1}text")].concat()]);
    let path = folder.path().join("run.har");
    let _ = request(&[
        "-sL",
        "-b",
        "c=d",
        "--har",
        path.to_str().unwrap(),
        &peer.url("/?q"),
        "-d",
        "x",
        "http://127.0.0.1:1/",
    ])
    .assert();
    let node = Command::new("node").args([&script, &path]).output().unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
}
