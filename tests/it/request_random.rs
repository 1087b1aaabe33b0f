//! Command lines that nobody has thought of: words drawn by lot, run by `request` and by curl against the same peers. What
//! crosses the wire, what is written where and the exit status must be the same.
//!
//! `HTTPKIT_CURL=/path/to/curl` names a current curl, `HTTPKIT_LINES=3000` how many lines, `HTTPKIT_SEED=7` where to begin.

use std::process::Command;
use std::thread;

use crate::kit;
use crate::request_like_curl::{Seen, run};
use crate::server::property::Random;

/// What the peer does, see there.
const PEERS: &[&str] = &[
    "ok",
    "ok",
    "many",
    "many",
    "chunked",
    "close",
    "early",
    "404",
    "204",
    "304",
    "206",
    "named",
    "301, named",
    "dated",
    "short",
    "bad chunk",
    "cut chunk",
    "empty",
    "basic",
    "basic, closing",
    "407",
    "cookies",
    "301",
    "302",
    "303",
    "307",
    "308",
    "loop",
    "twice",
    "gzip",
    "bad gzip",
    "coding",
    "head ETag: \"x\"|Content-Type: text/plain",
    "head Set-Cookie: a=b; Path=/; Expires=Sat, 01 Jan 2050 00:00:00 GMT|Set-Cookie: c=d; Secure",
    "head Content-Disposition: attachment; filename=given|Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT",
    "says HTTP/1.1 302 Found|Location: http://other.test/b|Content-Length: 0|| & HTTP/1.1 200 OK|Content-Length: 3||end",
    "says HTTP/1.1 302 Found|Location: /b|Set-Cookie: s=t|Content-Length: 0|| & HTTP/1.1 200 OK|Content-Length: 3||end",
    "says HTTP/1.1 200 OK|Content-Length: 0|Proxy-Agent: p|| & HTTP/1.1 200 OK|Content-Length: 3||end",
    "says HTTP/1.1 407 No|Proxy-Authenticate: Basic realm=p|Content-Length: 2||no & HTTP/1.1 200 OK|Content-Length: 3||end",
    "says HTTP/1.1 407 No|Proxy-Authenticate: Basic realm=p|Content-Length: 2||no & HTTP/1.1 200 OK|Content-Length: 0|| & HTTP/1.1 200 OK|Content-Length: 3||end",
    "says HTTP/1.1 401 No|WWW-Authenticate: Basic realm=p|Content-Length: 2||no & HTTP/1.1 200 OK|Content-Length: 3||end",
];

/// Methods, contents and fields.
const REQUEST: &[&str] = &[
    "-I",
    "-d a=b",
    "-d @lines",
    "--data-binary @lines",
    "--data-raw @x",
    "--data-urlencode n=a+b&c",
    "--data-urlencode @five",
    "--json {}",
    "-G -d q=r",
    "--url-query x=y&z",
    "-X PUT",
    "-X DELETE",
    "-X get",
    "-T five",
    "-T lines",
    "-T empty",
    "-T {five,lines}",
    "-T nothing",
    "-F a=b",
    "-F f=@five",
    "-F f=<lines;type=text/plain",
    "-F f=@five;filename=x;type=a/b",
    "--form-string a=@b",
    "-H A:b",
    "-H A:",
    "-H A;",
    "-H Host:x",
    "-H User-Agent:",
    "-H Accept:",
    "-H Expect:",
    "-H Connection:close",
    "-H Cookie:t=1",
    "-H Authorization:x",
    "-H Content-Type:x/y",
    "-d a=b -H Transfer-Encoding:chunked",
    "-H @fields",
    "-e ref",
    "-e ref;auto",
    "-r 1-2",
    "-r -2",
    "-z 20180101",
    "-z -20180101",
    "--compressed",
    "--tr-encoding",
    "-0",
    "--raw",
    "--request-target /other",
    "--expect100-timeout 1",
];

/// Cookies and secrets.
const WHO: &[&str] = &[
    "-b a=1",
    "-b jar",
    "-b none",
    "-b a=1;b=2 -b jar",
    "-c out.jar",
    "-c -",
    "-b jar -c jar",
    "-j -b jar",
    "-n",
    "--netrc-file rc",
    "--netrc-file rc --netrc-optional",
    "--netrc-optional",
    "-u a:b",
    "-u a:",
    "-u :b",
    "-u me: --netrc-file rc",
    "--digest -u a:b",
    "--basic",
    "--anyauth -u a:b",
    "--oauth2-bearer token",
    "--location-trusted",
];

