//! What the store, the thread and the streams share.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use bytes::Bytes;

use super::super::pulse;
use super::ring::{Entry, Phase, Ring};
use crate::api;
use crate::document::{News, View};
use crate::message::Bell;
use crate::store::Store;

/// After the last stream has ended events are kept for so long, for clients that come back.
const PATIENCE: Duration = Duration::from_secs(300);

/// More bytes than this do not wait to be encoded: what the store tells of is skipped, and everybody reads anew.
const WAITING: usize = 64 << 20;

/// See the module.
pub(super) struct Shared {
    store: Weak<Store>,
    ring: Mutex<Ring>,
    jobs: Mutex<Jobs>,
    news: Condvar,
    bell: Arc<Bell>,
}

/// What the store has told of and nobody has looked at.
#[derive(Default)]
struct Jobs {
    waiting: VecDeque<(u64, News)>,
    /// About how many bytes of memory that holds.
    weight: usize,
    /// How many there were in all.
    count: u64,
    is_wanted: bool,
    has_thread: bool,
    is_closed: bool,
}

impl Shared {
    /// What tells of the changes to what this store holds.
    pub(super) fn of(store: &Arc<Store>) -> Arc<Shared> {
        Arc::new(Shared {
            store: Arc::downgrade(store),
            ring: Mutex::new(Ring::new(pulse::boot())),
            jobs: Mutex::default(),
            news: Condvar::new(),
            bell: Arc::default(),
        })
    }

    /// What is rung when something was told.
    pub(super) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }

    /// How many things the store has told of.
    pub(super) fn told(&self) -> u64 {
        self.jobs().count
    }

    /// Ends the thread.
    pub(super) fn close(&self) {
        self.jobs().is_closed = true;
        self.news.notify_all();
    }

    pub(super) fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the store tell of what happens, if it does not. `false`: it cannot.
    pub(super) fn start(self: &Arc<Shared>, ring: &mut Ring) -> bool {
        if ring.phase != Phase::Idle {
            return true;
        }
        let Some(store) = self.store.upgrade() else { return false };
        let mut jobs = self.jobs();
        if !jobs.has_thread {
            let shared = Arc::clone(self);
            let spawned = thread::Builder::new().name("changes".to_owned()).spawn(move || shared.run());
            jobs.has_thread = spawned.is_ok();
        }
        jobs.is_wanted = jobs.has_thread;
        if jobs.is_wanted {
            ring.phase = Phase::Starting;
            let shared = Arc::clone(self);
            store.follow(Box::new(move |made| shared.submit(made)));
        }
        jobs.is_wanted
    }

    /// Told by the store; `false`: it is not wanted any more.
    fn submit(&self, made: News) -> bool {
        let mut jobs = self.jobs();
        if !jobs.is_wanted || jobs.is_closed {
            return false;
        }
        jobs.count += 1;
        let number = jobs.count;
        jobs.weight += weight(&made);
        let view = made.view().filter(|_| jobs.weight > WAITING && !jobs.waiting.is_empty()).map(Arc::clone);
        if view.is_some() {
            jobs.waiting.clear();
            jobs.weight = 0;
        }
        jobs.waiting.push_back((number, view.map_or(made, News::Start)));
        drop(jobs);
        self.news.notify_one();
        true
    }

    fn run(&self) {
        loop {
            let jobs = self.jobs();
            let is_idle = |jobs: &mut Jobs| jobs.waiting.is_empty() && !jobs.is_closed;
            let waited = self.news.wait_timeout_while(jobs, PATIENCE, is_idle);
            let (mut jobs, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if jobs.is_closed {
                return;
            }
            let next = jobs.waiting.pop_front();
            jobs.weight -= next.as_ref().map_or(0, |(_, made)| weight(made));
            drop(jobs);
            match next {
                Some((number, made)) => self.take_in(number, &made),
                None => self.rest(),
            }
        }
    }

    fn take_in(&self, job: u64, made: &News) {
        let told = catch_unwind(AssertUnwindSafe(|| match made {
            News::Start(view) => self.begin(job, view),
            News::Steps(_) | News::Edit { .. } => self.tell(job, made),
        }));
        if let (Err(_), Some(view)) = (told, made.view()) {
            // A fault of ours in one event must not leave the streams behind without a word.
            self.begin(job, view);
        }
        self.bell.ring();
    }

    fn begin(&self, job: u64, view: &Arc<View>) {
        let mut ring = self.ring();
        if ring.phase == Phase::On {
            let number = ring.last + 1;
            ring.push(Entry::reset(number, job));
            ring.view = Some(Arc::clone(view));
        } else {
            ring.restart(Arc::clone(view));
        }
    }

    /// Encodes the events, while the streams go on pulling those before them.
    fn tell(&self, job: u64, made: &News) {
        let mut number = {
            let ring = self.ring();
            if ring.phase != Phase::On {
                return;
            }
            ring.last
        };
        let mut entries = Vec::new();
        api::events(made, &mut |event, before, after| {
            number += 1;
            let (id, touched) = {
                let ring = self.ring();
                (ring.id(number), ring.touched(&event))
            };
            entries.push(Entry::of((number, &id, job), event, touched, (before, after)));
        });
        let mut ring = self.ring();
        entries.into_iter().for_each(|entry| ring.push(entry));
        ring.view = made.view().map(Arc::clone);
    }

    /// Wants to be told of nothing more, if nobody has followed for a while.
    fn rest(&self) {
        let mut ring = self.ring();
        if ring.phase == Phase::On && !ring.is_followed() && ring.quiet_since.elapsed() >= PATIENCE {
            self.jobs().is_wanted = false;
            ring.rest();
        }
    }
}

/// About how many bytes of memory is held by what is told of: the texts of changes, and of an edit the state before it.
fn weight(made: &News) -> usize {
    const STEP: usize = 1 << 10;
    match made {
        News::Start(_) => 0,
        News::Steps(steps) => {
            steps.iter().map(|step| STEP + step.outcome.text.iter().map(Bytes::len).sum::<usize>()).sum()
        }
        News::Edit { before, .. } => before.length(),
    }
}
