//! `--timing`: where the time of a run went, on standard error when it is over.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::phases::Phase;
use super::record::Crossing;
use crate::cli::args::TimingWish;
use crate::cli::request::layout::{Layout, columns};
use crate::print::{Mark, Span, Terminal, Tone, waterfall};

/// How each phase is called in JSON, and drawn.
fn mark(phase: Phase) -> (&'static str, Mark) {
    let (json, name, sign, tone) = match phase {
        Phase::Dns => ("dns", "DNS", '?', Tone::Name),
        Phase::Tcp => ("tcp", "TCP", '-', Tone::Number),
        Phase::Proxy => ("proxy", "proxy", '+', Tone::Notice),
        Phase::Tls => ("tls", "TLS", '=', Tone::Word),
        Phase::Send => ("send", "send", '>', Tone::Good),
        Phase::Wait => ("wait", "wait", '.', Tone::Faint),
        Phase::Receive => ("receive", "receive", '<', Tone::Number),
    };
    (json, Mark { name, sign, tone })
}

/// Tells how long each exchange took.
pub(crate) fn tell(crossings: &[Crossing], wish: TimingWish, layout: &Layout, terminal: &mut Terminal) {
    let mut shown = Vec::new();
    // Writing to a `Vec` does not fail.
    let _ = match wish {
        TimingWish::Json => writeln!(shown, "{}", Value::from_iter(crossings.iter().map(json))),
        TimingWish::Rows => {
            let spans: Vec<Span> = crossings.iter().map(|crossing| span(crossing, first(crossings))).collect();
            let columns = columns(&terminal.error);
            waterfall(&mut shown, &spans, layout.palette(terminal.error.is_terminal), columns)
        }
    };
    // The last line of a content may have no end.
    if terminal.output.is_terminal && terminal.error.is_terminal && !crossings.is_empty() {
        shown.insert(0, b'\n');
    }
    // What cannot be said on standard error cannot be said at all.
    let _ = terminal.error.write_all(&shown);
}

/// When the first exchange began, in microseconds after the run did.
fn first(crossings: &[Crossing]) -> u128 {
    crossings.first().map_or(0, |crossing| crossing.offset.as_micros())
}

fn start(crossing: &Crossing, first: u128) -> u64 {
    u64::try_from(crossing.offset.as_micros().saturating_sub(first)).unwrap_or(u64::MAX)
}

fn span(crossing: &Crossing, first: u128) -> Span {
    let kept = crossing.facts.connection.filter(|_| crossing.facts.reused);
    let phases = Phase::ALL.iter().filter_map(|phase| Some((mark(*phase).1, crossing.phases.get(*phase)?)));
    Span {
        what: format!("{} {}", crossing.method, crossing.url),
        status: crossing.head.as_ref().map(|head| head.status),
        note: crossing.failure.clone().or_else(|| kept.map(|number| format!("over connection {number} from before"))),
        failed: crossing.failure.is_some(),
        start: start(crossing, first),
        phases: phases.collect(),
        sent: crossing.sent,
        received: crossing.received,
    }
}

/// One exchange; times are in microseconds, and a phase that there was none of is `null`.
fn json(crossing: &Crossing) -> Value {
    let phases = Phase::ALL.iter().map(|phase| (mark(*phase).0.to_owned(), json!(crossing.phases.get(*phase))));
    json!({
        "method": crossing.method,
        "url": crossing.url,
        "status": crossing.head.as_ref().map(|head| head.status),
        "error": crossing.failure,
        "connection": crossing.facts.connection,
        "reused": crossing.facts.reused,
        "start": u64::try_from(crossing.offset.as_micros()).unwrap_or(u64::MAX),
        "phases": phases.collect::<Map<String, Value>>(),
        "total": crossing.phases.total(),
        "bytes_sent": crossing.sent,
        "bytes_received": crossing.received,
    })
}
