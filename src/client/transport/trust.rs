//! Which certificates of servers are good.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, OtherError, SignatureScheme};
use rustls_platform_verifier::Verifier as SystemVerifier;

use super::super::error::{Error, Kind};
use super::authorities::{NamedAuthorities, Shown};
use super::pins::{OtherKey, Pins};
use super::settings::TlsSettings;

/// Says whether the certificate of a server is good. The signatures of a handshake are always checked.
#[derive(Debug)]
pub(super) struct Verifier {
    trust: Trust,
    /// The keys that alone are good, if there are such.
    pins: Option<Pins>,
    provider: Arc<CryptoProvider>,
}

/// Who vouches for a certificate.
#[derive(Debug)]
enum Trust {
    /// Nobody has to (`-k`).
    Anybody,
    Named(NamedAuthorities),
    System(SystemVerifier),
}

impl Verifier {
    /// The verifier for these settings.
    ///
    /// # Errors
    /// `Kind::CaFile` for authorities that cannot be used, `Kind::PublicKey` for a key that cannot be read.
    pub(super) fn new(settings: &TlsSettings, provider: Arc<CryptoProvider>) -> Result<Verifier, Error> {
        let trust = trust(settings, &provider)?;
        let pins = settings.pinned.as_deref().map(Pins::read).transpose()?;
        Ok(Verifier { trust, pins, provider })
    }
}

/// Nobody, the authorities that were named, or those of the system.
fn trust(settings: &TlsSettings, provider: &Arc<CryptoProvider>) -> Result<Trust, Error> {
    if settings.insecure {
        return Ok(Trust::Anybody);
    }
    let of_environment = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let (file, folder) = match (&settings.authorities, &settings.authority_folder) {
        (None, None) => (of_environment("SSL_CERT_FILE"), of_environment("SSL_CERT_DIR")),
        (file, folder) => (file.clone(), folder.clone()),
    };
    if file.is_some() || folder.is_some() {
        return NamedAuthorities::read(file.as_deref(), folder.as_deref(), Arc::clone(provider)).map(Trust::Named);
    }
    SystemVerifier::new(Arc::clone(provider)).map(Trust::System).map_err(|error| {
        let what = "the certificate authorities of this machine cannot be used";
        Error::new(Kind::CaFile, format!("{what}: {error}; --cacert FILE names others"))
    })
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.trust {
            Trust::Anybody => {}
            Trust::Named(named) => {
                named.verify(&Shown { end_entity, intermediates, name, ocsp, now })?;
            }
            Trust::System(system) => {
                system.verify_server_cert(end_entity, intermediates, name, ocsp, now)?;
            }
        }
        match &self.pins {
            Some(pins) if !pins.allow(end_entity)? => {
                Err(CertificateError::Other(OtherError(Arc::new(OtherKey))).into())
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
