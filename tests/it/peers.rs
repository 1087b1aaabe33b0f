//! Other people's programs talk to `serve`, and `request` talks to another server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::kit::{self, Serve, clean, httpkit, serve};

fn students() -> Serve {
    serve().example("students.json").start()
}

/// A child that is ended when the test is over, however it ends.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        // Both fail harmlessly when it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Python's own server on a folder: the peer, and where it listens.
fn python_server(folder: &Path) -> (Peer, SocketAddr) {
    let mut command = Command::new("python3");
    clean(&mut command);
    command.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]).current_dir(folder);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    let peer = Peer(child);
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let port = line.split("port ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().parse().unwrap();
    (peer, SocketAddr::from(([127, 0, 0, 1], port)))
}

#[test]
#[ignore = "needs python3"]
fn request_talks_to_the_server_of_python() {
    let folder = tempfile::TempDir::new().unwrap();
    let bytes: Vec<u8> = (0..100_000u32).map(|number| (number % 251) as u8).collect();
    std::fs::write(folder.path().join("bytes.bin"), &bytes).unwrap();
    std::fs::write(folder.path().join("a b.json"), "{\"n\": 1.0}\n").unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("sub/index.html"), "<p>in there</p>").unwrap();
    let (_peer, address) = python_server(folder.path());
    let at = |path: &str| format!("http://{address}{path}");

    httpkit(&["request", &at("/bytes.bin")]).assert().success().stdout(bytes).stderr("");
    httpkit(&["request", &at("/a%20b.json")]).assert().success().stdout("{\"n\": 1.0}\n");
    let head = httpkit(&["request", "-I", &at("/bytes.bin")]).assert().success().get_output().stdout.clone();
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.0 200 OK\r\n") && head.contains("Content-Length: 100000\r\n"), "{head}");
    httpkit(&["request", "-L", &at("/sub")]).assert().success().stdout("<p>in there</p>");
    let moved = httpkit(&["request", "-w", "%{http_code} %{num_redirects}", &at("/sub")]).assert().success();
    moved.stdout("301 0");
    httpkit(&["request", "-sS", "-f", &at("/none")]).assert().code(22).stdout("");
    let put = httpkit(&["request", "PUT", &at("/x"), "-d", "1", "-o", "/dev/null", "-w", "%{http_code}"]).assert();
    put.success().stdout("501");
}

