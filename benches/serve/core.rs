//! What a served GET costs without sockets: from the bytes of a request to those of its answer.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use httpkit::api::{Plan, Settings, respond};
use httpkit::message::{ConnectionOption, Head, HeadLimits, HeadScan, parse_head, write_head};
use httpkit::server::Limits;
use httpkit::store::{Options, Source, Store};

const LIMITS: HeadLimits = Limits::USUAL.head_limits();
const DATE: &[u8] = b"Sun, 06 Nov 1994 08:49:37 GMT";
const PLAIN: &[u8] = b"GET /posts/12345 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";
const BROWSER: &[u8] = b"GET /posts/12345 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: keep-alive\r\n\
    sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\nsec-ch-ua-mobile: ?0\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n\
    Accept: */*\r\nOrigin: http://localhost:5173\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n\
    Sec-Fetch-Dest: empty\r\nReferer: http://localhost:5173/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-GB,en;q=0.9\r\n\r\n";

/// Prints nanoseconds per request, each the least of many batches. The data is put into a file of its own.
pub(crate) fn measure(folder: &Path) {
    let data = folder.join("core.json");
    std::fs::write(&data, crate::data()).unwrap();
    let source = Source::Files(vec![data]);
    let store = Store::open(source, Options::default(), &mut |_| {}).unwrap();
    let settings = Settings::default();
    let view = || store.peek();
    let mut out = Vec::with_capacity(4096);
    for (name, bytes) in [("plain", PLAIN), ("browser", BROWSER)] {
        let head = least(|| {
            black_box(read(black_box(bytes)));
        });
        let read_head = read(bytes);
        let request = read_head.request(&[]);
        let answered = least(|| {
            let Plan::Answer(response) = respond(black_box(&request), &view(), &settings) else { panic!() };
            black_box(response);
        });
        let Plan::Answer(response) = respond(&request, &view(), &settings) else { panic!() };
        let written = least(|| {
            out.clear();
            write_head(&mut out, black_box(&response), DATE, ConnectionOption::Implied, false);
            black_box(&mut out);
        });
        println!("core     {name:8} head {head:5.0} ns, respond {answered:5.0} ns, write {written:5.0} ns");
    }
    println!("         goal: parsing, lookup and formatting within 500 ns together");
}

fn read(bytes: &[u8]) -> Head<'_> {
    let span = HeadScan::default().advance(bytes, &LIMITS).unwrap().unwrap();
    parse_head(&bytes[span.start..span.end], span.lines).unwrap()
}

/// The least time of one call, in nanoseconds, over batches of a thousand.
fn least(mut act: impl FnMut()) -> f64 {
    let batch = |act: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..1000).for_each(|_| act());
        start.elapsed().as_nanos() as f64 / 1000.0
    };
    (0..300).map(|_| batch(&mut act)).fold(f64::INFINITY, f64::min)
}
