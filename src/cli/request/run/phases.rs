//! How long each phase of an exchange took, out of what the transport knows.

use std::time::Duration;

use crate::client::transport::Facts;

/// The phases in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The name is looked up.
    Dns,
    /// The TCP handshake.
    Tcp,
    /// The proxy is asked to let the connection through.
    Proxy,
    /// The TLS handshake.
    Tls,
    /// The request is written.
    Send,
    /// Until the first byte of the response.
    Wait,
    /// The response is read.
    Receive,
}

impl Phase {
    pub(crate) const ALL: [Phase; 7] =
        [Phase::Dns, Phase::Tcp, Phase::Proxy, Phase::Tls, Phase::Send, Phase::Wait, Phase::Receive];
}

/// How long each phase took, in microseconds; `None` is a phase that there was none of. Together they are the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Phases([Option<u64>; 7]);

impl Phases {
    /// Reads them off the facts. The time behind the last one that is known belongs to the phase that did not end.
    pub(crate) fn of(facts: &Facts, total: Duration, asks_proxy: bool, is_secure: bool) -> Phases {
        // Until the proxy lets the connection through, what was sent and came back was between it and us.
        let is_through = facts.reused || facts.proxy.is_some() || !asks_proxy;
        let (sent, first_byte) = (facts.sent.filter(|_| is_through), facts.first_byte.filter(|_| is_through));
        let ends = [facts.name_lookup, facts.tcp, facts.proxy, facts.tls, sent, first_byte];
        let (mut phases, mut at, whole) = ([None; 7], 0, microseconds(total));
        for (phase, end) in phases.iter_mut().zip(ends) {
            let Some(end) = end else { continue };
            // A response may begin before the request is written.
            let end = microseconds(end).clamp(at, whole.max(at));
            (*phase, at) = (Some(end - at), end);
        }
        let rest = whole.saturating_sub(at);
        let facts = Facts { sent, first_byte, ..facts.clone() };
        let last = &mut phases[unfinished(&facts, asks_proxy, is_secure) as usize];
        *last = Some(last.unwrap_or(0) + rest);
        Phases(phases)
    }

    /// How many microseconds a phase took.
    pub(crate) fn get(&self, phase: Phase) -> Option<u64> {
        self.0[phase as usize]
    }

    /// All of them, in microseconds.
    pub(crate) fn total(&self) -> u64 {
        self.0.iter().flatten().sum()
    }
}

/// The phase that the exchange ended in.
fn unfinished(facts: &Facts, asks_proxy: bool, is_secure: bool) -> Phase {
    match facts {
        Facts { first_byte: Some(_), .. } => Phase::Receive,
        Facts { sent: Some(_), .. } => Phase::Wait,
        Facts { reused: false, name_lookup: None, pretransfer: None, .. } => Phase::Dns,
        Facts { reused: false, tcp: None, pretransfer: None, .. } => Phase::Tcp,
        // What was kept has passed the proxy and the handshake, unless it is a proxy that is asked again.
        Facts { reused: true, tunnel, .. } if tunnel.is_empty() => Phase::Send,
        Facts { proxy: None, .. } if asks_proxy => Phase::Proxy,
        Facts { tls: None, .. } if is_secure => Phase::Tls,
        _ => Phase::Send,
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Phase::{Dns, Proxy, Send, Tcp, Tls, Wait};

    fn facts(ends: &[(Phase, u64)]) -> Facts {
        let end = |wanted: Phase| {
            let found = ends.iter().find(|(phase, _)| *phase == wanted);
            found.map(|(_, end)| Duration::from_micros(*end))
        };
        Facts {
            name_lookup: end(Dns),
            tcp: end(Tcp),
            proxy: end(Proxy),
            tls: end(Tls),
            pretransfer: end(Send),
            sent: end(Send),
            first_byte: end(Wait),
            ..Facts::default()
        }
    }

    #[test]
    fn phases_are_the_whole_and_the_one_that_did_not_end_has_the_rest() {
        for (ends, asks_proxy, is_secure, expected) in [
            (&[(Dns, 1), (Tcp, 3), (Send, 6), (Wait, 10)][..], false, false, "Dns 1 Tcp 2 Send 3 Wait 4 Receive 90"),
            (
                &[(Dns, 1), (Tcp, 3), (Proxy, 10), (Tls, 20), (Send, 21), (Wait, 30)],
                true,
                true,
                "Dns 1 Tcp 2 Proxy 7 Tls 10 Send 1 Wait 9 Receive 70",
            ),
            // The response began before the request was written.
            (&[(Dns, 1), (Tcp, 3), (Send, 60), (Wait, 10)], false, false, "Dns 1 Tcp 2 Send 57 Wait 0 Receive 40"),
            (&[], false, false, "Dns 100"),
            (&[(Dns, 40)], false, true, "Dns 40 Tcp 60"),
            (&[(Dns, 40), (Tcp, 50)], true, true, "Dns 40 Tcp 10 Proxy 50"),
            (&[(Dns, 40), (Tcp, 50)], false, true, "Dns 40 Tcp 10 Tls 50"),
            (&[(Dns, 40), (Tcp, 50)], false, false, "Dns 40 Tcp 10 Send 50"),
            (&[(Dns, 40), (Tcp, 50), (Send, 60)], false, false, "Dns 40 Tcp 10 Send 10 Wait 40"),
        ] {
            let phases = Phases::of(&facts(ends), Duration::from_micros(100), asks_proxy, is_secure);
            let text: Vec<String> = Phase::ALL
                .iter()
                .filter_map(|phase| phases.get(*phase).map(|time| format!("{phase:?} {time}")))
                .collect();
            assert_eq!(text.join(" "), expected);
            assert_eq!(phases.total(), 100, "{expected}");
        }
    }

    #[test]
    fn a_connection_that_was_there_has_no_handshakes() {
        let kept = Facts { reused: true, ..facts(&[(Send, 2), (Wait, 50)]) };
        let phases = Phases::of(&kept, Duration::from_micros(60), false, true);
        assert_eq!(phases.0, [None, None, None, None, Some(2), Some(48), Some(10)]);
    }
}
