//! What `-w` says of a transfer.

use std::fs;

use crate::recorder::{Recorder, answer, ok};
use crate::request::request;

/// What `-w` says.
fn said(arguments: &[&str]) -> String {
    let output = request(&["-s", "-o", "/dev/null"]).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_host_is_shown_as_it_was_written_and_sent_as_dns_has_it() {
    let redirect = "HTTP/1.1 302 There\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n";
    let elsewhere = "HTTP/1.1 302 There\r\nLocation: http://\u{e4}.test/c\r\nContent-Length: 0\r\n\r\n";
    let peer = Recorder::start(vec![[answer(redirect), answer(elsewhere), ok("")].concat()]);
    let proxy = peer.address.to_string();
    let format = "%{url.host} %{url_effective} %{urle.host}";
    let url = "http://b\u{fc}cher.test:81/a#\u{fc}";
    assert_eq!(said(&["-x", &proxy, "-L", url, "-w", format]), "b\u{fc}cher.test http://\u{e4}.test/c \u{e4}.test");
    let sent = peer.text();
    let hosts: Vec<&str> = sent.lines().filter(|line| line.starts_with("Host:")).collect();
    assert_eq!(hosts, ["Host: xn--bcher-kva.test:81", "Host: xn--bcher-kva.test:81", "Host: xn--4ca.test"]);
    // A reference without a host keeps what was written before it.
    let peer = Recorder::start(vec![[answer(redirect), ok("")].concat()]);
    let proxy = peer.address.to_string();
    assert_eq!(said(&["-x", &proxy, "-L", url, "-w", "%{url_effective}"]), "http://b\u{fc}cher.test:81/b");
}

#[test]
fn the_fields_that_a_file_is_given_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    fs::write(&path, "abc").unwrap();
    let url = format!("file://{}", path.display());
    for options in [&[][..], &["-I"]] {
        let arguments = [&[url.as_str(), "-w", "%{num_headers} %{size_header} %{http_code}"], options].concat();
        assert_eq!(said(&arguments), "3 0 000", "{options:?}");
    }
}

#[test]
fn the_time_is_told_in_a_format_of_ones_own() {
    let peer = Recorder::start(vec![ok("")]);
    let said = said(&[&peer.url("/"), "-w", "%time{%Y-%m-%dT%H:%M:%S.%f%z %Z %s %%s %c %J}|%time{"]);
    let moment: jiff::Timestamp = said[..31].parse().unwrap_or_else(|error| panic!("{said}: {error}"));
    assert!(moment.duration_until(jiff::Timestamp::now()).as_secs() < 60, "{said}");
    let c = moment.strftime("%a %b %e %H:%M:%S %Y");
    assert_eq!(said[31..], format!(" UTC {} %s {c} %J|%time{{", moment.as_second()));
}
