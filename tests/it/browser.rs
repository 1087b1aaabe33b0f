//! A form on another site's page, which a browser posts without asking anybody: the page tells the test when it has.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use tempfile::TempDir;

use crate::kit::{self, PATIENCE};

/// A page that reads, writes with PUT, and posts a form, and then reports what it could do to the site it came from.
const PAGE: &str = r#"<!doctype html><title>page</title>
<iframe name="sink"></iframe>
<form method="post" action="API/list" target="sink" enctype="text/plain"><input name='{"form":"' value='posted"}'></form>
<script>
const tried = async (what, work) => { try { return what + "=" + await work(); } catch { return what + "=refused"; } };
addEventListener("load", async () => {
  const read = await tried("read", async () => (await fetch("API/color")).json());
  const json = { method: "PUT", headers: { "Content-Type": "application/json" }, body: '"written by a page"' };
  const write = await tried("write", async () => (await fetch("API/SLOT", json)).status);
  const sink = document.querySelector("iframe");
  sink.addEventListener("load", () => fetch("/report", { method: "POST", body: read + " " + write }), { once: true });
  document.querySelector("form").submit();
});
</script>"#;

/// A site that serves the page and passes on what the page reports.
pub(crate) fn site(page: String) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (report, reports) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (page, report) = (page.clone(), report.clone());
            // A browser opens connections that it never uses; they end with it.
            thread::spawn(move || converse(&stream, &page, &report));
        }
    });
    (address, reports)
}

fn converse(stream: &TcpStream, page: &str, report: &Sender<String>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut request_line = String::new();
    reader.read_line(&mut request_line).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut content = vec![0; length];
    reader.read_exact(&mut content).ok()?;
    let is_report = request_line.starts_with("POST /report");
    if is_report {
        report.send(String::from_utf8_lossy(&content).into_owned()).ok()?;
    }
    let body = if is_report { "" } else { page };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all((head + body).as_bytes()).ok()
}

pub(crate) struct Browser(Child, #[allow(dead_code, reason = "the profile lives as long as the browser")] TempDir);

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Headless Chromium with a profile of its own, for which every name is this machine.
fn chromium(profile: &TempDir) -> Command {
    let mut command = Command::new("chromium");
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg("--host-resolver-rules=MAP * 127.0.0.1")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .stdin(Stdio::null());
    command
}

/// Opens a URL and stays there.
pub(crate) fn open(url: &str) -> Browser {
    let profile = TempDir::new().unwrap();
    let mut command = chromium(&profile);
    command.args(["--remote-debugging-port=0", url]).stdout(Stdio::null()).stderr(Stdio::null());
    Browser(command.spawn().unwrap(), profile)
}

/// What a page under that host name could do.
fn reported(serve: &kit::Serve, host: &str, slot: &str) -> String {
    let (address, reports) = site(PAGE.replace("API", &serve.url()).replace("SLOT", slot));
    let browser = open(&format!("http://{host}:{}/", address.port()));
    let report = reports.recv_timeout(PATIENCE);
    drop(browser);
    report.expect("the page reports")
}

const DATA: &str = r#"{"color": "red", "list": []}"#;

#[test]
#[ignore = "needs chromium"]
fn a_form_on_another_site_changes_nothing() {
    let serve = kit::serve().file("db.json", DATA).start();
    assert_eq!(reported(&serve, "evil.example", "new"), "read=refused write=refused");
    assert_eq!(serve.read("db.json"), DATA, "not even its form post, which a browser sends without asking");
    let said = serve.stop().stderr;
    assert!(said.contains("\"POST /list HTTP/1.1\" 403"), "the form was posted and refused: {said}");
}
