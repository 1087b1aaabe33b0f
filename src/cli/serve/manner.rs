//! What is said where a client writes its requests in another way than the server reads them.

use crate::dialect::Manner;
use crate::message::Problem;
use crate::server::Arrival;

/// The refusal of what is no request of HTTP, with the name of what it seems to be.
pub(super) fn named(problem: Problem, arrival: &Arrival<'_>) -> Problem {
    match Manner::of(arrival.head).filter(|manner| *manner != Manner::Http) {
        Some(manner) => problem.hinting(&hint(manner)),
        None => problem,
    }
}

/// What a server of this dialect says in its log of a message that it answered with that status: nothing, unless it is
/// written in another way.
pub(super) fn note(own: Manner, message: &[u8], is_refused: bool) -> Option<String> {
    let manner = Manner::of(message).filter(|manner| *manner != own && is_refused)?;
    Some(hint(manner))
}

fn hint(manner: Manner) -> String {
    let (name, remedy) = manner.names();
    format!("this looks like {name}, which this server does not speak: {remedy}")
}
