//! Certificate authorities that were named: which certificates they vouch for.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, RootCertStore};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

use super::super::error::{Error, Kind};
use super::super::request::reason;

/// The authorities of `--cacert` and `--capath`.
#[derive(Debug)]
pub(super) struct NamedAuthorities {
    /// Those of the certificates given that may sign others; `None`: there are none.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// The certificates as given: each vouches for itself, if its name and dates are right.
    given: Vec<CertificateDer<'static>>,
}

impl NamedAuthorities {
    /// Reads them from a file and a folder.
    ///
    /// # Errors
    /// `Kind::CaFile` for one that cannot be read, and a file without a certificate.
    pub(super) fn read(
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
                let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
                Some(builder.build().map_err(|error| Error::new(Kind::CaFile, error.to_string()))?)
            }
        };
        Ok(NamedAuthorities { chain, given })
    }

    /// Whether a certificate is one of those given, or signed by one of them.
    pub(super) fn verify(&self, shown: &Shown<'_>) -> Result<ServerCertVerified, rustls::Error> {
        let Shown { end_entity, intermediates, name, ocsp, now } = *shown;
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
}

/// What a server shows in a handshake, and when.
#[derive(Clone, Copy)]
pub(super) struct Shown<'s> {
    pub(super) end_entity: &'s CertificateDer<'s>,
    pub(super) intermediates: &'s [CertificateDer<'s>],
    pub(super) name: &'s ServerName<'s>,
    pub(super) ocsp: &'s [u8],
    pub(super) now: UnixTime,
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

/// The certificates in a file (PEM).
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = std::fs::read(path).map_err(|error| reason(&error))?;
    CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().map_err(|error| format!("{error:?}"))
}

fn unusable(path: &Path, what: &str) -> Error {
    Error::new(Kind::CaFile, format!("certificate authorities '{}': {what}", path.display()))
}
