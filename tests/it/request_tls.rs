//! https, HTTP/2 and proxies, against peers on this machine with certificates made for the test.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use predicates::prelude::{PredicateBooleanExt, predicate};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PublicKeyData, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};

use crate::recorder::{Act, Recorder, answer, ok};
use crate::request::request;
use crate::request_trace::bytes;

/// A certificate with its key, and the text of the certificate.
pub(crate) struct Made {
    certificate: CertificateDer<'static>,
    key: KeyPair,
    pem: String,
}

fn parameters(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

fn self_signed(parameters: &CertificateParams) -> Made {
    let key = KeyPair::generate().unwrap();
    let made = parameters.self_signed(&key).unwrap();
    Made { certificate: made.der().clone(), pem: made.pem(), key }
}

/// An authority, and a certificate that it signed.
pub(crate) fn signed(parameters: &CertificateParams) -> (String, Made) {
    let mut of_authority = CertificateParams::new(Vec::new()).unwrap();
    of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = self_signed(&of_authority);
    let issuer = Issuer::new(of_authority, authority.key);
    let key = KeyPair::generate().unwrap();
    let made = parameters.signed_by(&key, &issuer).unwrap();
    (authority.pem, Made { certificate: made.der().clone(), pem: made.pem(), key })
}

/// A peer that does the handshake with this certificate and answers every request.
pub(crate) fn serve(made: &Made, clients: Option<&Made>) -> SocketAddr {
    serve_with(made, clients, "")
}

/// The same, with these field lines in each answer.
fn serve_with(made: &Made, clients: Option<&Made>, fields: &'static str) -> SocketAddr {
    let config = config(made, clients);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            thread::spawn(move || {
                let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
                let mut received = Vec::new();
                let mut piece = [0; 4096];
                while !received.ends_with(b"\r\n\r\n") {
                    match tls.read(&mut piece) {
                        Ok(length) if length > 0 => received.extend_from_slice(&piece[..length]),
                        _ => return,
                    }
                }
                let head = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {}\r\n\r\n", received.len());
                let _ = tls.write_all(head.as_bytes()).and_then(|()| tls.write_all(&received));
                tls.conn.send_close_notify();
                let _ = tls.flush();
            });
        }
    });
    address
}

/// How a peer speaks TLS with this certificate, and which certificate it wants of its clients.
pub(crate) fn config(made: &Made, clients: Option<&Made>) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(client.certificate.clone()).unwrap();
            let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let key = PrivateKeyDer::try_from(made.key.serialize_der()).unwrap();
    Arc::new(builder.with_single_cert(vec![made.certificate.clone()], key).unwrap())
}

/// The command for `https://NAME:PORT/`, which is at that address.
fn ask(
    name: &str,
    address: SocketAddr,
    authorities: Option<&str>,
    folder: &Path,
    more: &[&str],
) -> assert_cmd::Command {
    let url = format!("https://{name}:{}/", address.port());
    let resolve = format!("{name}:{}:127.0.0.1", address.port());
    let file = folder.join("authorities.pem");
    let mut arguments = vec![url.as_str(), "--resolve", &resolve];
    if let Some(pem) = authorities {
        fs::write(&file, pem).unwrap();
        arguments.extend(["--cacert", file.to_str().unwrap()]);
    }
    arguments.extend(more);
    request(&arguments)
}