/// Ways through proxies; the peer is the proxy.
const WAYS: &[&str] = &[
    "-x URL",
    "-x http://pu:pp@127.0.0.1:PORT",
    "-x 127.0.0.1:PORT -U pu:pp",
    "-x URL -p",
    "-x URL -p -U pu:pp",
    "-x URL -U pu:pp --proxy-digest",
    "-x URL -U pu:pp --proxy-anyauth",
    "-x URL -p -U pu:pp --proxy-anyauth",
    "-x URL --proxy-header P:q",
    "-x URL -p --proxy-header P:q",
    "-x URL --noproxy 127.0.0.1",
    "-x URL -p --suppress-connect-headers",
    "--proxy1.0 127.0.0.1:PORT",
    "--proxy1.0 127.0.0.1:PORT -p",
    "--preproxy http://127.0.0.1:1",
];

/// Where what comes is written, and what is followed.
const ANSWER: &[&str] = &[
    "-i",
    "-D heads",
    "-D -",
    "-o out",
    "-O",
    "-O -J",
    "-J",
    "--remote-name-all",
    "--remote-name-all --no-remote-name",
    "-o five",
    "-o sub/out --create-dirs",
    "-o no/out",
    "--output-dir sub --create-dirs -O",
    "-o #1.out",
    "-o lines --no-clobber",
    "-C 3",
    "-C - -o five",
    "-C - -o new",
    "-o out --remove-on-error",
    "--max-filesize 3",
    "-R -o out",
    "--etag-save tag",
    "--etag-compare empty",
    "--etag-compare five --etag-save five",
    "--out-null",
    "--skip-existing -o five",
    "-L",
    "-L",
    "-L --max-redirs 1",
    "-L --post301 --post302 --post303",
    "-L -X POST",
    "--follow -X POST -d x",
    "-f",
    "--fail-with-body",
    "--fail-early",
    "--path-as-is",
    "-g",
    "--retry 1 --retry-delay 1 --retry-all-errors",
    "-w |%{http_code}|%{size_download}|%{num_redirects}|%{url_effective}|%{exitcode}\\n",
    "-w |%{size_upload}|%{num_connects}|%{redirect_url}|%{content_type}|%{method}|%{num_headers}\\n",
    "-w |%{http_connect}|%{proxy_used}|%{header_json}|%{filename_effective}|%{urlnum}|%{num_retries}\\n",
    "-w %output{said}%{response_code}|%header{location}|%{size_header}|%{size_delivered}|%{referer}",
    "-K options",
    "--next -b x=y",
    "-s",
];

/// What is asked.
const TARGETS: &[&str] = &[
    "URL",
    "URL",
    "URL/dir/name.txt",
    "URL/a/../b?q=1#f",
    "URL/{a,b}",
    "URL/[1-2]",
    "http://me:pass@127.0.0.1:PORT/x",
    "URL/a URL/b",
    "localhost:PORT",
    "file://FOLDER/lines",
    "file://FOLDER/nothing",
    "hxxp://a.test/",
];

/// What is asked through a proxy.
const PROXIED: &[&str] =
    &["http://a.test/x", "http://a.test:81/", "http://u:p@a.test/?q", "URL/y", "http://[::1]:82/z"];

