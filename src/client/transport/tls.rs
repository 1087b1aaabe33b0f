//! TLS over a stream, by rustls. Nothing of it is touched before the first handshake: the system's certificate
//! authorities take longer to load than a whole exchange in the clear.

use std::cell::OnceCell;
use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};

use super::super::error::{Error, Kind};
use super::super::request::reason;
use super::socket::{Raw, Stream};
use super::{Deadline, TlsSettings};

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
    pub(super) fn handshake(&self, stream: Raw, host: &str, by: Deadline) -> Result<Stream, Error> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Error::new(Kind::PeerCertificate, format!("'{host}' cannot be the name in a certificate")))?;
        let session = ClientConnection::new(self.config()?, name).map_err(|error| failure(&error))?;
        let mut tls = StreamOwned::new(session, stream);
        while tls.conn.is_handshaking() {
            tls.sock.limit(by.left()?).map_err(|error| Error::new(Kind::Tls, reason(&error)))?;
            tls.conn.complete_io(&mut tls.sock).map_err(|error| handshake_failure(&error, host, by))?;
        }
        Ok(Stream::Tls(Box::new(tls)))
    }

    fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(client_config(&self.settings)?);
        Ok(Arc::clone(self.config.get_or_init(|| config)))
    }
}

fn client_config(settings: &TlsSettings) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| failure(&error))?
        .dangerous();
    let builder = match settings.insecure {
        true => builder.with_custom_certificate_verifier(Arc::new(AnyCertificate(provider))),
        false => {
            let verifier = rustls_platform_verifier::Verifier::new(provider).map_err(|error| failure(&error))?;
            builder.with_custom_certificate_verifier(Arc::new(verifier))
        }
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn failure(error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InvalidCertificate(what) => {
            Error::new(Kind::PeerCertificate, format!("the peer's certificate was not accepted: {what}"))
        }
        other => Error::new(Kind::Tls, format!("TLS: {}", other.to_string().to_lowercase())),
    }
}

fn handshake_failure(error: &io::Error, host: &str, by: Deadline) -> Error {
    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
        return by.passed();
    }
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(tls) => failure(tls),
        None => Error::new(Kind::Tls, format!("TLS handshake with {host} failed: {}", reason(error))),
    }
}

/// The verifier of `-k`: any certificate will do, the handshake's signatures are checked all the same.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
