//! `--open`: the page, in the browser of whoever started the server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::thread;

/// What opens a URL where no browser is named.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Opens the page without waiting for it; `tell` is told if that cannot be done.
pub(super) fn open(address: SocketAddr, tell: impl FnOnce(String) + Send + 'static) {
    let program = std::env::var("BROWSER").ok().filter(|name| !name.is_empty()).unwrap_or_else(|| OPENER.to_owned());
    let url = url(address);
    // Some of these programs end at once and some with the window, and none may stay behind as a dead child.
    thread::spawn(move || {
        let mut command = Command::new(&program);
        command.arg(&url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let outcome = command.status().map_err(|error| error.to_string());
        match outcome {
            Ok(status) if status.success() => {}
            Ok(status) => tell(format!("--open: '{program}' ended with {status}; open {url} in a browser")),
            Err(error) => tell(format!("--open: cannot run '{program}': {error}; open {url} in a browser")),
        }
    });
}

/// The URL by which a program on this machine reaches a server that listens there.
fn url(address: SocketAddr) -> String {
    let mut address = address;
    if address.ip().is_unspecified() {
        let is_v4 = address.is_ipv4();
        address.set_ip(if is_v4 { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { IpAddr::V6(Ipv6Addr::LOCALHOST) });
    }
    format!("http://{address}/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_everyone_is_reached_at_this_machine() {
        for (address, expected) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("0.0.0.0:1", "http://127.0.0.1:1/"),
            ("[::]:1", "http://[::1]:1/"),
            ("192.0.2.1:80", "http://192.0.2.1:80/"),
        ] {
            assert_eq!(url(address.parse().unwrap()), expected);
        }
    }
}