/// What differs on purpose, as the README says, or where curl itself does something else each time. Whether a connection that
/// the peer has closed is found to be closed before or after the next request depends on the moment: only a peer that stays
/// is asked for more than one thing.
fn is_left_out(name: &str, line: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| line.contains(word));
    let is_several = has(&["{a,b}", "[1-2]", "/a URL/b", "{five,lines}", "--next"]);
    let has_content = has(&["-d ", "--data", "--json", "-F ", "--form", "-T "]);
    let is_tunnel = has(&[" -p", "-p "]);
    let speaks_of_tunnels = ["says HTTP/1.1 200", "says HTTP/1.1 407", "404", "302", "empty"];
    let may_wait = has(&["--digest", "--anyauth", "--proxy-digest", "--proxy-anyauth"]);
    // Another transfer repeats the field, or the jar on standard output, in curl alone.
    let follows = has(&["-L", "--follow", "--location"]);
    (is_several && (name != "many" || has(&["--etag", "-c -"])))
        // curl reads the file and does not say that it sends nothing.
        || (has(&["file://"]) && (has_content || has(&["-i", "-D ", "-O", "num_headers", "size_header", "-K "])))
        // curl opens the file before anything is asked.
        || (has(&["-C "]) && (has_content || has(&["no/out"])))
        || (has(&["-C 3", "-C - -o new"]) && has(&["-O", "-o out", "-o five", "-o lines", "-o sub", "-o #1", "--remote-name-all", "--out-null"]))
        || (has(&["-C "]) && has(&["-J"]))
        || (has(&["-C - -o five"]) && has(&["-o out"]))
        // What a failure leaves in them.
        || (has(&["-n"]) && has(&["-c ", "url_effective", "file://"]))
        || (has(&["hxxp:"]) && has(&["filename_effective", "-T ", "-J", "referer", "%{method}", "url_effective"]))
        || (has(&["file://"]) && has(&["--url-query", "-G "]) && has(&["url_effective"]))
        || (has_content && has(&["--skip-existing"]))
        || (name.contains("other.test") && follows && has(&["header_json", "%header"]))
        || (has(&["-T "]) && has(&["-d ", "-F ", "--data", "--form", "--json"]) && has(&["--etag-save"]))
        || (has(&["--max-filesize"]) && has(&["file://"]))
        || (has(&["--max-filesize"]) && has(&["size_download"]))
        || (name == "loop" && has(&["%header", "header_json"]))
        || (has(&["--retry"]) && (has(&["no/out", "file://"]) || is_tunnel))
        // Content behind the answer to CONNECT comes from nobody.
        || (is_tunnel && !speaks_of_tunnels.iter().any(|peer| name.starts_with(peer)))
        || (is_tunnel && has(&["anyauth"]) && name.ends_with("no & HTTP/1.1 200 OK|Content-Length: 3||end"))
        // A name and a password are kept out of it.
        || (has(&["url_effective", "redirect_url"]) && has(&["http://u:p@", "http://me:pass@", "-n", "--netrc"]))
        // A token beside other schemes is said at once.
        || (has(&["--oauth2"]) && has(&["--digest", "--anyauth", "--basic"]))
        || (may_wait && (has_content || !name.starts_with("says")))
        // What describes content goes with content only (RFC 9110 15.4).
        || (has(&["-H Content-Type", "-H Transfer-Encoding", "--json"]) && follows)
        || (name == "301, named" && follows)
        || (name == "bad chunk" && has(&["--raw"]))
        // curl leaves one of them out.
        || (has(&["-G"]) && has(&["--url-query"]))
        // A file of -T makes a place for what comes before the option.
        || (has(&["-T "]) && has(&["--remote-name-all"]))
        // curl removes the dots where it adds a query.
        || (has(&["--path-as-is"]) && has(&["-G", "--url-query"]))
        // curl counts the framing of chunks, and not what could not be written.
        || (has(&["size_upload"]) && has(&["-H Transfer-Encoding"]))
        || (has(&["no/out"]) && has(&["size_download", "redirect_url", "size_header", "header_json"]))
        // curl names what was typed, not what was sent.
        || (has(&["--follow -X"]) && has(&["%{method}"]))
        || (is_tunnel && has(&["num_headers"]))
        || (has(&["--out-null"]) && has(&["size_delivered"]))
        // A header section without content is lost there.
        || (has(&["-J"]) && has(&["-i", "-I", "-K "]))
        || (has(&["-C - -o new", "hxxp:"]) && has(&["-C 3"]))
        || (has(&["--retry"]) && name.starts_with("says"))
        || (has(&["-T nothing"]) && has(&["-w "]))
        // Nothing is sent behind it (RFC 9112 9.6).
        || (has(&["-H Connection"]) && (is_several || follows || may_wait))
        // A line end is no part of a URL.
        || (has(&["-G"]) && has(&["--data-binary @lines"]))
        // Content that must not come.
        || (has(&["-I"]) && has(&["-X"]))
}