#[test]
#[ignore = "needs python3"]
fn python_talks_to_serve() {
    let serve = students();
    let script = r#"
import http.client, json, sys, urllib.error, urllib.request
host = sys.argv[1]
connection = http.client.HTTPConnection(host, timeout=20)
def ask(method, target, body=None, fields={}):
    connection.request(method, target, body, fields)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers
JSON = {"Content-Type": "application/json"}
status, body, fields = ask("GET", "/Chan_Jin/grade")
assert (status, json.loads(body)) == (200, "3.5"), (status, body)
assert ask("PUT", "/Chan_Jin/grade", '"4.0"', JSON)[0] == 200
local = connection.sock.getsockname()
record = {"student_number": "20210001", "grade": "3.0", "department": "Law"}
assert ask("PUT", "/New_One", json.dumps(record), JSON)[0] == 201
assert json.loads(ask("GET", "/New_One")[1]) == record
assert ask("PATCH", "/New_One", '{"grade": "3.1"}', JSON)[0] == 200
# An iterator has no length, so http.client sends it chunked.
assert ask("PUT", "/New_One/department", iter([b'"La', b'w"']), JSON)[0] == 200
assert ask("HEAD", "/New_One")[:2] == (200, b"")
assert ask("DELETE", "/New_One")[0] == 200
assert ask("GET", "/New_One")[0] == 404
assert connection.sock.getsockname() == local, "the connection was not kept"
with urllib.request.urlopen(f"http://{host}/Zo%C3%AB_M%C3%BCller", timeout=20) as answer:
    assert json.load(answer)["department"] == "German Literature"
try:
    urllib.request.urlopen(f"http://{host}/nobody", timeout=20)
except urllib.error.HTTPError as refusal:
    assert refusal.code == 404 and refusal.headers.get_content_type() == "application/problem+json"
    assert json.load(refusal)["status"] == 404
else:
    raise AssertionError("404 expected")
"#;
    let mut command = Command::new("python3");
    clean(&mut command);
    let output = command.args(["-c", script, &serve.address().to_string()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(serve.read("students.json").contains("\"grade\": \"4.0\""));
    assert!(!serve.read("students.json").contains("New_One"));
}

/// curl, without its start-up file and the environment's proxies; the status code is the last line that it prints.
fn curl(serve: &Serve, arguments: &[&str], path: &str) -> (String, u16) {
    let mut command = Command::new("curl");
    clean(&mut command);
    command.args(["-q", "-sS", "-m", "20", "-w", "\n%{http_code}"]).args(arguments).arg(serve.at(path));
    let output = command.output().unwrap();
    assert!(output.status.success(), "curl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let (body, code) = printed.rsplit_once('\n').unwrap();
    (body.to_owned(), code.parse().unwrap())
}

#[test]
#[ignore = "needs curl"]
fn curl_talks_to_serve() {
    let serve = students();
    assert_eq!(curl(&serve, &[], "/Chan_Jin/grade"), ("\"3.5\"".to_owned(), 200));
    let record = r#"{"student_number": "20210001", "grade": "3.0", "department": "Law"}"#;
    assert_eq!(curl(&serve, &["-X", "PUT", "--json", record], "/New_One").1, 201);
    assert_eq!(curl(&serve, &["-X", "PUT", "-d", record], "/New_One").1, 200, "a form type, but JSON");
    assert_eq!(curl(&serve, &["-X", "PATCH", "--json", r#"{"grade": "3.1"}"#], "/New_One").1, 200);
    assert_eq!(curl(&serve, &[], "/New_One/grade"), ("\"3.1\"".to_owned(), 200));
    assert_eq!(curl(&serve, &["--json", r#"{"A": {}, "Chan_Jin": {}}"#], "/").1, 409, "one of them is taken");
    assert_eq!(curl(&serve, &[], "/A").1, 404, "so nothing was added");
    assert_eq!(curl(&serve, &["-X", "DELETE"], "/New_One").1, 200);
    let (head, code) = curl(&serve, &["-I"], "/Chan_Jin");
    assert_eq!(code, 200);
    assert!(head.to_ascii_lowercase().contains("\r\ncontent-length: "), "{head}");
    let (head, code) = curl(&serve, &["-i", "-X", "OPTIONS"], "/Chan_Jin");
    assert_eq!(code, 204);
    assert!(head.contains("DELETE"), "{head}");
    assert_eq!(curl(&serve, &["-X", "BREW"], "/").1, 501);
    assert_eq!(curl(&serve, &["-H", "Expect: 100-continue", "-T", "-"], "/Chan_Jin").1, 400, "empty is not JSON");
    assert_eq!(curl(&serve, &["-0"], "/Chan_Jin/grade"), ("\"3.5\"".to_owned(), 200));
}

#[test]
#[ignore = "needs curl"]
fn curl_uses_the_action_routes_of_the_originals() {
    let serve = serve().beside("data.json", "{\n\t\"color\": \"red\"\n}\n").start();
    assert_eq!(curl(&serve, &["-d", "ID: 20182793&Subject: Computer_Network"], "/create").1, 201);
    assert_eq!(curl(&serve, &["-d", "ID: 1"], "/create").1, 409);
    assert_eq!(curl(&serve, &["-X", "PUT", "-d", "key:val"], "/update").1, 200);
    assert_eq!(curl(&serve, &["-d", "nonsense"], "/create").1, 400);
    let expected = "{\n\t\"color\": \"red\",\n\t\"ID\": \"20182793\",\n\t\"Subject\": \"Computer_Network\",\n\t\"key\": \"val\"\n}\n";
    assert_eq!(serve.read("data.json"), expected);
}

/// What Chromium makes of a page: the document after its scripts have run. `elsewhere.example` is this machine, too,
/// for it, as a name that a stranger controls may be.
fn chromium(url: &str) -> String {
    let profile = tempfile::TempDir::new().unwrap();
    let mut command = Command::new("chromium");
    clean(&mut command);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.arg(format!("--user-data-dir={}", profile.path().display()));
    command.arg("--host-resolver-rules=MAP elsewhere.example 127.0.0.1");
    command.args(["--virtual-time-budget=10000", "--dump-dom", url]).env("HOME", profile.path());
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "needs chromium"]
fn a_browser_talks_to_serve() {
    let serve = students();
    let page = chromium(&serve.at("/Chan_Jin/grade"));
    assert!(page.contains("3.5"), "{page}");
    let page = chromium(&serve.at("/"));
    assert!(page.contains("Chan_Jin") && page.contains("Zoë_Müller"), "{page}");
}

#[test]
#[ignore = "needs chromium"]
fn a_page_from_this_machine_may_change_the_data() {
    let serve = students();
    let script = r#"
        const json = {"Content-Type": "application/json"};
        const put = await fetch(base + "/Chan_Jin/grade", {method: "PUT", headers: json, body: '"4.0"'});
        const gone = await fetch(base + "/Ho_Jung", {method: "DELETE"});
        const read = await fetch(base + "/Chan_Jin");
        say([put.status, gone.status, read.status, (await read.json()).grade].join(" "));"#;
    let page = chromium(&web_page(&serve, script));
    assert!(page.contains("said: 200 200 200 4.0"), "{page}");
    let text = serve.read("students.json");
    assert!(text.contains("\"grade\": \"4.0\"") && !text.contains("Ho_Jung"), "{text}");
}

/// By its age alone a browser would keep it for a day, and not ask.
#[test]
#[ignore = "needs chromium"]
fn a_page_sees_what_it_has_just_changed_in_an_old_file() {
    let serve = kit::serve().file("db.json", r#"{"posts": [{"id": 1, "title": "old"}]}"#).start();
    let ten_days_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(10 * 24 * 3600);
    let file = std::fs::File::options().write(true).open(serve.path("db.json")).unwrap();
    file.set_modified(ten_days_ago).unwrap();
    drop(file);
    let script = r#"
        const json = {"Content-Type": "application/json"};
        const list = async () => (await (await fetch(base + "/posts")).json())[0].title;
        const before = await list();
        const patch = await fetch(base + "/posts/1", {method: "PATCH", headers: json, body: '{"title": "new"}'});
        say([before, patch.status, await list()].join(" "));"#;
    let page = chromium(&web_page(&serve, script));
    assert!(page.contains("said: old 200 new"), "{page}");
}

#[test]
#[ignore = "needs chromium"]
fn a_page_from_elsewhere_can_neither_read_nor_write() {
    let serve = students();
    let script = r#"
        const tried = async (request) => { try { return (await request).type } catch (error) { return "refused" } };
        const put = {method: "PUT", headers: {"Content-Type": "application/json"}, body: "1"};
        const post = {method: "POST", body: "key: v", mode: "no-cors"};
        const answers = [
            await tried(fetch(base + "/Chan_Jin")),
            await tried(fetch(base + "/Chan_Jin", put)),
            await tried(fetch(base + "/create", post)),
            await tried(fetch(base.replace("127.0.0.1", "elsewhere.example") + "/Ho_Jung")),
        ];
        say(answers.join(" "));"#;
    let before = serve.read("students.json");
    let page = chromium(&web_page(&serve, script).replace("127.0.0.1", "elsewhere.example"));
    assert!(page.contains("said: refused refused opaque refused"), "{page}");
    assert_eq!(serve.read("students.json"), before);
    let said = serve.stop().stderr;
    for line in ["\"POST /create HTTP/1.1\" 403 ", "\"GET /Ho_Jung HTTP/1.1\" 421 "] {
        assert!(said.contains(line), "no {line} in {said}");
    }
}

/// A page with a script that knows the server as `base` and may `say` something.
fn page_text(serve: &Serve, script: &str) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><body><script type=module>
        const base = \"{}\";
        const say = (words) => document.body.append(\"said: \" + words);
        try {{ {script} }} catch (error) {{ say(error) }}
        </script></body>",
        serve.url()
    )
}

/// Where such a page is served, from another port of this machine.
fn web_page(serve: &Serve, script: &str) -> String {
    let page = page_text(serve, script);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // The thread ends with the test's process; a browser may come back for an icon at any time.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            stream.set_read_timeout(Some(kit::PATIENCE)).unwrap();
            let _ = stream.read(&mut request);
            let head = format!("Content-Type: text/html\r\nContent-Length: {}\r\nConnection: close", page.len());
            let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{page}").as_bytes());
        }
    });
    format!("http://{address}/")
}
