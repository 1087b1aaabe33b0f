//! The program as it serves one file.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// It runs until this is dropped, and changes nothing.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(path: &Path) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_httpkit"));
        command.args(["serve", "--port", "0", "--read-only", "--log", "none"]).arg(path);
        Server::of(command)
    }

    /// The program that these arguments start; it says first where it listens.
    pub(crate) fn of(mut command: Command) -> Server {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
        Server { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
