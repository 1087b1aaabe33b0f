//! TLS over a stream, by rustls. Nothing of it is touched before the first handshake: the system's certificate
//! authorities take longer to load than a whole exchange in the clear.

use std::cell::OnceCell;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, InvalidMessage, KeyLog, KeyLogFile, StreamOwned,
    SupportedProtocolVersion,
};

use super::super::error::{Error, Kind};
use super::super::request::reason;
use super::authorities::certificates;
use super::deadline::Deadline;
use super::facts::Facts;
use super::failure::is_timeout;
use super::pins::OtherKey;
use super::settings::{TlsSettings, TlsVersion};
use super::stream::Stream;
use super::tap::{Seen, Tap};
use super::trust::Verifier;

/// The TLS side of a transport.
#[derive(Debug)]
pub(super) struct Tls {
    settings: TlsSettings,
    config: OnceCell<Arc<ClientConfig>>,
}

impl Tls {
    pub(super) fn new(settings: TlsSettings) -> Tls {
        Tls { settings, config: OnceCell::new() }
    }

    /// Does the handshake on a connected stream.
    pub(super) fn handshake(
        &self,
        stream: Stream,
        host: &str,
        by: Deadline,
        stop: Option<&AtomicBool>,
        facts: &mut Facts,
    ) -> Result<Stream, Error> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Error::new(Kind::PeerCertificate, format!("'{host}' cannot be the name in a certificate")))?;
        let config = match stream.ear() {
            None => self.config()?,
            Some(ear) => {
                let mut config = self.config()?.as_ref().clone();
                tell_keys(&mut config, ear.tap(), Some(ear.number()));
                Arc::new(config)
            }
        };
        let session = ClientConnection::new(config, name).map_err(|error| failure(&error))?;
        let mut tls = StreamOwned::new(session, stream.carrying_tls());
        while tls.conn.is_handshaking() {
            tls.sock.limit(by.step(stop)?).map_err(|error| Error::new(Kind::Tls, reason(&error)))?;
            match tls.conn.complete_io(&mut tls.sock) {
                // Whether there is time left is looked at before the next try.
                Err(error) if is_timeout(&error) || error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    facts.verify_result = verify_result(&error);
                    return Err(handshake_failure(&error, host));
                }
                Ok(_) => {}
            }
        }
        Ok(Stream::tls(tls))
    }

    /// The configuration for the library, which may agree on HTTP/2.
    pub(super) fn library_config(&self, http2: bool, tap: Option<&Tap>) -> Result<ClientConfig, Error> {
        let mut config = client_config(&self.settings)?;
        if let Some(tap) = tap {
            tell_keys(&mut config, tap, None);
        }
        if http2 {
            config.alpn_protocols.insert(0, b"h2".to_vec());
        }
        Ok(config)
    }

    fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(client_config(&self.settings)?);
        Ok(Arc::clone(self.config.get_or_init(|| config)))
    }
}

/// Has keys told, besides where they are logged already.
fn tell_keys(config: &mut ClientConfig, tap: &Tap, connection: Option<u32>) {
    let log = Arc::clone(&config.key_log);
    config.key_log = Arc::new(Keys { tap: tap.clone(), connection, log });
}

/// Tells keys as lines of a key log, and logs them.
#[derive(Debug)]
struct Keys {
    tap: Tap,
    connection: Option<u32>,
    log: Arc<dyn KeyLog>,
}

impl KeyLog for Keys {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.log.log(label, client_random, secret);
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let line = format!("{label} {} {}\n", hex(client_random), hex(secret));
        self.tap.tell(Seen::Secrets(&line), self.connection);
    }
}

fn client_config(settings: &TlsSettings) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = versions(settings)?;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions)
        .map_err(|error| failure(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier::new(settings, provider)?));
    let mut config = match &settings.certificate {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let (chain, key) = client_certificate(path, settings.key.as_deref().unwrap_or(path))?;
            let wrong = |error| Error::new(Kind::ClientCertificate, format!("client certificate: {error}"));
            builder.with_client_auth_cert(chain, key).map_err(wrong)?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Other tools read what went over a connection with these secrets, where SSLKEYLOGFILE names a file for them.
    config.key_log = Arc::new(KeyLogFile::new());
    Ok(config)
}

fn versions(settings: &TlsSettings) -> Result<Vec<&'static SupportedProtocolVersion>, Error> {
    let all = [(TlsVersion::Tls13, &TLS13), (TlsVersion::Tls12, &TLS12)];
    let is_wanted = |version: TlsVersion| {
        settings.oldest.is_none_or(|oldest| version >= oldest) && settings.latest.is_none_or(|latest| version <= latest)
    };
    let wanted: Vec<_> = all.into_iter().filter(|(version, _)| is_wanted(*version)).map(|(_, it)| it).collect();
    match wanted.is_empty() {
        true => Err(Error::new(Kind::Tls, "the oldest version of TLS asked for is later than the latest")),
        false => Ok(wanted),
    }
}

fn client_certificate(
    path: &Path,
    key_path: &Path,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Error> {
    let wrong = |path: &Path, what: &str| {
        Error::new(Kind::ClientCertificate, format!("client certificate '{}': {what}", path.display()))
    };
    let chain = certificates(path).map_err(|what| wrong(path, &what))?;
    if chain.is_empty() {
        return Err(wrong(path, "no certificate in it"));
    }
    let text = std::fs::read(key_path).map_err(|error| wrong(key_path, &reason(&error)))?;
    let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| wrong(key_path, "no private key in it"))?;
    Ok((chain, key))
}

/// What OpenSSL, and with it `-w %{ssl_verify_result}`, calls what is wrong with a certificate; 0 if nothing is. A wrong
/// name is not counted: curl looks at names by itself.
fn verify_result(error: &io::Error) -> u32 {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::InvalidCertificate(what)) = inner else { return 0 };
    match what {
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => 9,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => 10,
        CertificateError::BadSignature => 7,
        CertificateError::UnknownIssuer => 20,
        CertificateError::Revoked => 23,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => 26,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => 0,
        _ => 1,
    }
}

/// The failure that an error of TLS is.
pub(super) fn failure(error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) if other.0.is::<OtherKey>() => {
            Error::new(Kind::PublicKey, OtherKey.to_string())
        }
        rustls::Error::InvalidCertificate(what) => {
            Error::new(Kind::PeerCertificate, format!("the peer's certificate was not accepted: {what}"))
        }
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            Error::new(Kind::Tls, "TLS: what the server sent is not TLS; try http://")
        }
        other => Error::new(Kind::Tls, format!("TLS: {}", other.to_string().to_lowercase())),
    }
}

fn handshake_failure(error: &io::Error, host: &str) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(tls) => failure(tls),
        None => Error::new(Kind::Tls, format!("TLS handshake with {host} failed: {}", reason(error))),
    }
}
