//! A certificate that a peer has shown, as people read it (`-w %{certs}`).

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use x509_cert::Certificate as Parsed;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::oid::db::DB;
use x509_cert::der::{DateTime, Decode};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, SubjectAltName};
use x509_cert::name::Name;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// How many characters of Base64 stand in a line of PEM (RFC 7468 2).
const PEM_LINE: usize = 64;

/// A certificate that a peer has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate(pub(super) CertificateDer<'static>);

impl Certificate {
    /// What it says, a line for each property, and the certificate in PEM: in the words of curl(1), distinguished names as in
    /// RFC 4514 but in their own order. One that cannot be understood is shown in PEM alone.
    pub fn describe(&self) -> String {
        let mut text = Parsed::from_der(&self.0).map_or_else(|_| String::new(), |parsed| properties(&parsed));
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        let encoded = STANDARD.encode(&self.0);
        let mut rest = encoded.as_str();
        while !rest.is_empty() {
            let (line, behind) = rest.split_at(rest.len().min(PEM_LINE));
            text.push_str(line);
            text.push('\n');
            rest = behind;
        }
        text + "-----END CERTIFICATE-----\n"
    }
}

fn properties(certificate: &Parsed) -> String {
    let content = certificate.tbs_certificate();
    let mut text = String::new();
    let mut say = |name: &str, value: &str| {
        // A certificate is what a server says: it makes no lines of its own.
        let _ = writeln!(text, "{name}:{}", value.replace(char::is_control, "?"));
    };
    say("Subject", &distinguished(content.subject()));
    say("Issuer", &distinguished(content.issuer()));
    say("Version", &(content.version() as u8).to_string());
    say("Serial Number", &hex(content.serial_number().as_bytes(), ""));
    say("Signature Algorithm", &algorithm(&certificate.signature_algorithm().oid));
    say("Public Key Algorithm", &algorithm(&content.subject_public_key_info().algorithm.oid));
    if let Ok(Some((_, constraints))) = content.get_extension::<BasicConstraints>() {
        say("X509v3 Basic Constraints", if constraints.ca { "CA:TRUE" } else { "CA:FALSE" });
    }
    if let Ok(Some((_, SubjectAltName(names)))) = content.get_extension::<SubjectAltName>() {
        let names: Vec<String> = names.iter().filter_map(alternative).collect();
        say("X509v3 Subject Alternative Name", &names.join(", "));
    }
    let validity = content.validity();
    say("Start date", &date(validity.not_before.to_date_time()));
    say("Expire date", &date(validity.not_after.to_date_time()));
    say("Signature", &hex(certificate.signature().raw_bytes(), ":"));
    text
}

fn distinguished(name: &Name) -> String {
    let parts: Vec<String> = name.iter_rdn().map(ToString::to_string).collect();
    parts.join(", ")
}

/// The name of an algorithm, or its number where it has none here.
fn algorithm(oid: &ObjectIdentifier) -> String {
    DB.by_oid(oid).map_or_else(|| oid.to_string(), str::to_owned)
}

/// A name that a certificate is for as well, of the kinds that web servers have.
fn alternative(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(format!("DNS:{}", name.as_str())),
        GeneralName::UniformResourceIdentifier(uri) => Some(format!("URI:{}", uri.as_str())),
        GeneralName::IpAddress(bytes) => {
            let four = <[u8; 4]>::try_from(bytes.as_bytes()).map(|bytes| IpAddr::from(Ipv4Addr::from(bytes)));
            let sixteen = || <[u8; 16]>::try_from(bytes.as_bytes()).map(|bytes| IpAddr::from(Ipv6Addr::from(bytes)));
            four.or_else(|_| sixteen()).ok().map(|address| format!("IP Address:{address}"))
        }
        _ => None,
    }
}

/// A date as OpenSSL and with it curl write it.
fn date(moment: DateTime) -> String {
    let month = MONTHS.get(usize::from(moment.month()).wrapping_sub(1)).unwrap_or(&"?");
    let (hour, minute, second) = (moment.hour(), moment.minutes(), moment.seconds());
    format!("{month} {:2} {hour:02}:{minute:02}:{second:02} {} GMT", moment.day(), moment.year())
}

/// Two digits for each byte, and what stands behind each of them.
fn hex(bytes: &[u8], behind: &str) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}{behind}")).collect()
}
