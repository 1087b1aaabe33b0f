//! IP packets with a TCP segment (RFC 791, RFC 8200, RFC 9293), their checksums included.

use std::net::{IpAddr, SocketAddr};

const TCP: u8 = 6;
/// Hops that a packet may still take.
const HOPS: u8 = 64;
/// All the window that fits, with [`SCALE`] about a gibibyte: no reader shall think that a peer had no room.
const WINDOW: u16 = u16::MAX;
const SCALE: u8 = 14;

/// What a segment says besides its bytes (RFC 9293 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flags(u8);

impl Flags {
    pub(super) const FIN: Flags = Flags(0x01);
    pub(super) const SYN: Flags = Flags(0x02);
    pub(super) const RST: Flags = Flags(0x04);
    pub(super) const PSH: Flags = Flags(0x08);
    pub(super) const ACK: Flags = Flags(0x10);

    pub(super) const fn and(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether it counts as a byte that was sent.
    pub(super) fn has_number(self) -> bool {
        self.has(Flags::SYN) || self.has(Flags::FIN)
    }
}

/// A TCP segment on its way from one address to another of the same family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'a> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) flags: Flags,
    pub(super) number: u32,
    /// The number that the sender expects next.
    pub(super) acknowledged: u32,
    /// The number of the packet among those of its sender.
    pub(super) packet: u16,
    pub(super) bytes: &'a [u8],
}

impl Segment<'_> {
    /// The packet, from its IP header on.
    pub(super) fn packet(&self) -> Vec<u8> {
        let tcp = self.tcp();
        let (from, to) = (self.from.ip(), self.to.ip());
        let mut packet = match (from, to) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                let total = length(20 + tcp.len()).to_be_bytes();
                let mut header = vec![0x45, 0, total[0], total[1]];
                header.extend(self.packet.to_be_bytes());
                // It is not to be taken apart.
                header.extend([0x40, 0, HOPS, TCP, 0, 0]);
                header.extend(from.octets());
                header.extend(to.octets());
                let sum = checksum(&[&header]);
                header[10..12].copy_from_slice(&sum);
                header
            }
            _ => {
                let mut header = vec![0x60, 0, 0, 0];
                header.extend(length(tcp.len()).to_be_bytes());
                header.extend([TCP, HOPS]);
                header.extend(bytes_of(from));
                header.extend(bytes_of(to));
                header
            }
        };
        packet.extend(tcp);
        packet
    }

    /// Header and bytes, with the checksum over them and the addresses.
    fn tcp(&self) -> Vec<u8> {
        // The first segment of a side says which others it takes: 1,460 bytes, in a scaled window (RFC 7323 2.2).
        let options: &[u8] = if self.flags.has(Flags::SYN) { &[2, 4, 0x05, 0xb4, 1, 3, 3, SCALE] } else { &[] };
        let mut tcp = Vec::with_capacity(20 + options.len() + self.bytes.len());
        tcp.extend(self.from.port().to_be_bytes());
        tcp.extend(self.to.port().to_be_bytes());
        tcp.extend(self.number.to_be_bytes());
        tcp.extend(if self.flags.has(Flags::ACK) { self.acknowledged } else { 0 }.to_be_bytes());
        tcp.extend([if options.is_empty() { 0x50 } else { 0x70 }, self.flags.0]);
        tcp.extend(WINDOW.to_be_bytes());
        tcp.extend([0; 4]);
        tcp.extend_from_slice(options);
        tcp.extend_from_slice(self.bytes);
        let (from, to) = (bytes_of(self.from.ip()), bytes_of(self.to.ip()));
        let sum = checksum(&[&from, &to, &[0, TCP], &length(tcp.len()).to_be_bytes(), &tcp]);
        tcp[16..18].copy_from_slice(&sum);
        tcp
    }
}

fn bytes_of(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn length(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// The checksum of the Internet (RFC 1071) over all parts, of which only the last may have an odd length.
fn checksum(parts: &[&[u8]]) -> [u8; 2] {
    let pairs = parts.iter().flat_map(|part| part.chunks(2));
    let word = |pair: &[u8]| u64::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
    let mut sum: u64 = pairs.map(word).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    let [.., high, low] = sum.to_be_bytes();
    [!high, !low]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_rfc_1071() {
        assert_eq!(checksum(&[&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]]), [0x22, 0x0d]);
        assert_eq!(checksum(&[&[0xff, 0xff], &[1]]), [0xfe, 0xff]);
    }

    #[test]
    fn a_packet_has_both_headers() {
        let segment = Segment {
            from: "10.0.0.1:1".parse().unwrap(),
            to: "10.0.0.2:80".parse().unwrap(),
            flags: Flags::PSH.and(Flags::ACK),
            number: 5,
            acknowledged: 6,
            packet: 7,
            bytes: b"abc",
        };
        let packet = segment.packet();
        assert_eq!(packet[..10], [0x45, 0, 0, 43, 0, 7, 0x40, 0, 64, 6]);
        assert_eq!(
            packet[12..36],
            [10, 0, 0, 1, 10, 0, 0, 2, 0, 1, 0, 80, 0, 0, 0, 5, 0, 0, 0, 6, 0x50, 0x18, 255, 255]
        );
        assert_eq!(packet[40..], *b"abc");
        // A right checksum makes the whole come out as nothing.
        assert_eq!(checksum(&[&packet[..20]]), [0, 0]);
        assert_eq!(checksum(&[&packet[12..20], &[0, TCP, 0, 23], &packet[20..]]), [0, 0]);
        let (from, to) = ("[::1]:1".parse().unwrap(), "[::2]:80".parse().unwrap());
        let packet = Segment { from, to, flags: Flags::SYN, ..segment }.packet();
        assert_eq!(packet[..8], [0x60, 0, 0, 0, 0, 31, 6, 64]);
        assert_eq!(packet[40 + 8..40 + 14], [0, 0, 0, 0, 0x70, 0x02]);
        assert_eq!(checksum(&[&packet[8..40], &[0, TCP, 0, 31], &packet[40..]]), [0, 0]);
    }
}