#[test]
fn certificates_are_checked_by_chain_name_and_date() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, good) = signed(&parameters("good.test"));
    let (other_authority, _) = signed(&parameters("good.test"));
    let mut expired = parameters("good.test");
    (expired.not_before, expired.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    let (authority_of_expired, expired) = signed(&expired);
    let own = self_signed(&parameters("good.test"));
    let mut own_authority = parameters("good.test");
    own_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own_authority = self_signed(&own_authority);
    let mut stale = parameters("good.test");
    (stale.not_before, stale.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    stale.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let stale = self_signed(&stale);
    for (what, name, made, authorities, status, verdict) in [
        ("a good chain", "good.test", &good, Some(&authority), 0, "0,1"),
        ("another name", "bad.test", &good, Some(&authority), 60, "0,0"),
        ("an unknown issuer", "good.test", &good, Some(&other_authority), 60, "7,0"),
        ("one that has expired", "good.test", &expired, Some(&authority_of_expired), 60, "10,0"),
        ("a self-signed one that was given", "good.test", &own, Some(&own.pem), 0, "0,1"),
        ("a self-signed one for another name", "bad.test", &own, Some(&own.pem), 60, "0,0"),
        ("a self-signed authority that was given", "good.test", &own_authority, Some(&own_authority.pem), 0, "0,1"),
        ("a self-signed authority for another name", "bad.test", &own_authority, Some(&own_authority.pem), 60, "0,0"),
        ("a self-signed authority that has expired", "good.test", &stale, Some(&stale.pem), 60, "10,0"),
    ] {
        let address = serve(made, None);
        let options = ["-sS", "-w", "%{stderr}|%{ssl_verify_result},%{num_certs}"];
        let outcome = ask(name, address, authorities.map(String::as_str), folder.path(), &options).output().unwrap();
        let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
        assert_eq!(outcome.status.code(), Some(status), "{what}: {said}");
        assert!(said.trim_end().ends_with(&format!("|{verdict}")), "{what}: {said}");
        if status == 0 {
            let sent = String::from_utf8(outcome.stdout).unwrap();
            assert!(sent.starts_with(&format!("GET / HTTP/1.1\r\nHost: {name}:")), "{what}: {sent}");
        }
        ask("any.test", address, None, folder.path(), &["-k", "-o", "/dev/null"]).assert().success();
    }
}

/// What one certificate, given as trusted, is worth for a server whose certificate it has signed, and for itself.
#[test]
fn a_certificate_is_trusted_for_what_it_may_do() {
    let folder = tempfile::tempdir().unwrap();
    let signed_by = |of_issuer: CertificateParams, name: &str| {
        let issuer = self_signed(&of_issuer);
        let pem = issuer.pem.clone();
        let key = KeyPair::generate().unwrap();
        let made = parameters(name).signed_by(&key, &Issuer::new(of_issuer, issuer.key)).unwrap();
        (pem, Made { certificate: made.der().clone(), pem: made.pem(), key })
    };
    let leaf = parameters("leaf.test");
    let mut expired = CertificateParams::new(Vec::new()).unwrap();
    expired.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    (expired.not_before, expired.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    let mut no_signer = CertificateParams::new(Vec::new()).unwrap();
    no_signer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    no_signer.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    let mut signer = CertificateParams::new(Vec::new()).unwrap();
    signer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    signer.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    for (what, issuer, status) in [
        ("a leaf signs nobody", leaf, 60),
        ("an authority that has expired", expired, 60),
        ("an authority without the right to sign", no_signer, 60),
        ("an authority", signer, 0),
    ] {
        let (pem, made) = signed_by(issuer, "good.test");
        let address = serve(&made, None);
        ask("good.test", address, Some(&pem), folder.path(), &["-s"]).assert().code(status);
        let file = folder.path().join("of-environment.pem");
        fs::write(&file, &pem).unwrap();
        let mut of_environment = ask("good.test", address, None, folder.path(), &["-s"]);
        let outcome = of_environment.env("SSL_CERT_FILE", &file).output().unwrap();
        assert_eq!(outcome.status.code(), Some(status), "{what}, in SSL_CERT_FILE");
    }
    // A certificate that somebody else has signed vouches for itself, and for nobody else.
    let (_, made) = signed(&parameters("good.test"));
    let address = serve(&made, None);
    ask("good.test", address, Some(&made.pem), folder.path(), &["-s"]).assert().success();
    ask("bad.test", address, Some(&made.pem), folder.path(), &["-s"]).assert().code(60);
    let (_, other) = signed(&parameters("good.test"));
    ask("good.test", serve(&other, None), Some(&made.pem), folder.path(), &["-s"]).assert().code(60);
}

#[test]
fn authorities_that_cannot_be_used_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let address = serve(&self_signed(&parameters("good.test")), None);
    ask("good.test", address, Some("nothing"), folder.path(), &[])
        .assert()
        .code(77)
        .stderr(predicate::str::contains("no certificate in it"));
    let url = format!("https://{address}/");
    // One that is not there is known before anything is sent, whatever the URL.
    for (option, url) in [("--cacert", url.as_str()), ("--proxy-cacert", &url), ("--cacert", "http://127.0.0.1:1/")] {
        let message = format!("httpkit: (2) {option} '/nowhere/x': no such file\n");
        request(&["-k", option, "/nowhere/x", url]).assert().code(2).stderr(message);
    }
    // A machine without authorities trusts nobody, and speaks http all the same.
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    let none = [("SSL_CERT_FILE", empty.as_path()), ("SSL_CERT_DIR", folder.path())];
    let outcome = request(&[&url]).envs(none).output().unwrap();
    assert!(matches!(outcome.status.code(), Some(60 | 77)), "{outcome:?}");
    let plain = Recorder::start(vec![ok("fine")]);
    request(&[&plain.url("/")]).envs(none).assert().success().stdout("fine");
}

#[test]
fn a_trace_shows_what_tls_carries() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, good) = signed(&parameters("good.test"));
    let trace = folder.path().join("trace");
    let arguments = ["--trace", trace.to_str().unwrap(), "-A", "x", "-w", "|%{scheme}|%{num_certs}"];
    let address = serve(&good, None);
    let told = ask("good.test", address, Some(&authority), folder.path(), &arguments).assert().success();
    let sent = format!("GET / HTTP/1.1\r\nHost: good.test:{}\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n", address.port());
    // The peer answers with what it was sent.
    assert_eq!(String::from_utf8_lossy(&told.get_output().stdout), format!("{sent}|https|1"));
    let text = fs::read_to_string(&trace).unwrap();
    assert_eq!(bytes(&text, "=> Send"), sent.as_bytes());
    let received = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{sent}", sent.len());
    assert_eq!(bytes(&text, "<= Recv"), received.as_bytes());
    assert!(text.contains("== Info: SSL connection using TLSv1.3 / TLS13_AES_"), "{text}");
    // What goes over the library is shown decoded, and said to be.
    let http2 = [&arguments[..], &["--http2"]].concat();
    ask("good.test", address, Some(&authority), folder.path(), &http2).assert().success();
    let text = fs::read_to_string(&trace).unwrap();
    assert!(text.contains("== Info: HTTP/2 goes through a library"), "{text}");
    assert!(bytes(&text, "<= Recv").starts_with(b"HTTP/1.1 200 OK\r\n"), "{text}");
}

