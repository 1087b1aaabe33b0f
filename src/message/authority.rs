//! `uri-host [":" port]`, the value of `Host` and the authority of a target (RFC 9110 7.2, RFC 3986 3.2).

use std::net::Ipv6Addr;
use std::str;

use super::byte_set;

/// `unreserved` and `sub-delims` of RFC 3986.
const PLAIN: [bool; 256] = byte_set(b"-._~!$&'()*+,;=");

/// Whether the bytes are `uri-host [":" port]` with a host that is not empty: an `http` URI with an empty host is
/// invalid (RFC 9110 4.2.1). There is no userinfo in it.
pub fn is_authority(bytes: &[u8]) -> bool {
    let (host_is_valid, rest) = match bytes {
        [b'[', inner @ ..] => match inner.iter().position(|&byte| byte == b']') {
            Some(end) => (is_ip_literal(&inner[..end]), &inner[end + 1..]),
            None => (false, &inner[..0]),
        },
        _ => {
            let end = bytes.iter().position(|&byte| byte == b':').unwrap_or(bytes.len());
            (end > 0 && is_reg_name(&bytes[..end]), &bytes[end..])
        }
    };
    host_is_valid && (rest.is_empty() || matches!(rest, [b':', port @ ..] if is_port(port)))
}

/// `port = *DIGIT`; a number that is no TCP port cannot be meant.
fn is_port(bytes: &[u8]) -> bool {
    let mut number = 0_u32;
    bytes.iter().all(|byte| {
        number = number.saturating_mul(10).saturating_add(u32::from(byte.wrapping_sub(b'0')));
        byte.is_ascii_digit() && number <= u32::from(u16::MAX)
    })
}

/// `reg-name` of RFC 3986 3.2.2; it has IPv4address in it.
fn is_reg_name(bytes: &[u8]) -> bool {
    if bytes.iter().all(|&byte| PLAIN[byte as usize]) {
        return true;
    }
    let mut bytes = bytes;
    loop {
        match bytes {
            [] => return true,
            [b'%', a, b, rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => bytes = rest,
            [byte, rest @ ..] if PLAIN[*byte as usize] => bytes = rest,
            _ => return false,
        }
    }
}

/// What stands between `[` and `]`: an IPv6 address (without a zone), or IPvFuture.
fn is_ip_literal(bytes: &[u8]) -> bool {
    if let [b'v' | b'V', future @ ..] = bytes {
        let Some(dot) = future.iter().position(|&byte| byte == b'.') else { return false };
        let (version, address) = (&future[..dot], &future[dot + 1..]);
        return !version.is_empty()
            && version.iter().all(u8::is_ascii_hexdigit)
            && !address.is_empty()
            && address.iter().all(|&byte| PLAIN[byte as usize] || byte == b':');
    }
    str::from_utf8(bytes).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_authority;

    #[test]
    fn authorities_good_and_bad() {
        for good in [
            "localhost",
            "localhost:8080",
            "127.0.0.1",
            "127.0.0.1:",
            "example.com:65535",
            "[::1]",
            "[::1]:80",
            "a_b",
            "%41.example",
            "[v1.x:y]",
            "xn--bcher-kva.example",
            "a.b.",
        ] {
            assert!(is_authority(good.as_bytes()), "{good}");
        }
        for bad in [
            "",
            ":80",
            "a b",
            "user@host",
            "host:80:80",
            "host:8o",
            "host:65536",
            "[::1",
            "[::1]x",
            "[fe80::1%25lo]",
            "[]",
            "[v.x]",
            "a/b",
            "a%4",
            "a%zz",
            "a,b c",
            "a\u{7f}",
            "h\u{e4}",
            "host:99999999999999999999",
        ] {
            assert!(!is_authority(bad.as_bytes()), "{bad}");
        }
    }
}
