//! Which certificates of servers are good.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use super::super::error::{Error, Kind};
use super::super::request::reason;
use super::settings::TlsSettings;

/// Who says whether a certificate is good: nobody, the authorities that were named, or those of the system.
pub(super) fn verifier(
    settings: &TlsSettings,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    if settings.insecure {
        return Ok(Arc::new(AnyCertificate(provider)));
    }
    let of_environment = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let (file, folder) = match (&settings.authorities, &settings.authority_folder) {
        (None, None) => (of_environment("SSL_CERT_FILE"), of_environment("SSL_CERT_DIR")),
        (file, folder) => (file.clone(), folder.clone()),
    };
    if file.is_none() && folder.is_none() {
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
    NamedAuthorities::read(file.as_deref(), folder.as_deref(), provider)
        .map(|named| Arc::new(named) as Arc<dyn ServerCertVerifier>)
}

/// The verifier of `--cacert` and `--capath`.
#[derive(Debug)]
struct NamedAuthorities {
    /// Those of the certificates given that may sign others; `None`: there are none.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// The certificates as given: each vouches for itself, if its name and dates are right.
    given: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl NamedAuthorities {
    fn read(
        file: Option<&Path>,
        folder: Option<&Path>,
        provider: Arc<CryptoProvider>,
    ) -> Result<NamedAuthorities, Error> {
        let mut given = Vec::new();
        if let Some(path) = file {
            given.extend(certificates(path).map_err(|what| unusable(path, &what))?);
            if given.is_empty() {
                return Err(unusable(path, "no certificate in it"));
            }
        }
        if let Some(folder) = folder {
            let entries = std::fs::read_dir(folder).map_err(|error| unusable(folder, &reason(&error)))?;
            // Folders of authorities hold other files too; what is no certificate is none.
            given.extend(entries.flatten().filter_map(|entry| certificates(&entry.path()).ok()).flatten());
        }
        let mut roots = RootCertStore::empty();
        let now = UnixTime::now();
        roots.add_parsable_certificates(given.iter().filter(|given| may_sign(given, now)).cloned());
        let chain = match roots.is_empty() {
            true => None,
            false => {
                let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
                Some(builder.build().map_err(|error| Error::new(Kind::CaFile, error.to_string()))?)
            }
        };
        Ok(NamedAuthorities { chain, given, provider })
    }
}

/// Whether a certificate is one of an authority that may sign others today (RFC 5280 4.2.1.3, 4.2.1.9). The library takes
/// any key that it is given for one that may.
fn may_sign(certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
    let Ok(parsed) = Certificate::from_der(certificate) else { return false };
    let certificate = parsed.tbs_certificate();
    let constraints = certificate.get_extension::<BasicConstraints>().ok().flatten();
    let is_authority = match constraints {
        Some((_, constraints)) => constraints.ca,
        // The first version had no extensions to say it with.
        None => certificate.version() == x509_cert::Version::V1,
    };
    let usage = certificate.get_extension::<KeyUsage>().ok().flatten();
    is_authority && usage.is_none_or(|(_, usage)| usage.key_cert_sign()) && dates(&parsed, now).is_ok()
}

/// Whether a certificate is good today.
fn dates(certificate: &Certificate, now: UnixTime) -> Result<(), CertificateError> {
    let validity = certificate.tbs_certificate().validity();
    let now = Duration::from_secs(now.as_secs());
    if now < validity.not_before.to_unix_duration() {
        return Err(CertificateError::NotValidYet);
    }
    if now > validity.not_after.to_unix_duration() {
        return Err(CertificateError::Expired);
    }
    Ok(())
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
        if self.given.iter().any(|given| given.as_ref() == end_entity.as_ref()) {
            let parsed = Certificate::from_der(end_entity).map_err(|_| CertificateError::BadEncoding)?;
            dates(&parsed, now)?;
            rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
            return Ok(ServerCertVerified::assertion());
        }
        match &self.chain {
            Some(chain) => chain.verify_server_cert(end_entity, intermediates, name, ocsp, now),
            None => Err(CertificateError::UnknownIssuer.into()),
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

/// The certificates in a file (PEM).
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = std::fs::read(path).map_err(|error| reason(&error))?;
    CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().map_err(|error| format!("{error:?}"))
}

fn unusable(path: &Path, what: &str) -> Error {
    Error::new(Kind::CaFile, format!("certificate authorities '{}': {what}", path.display()))
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