#[test]
fn a_client_shows_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let server = self_signed(&parameters("good.test"));
    let client = self_signed(&parameters("me"));
    let address = serve(&server, Some(&client));
    let (certificate, key) = (folder.path().join("me.pem"), folder.path().join("me.key"));
    fs::write(&certificate, &client.pem).unwrap();
    fs::write(&key, client.key.serialize_pem()).unwrap();
    let paths = [certificate.to_str().unwrap(), key.to_str().unwrap()];
    let with = |more: &[&str]| ask("good.test", address, Some(&server.pem), folder.path(), more);
    with(&["-E", paths[0], "--key", paths[1]]).assert().success();
    with(&[]).assert().failure();
    with(&["-E", paths[0], "--key", paths[0]]).assert().code(58);
    with(&["-E", "/nowhere/x"]).assert().code(58);
}

#[test]
fn versions_of_tls_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let server = self_signed(&parameters("good.test"));
    let address = serve(&server, None);
    let with = |more: &[&str]| ask("good.test", address, Some(&server.pem), folder.path(), more);
    with(&["--tls-max", "1.2"]).assert().success();
    with(&["--tlsv1.3"]).assert().success();
    with(&["--tlsv1.3", "--tls-max", "1.2"]).assert().code(35);
}

#[test]
fn https_does_not_become_http_and_a_plain_port_speaks_no_tls() {
    let peer = Recorder::start(vec![vec![Act::Write(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())]]);
    request(&[&format!("https://{}/", peer.address)]).assert().code(35).stdout("");
    assert!(!peer.connections().concat().windows(4).any(|window| window == b"GET "));
}

#[test]
fn a_proxy_in_the_clear_is_told_the_whole_uri() {
    let peer = Recorder::start(vec![ok("through")]);
    let proxy = format!("http://me:secret@{}", peer.address);
    request(&["-x", &proxy, "http://far.test/x?y", "-d", "a=b", "-H", "X-Y: z"]).assert().success().stdout("through");
    let text = peer.text();
    assert!(text.starts_with("POST http://far.test/x?y HTTP/1.1\r\n"), "{text}");
    for line in
        ["\r\nHost: far.test\r\n", "\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n", "\r\nX-Y: z\r\n", "\r\n\r\na=b"]
    {
        assert!(text.contains(line), "{line:?}: {text}");
    }
    let address = peer.address.to_string();
    request(&["http://far.test/"]).env("http_proxy", &address).assert().success().stdout("through");
    request(&["http://far.invalid/"]).env("http_proxy", &address).env("NO_PROXY", "invalid").assert().code(6);
    request(&["http://far.invalid/"]).env("HTTP_PROXY", &address).assert().code(6);
}

