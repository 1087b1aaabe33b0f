//! Other people's clients of event streams: a browser's EventSource, and that of npm.

use std::io::{BufRead, BufReader, Write, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::browser;
use crate::kit::{PATIENCE, Serve, serve, write_in_place};

/// An address that stays, in front of a server that has another one after each start.
struct Relay {
    address: SocketAddr,
    behind: Arc<Mutex<SocketAddr>>,
}

impl Relay {
    fn to(server: &Serve) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let behind = Arc::new(Mutex::new(server.address()));
        let target = Arc::clone(&behind);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let address = *target.lock().unwrap();
                // While there is no server the client finds nobody.
                if let Ok(server) = TcpStream::connect(address) {
                    carry(client.try_clone().unwrap(), server.try_clone().unwrap());
                    carry(server, client);
                }
            }
        });
        Relay { address, behind }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        // However it ends, both sides learn of it.
        let _ = copy(&mut from, &mut to);
        let _ = to.flush();
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}

/// What both clients do: tell of each event in a line.
const SCRIPT: &str = r#"
const source = new EventSource(base + "/posts?_snapshot");
const tell = (event) => {
  const change = JSON.parse(event.data);
  say([event.type, change.method, change.path, JSON.stringify(change.body)].filter((part) => part).join(" "));
};
for (const name of ["snapshot", "change", "reset"]) source.addEventListener(name, tell);
"#;

/// Goes through what can happen, and looks that the client hears of each of it.
fn rehearse(mut server: Serve, relay: &Relay, heard: &Receiver<String>) {
    let hears = |expected: &str| assert_eq!(heard.recv_timeout(PATIENCE).expect(expected), expected);
    hears(r#"snapshot PUT /posts [{"id":1,"title":"a"}]"#);
    server.ask("POST", "/posts", r#"{"title":"ä\nb"}"#);
    hears(r#"change POST /posts {"id":2,"title":"ä\nb"}"#);
    let by_hand = r#"{"posts":[{"id":1,"title":"by rename"},{"id":2,"title":"ä\nb"}]}"#;
    std::fs::write(server.path("new"), by_hand).unwrap();
    std::fs::rename(server.path("new"), server.path("db.json")).unwrap();
    hears(r#"change PUT /posts/1/title "by rename""#);
    write_in_place(&server.path("db.json"), r#"{"posts":[{"id":1,"title":"by rename"}]}"#);
    hears("change DELETE /posts/2 null");
    for (is_killed, title) in [(false, "restarted"), (true, "killed")] {
        server = if is_killed { server.kill_and_restart() } else { server.restart() };
        server.ask("PUT", "/posts/1/title", &format!("\"{title}\""));
        *relay.behind.lock().unwrap() = server.address();
        hears("reset");
        hears(&format!("snapshot PUT /posts [{{\"id\":1,\"title\":\"{title}\"}}]"));
        server.ask("DELETE", "/posts/1/title", "");
        hears("change DELETE /posts/1/title null");
    }
}

fn posts() -> Serve {
    serve().file("db.json", r#"{"posts":[{"id":1,"title":"a"}]}"#).start()
}

#[test]
#[ignore = "needs chromium"]
fn the_event_source_of_a_browser_follows() {
    let server = posts();
    let relay = Relay::to(&server);
    let page = format!(
        "<!doctype html><title>page</title><script>const base = 'http://{}';\n\
         let turn = Promise.resolve();\n\
         const say = (body) => {{ turn = turn.then(() => fetch('/report', {{ method: 'POST', body }})); }};\n\
         {SCRIPT}</script>",
        relay.address
    );
    let (address, reports) = browser::site(page);
    let browser = browser::open(&format!("http://{address}/"));
    rehearse(server, &relay, &reports);
    drop(browser);
}

#[test]
#[ignore = "needs npm"]
fn the_event_source_of_npm_follows() {
    let folder = tempfile::TempDir::new().unwrap();
    let packages = ["install", "--silent", "--no-audit", "--no-fund", "eventsource@4"];
    let npm = Command::new("npm").args(packages).current_dir(folder.path()).output().unwrap();
    assert!(npm.status.success(), "{npm:?}");
    let server = posts();
    let relay = Relay::to(&server);
    let script = format!(
        "import {{ EventSource }} from 'eventsource';\nconst base = 'http://{}';\nconst say = console.log;\n{SCRIPT}",
        relay.address
    );
    std::fs::write(folder.path().join("follow.mjs"), script).unwrap();
    let mut command = Command::new("node");
    command.arg("follow.mjs").current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut node = command.spawn().unwrap();
    let (line, lines) = channel();
    let stdout = BufReader::new(node.stdout.take().unwrap());
    thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
    let rehearsed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| rehearse(server, &relay, &lines)));
    node.kill().unwrap();
    node.wait().unwrap();
    rehearsed.unwrap();
}
