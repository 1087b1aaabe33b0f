//! A proxy that only forwards, and what a way through it costs.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

use crate::measure::{Installed, interleaved};

/// A small GET through a proxy, each client against itself without one. What the proxy itself costs shows in the raw
/// client, which does the least.
pub(crate) fn small(installed: &Installed, address: SocketAddr, rounds: usize) {
    let proxy = start();
    let (url, through) = (format!("http://{address}/"), format!("http://{proxy}"));
    let Installed { httpkit, this, .. } = installed;
    let (server, between) = (address.to_string(), proxy.to_string());
    let times = interleaved(
        rounds,
        [
            &[this, "raw", &server],
            &[this, "raw", &server, &between],
            &[httpkit, "request", &url],
            &[httpkit, "request", "-x", &through, &url],
            &[httpkit, "request", "-p", "-x", &through, &url],
            &["curl", "-s", &url],
            &["curl", "-s", "-x", &through, &url],
            &["curl", "-s", "-p", "-x", &through, &url],
        ],
    );
    println!("small GET through a proxy, a whole process, median of {rounds}");
    let ratio = |name: &str, time: f64, direct: f64, goal: &str| {
        println!("  {name:15} {:7.3} ms   {:5.2} x direct{goal}", time * 1e3, time / direct);
    };
    ratio("raw", times[1], times[0], "");
    ratio("request", times[3], times[2], " (goal 1.15)");
    ratio("request, tunnel", times[4], times[2], "");
    ratio("curl", times[6], times[5], "");
    ratio("curl, tunnel", times[7], times[5], "");
}

/// A gigabyte through a proxy, each client against itself without one; on few cores it is the proxy that takes the time.
pub(crate) fn large(installed: &Installed, address: SocketAddr, rounds: usize) {
    let Installed { httpkit, this, .. } = installed;
    let (place, between) = (format!("{address}/large"), start().to_string());
    let (url, through) = (format!("http://{place}"), format!("http://{between}"));
    let ours = [httpkit, "request", "-s", "-o", "/dev/null", &url];
    let curls = ["curl", "-s", "-o", "/dev/null", &url];
    let proxied = ["-x", through.as_str()];
    let times = interleaved(
        rounds,
        [
            &ours,
            &[&ours[..], &proxied].concat(),
            &curls,
            &[&curls[..], &proxied].concat(),
            &[this, "raw", &place],
            &[this, "raw", &place, &between],
        ],
    );
    let [ours, curls, raw] = [times[1] / times[0], times[3] / times[2], times[5] / times[4]];
    println!("1 GB through a proxy, x direct: {ours:.2}, curl {curls:.2}, raw {raw:.2}");
    println!("  request / raw through it: {:.2} (goal 1.15)", times[1] / times[5]);
}

fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || forward(stream));
        }
    });
    address
}

/// Forwards one connection; a client that goes away early is no matter.
fn forward(mut client: TcpStream) -> Option<()> {
    client.set_nodelay(true).ok()?;
    let mut piece = vec![0; 1 << 16];
    let length = client.read(&mut piece).ok()?;
    let text = String::from_utf8_lossy(&piece[..length]).into_owned();
    let target = text.split(' ').nth(1)?;
    let is_tunnel = text.starts_with("CONNECT ");
    let authority = target.trim_start_matches("http://").split('/').next()?;
    let mut server = TcpStream::connect(authority).ok()?;
    server.set_nodelay(true).ok()?;
    match is_tunnel {
        true => client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?,
        false => server.write_all(text.replacen(&format!("http://{authority}"), "", 1).as_bytes()).ok()?,
    }
    let (mut upwards, mut asked) = (client.try_clone().ok()?, server.try_clone().ok()?);
    thread::spawn(move || {
        // Whichever side ends first, the other one is told.
        let _ = io::copy(&mut upwards, &mut asked);
        asked.shutdown(Shutdown::Write)
    });
    io::copy(&mut server, &mut client).ok()?;
    client.shutdown(Shutdown::Both).ok()
}
