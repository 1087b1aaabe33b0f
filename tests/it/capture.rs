//! Captures as a reader of pcapng finds them: whole blocks, whole packets, good checksums, no byte twice and none missing.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use pcap_parser::Block;
use pcap_parser::pcapng::{EnhancedPacketBlock, OptionCode, parse_block_le};

/// What a capture shows.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    /// The connections in the order in which they were opened.
    pub(crate) connections: Vec<Connection>,
    /// The lines of all keys, and how many packets stand before the first of them.
    pub(crate) keys: String,
    pub(crate) keys_at: usize,
    /// The comments of packets, in order.
    pub(crate) comments: Vec<String>,
    pub(crate) packets: usize,
}

/// What a capture shows of a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    /// What each side has sent.
    pub(crate) sent: Vec<u8>,
    pub(crate) received: Vec<u8>,
    /// How it ended: `F` and `R` for FIN and RST of the client, `f` and `r` of the server.
    pub(crate) end: String,
    /// What each side sends next, and what it has been told of.
    next: [u32; 2],
}

impl Capture {
    /// Reads a capture, and panics where something is wrong with it.
    pub(crate) fn read(bytes: &[u8]) -> Capture {
        let mut capture = Capture::default();
        let mut at = BTreeMap::new();
        let mut left = bytes;
        let mut number = 0;
        while !left.is_empty() {
            let (rest, block) = parse_block_le(left).unwrap_or_else(|error| panic!("block {number}: {error:?}"));
            match block {
                Block::SectionHeader(_) => assert_eq!(number, 0),
                Block::InterfaceDescription(block) => assert_eq!((number, block.linktype.0), (1, 101)),
                Block::DecryptionSecrets(block) => {
                    if capture.keys.is_empty() {
                        capture.keys_at = capture.packets;
                    }
                    capture.keys.push_str(std::str::from_utf8(&block.data[..block.secrets_len as usize]).unwrap());
                }
                Block::EnhancedPacket(block) => capture.packet(&block, &mut at),
                other => panic!("{other:?}"),
            }
            (left, number) = (rest, number + 1);
        }
        capture
    }

    fn packet(&mut self, block: &EnhancedPacketBlock<'_>, at: &mut BTreeMap<[SocketAddr; 2], usize>) {
        assert_eq!(block.caplen, block.origlen);
        let comments = block.options.iter().filter(|option| option.code == OptionCode::Comment);
        let text = |value: &[u8], len: u16| String::from_utf8(value[..usize::from(len)].to_vec()).unwrap();
        self.comments.extend(comments.map(|option| text(option.value(), option.len)));
        self.packets += 1;
        let packet = &block.data[..block.caplen as usize];
        let (from, to, tcp) = unwrap(packet);
        let port = |at: usize| u16::from_be_bytes([tcp[at], tcp[at + 1]]);
        let (from, to) = (SocketAddr::new(from, port(0)), SocketAddr::new(to, port(2)));
        let word = |at: usize| u32::from_be_bytes(tcp[at..at + 4].try_into().unwrap());
        let (flags, data) = (tcp[13], &tcp[usize::from(tcp[12] >> 4) * 4..]);
        if flags == 0x02 {
            at.insert([from, to], self.connections.len());
            let next = [word(4).wrapping_add(1), 0];
            let (sent, received) = (Vec::new(), Vec::new());
            self.connections.push(Connection { client: from, server: to, sent, received, end: String::new(), next });
            return;
        }
        let own = usize::from(!at.contains_key(&[from, to]));
        let place = at[&if own == 0 { [from, to] } else { [to, from] }];
        let connection = &mut self.connections[place];
        if flags & 0x02 != 0 {
            connection.next[1] = word(4);
        }
        assert_eq!(
            (word(4), word(8)),
            (connection.next[own], connection.next[1 - own]),
            "numbers of packet {}",
            self.packets
        );
        let counted = data.len() + usize::from(flags & 0x01 != 0) + usize::from(flags & 0x02 != 0);
        connection.next[own] = connection.next[own].wrapping_add(counted as u32);
        assert!(data.len() <= 1460 && !connection.end.contains(['R', 'r']));
        [&mut connection.sent, &mut connection.received][own].extend_from_slice(data);
        for (flag, signs) in [(0x01, ["F", "f"]), (0x04, ["R", "r"])] {
            connection.end.push_str(if flags & flag != 0 { signs[own] } else { "" });
        }
    }

    /// What all clients have sent.
    pub(crate) fn sent(&self) -> Vec<u8> {
        self.connections.iter().flat_map(|connection| connection.sent.clone()).collect()
    }

    /// What all servers have sent.
    pub(crate) fn received(&self) -> Vec<u8> {
        self.connections.iter().flat_map(|connection| connection.received.clone()).collect()
    }
}

/// The addresses of a packet and its TCP segment, whose checksums are right.
fn unwrap(packet: &[u8]) -> (IpAddr, IpAddr, &[u8]) {
    let (from, to, tcp): (IpAddr, IpAddr, &[u8]) = match packet[0] >> 4 {
        4 => {
            assert_eq!(usize::from(u16::from_be_bytes([packet[2], packet[3]])), packet.len());
            assert_eq!(sum(&[&packet[..20]]), 0xffff, "the checksum of the IP header");
            let address = |at: usize| <[u8; 4]>::try_from(&packet[at..at + 4]).unwrap().into();
            (address(12), address(16), &packet[20..])
        }
        _ => {
            assert_eq!(usize::from(u16::from_be_bytes([packet[4], packet[5]])), packet.len() - 40);
            let address = |at: usize| <[u8; 16]>::try_from(&packet[at..at + 16]).unwrap().into();
            (address(8), address(24), &packet[40..])
        }
    };
    let addresses = if packet[0] >> 4 == 4 { &packet[12..20] } else { &packet[8..40] };
    let length = (tcp.len() as u32).to_be_bytes();
    assert_eq!(sum(&[addresses, &length, &[0, 0, 0, 6], tcp]), 0xffff, "the checksum of TCP");
    (from, to, tcp)
}

fn sum(parts: &[&[u8]]) -> u32 {
    let mut sum = 0_u32;
    for pair in parts.iter().flat_map(|part| part.chunks(2)) {
        sum += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}
