//! A few threads for work that would hold up a worker.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

type Job = Box<dyn FnOnce() + Send>;

/// A thread without work ends after this time, so that a server which is asked for nothing long has none.
const IDLE_TIME: Duration = Duration::from_secs(5);

/// How much less of a core than a worker they get where both want it: about a tenth, so that long work goes on however
/// busy the server is.
const NICENESS: i32 = 10;

/// Threads that are started when there is work and end when there is none. The queue is bounded by the connections: each
/// waits for one answer at most.
#[derive(Clone)]
pub(super) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<PoolState>,
    work: Condvar,
    most: usize,
}

#[derive(Default)]
struct PoolState {
    queue: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

impl Pool {
    /// A pool of at most so many threads.
    pub(super) fn new(most: usize) -> Pool {
        Pool { shared: Arc::new(Shared { state: Mutex::default(), work: Condvar::new(), most: most.max(1) }) }
    }

    /// Runs the job on one of the threads. A job that panics ends only itself.
    pub(super) fn run(&self, job: impl FnOnce() + Send + 'static) {
        let mut state = self.shared.lock();
        state.queue.push_back(Box::new(job));
        if state.idle >= state.queue.len() || state.threads == self.shared.most {
            drop(state);
            self.shared.work.notify_one();
            return;
        }
        state.threads += 1;
        drop(state);
        let shared = Arc::clone(&self.shared);
        if thread::Builder::new().name("long".to_owned()).spawn(move || shared.work()).is_err() {
            self.shared.no_thread();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The system has no thread to give: those there are do the work. Without any it is given up, and each job's
    /// completion answers 500 as it is dropped.
    fn no_thread(&self) {
        let mut state = self.lock();
        state.threads -= 1;
        if state.threads == 0 {
            let given_up = std::mem::take(&mut state.queue);
            drop(state);
            drop(given_up);
        }
    }

    fn work(&self) {
        // The workers go first. Niceness is that of a thread on Linux only, elsewhere that of the whole process; where
        // it is not to be had the system shares as it likes.
        if cfg!(target_os = "linux") {
            let _ = rustix::process::nice(NICENESS);
        }
        let mut state = self.lock();
        loop {
            if let Some(job) = state.queue.pop_front() {
                drop(state);
                // What unwinds drops the job's completion, which answers 500; the panic itself was reported.
                let _ = catch_unwind(AssertUnwindSafe(job));
                state = self.lock();
                continue;
            }
            state.idle += 1;
            let (woken, waited) = self.work.wait_timeout(state, IDLE_TIME).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if waited.timed_out() && state.queue.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::Pool;

    #[test]
    fn every_job_runs_even_behind_one_that_panics() {
        let (pool, (done, results)) = (Pool::new(2), mpsc::channel());
        pool.run(|| panic!("meant to"));
        for number in 0..100 {
            let done = done.clone();
            pool.run(move || done.send(number).unwrap());
        }
        let mut numbers: Vec<i32> = results.iter().take(100).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..100).collect::<Vec<_>>());
    }
}
