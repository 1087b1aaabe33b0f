//! Public keys that a server may have and no other (curl(1) `--pinnedpubkey`).

use std::fmt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use rustls::server::ParsedCertificate;
use sha2::{Digest, Sha256};

use super::super::error::{Error, Kind};
use super::super::request::reason;

/// The public keys that a server may have.
#[derive(Debug)]
pub(super) enum Pins {
    /// Their SHA-256 hashes in Base64.
    Hashes(Vec<String>),
    /// One key, as a DER-encoded `SubjectPublicKeyInfo` (RFC 5280 4.1.2.7).
    Key(Vec<u8>),
}

/// The server has another key.
#[derive(Debug)]
pub(super) struct OtherKey;

impl fmt::Display for OtherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the public key of the peer is not the one that was named")
    }
}

impl std::error::Error for OtherKey {}

impl Pins {
    /// Reads `sha256//HASH;sha256//HASH`, or the name of a file with a public key, in PEM or DER.
    ///
    /// # Errors
    /// `Kind::PublicKey` for a file that cannot be read.
    pub(super) fn read(text: &str) -> Result<Pins, Error> {
        if text.starts_with("sha256//") {
            let hashes = text.split(';').filter_map(|item| item.strip_prefix("sha256//"));
            return Ok(Pins::Hashes(hashes.map(str::to_owned).collect()));
        }
        let bytes = std::fs::read(Path::new(text)).map_err(|error| {
            let what = format!("public key '{text}': {}, expected sha256//HASH or a file", reason(&error));
            Error::new(Kind::PublicKey, what)
        })?;
        let key = SubjectPublicKeyInfoDer::from_pem_slice(&bytes).map(|key| key.to_vec());
        Ok(Pins::Key(key.unwrap_or(bytes)))
    }

    /// Whether the key of a certificate is one of these.
    pub(super) fn allow(&self, certificate: &CertificateDer<'_>) -> Result<bool, rustls::Error> {
        let key = ParsedCertificate::try_from(certificate)?.subject_public_key_info();
        Ok(match self {
            Pins::Hashes(hashes) => hashes.contains(&STANDARD.encode(Sha256::digest(&key))),
            Pins::Key(pinned) => *pinned == key.as_ref(),
        })
    }
}