/// A peer and a command line.
fn line(random: &mut Random) -> (&'static str, String) {
    loop {
        let (name, line) = any_line(random);
        if !is_left_out(name, &line) {
            return (name, line);
        }
    }
}

fn any_line(random: &mut Random) -> (&'static str, String) {
    let mut words = Vec::new();
    let through = random.below(3) == 0;
    if through {
        words.push(random.pick(WAYS));
    }
    for (list, most) in [(REQUEST, 3), (WHO, 3), (ANSWER, 4)] {
        for _ in 0..random.below(most) {
            words.push(random.pick(list));
        }
    }
    // Their order matters too.
    for place in (1..words.len()).rev() {
        words.swap(place, random.below(place + 1));
    }
    let target = random.pick(if through { PROXIED } else { TARGETS });
    words.insert(random.below(words.len() + 1), target);
    (random.pick(PEERS), words.join(" "))
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// What is found about the lines, four of them at a time.
fn found(lines: u64, look: impl Fn(&str, &str) -> Option<String> + Sync) -> Vec<String> {
    let mut random = Random(number("HTTPKIT_SEED", 1));
    let drawn: Vec<(&str, String)> = (0..lines).map(|_| line(&mut random)).collect();
    let look = &look;
    thread::scope(|scope| {
        let begin =
            |part: &'_ [(&'static str, String)]| part.iter().filter_map(|(name, line)| look(name, line)).collect();
        let parts = drawn.chunks(drawn.len().div_ceil(4));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || -> Vec<String> { begin(part) })).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn a_command_line_drawn_by_lot_ends_with_a_status_of_its_own() {
    let panics = found(number("HTTPKIT_LINES", 100), |name, line| {
        let seen = run(&[kit::PROGRAM, "request"], name, line);
        let status = seen.status.strip_prefix("exit status: ").and_then(|number| number.parse::<u8>().ok());
        status.is_none_or(|status| status > 100).then(|| format!("{name} $ {line}: {}", seen.status))
    });
    assert!(panics.is_empty(), "{}", panics.join("\n"));
}

/// The curl of older systems does other things.
#[test]
#[ignore = "needs a current curl"]
fn a_command_line_drawn_by_lot_means_what_it_means_to_current_curl() {
    let curl = std::env::var("HTTPKIT_CURL").unwrap_or_else(|_| "curl".to_owned());
    let said = Command::new(&curl).arg("--version").output().unwrap().stdout;
    let said = String::from_utf8_lossy(&said).into_owned();
    let mut version = said.trim_start_matches("curl ").split('.').map_while(|part| part.parse::<u32>().ok());
    let is_current = (version.next(), version.next()) >= (Some(8), Some(20));
    assert!(is_current, "expected curl 8.20 or newer, in PATH or named by HTTPKIT_CURL; found {said}");
    let different = found(number("HTTPKIT_LINES", 300), |name, line| difference(&curl, name, line));
    assert!(different.is_empty(), "{} differ\n{}", different.len(), different.join("\n"));
}

/// What differs each time: whether a connection is found to be closed before a request or after it depends on the moment.
fn difference(curl: &str, name: &str, line: &str) -> Option<String> {
    (0..3).map(|_| difference_once(curl, name, line)).collect::<Option<Vec<_>>>()?.pop()
}

fn difference_once(curl: &str, name: &str, line: &str) -> Option<String> {
    let (ours, curls) = (run(&[kit::PROGRAM, "request"], name, line), run(&[curl, "-q"], name, line));
    (ours != curls).then(|| format!("{name} $ {line}\n{}", apart(&ours, &curls)))
}

/// Where they differ.
fn apart(ours: &Seen, curls: &Seen) -> String {
    let mut said = String::new();
    for (what, one, other) in [
        ("status", &ours.status, &curls.status),
        ("sent", &ours.wire, &curls.wire),
        ("stdout", &ours.stdout, &curls.stdout),
    ] {
        if one != other {
            said.push_str(&format!("  {what}\n    request {one:?}\n    curl    {other:?}\n"));
        }
    }
    for name in ours.files.keys().chain(curls.files.keys()) {
        let (one, other) = (ours.files.get(name), curls.files.get(name));
        if one != other && !said.contains(&format!("file {name}\n")) {
            said.push_str(&format!("  file {name}\n    request {one:?}\n    curl    {other:?}\n"));
        }
    }
    said
}
