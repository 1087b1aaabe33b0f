//! A TCP connection as it may have been, around the bytes that were read from it and written to it.

use std::net::{IpAddr, SocketAddr};
use std::time::{SystemTime, UNIX_EPOCH};

use super::block::packet;
use super::packet::{Flags, Segment};

/// The most bytes that a packet carries.
pub const SEGMENT: usize = 1460;

/// One of the two sides of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The side that has connected.
    Client,
    /// The side that has accepted.
    Server,
}

/// A connection whose packets are written as its bytes come and go. It may be told to leave bytes out, which then are a
/// gap in the capture: simply write what it appends nowhere.
#[derive(Debug)]
pub struct Flow {
    client: End,
    server: End,
    is_reset: bool,
}

/// One end of a connection.
#[derive(Debug)]
struct End {
    address: SocketAddr,
    /// The number of the next byte that it sends.
    next: u32,
    packets: u16,
    has_finished: bool,
}

impl Flow {
    /// A connection that was asked for at one time and stood at another: its handshake. Addresses of different families are
    /// both written as IPv6, and IPv4 addresses within IPv6 as IPv4.
    pub fn open(
        out: &mut Vec<u8>,
        client: SocketAddr,
        server: SocketAddr,
        asked: SystemTime,
        stood: SystemTime,
    ) -> Flow {
        let (client, server) = alike(client, server);
        // Two connections between the same ports are told apart by the numbers that they begin with.
        let first = asked.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as u32;
        let end = |address, next| End { address, next, packets: 0, has_finished: false };
        let mut flow = Flow { client: end(client, first), server: end(server, !first), is_reset: false };
        flow.push(out, Side::Client, (Flags::SYN, &[]), asked, None);
        flow.push(out, Side::Server, (Flags::SYN.and(Flags::ACK), &[]), stood, None);
        flow.push(out, Side::Client, (Flags::ACK, &[]), stood, None);
        flow
    }

    /// Bytes that one side has sent with one write, or the other has read with one read; the comment stands on the first
    /// packet of them.
    pub fn carry(&mut self, out: &mut Vec<u8>, from: Side, bytes: &[u8], time: SystemTime, comment: Option<&str>) {
        let mut comment = comment;
        let count = bytes.len().div_ceil(SEGMENT);
        for (at, segment) in bytes.chunks(SEGMENT).enumerate() {
            let flags = if at + 1 == count { Flags::PSH.and(Flags::ACK) } else { Flags::ACK };
            self.push(out, from, (flags, segment), time, comment.take());
        }
        if count > 0 {
            self.push(out, from.other(), (Flags::ACK, &[]), time, None);
        }
    }

    /// One side sends nothing more. Said twice, it is written once.
    pub fn finish(&mut self, out: &mut Vec<u8>, from: Side, time: SystemTime) {
        if self.is_reset || std::mem::replace(&mut self.end(from).has_finished, true) {
            return;
        }
        self.push(out, from, (Flags::FIN.and(Flags::ACK), &[]), time, None);
        self.push(out, from.other(), (Flags::ACK, &[]), time, None);
    }

    /// One side has given the connection up. Nothing follows on that.
    pub fn reset(&mut self, out: &mut Vec<u8>, from: Side, time: SystemTime) {
        let is_over = self.client.has_finished && self.server.has_finished;
        if std::mem::replace(&mut self.is_reset, true) || is_over {
            return;
        }
        self.push(out, from, (Flags::RST.and(Flags::ACK), &[]), time, None);
    }

    fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Writes the next packet of a side: its flags, its bytes, and what is to be said of it.
    fn push(
        &mut self,
        out: &mut Vec<u8>,
        side: Side,
        (flags, bytes): (Flags, &[u8]),
        time: SystemTime,
        comment: Option<&str>,
    ) {
        let other = self.end(side.other());
        let (to, acknowledged) = (other.address, other.next);
        let end = self.end(side);
        let (from, number) = (end.address, end.next);
        let segment = Segment { from, to, flags, number, acknowledged, packet: end.packets, bytes };
        packet(out, time, &segment.packet(), comment);
        end.packets = end.packets.wrapping_add(1);
        // A beginning and an end count as a byte each.
        let length = bytes.len() + usize::from(flags.has_number());
        end.next = end.next.wrapping_add(u32::try_from(length).unwrap_or(u32::MAX));
    }
}