/// A peer that speaks HTTP/2 from the first byte, reads the content and answers with what it was asked.
pub(crate) fn serve_http2() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let mut connection = h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    // The connection goes on only while it is asked for more.
                    tokio::spawn(async move {
                        let length = request.headers().get("content-length").map(|value| value.to_str().unwrap());
                        let text =
                            format!("{} {} {}", request.method(), request.uri().path(), length.unwrap_or("none"));
                        let mut content = request.into_body();
                        while let Some(Ok(piece)) = content.data().await {
                            content.flow_control().release_capacity(piece.len()).unwrap();
                        }
                        let response = http::Response::builder().status(201).header("x-seen", "yes").body(()).unwrap();
                        let mut stream = respond.send_response(response, false).unwrap();
                        stream.send_data(text.into(), true).unwrap();
                    });
                }
            }
        });
    });
    address
}

#[test]
fn http2_is_spoken_where_it_is_asked_for() {
    let address = serve_http2();
    let url = format!("http://{address}/x");
    request(&["--http2-prior-knowledge", "-i", &url, "-d", "a=b", "-w", "|%{http_version}"])
        .assert()
        .success()
        .stdout(predicate::str::starts_with("HTTP/2 201 \r\n"))
        .stdout(predicate::str::contains("x-seen: yes\r\n"))
        .stdout(predicate::str::ends_with("\r\n\r\nPOST /x 3|2"));
    // What is shown of a request is what is sent: its content, and no field of HTTP/1.1's connections.
    let shown = request(&["--http2-prior-knowledge", "--wire", &url, "-T", "-"]).write_stdin("hi\n").output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("\n> PUT /x HTTP/2\\r\\n\n") && shown.contains("\n> hi\\n\n"), "{shown}");
    assert!(!shown.contains("chunked") && !shown.contains("100-continue"), "{shown}");
    let options =
        ["--http2-prior-knowledge", "-H", "Connection: close", "-H", "User-Agent:", "-H", "Accept:", "-T", "-"];
    let dry = request(&[&options[..], &["--dry-run", "http://h/x"]].concat()).write_stdin("hi\n").assert().success();
    dry.stdout("PUT /x HTTP/2\r\nHost: h\r\n\r\nhi\n");
    // In the clear nobody agrees on it, so it stays 1.1.
    let plain = Recorder::start(vec![ok("one")]);
    request(&["--http2", &plain.url("/"), "-w", "|%{http_version}"]).assert().success().stdout("one|1.1");
}

#[test]
fn the_password_of_a_certificate_is_said_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let address = serve(&self_signed(&parameters("good.test")), None);
    let missing = folder.path().join("me.pem");
    let typed = format!("{}:hunter2", missing.display());
    let outcome = ask("good.test", address, None, folder.path(), &["-k", "-E", &typed]).output().unwrap();
    let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
    assert_eq!(outcome.status.code(), Some(58), "{said}");
    assert!(said.contains("me.pem'") && !said.contains("hunter2"), "{said}");
}

/// An HTTP/2 frame (RFC 9113 4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

#[test]
fn a_stream_of_http2_that_ends_early_is_cut_short() {
    // `:status: 200`, and `content-length: 10` or nothing.
    let with_length = [&[0x88, 0x0f, 0x0d, 2][..], b"10"].concat();
    let (end, cancel) = (frame(0, 1, 1, b""), frame(3, 0, 1, &[0, 0, 0, 8]));
    let no_error = frame(3, 0, 1, &[0, 0, 0, 0]);
    for (head, last, status) in [
        (&with_length[..], &no_error, 18),
        (&with_length, &cancel, 18),
        (&with_length, &end, 18),
        (&[0x88], &cancel, 18),
        (&[0x88], &end, 0),
    ] {
        let answer =
            [frame(4, 0, 0, b""), frame(4, 1, 0, b""), frame(1, 4, 1, head), frame(0, 0, 1, b"abc"), last.clone()];
        // The preface, SETTINGS and HEADERS of the client begin with these.
        let peer = Recorder::start(vec![vec![Act::Take(60), Act::Write(answer.concat()), Act::Hang]]);
        let output = request(&["--http2-prior-knowledge", &peer.url("/"), "-m", "20"]).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{last:?} {error}");
    }
}

