//! Servers as child processes on a core of their own, and what the system says about them.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

/// A server that runs until this is dropped.
pub(crate) struct Child {
    process: std::process::Child,
    pub(crate) address: SocketAddr,
}

impl Child {
    /// This very program in another role.
    pub(crate) fn bench(arguments: &[&str]) -> Child {
        Child::start(Command::new(std::env::current_exe().unwrap()).args(arguments)).unwrap()
    }

    /// The program itself, if it serves.
    pub(crate) fn program(arguments: &[&str]) -> Option<Child> {
        Child::start(Command::new(env!("CARGO_BIN_EXE_httpkit")).args(arguments))
    }

    fn start(command: &mut Command) -> Option<Child> {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok());
        let Some(address) = address else {
            let _ = process.kill();
            let _ = process.wait();
            return None;
        };
        // Its threads are started by now; each is moved.
        for task in std::fs::read_dir(format!("/proc/{}/task", process.id())).unwrap() {
            let id = task.unwrap().file_name().into_string().unwrap().parse().unwrap();
            let _ = sched_setaffinity(rustix::thread::Pid::from_raw(id), &core(0));
        }
        Some(Child { process, address })
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{name}", self.process.id())).unwrap()
    }

    fn status(&self, name: &str) -> usize {
        let text = self.read("status");
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_start_matches(':').split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Resident memory in kB.
    pub(crate) fn memory(&self) -> usize {
        self.status("VmRSS")
    }

    pub(crate) fn threads(&self) -> usize {
        self.status("Threads")
    }

    /// Seconds of CPU time so far; a tick is 10 ms on every Linux.
    pub(crate) fn cpu(&self) -> f64 {
        let text = self.read("stat");
        let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn core(number: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(number);
    set
}

/// Puts this thread on the last core; with one core alone there is nothing to divide.
pub(crate) fn pin_to_last_core() {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let _ = sched_setaffinity(None, &core(count - 1));
}

pub(crate) fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}
