//! What the tests of the whole program share: `serve` as a running child, `request` as a command, bytes over a socket.
//!
//! Every server has its own folder and a free port, is told to stop with SIGTERM, and is reaped even when a test fails.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use wait_timeout::ChildExt;

/// Longer than anything here takes; a test that waits this long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_httpkit");

/// `httpkit` with these arguments, away from the environment of whoever runs the tests.
pub(crate) fn httpkit(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = Command::new(PROGRAM);
    clean(&mut command);
    command.args(arguments);
    let mut command = assert_cmd::Command::from_std(command);
    command.timeout(PATIENCE);
    command
}

/// Writes a file in place, in another process as an editor does: what this one has open may stay so in a child that it is
/// just starting, and then nobody can tell that its writer is done.
pub(crate) fn write_in_place(path: &Path, content: impl AsRef<[u8]>) {
    let mut shell = Command::new("sh");
    shell.args(["-c", "cat > \"$1\"", "sh"]).arg(path).stdin(Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    shell.stdin.take().unwrap().write_all(content.as_ref()).unwrap();
    assert!(shell.wait().unwrap().success());
}

/// Takes away what the environment would change: proxies, colours, ports.
pub(crate) fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().to_ascii_lowercase();
        if name.ends_with("_proxy") || name.starts_with("httpkit") || name.contains("color") {
            command.env_remove(&name).env_remove(name.to_ascii_uppercase());
        }
    }
}

/// What heeds signals also where whoever started the tests has SIGHUP or SIGINT ignored (`nohup`, a job in the background
/// of a script), which a child inherits: the words to put before those of a program.
pub(crate) fn heeding() -> &'static [&'static str] {
    let signals = [Signal::HUP, Signal::INT].map(|signal| signal.as_raw());
    if httpkit::server::heeded(signals).count() < signals.len() { &["env", "--default-signal=HUP,INT"] } else { &[] }
}

/// The program under test, heeding signals.
pub(crate) fn heedful() -> Command {
    let words = [heeding(), &[PROGRAM]].concat();
    let mut command = Command::new(words[0]);
    clean(&mut command);
    command.args(&words[1..]);
    command
}

/// Waits for the end of a child that has to end now; it is killed where it does not.
pub(crate) fn ended(child: &mut Child) -> ExitStatus {
    let status = child.wait_timeout(PATIENCE).unwrap();
    status.unwrap_or_else(|| {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("it goes on");
    })
}

/// A `serve` to be started: its folder, its files, its options.
pub(crate) struct ServeBuilder {
    folder: TempDir,
    limit: Option<&'static str>,
    arguments: Vec<OsString>,
}

/// Begins a `serve` on a free port in a folder of its own.
pub(crate) fn serve() -> ServeBuilder {
    ServeBuilder { folder: TempDir::new().unwrap(), limit: None, arguments: Vec::new() }
}