impl Side {
    /// The side that it speaks with.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

/// Two addresses of one family.
fn alike(client: SocketAddr, server: SocketAddr) -> (SocketAddr, SocketAddr) {
    let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    let (client, server) = (plain(client), plain(server));
    if client.is_ipv4() == server.is_ipv4() {
        return (client, server);
    }
    let long = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    };
    (long(client), long(server))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each packet: the source port, the flags, the number since the first, the number acknowledged, the length.
    fn packets(out: &[u8]) -> Vec<(u16, u8, u32, u32, usize)> {
        let mut rows = Vec::new();
        let mut first = [0_u32; 2];
        let mut left = out;
        while !left.is_empty() {
            let total = u32::from_le_bytes(left[4..8].try_into().unwrap()) as usize;
            let length = u32::from_le_bytes(left[20..24].try_into().unwrap()) as usize;
            let tcp = &left[28 + 20..28 + length];
            let word = |at: usize| u32::from_be_bytes(tcp[at..at + 4].try_into().unwrap());
            let port = u16::from_be_bytes([tcp[0], tcp[1]]);
            let (own, other) = if port == 1 { (0, 1) } else { (1, 0) };
            if tcp[13] & 2 != 0 {
                first[own] = word(4);
            }
            let header = usize::from(tcp[12] >> 4) * 4;
            let acknowledged = if tcp[13] & 16 == 0 { 0 } else { word(8).wrapping_sub(first[other]) };
            rows.push((port, tcp[13], word(4).wrapping_sub(first[own]), acknowledged, tcp.len() - header));
            left = &left[total..];
        }
        rows
    }

    fn flow(play: impl FnOnce(&mut Flow, &mut Vec<u8>, SystemTime)) -> Vec<(u16, u8, u32, u32, usize)> {
        let (mut out, now) = (Vec::new(), SystemTime::now());
        let mut flow = Flow::open(&mut out, "10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse().unwrap(), now, now);
        play(&mut flow, &mut out, now);
        packets(&out)
    }

    #[test]
    fn a_connection_opens_carries_and_ends() {
        let rows = flow(|flow, out, now| {
            flow.carry(out, Side::Client, b"ask", now, None);
            flow.carry(out, Side::Server, &[b'a'; SEGMENT + 1], now, None);
            flow.carry(out, Side::Server, b"", now, None);
            flow.finish(out, Side::Server, now);
            flow.finish(out, Side::Server, now);
            flow.finish(out, Side::Client, now);
            flow.reset(out, Side::Client, now);
        });
        #[rustfmt::skip]
        assert_eq!(rows, [
            (1, 0x02, 0, 0, 0), (2, 0x12, 0, 1, 0), (1, 0x10, 1, 1, 0),
            (1, 0x18, 1, 1, 3), (2, 0x10, 1, 4, 0),
            (2, 0x10, 1, 4, 1460), (2, 0x18, 1461, 4, 1), (1, 0x10, 4, 1462, 0),
            (2, 0x11, 1462, 4, 0), (1, 0x10, 4, 1463, 0),
            (1, 0x11, 4, 1463, 0), (2, 0x10, 1463, 5, 0),
        ]);
    }

    #[test]
    fn what_is_left_out_is_a_gap() {
        let rows = flow(|flow, out, now| {
            flow.carry(&mut Vec::new(), Side::Server, b"12345", now, None);
            flow.carry(out, Side::Server, b"6", now, None);
        });
        assert_eq!(rows[3], (2, 0x18, 6, 1, 1));
    }

    #[test]
    fn nothing_follows_a_reset() {
        let rows = flow(|flow, out, now| {
            flow.reset(out, Side::Server, now);
            flow.reset(out, Side::Client, now);
            flow.finish(out, Side::Client, now);
        });
        assert_eq!(rows[3..], [(2, 0x14, 1, 1, 0)]);
    }

    #[test]
    fn both_addresses_are_of_one_family() {
        for (client, server, expected) in [
            ("10.0.0.1:1", "10.0.0.2:2", ["10.0.0.1:1", "10.0.0.2:2"]),
            ("[::ffff:10.0.0.1]:1", "10.0.0.2:2", ["10.0.0.1:1", "10.0.0.2:2"]),
            ("[::1]:1", "10.0.0.2:2", ["[::1]:1", "[::ffff:10.0.0.2]:2"]),
        ] {
            let (client, server) = alike(client.parse().unwrap(), server.parse().unwrap());
            assert_eq!([client.to_string(), server.to_string()], expected);
        }
    }
}
