//! TLS over a stream, by rustls. Nothing of it is touched before the first handshake: the system's certificate
//! authorities take longer to load than a whole exchange in the clear.

use std::cell::OnceCell;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme,
    StreamOwned, SupportedProtocolVersion,
};

use super::super::error::{Error, Kind};
use super::super::request::reason;
use super::socket::is_timeout;
use super::stream::{Raw, Stream};
use super::{Deadline, Facts, TlsSettings, TlsVersion};

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
    pub(super) fn handshake(&self, stream: Raw, host: &str, by: Deadline, facts: &mut Facts) -> Result<Stream, Error> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Error::new(Kind::PeerCertificate, format!("'{host}' cannot be the name in a certificate")))?;
        let session = ClientConnection::new(self.config()?, name).map_err(|error| failure(&error))?;
        let mut tls = StreamOwned::new(session, stream);
        while tls.conn.is_handshaking() {
            tls.sock.limit(by.left()?).map_err(|error| Error::new(Kind::Tls, reason(&error)))?;
            tls.conn.complete_io(&mut tls.sock).map_err(|error| {
                facts.verify_result = verify_result(&error);
                handshake_failure(&error, host, by)
            })?;
        }
        Ok(Stream::Tls(Box::new(tls)))
    }

    /// The configuration for the library, which may agree on HTTP/2.
    pub(super) fn library_config(&self, http2: bool) -> Result<ClientConfig, Error> {
        let mut config = client_config(&self.settings)?;
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

fn client_config(settings: &TlsSettings) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = versions(settings)?;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions)
        .map_err(|error| failure(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(settings, provider)?);
    let mut config = match &settings.certificate {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let (chain, key) = client_certificate(path, settings.key.as_deref().unwrap_or(path))?;
            let wrong = |error| Error::new(Kind::ClientCertificate, format!("client certificate: {error}"));
            builder.with_client_auth_cert(chain, key).map_err(wrong)?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
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

/// Who says whether a certificate is good: nobody, the authorities that were named, or those of the system.
fn verifier(settings: &TlsSettings, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    if settings.insecure {
        return Ok(Arc::new(AnyCertificate(provider)));
    }
    if settings.authorities.is_none() && settings.authority_folder.is_none() {
        return match rustls_platform_verifier::Verifier::new(provider) {
            Ok(verifier) => Ok(Arc::new(verifier)),
            Err(error) => Err(Error::new(
                Kind::CaFile,
                format!(
                    "the certificate authorities of this machine cannot be used: {error}; --cacert FILE names others"
                ),
            )),
        };
    }
    NamedAuthorities::read(settings, provider).map(|named| Arc::new(named) as Arc<dyn ServerCertVerifier>)
}

/// The verifier of `--cacert` and `--capath`.
#[derive(Debug)]
struct NamedAuthorities {
    chain: Arc<WebPkiServerVerifier>,
    /// The certificates as given: one that a server shows itself is good too, if its name and dates are.
    given: Vec<CertificateDer<'static>>,
}

impl NamedAuthorities {
    fn read(settings: &TlsSettings, provider: Arc<CryptoProvider>) -> Result<NamedAuthorities, Error> {
        let mut given = Vec::new();
        if let Some(path) = &settings.authorities {
            given.extend(certificates(path).map_err(|what| unusable(path, &what))?);
            if given.is_empty() {
                return Err(unusable(path, "no certificate in it"));
            }
        }
        if let Some(folder) = &settings.authority_folder {
            let entries = std::fs::read_dir(folder).map_err(|error| unusable(folder, &reason(&error)))?;
            // Folders of authorities hold other files too; what is no certificate is none.
            given.extend(entries.flatten().filter_map(|entry| certificates(&entry.path()).ok()).flatten());
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(given.iter().cloned());
        let wrong = |error: rustls::client::VerifierBuilderError| Error::new(Kind::CaFile, error.to_string());
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(wrong)?;
        Ok(NamedAuthorities { chain, given })
    }
}

impl ServerCertVerifier for NamedAuthorities {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match self.chain.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            // A certificate that was given as such needs no authority, and may be one itself; webpki has by then
            // checked its dates, and the name is checked here.
            Err(rustls::Error::InvalidCertificate(CertificateError::Other(other)))
                if self.given.iter().any(|given| given.as_ref() == end_entity.as_ref())
                    && other.to_string().contains("CaUsedAsEndEntity") =>
            {
                let certificate = ParsedCertificate::try_from(end_entity)?;
                rustls::client::verify_server_name(&certificate, name)?;
                Ok(ServerCertVerified::assertion())
            }
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chain.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chain.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = std::fs::read(path).map_err(|error| reason(&error))?;
    CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().map_err(|error| format!("{error:?}"))
}

fn unusable(path: &Path, what: &str) -> Error {
    Error::new(Kind::CaFile, format!("certificate authorities '{}': {what}", path.display()))
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
        rustls::Error::InvalidCertificate(what) => {
            Error::new(Kind::PeerCertificate, format!("the peer's certificate was not accepted: {what}"))
        }
        other => Error::new(Kind::Tls, format!("TLS: {}", other.to_string().to_lowercase())),
    }
}

fn handshake_failure(error: &io::Error, host: &str, by: Deadline) -> Error {
    if is_timeout(error) {
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
