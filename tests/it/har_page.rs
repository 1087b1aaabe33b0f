//! An archive of `request --har` in Chromium: it shows the page without the server.

use std::io::Write;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit;
use crate::recorder::{Recorder, answer};
use crate::request::request;

/// A page that asks for all that is in the archive, and for what is not.
const PAGE: &str = r#"<!doctype html><title>page</title><img src="/dot.png"><script>
const ask = async (what, wish) => {
  try { const answer = await fetch(what, wish); return [answer.status, await answer.text()]; } catch { return "none"; }
};
const post = (body) => ask("/form", { method: "POST", body });
addEventListener("load", async () => {
  const image = document.querySelector("img");
  window.report = [
    [image.naturalWidth, image.naturalHeight], await ask("/old"), await ask("/zipped"), await ask("/missing?q=%C3%A9"),
    await post("a=b&c"), await ask("/not-there"),
  ];
});
</script>"#;
/// The smallest picture there is: one pixel.
const DOT: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6,
    0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xf0,
    0x1f, 0, 5, 0, 1, 0xff, 0x56, 0xc7, 0x2f, 0x0d, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

fn response(head: &str, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    [format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n").as_bytes(), content].concat()
}

#[test]
#[ignore = "needs chromium"]
fn chromium_shows_a_page_out_of_it() {
    let folder = TempDir::new().unwrap();
    let packages = ["install", "--silent", "--no-audit", "--no-fund", "playwright-core@1.65.1"];
    let npm = Command::new("npm").args(packages).current_dir(folder.path()).output().unwrap();
    assert!(npm.status.success(), "{npm:?}");
    let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
    zipped.write_all("zipp\u{e9}d ".repeat(100).as_bytes()).unwrap();
    let zipped = zipped.finish().unwrap();
    let chunks = [format!("{:x}\r\n", zipped.len()).as_bytes(), &zipped, b"\r\n0\r\n\r\n"].concat();
    let coded = "HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
    let script = [
        response("200 OK\r\nContent-Type: text/html", PAGE.as_bytes()),
        response("200 OK\r\nContent-Type: image/png", DOT),
        response("302 Found\r\nLocation: /new", b""),
        response("200 OK\r\nContent-Type: text/plain", b"new"),
        [coded.as_bytes(), &chunks].concat(),
        response("404 Not Found\r\nContent-Type: application/json", b"{}"),
        response("201 Created", b"made"),
    ];
    let peer = Recorder::start(vec![script.iter().flat_map(answer).collect()]);
    let archive = folder.path().join("run.har");
    let urls = ["/page", "/dot.png", "/old", "/zipped", "/missing?q=%C3%A9"].map(|path| peer.url(path));
    let form = peer.url("/form");
    let outputs = urls.iter().flat_map(|url| ["-o", "/dev/null", url]);
    let har = archive.to_str().unwrap();
    let post = ["--next", "-o", "/dev/null", "-d", "a=b&c", &form];
    let arguments: Vec<&str> = ["-sSL", "--har", har].into_iter().chain(outputs).chain(post).collect();
    request(&arguments).assert().success();
    let asked = peer.connections().len();
    let script = kit::project().join("tests/peers/har_page.js");
    let mut node = Command::new("node");
    let shown = node.arg(script).args([folder.path(), &archive]).arg(&urls[0]).output().unwrap();
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let expected =
        json!([[1, 1], [200, "new"], [200, "zipp\u{e9}d ".repeat(100)], [404, "{}"], [201, "made"], "none",]);
    assert_eq!((&shown["report"], &shown["missed"]), (&expected, &json!(["/not-there"])));
    // It opens connections that it never uses.
    let also: Vec<String> = peer.connections()[asked..].iter().map(|it| String::from_utf8_lossy(it).into()).collect();
    assert!(also.iter().all(String::is_empty), "the browser has asked the server: {also:?}");
}
