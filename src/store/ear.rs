//! A thread that waits for word from the kernel, so that an edit is taken up when it is made, not when somebody asks.

use std::io::PipeReader;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use rustix::event::{PollFd, PollFlags, poll};

use super::committer::Message;

/// Asks the committer to look whenever `queue` has events, until the other end of `end` is closed.
pub(crate) fn listen(queue: Arc<OwnedFd>, end: PipeReader, sender: Sender<Message>) {
    let work = move || {
        loop {
            let mut both = [PollFd::new(&*queue, PollFlags::IN), PollFd::new(&end, PollFlags::IN)];
            if poll(&mut both, None).is_err_and(|error| error != rustix::io::Errno::INTR)
                || !both[1].revents().is_empty()
            {
                return;
            }
            let (answer, answered) = channel();
            if both[0].revents().is_empty() {
                continue;
            }
            // The committer reads the events; until it has, there is nothing to wait for.
            if sender.send(Message::Look(answer)).is_err() || answered.recv().is_err() {
                return;
            }
        }
    };
    // Without this thread an edit is taken up with the next request.
    let _ = std::thread::Builder::new().name("ear".to_owned()).spawn(work);
}