#[test]
fn a_pinned_key_is_the_only_one_that_is_good() {
    let folder = tempfile::tempdir().unwrap();
    let made = self_signed(&parameters("pinned.test"));
    let (other, own) = (KeyPair::generate().unwrap(), made.key.subject_public_key_info());
    let hash = |key: &[u8]| format!("sha256//{}", STANDARD.encode(Sha256::digest(key)));
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let address = serve(&made, None);
    let good = hash(&own);
    let bad = hash(&other.subject_public_key_info());
    for (pin, status) in [
        (good.clone(), 0),
        (format!("{bad};{good}"), 0),
        (file("own.pem", made.key.public_key_pem().as_bytes()), 0),
        (file("own.der", &own), 0),
        (bad.clone(), 90),
        (file("other.pem", other.public_key_pem().as_bytes()), 90),
        (good.replacen("//", "/", 1), 90),
        ("sha256//".to_owned(), 90),
        (folder.path().join("missing").to_str().unwrap().to_owned(), 90),
    ] {
        // Whether the certificate is good besides does not matter to a pin, nor a pin to that.
        let pinned = ["-s", "--pinnedpubkey", &pin];
        ask("pinned.test", address, Some(&made.pem), folder.path(), &pinned).assert().code(status);
        ask("pinned.test", address, None, folder.path(), &[&pinned[..], &["-k"]].concat()).assert().code(status);
    }
    let stranger = self_signed(&parameters("elsewhere.test"));
    let pinned = ["-s", "--pinnedpubkey", &good];
    ask("pinned.test", address, Some(&stranger.pem), folder.path(), &pinned).assert().code(60);
    // Nothing of the request goes to a server with another key.
    let mut said = ask("pinned.test", address, None, folder.path(), &["-k", "-v", "--pinnedpubkey", &bad]);
    said.assert()
        .code(90)
        .stderr(predicate::str::contains("> GET").not().and(predicate::str::contains("public key of the peer")));
}

#[test]
fn http2_and_proxies_keep_to_their_pinned_keys() {
    let folder = tempfile::tempdir().unwrap();
    let made = self_signed(&parameters("localhost"));
    let address = serve(&made, None);
    let proxy = format!("https://localhost:{}", address.port());
    let good = format!("sha256//{}", STANDARD.encode(Sha256::digest(made.key.subject_public_key_info())));
    for (pin, status) in [(good.as_str(), 0), ("sha256//AAAA", 90)] {
        // A library does the handshake where HTTP/2 may be agreed on.
        let pinned = ["-s", "--http2", "-k", "--pinnedpubkey", pin];
        ask("localhost", address, None, folder.path(), &pinned).assert().code(status);
        ask("localhost", address, None, folder.path(), &["-s", "--http2"]).assert().code(60);
        let through = ["-s", "-x", &proxy, "--proxy-insecure", "--proxy-pinnedpubkey", pin, "http://far.test/"];
        request(&through).assert().code(status);
    }
}

#[test]
fn the_secrets_of_a_connection_are_logged_where_the_environment_says() {
    let folder = tempfile::tempdir().unwrap();
    let address = serve(&self_signed(&parameters("localhost")), None);
    let log = folder.path().join("keys");
    let mut asked = ask("localhost", address, None, folder.path(), &["-sk"]);
    asked.env("SSLKEYLOGFILE", &log).assert().success();
    let logged = fs::read_to_string(&log).unwrap();
    assert!(logged.contains("CLIENT_TRAFFIC_SECRET_0 ") && logged.contains("SERVER_TRAFFIC_SECRET_0 "), "{logged}");
    // A log that cannot be written ends no transfer.
    let mut asked = ask("localhost", address, None, folder.path(), &["-sk"]);
    asked.env("SSLKEYLOGFILE", folder.path()).assert().success();
}

