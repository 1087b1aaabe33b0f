//! A certificate that a peer has shown, as people read it (`-w %{certs}`).

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use x509_cert::Certificate as Parsed;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{Any, Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{DateTime, Decode, Encode, Tag, Tagged};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, SubjectAltName};
use x509_cert::name::Name;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What attributes of distinguished names are called, as OpenSSL and with it curl write them. The database of `x509-cert` has
/// 3,000 more names, each an address that the dynamic linker fills in at each start.
const ATTRIBUTES: &[(ObjectIdentifier, &str)] = &[
    (oid("2.5.4.3"), "CN"),
    (oid("2.5.4.4"), "SN"),
    (oid("2.5.4.5"), "serialNumber"),
    (oid("2.5.4.6"), "C"),
    (oid("2.5.4.7"), "L"),
    (oid("2.5.4.8"), "ST"),
    (oid("2.5.4.9"), "street"),
    (oid("2.5.4.10"), "O"),
    (oid("2.5.4.11"), "OU"),
    (oid("2.5.4.12"), "title"),
    (oid("2.5.4.13"), "description"),
    (oid("2.5.4.15"), "businessCategory"),
    (oid("2.5.4.17"), "postalCode"),
    (oid("2.5.4.20"), "telephoneNumber"),
    (oid("2.5.4.41"), "name"),
    (oid("2.5.4.42"), "GN"),
    (oid("2.5.4.43"), "initials"),
    (oid("2.5.4.44"), "generationQualifier"),
    (oid("2.5.4.46"), "dnQualifier"),
    (oid("2.5.4.65"), "pseudonym"),
    (oid("2.5.4.97"), "organizationIdentifier"),
    (oid("0.9.2342.19200300.100.1.1"), "UID"),
    (oid("0.9.2342.19200300.100.1.25"), "DC"),
    (oid("1.2.840.113549.1.9.1"), "emailAddress"),
    (oid("1.2.840.113549.1.9.2"), "unstructuredName"),
    (oid("1.3.6.1.4.1.311.60.2.1.1"), "jurisdictionL"),
    (oid("1.3.6.1.4.1.311.60.2.1.2"), "jurisdictionST"),
    (oid("1.3.6.1.4.1.311.60.2.1.3"), "jurisdictionC"),
];

/// The algorithms of signatures and keys that certificates have, in the same words.
const ALGORITHMS: &[(ObjectIdentifier, &str)] = &[
    (oid("1.2.840.10040.4.1"), "dsaEncryption"),
    (oid("1.2.840.10040.4.3"), "dsaWithSHA1"),
    (oid("1.2.840.10045.2.1"), "id-ecPublicKey"),
    (oid("1.2.840.10045.4.1"), "ecdsa-with-SHA1"),
    (oid("1.2.840.10045.4.3.1"), "ecdsa-with-SHA224"),
    (oid("1.2.840.10045.4.3.2"), "ecdsa-with-SHA256"),
    (oid("1.2.840.10045.4.3.3"), "ecdsa-with-SHA384"),
    (oid("1.2.840.10045.4.3.4"), "ecdsa-with-SHA512"),
    (oid("1.2.840.113549.1.1.1"), "rsaEncryption"),
    (oid("1.2.840.113549.1.1.4"), "md5WithRSAEncryption"),
    (oid("1.2.840.113549.1.1.5"), "sha1WithRSAEncryption"),
    (oid("1.2.840.113549.1.1.10"), "rsassaPss"),
    (oid("1.2.840.113549.1.1.11"), "sha256WithRSAEncryption"),
    (oid("1.2.840.113549.1.1.12"), "sha384WithRSAEncryption"),
    (oid("1.2.840.113549.1.1.13"), "sha512WithRSAEncryption"),
    (oid("1.2.840.113549.1.1.14"), "sha224WithRSAEncryption"),
    (oid("1.3.101.110"), "X25519"),
    (oid("1.3.101.112"), "ED25519"),
    (oid("1.3.101.113"), "ED448"),
    (oid("2.16.840.1.101.3.4.3.17"), "ML-DSA-44"),
    (oid("2.16.840.1.101.3.4.3.18"), "ML-DSA-65"),
    (oid("2.16.840.1.101.3.4.3.19"), "ML-DSA-87"),
];

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
    let relative = name.iter_rdn().map(|parts| {
        let parts: Vec<String> = parts.iter().map(attribute).collect();
        parts.join("+")
    });
    relative.collect::<Vec<String>>().join(", ")
}

/// An attribute of a distinguished name as RFC 4514 2.3 and 2.4 write it: a value that is no text, or is one of a type that has
/// no name here, in hexadecimal digits.
fn attribute(attribute: &AttributeTypeAndValue) -> String {
    let AttributeTypeAndValue { oid, value } = attribute;
    match (name_in(ATTRIBUTES, oid), text_of(value)) {
        (Some(name), Some(text)) => format!("{name}={}", escaped(text)),
        _ => format!("{oid}=#{}", hex(&value.to_der().unwrap_or_default(), "")),
    }
}

fn text_of(value: &Any) -> Option<&str> {
    match value.tag() {
        Tag::PrintableString => PrintableStringRef::try_from(value).ok().map(|text| text.as_str()),
        Tag::Utf8String => Utf8StringRef::try_from(value).ok().map(|text| text.as_str()),
        Tag::Ia5String => Ia5StringRef::try_from(value).ok().map(|text| text.as_str()),
        Tag::TeletexString => TeletexStringRef::try_from(value).ok().map(|text| text.as_str()),
        _ => None,
    }
}

/// A value with what RFC 4514 2.4 escapes.
fn escaped(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    let mut written = String::with_capacity(text.len());
    for (at, character) in text.chars().enumerate() {
        let is_special = match character {
            '#' => at == 0,
            ' ' => at == 0 || at == last,
            _ => matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\'),
        };
        match character {
            _ if is_special => written.extend(['\\', character]),
            '\0'..='\x1f' | '\x7f' => written.push_str(&format!("\\{:02x}", character as u8)),
            _ => written.push(character),
        }
    }
    written
}

/// The name of an algorithm, or its number where it has none here.
fn algorithm(oid: &ObjectIdentifier) -> String {
    name_in(ALGORITHMS, oid).map_or_else(|| oid.to_string(), str::to_owned)
}

fn name_in(names: &[(ObjectIdentifier, &'static str)], oid: &ObjectIdentifier) -> Option<&'static str> {
    names.iter().find(|(number, _)| number == oid).map(|(_, name)| *name)
}

const fn oid(number: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(number)
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
