//! Raw requests come back byte for byte from `--echo`, from `/_/requests` and from `--pcap`.

use std::fs;
use std::net::SocketAddr;

use serde_json::Value;

use crate::capture::Capture;
use crate::exchanges::{bytes, exchanges_of};
use crate::kit::{Serve, Wire, serve};

/// So many bytes of what is no request does a refusal give back, and so many of a long content are in the journal.
const PART: usize = 16 << 10;

/// A message on a connection of its own, and what came back.
struct Sent<'a> {
    bytes: &'a [u8],
    peer: SocketAddr,
    answered: Vec<u8>,
}

/// Sends each of the messages to an echoing server; those with a status are to be refused with it.
pub(crate) fn come_back(cases: &[(&[u8], Option<u16>)]) {
    let server = serve().argument("--echo").argument("--pcap").argument("c.pcapng").start();
    let sent: Vec<Sent<'_>> = cases.iter().map(|(bytes, refusal)| echoed(&server, bytes, *refusal)).collect();
    let path = server.path("c.pcapng");
    let folder = server.stop_and_keep();
    let capture = Capture::read(&fs::read(path).unwrap());
    drop(folder);
    for Sent { bytes, peer, answered } in sent {
        let name = name(bytes);
        let connection = capture.connections.iter().find(|connection| connection.client == peer).expect(&name);
        assert!(connection.sent == bytes, "captured {:?} of {name}", String::from_utf8_lossy(&connection.sent));
        assert!(connection.received == answered, "the capture has another answer to {name}");
    }
}

fn name(bytes: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(99)]))
}

/// Sends one of them, and compares what comes back with it and with the journal.
fn echoed<'a>(server: &Serve, message: &'a [u8], refusal: Option<u16>) -> Sent<'a> {
    let name = name(message);
    let mut wire = Wire::connect(server.address());
    wire.send(message);
    wire.finish();
    let peer = wire.local();
    let answered = wire.rest();
    let end = answered.windows(4).position(|window| window == b"\r\n\r\n").expect(&name) + 4;
    let (head, content) = (std::str::from_utf8(&answered[..end]).unwrap(), &answered[end..]);
    let status: u16 = head[9..12].parse().unwrap();
    let recorded = exchanges_of(server, peer);
    let [exchange] = recorded.as_slice() else { panic!("{name}: {recorded:?}") };
    assert_eq!(exchange["status"], status, "{name}");
    let sent = bytes(&exchange["sent"]);
    assert!(answered.starts_with(&sent) && sent.len() == answered.len().min(end + PART), "the journal: {name}");
    assert_eq!(exchange["sent"]["bytes"], answered.len(), "{name}");
    let received = bytes(&exchange["received"]);
    match refusal {
        // Of what is too large the server looks at a part.
        Some(expected) => {
            assert_eq!(status, expected, "{name}");
            assert!(received == message || (message.starts_with(&received) && received.len() > PART), "{name}");
        }
        None => assert!(received == message, "{name}: {:?}", String::from_utf8_lossy(&received)),
    }
    let is_head = message.trim_ascii_start().starts_with(b"HEAD ");
    let told = || serde_json::from_slice::<Value>(content).unwrap();
    match (refusal, status) {
        (None, 200) if is_head => assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", message.len()))),
        (None, 200) => assert!(content == message, "{name}: {:?}", String::from_utf8_lossy(content)),
        // No tunnel is opened, and this is no server of whole machines.
        (None, _) => assert!(status == 501 && message.starts_with(b"CONNECT "), "{name}: {status}"),
        (Some(_), _) if is_head => assert!(content.is_empty(), "{name}"),
        (Some(_), _) => {
            let told = told();
            let part = &message[..message.len().min(PART)];
            assert!(bytes(&told["received"]) == part, "{name}: {told}");
        }
    }
    Sent { bytes: message, peer, answered }
}