#[test]
fn certificates_are_described() {
    let folder = tempfile::tempdir().unwrap();
    let mut made = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    made.not_before = date_time_ymd(2020, 1, 2);
    made.not_after = date_time_ymd(2999, 12, 31);
    made.serial_number = Some(0x0102_0304.into());
    made.distinguished_name = rcgen::DistinguishedName::new();
    made.distinguished_name.push(rcgen::DnType::OrganizationName, "Ex, Inc\nVersion:9");
    made.distinguished_name.push(rcgen::DnType::CommonName, "localhost");
    made.distinguished_name.push(rcgen::DnType::CustomDnType(vec![1, 2, 840, 113_549, 1, 9, 1]), "#a@example.test ");
    made.distinguished_name.push(rcgen::DnType::CustomDnType(vec![1, 3, 9999, 1]), "x");
    let (_, made) = signed(&made);
    let address = serve(&made, None);
    let mut asked =
        ask("localhost", address, None, folder.path(), &["-sk", "-o", "/dev/null", "-w", "%{num_certs}\n%{certs}"]);
    let said = String::from_utf8(asked.assert().success().get_output().stdout.clone()).unwrap();
    for line in [
        "1",
        "Version:2",
        "Serial Number:01020304",
        "Signature Algorithm:ecdsa-with-SHA256",
        "Public Key Algorithm:id-ecPublicKey",
        "X509v3 Subject Alternative Name:DNS:localhost, IP Address:127.0.0.1",
        "Start date:Jan  2 00:00:00 2020 GMT",
        "Expire date:Dec 31 00:00:00 2999 GMT",
    ] {
        assert!(said.lines().any(|said| said == line), "{line}\n{said}");
    }
    // A name makes no line of its own.
    let subject = said.lines().find(|line| line.starts_with("Subject:")).unwrap();
    let names = ", CN=localhost, emailAddress=\\#a@example.test\\ , 1.3.9999.1=#0c0178";
    assert!(subject.contains("O=Ex\\, Inc\\0a") && subject.ends_with(names), "{said}");
    assert!(said.ends_with(&made.pem.replace('\r', "")), "{said}");
}

#[test]
fn a_host_that_wants_tls_is_asked_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hosts");
    let made = self_signed(&parameters("*.hsts.test"));
    let address = serve_with(&made, None, "Strict-Transport-Security: max-age=60; includeSubDomains\r\n");
    let port = address.port();
    let resolve = format!("*:{port}:127.0.0.1");
    let run = |options: &[&str]| {
        let fixed = ["-sk", "--resolve", &resolve, "-w", "%{url_effective} %{http_code}\n", "-o", "/dev/null"];
        let output = request(&[&fixed[..], options].concat()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let hsts = ["--hsts", file.to_str().unwrap()];
    let (secure, plain) = (format!("https://a.hsts.test:{port}/"), format!("http://a.hsts.test:{port}/"));
    let below = format!("http://b.a.hsts.test:{port}/x");
    // Nobody has said anything; then it counts within the run, and from the file on.
    assert_eq!(run(&[&hsts[..], &[&plain]].concat()), format!("{plain} 000\n"));
    assert_eq!(run(&["--hsts", "", &secure, "-o", "/dev/null", &plain]), format!("{secure} 200\n{secure} 200\n"));
    assert!(!fs::read_to_string(&file).unwrap().contains("hsts.test"));
    assert_eq!(run(&[&hsts[..], &[&secure]].concat()), format!("{secure} 200\n"));
    assert!(fs::read_to_string(&file).unwrap().contains("\n.a.hsts.test \"20"));
    assert_eq!(run(&[&hsts[..], &[&plain]].concat()), format!("{secure} 200\n"));
    assert_eq!(run(&[&hsts[..], &[&below]].concat()), format!("{} 200\n", below.replace("http:", "https:")));
    assert_eq!(run(&[&plain]), format!("{plain} 000\n"));
    // A redirect to http is one to https too.
    let there = answer(format!("HTTP/1.1 302 There\r\nLocation: {plain}\r\nContent-Length: 0\r\n\r\n"));
    let peer = Recorder::start(vec![there]);
    assert_eq!(run(&[&hsts[..], &["-L", &format!("http://{}/", peer.address)]].concat()), format!("{secure} 200\n"));
    // What is not sent is not written.
    fs::write(&file, "x.test \"unlimited\"\n").unwrap();
    request(&[&hsts[..], &["--dry-run", "http://x.test/"]].concat())
        .assert()
        .success()
        .stdout(predicate::str::contains("Host: x.test\r\n"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "x.test \"unlimited\"\n");
    request(&["-s", "--hsts", folder.path().to_str().unwrap(), &plain]).assert().code(26);
}