impl ServeBuilder {
    /// Writes a file into the folder and serves it.
    pub(crate) fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        self.beside(name, text).argument(name)
    }

    /// Writes a file into the folder without naming it to `serve`.
    pub(crate) fn beside(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    /// Serves a copy of one of the project's `examples/`.
    pub(crate) fn example(self, name: &str) -> Self {
        self.file(name, example(name))
    }

    /// Adds an argument.
    pub(crate) fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Holds the server to a limit, as `ulimit` takes it.
    pub(crate) fn under(self, limit: &'static str) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Starts the server and waits until it says where it listens.
    pub(crate) fn start(self) -> Serve {
        let ServeBuilder { folder, limit, arguments } = self;
        let running = Running::start(folder.path(), limit, &arguments);
        Serve { folder, limit, arguments, running }
    }

    /// Runs a `serve` that is expected to end by itself.
    pub(crate) fn run(self) -> assert_cmd::assert::Assert {
        self.run_and_keep().1
    }

    /// The same, with the folder, whose files may be looked at until it is dropped.
    pub(crate) fn run_and_keep(self) -> (TempDir, assert_cmd::assert::Assert) {
        let mut command = Command::new(PROGRAM);
        clean(&mut command);
        command.args(["serve", "--port", "0"]).args(&self.arguments).current_dir(self.folder.path());
        let mut command = assert_cmd::Command::from_std(command);
        let run = command.timeout(PATIENCE).assert();
        (self.folder, run)
    }
}

/// Whether checked-in copies are to be rewritten, rather than compared.
pub(crate) fn blessing() -> bool {
    std::env::var_os("HTTPKIT_BLESS").is_some_and(|value| value == "1")
}

/// The text of one of the project's `examples/`.
pub(crate) fn example(name: &str) -> Vec<u8> {
    fs::read(project().join("examples").join(name)).unwrap()
}

/// The project's folder.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A running `serve` in its folder.
pub(crate) struct Serve {
    folder: TempDir,
    limit: Option<&'static str>,
    arguments: Vec<OsString>,
    running: Running,
}

impl Serve {
    /// The first line that it printed, without its end.
    pub(crate) fn first_line(&self) -> &str {
        &self.running.first_line
    }

    /// Where it listens, without a slash at the end: `http://127.0.0.1:40123`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// The URL of a path of it.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url())
    }

    /// The address that it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// The folder that it runs in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a file in its folder holds now.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Its process number.
    pub(crate) fn process(&self) -> u32 {
        self.running.child.id()
    }

    /// One request with a JSON body (none if empty), over a connection of its own.
    pub(crate) fn ask(&self, method: &str, target: &str, json: &str) -> Answer {
        let host = self.running.address;
        let content = match json {
            "" => String::new(),
            json => format!("Content-Type: application/json\r\nContent-Length: {}\r\n", json.len()),
        };
        self.bytes(format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{content}\r\n{json}"))
    }

    /// Sends these bytes over a connection of their own and reads one answer.
    pub(crate) fn bytes(&self, content: impl AsRef<[u8]>) -> Answer {
        let content = content.as_ref();
        let mut wire = Wire::connect(self.running.address);
        wire.send(content);
        wire.answer(content.starts_with(b"HEAD "))
    }

    /// A command line for bash in the server's folder, with both streams in one; `httpkit` is found, and takes the
    /// server's port for the one that needs no naming.
    pub(crate) fn shell(&self, line: &str) -> assert_cmd::Command {
        let mut command = Command::new("bash");
        clean(&mut command);
        let programs = Path::new(PROGRAM).parent().unwrap().display();
        command.env("PATH", format!("{programs}:{}", std::env::var("PATH").unwrap()));
        command.env("HTTPKIT_PORT", self.running.address.port().to_string()).env("LC_ALL", "C.UTF-8");
        command.args(["-c", &format!("exec 2>&1; {line}")]).current_dir(self.folder.path());
        let mut command = assert_cmd::Command::from_std(command);
        command.timeout(PATIENCE);
        command
    }

    /// `httpkit request` in the server's folder, which takes the server's port for the one that needs no naming.
    pub(crate) fn request(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = httpkit(&["request"]);
        command.args(arguments);
        command.env("HTTPKIT_PORT", self.running.address.port().to_string());
        command.current_dir(self.folder.path());
        command
    }

    /// Asks it to stop with SIGTERM and waits for its end.
    pub(crate) fn stop(mut self) -> Stopped {
        self.running.stop(Signal::TERM)
    }

    /// The same, with the folder, whose files may be looked at until it is dropped.
    pub(crate) fn stop_and_say(mut self) -> (Stopped, TempDir) {
        (self.running.stop(Signal::TERM), self.folder)
    }

    /// The same without what it said.
    pub(crate) fn stop_and_keep(self) -> TempDir {
        self.stop_and_say().1
    }

    /// Waits for its end, which something else brings about.
    pub(crate) fn ended(mut self) -> Stopped {
        self.running.wait()
    }

    /// Stops it and starts it again on the same folder with the same arguments (the port is another one).
    pub(crate) fn restart(mut self) -> Self {
        let stopped = self.running.stop(Signal::TERM);
        assert!(stopped.status.success(), "{stopped:?}");
        self.again()
    }

    /// Stops it and serves something else from the same folder.
    pub(crate) fn instead(mut self, arguments: &[&str]) -> Self {
        let stopped = self.running.stop(Signal::TERM);
        assert!(stopped.status.success(), "{stopped:?}");
        self.arguments = arguments.iter().map(OsString::from).collect();
        self.again()
    }

    /// Kills it without warning and starts it again on the same folder.
    pub(crate) fn kill_and_restart(mut self) -> Self {
        self.running.stop(Signal::KILL);
        self.again()
    }

    fn again(self) -> Self {
        let Serve { folder, limit, arguments, running } = self;
        drop(running);
        let running = Running::start(folder.path(), limit, &arguments);
        Serve { folder, limit, arguments, running }
    }
}

/// How a server ended, and all that it said.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The child and the threads that drain what it says, so that it never blocks on a full pipe.
struct Running {
    child: Child,
    address: SocketAddr,
    first_line: String,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Running {
    fn start(folder: &Path, limit: Option<&str>, arguments: &[OsString]) -> Self {
        let mut command = Command::new(if limit.is_some() { "sh" } else { PROGRAM });
        clean(&mut command);
        if let Some(limit) = limit {
            command.args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\""), PROGRAM]);
        }
        command.args(["serve", "--port", "0"]).args(arguments).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut errors = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut said = Vec::new();
            errors.read_to_end(&mut said).unwrap();
            String::from_utf8_lossy(&said).into_owned()
        });
        let lines = BufReader::new(child.stdout.take().unwrap());
        let (first, first_line) = mpsc::channel();
        let stdout = thread::spawn(move || drain(lines, &first));
        let line = first_line.recv_timeout(PATIENCE).unwrap_or_default();
        let Some(address) = address_in(&line) else {
            let _ = child.kill();
            let status = child.wait().unwrap();
            panic!("serve said {line:?} and ended with {status}: {}", stderr.join().unwrap());
        };
        let first_line = line.trim_end().to_owned();
        Self { child, address, first_line, stdout: Some(stdout), stderr: Some(stderr) }
    }

    fn stop(&mut self, signal: Signal) -> Stopped {
        // The child is not reaped before `wait` below, so its number is still its own.
        let _ = kill_process(Pid::from_child(&self.child), signal);
        self.wait()
    }

    fn wait(&mut self) -> Stopped {
        let status = self.child.wait_timeout(PATIENCE).unwrap();
        let status = status.unwrap_or_else(|| {
            let _ = self.child.kill();
            self.child.wait().unwrap()
        });
        let join = |said: &mut Option<JoinHandle<String>>| said.take().map(|said| said.join().unwrap());
        let stdout = join(&mut self.stdout).unwrap_or_default();
        let stderr = join(&mut self.stderr).unwrap_or_default();
        Stopped { status, stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail harmlessly when the child has been reaped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn drain(mut lines: BufReader<impl Read>, first: &mpsc::Sender<String>) -> String {
    let mut said = String::new();
    lines.read_line(&mut said).unwrap();
    // The receiver may have given up; then the test has failed already.
    let _ = first.send(said.clone());
    let mut rest = Vec::new();
    lines.read_to_end(&mut rest).unwrap();
    said + &String::from_utf8_lossy(&rest)
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, address) = line.split_once("http://")?;
    address.split(|sign: char| sign == '/' || sign.is_whitespace()).next()?.parse().ok()
}

/// A connection on which a test writes and reads bytes.
pub(crate) struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Wire {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// The address that it has for the server.
    pub(crate) fn local(&self) -> SocketAddr {
        self.stream.local_addr().unwrap()
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish(&mut self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Reads one final response; interim ones before it are skipped. What follows stays for the next call.
    pub(crate) fn answer(&mut self, to_head: bool) -> Answer {
        loop {
            let head = self.until_blank_line();
            let mut answer = Answer { head, body: Vec::new() };
            if answer.status() < 200 {
                continue;
            }
            if !to_head && !matches!(answer.status(), 204 | 304) {
                answer.body = match (answer.field("content-length"), answer.field("transfer-encoding")) {
                    (Some(length), _) => self.exactly(length.parse().unwrap()),
                    (None, Some("chunked")) => self.chunks(),
                    (None, _) => self.rest(),
                };
            }
            return answer;
        }
    }

    /// Reads until all that has come is enough, and gives it.
    pub(crate) fn until(&mut self, is_enough: impl Fn(&[u8]) -> bool) -> String {
        while !is_enough(&self.read) {
            assert!(self.more(), "closed after {:?}", String::from_utf8_lossy(&self.read));
        }
        String::from_utf8(std::mem::take(&mut self.read)).unwrap()
    }

    /// Reads until the peer closes.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        while self.more() {}
        std::mem::take(&mut self.read)
    }

    /// Reads one head, of an interim response too.
    pub(crate) fn until_blank_line(&mut self) -> String {
        loop {
            if let Some(at) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                let rest = self.read.split_off(at + 4);
                let head = std::mem::replace(&mut self.read, rest);
                return String::from_utf8(head).unwrap();
            }
            assert!(self.more(), "closed within a header section: {:?}", String::from_utf8_lossy(&self.read));
        }
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut content = Vec::new();
        loop {
            let at = loop {
                if let Some(at) = self.read.windows(2).position(|window| window == b"\r\n") {
                    break at;
                }
                assert!(self.more(), "closed within a chunk size");
            };
            let line = self.exactly(at + 2);
            let size = usize::from_str_radix(str::from_utf8(&line[..at]).unwrap(), 16).unwrap();
            content.extend_from_slice(&self.exactly(size));
            assert_eq!(self.exactly(2), b"\r\n");
            if size == 0 {
                return content;
            }
        }
    }

    fn exactly(&mut self, length: usize) -> Vec<u8> {
        while self.read.len() < length {
            assert!(self.more(), "closed after {} of {length} content of content", self.read.len());
        }
        let rest = self.read.split_off(length);
        std::mem::replace(&mut self.read, rest)
    }

    fn more(&mut self) -> bool {
        let mut buffer = [0; 16 * 1024];
        let count = self.stream.read(&mut buffer).unwrap();
        self.read.extend_from_slice(&buffer[..count]);
        count > 0
    }
}

/// A response as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("{:?}", self.head))
    }

    /// The value of the first field line of that name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}
