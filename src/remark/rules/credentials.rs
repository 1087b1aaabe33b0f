//! Who asks, and what proves it (RFC 9110 11).

use crate::remark::rule::At::{Answered, Asked};
use crate::remark::rule::{Here, Rule, info, note, text, when, wrong};
use crate::remark::value::{brief, parameter};

pub(super) const RULES: &[Rule] = &[
    info("authorization", "RFC 9110 11.6.2", Asked("authorization"), |h| {
        let scheme = scheme(h.value)?;
        Some(format!("credentials for the server, of the kind {}", brief(scheme)))
    }),
    note("authorization-basic", "RFC 7617 4", Asked("authorization"), |h| {
        when(
            is_scheme(h, "basic"),
            "Basic is user name and password in base64, which hides nothing: anyone who sees this has them",
        )
    }),
    note("authorization-bearer", "RFC 6750 5.3", Asked("authorization"), |h| {
        when(is_scheme(h, "bearer"), "whoever holds this token has its rights: it needs TLS and a short life")
    }),
    info("authorization-digest", "RFC 7616 3.4", Asked("authorization"), |h| {
        when(
            is_scheme(h, "digest"),
            "a hash made of the password and of what the server sent, so the password itself is not on the way",
        )
    }),
    wrong("authorization-grammar", "RFC 9110 11.4", Asked("authorization"), |h| {
        when(
            !h.value.contains(' '),
            "no scheme before the credentials: a server cannot know what they are, and answers 401",
        )
    }),
    note("authorization-in-the-clear", "RFC 9110 17.16.1", Asked("authorization"), |h| {
        when(h.around.is_tls == Some(false), "sent without TLS: everyone on the way can read it")
    }),
    info("www-authenticate", "RFC 9110 11.6.1", Answered("www-authenticate"), |h| {
        let scheme = scheme(h.value).or(Some(h.value).filter(|value| !value.is_empty()))?;
        Some(match parameter(h.value.split_once(' ').map_or("", |(_, rest)| rest), b',', "realm") {
            Some(realm) => format!("the server asks for {} credentials for '{}'", brief(scheme), brief(realm)),
            None => format!("the server asks for {} credentials", brief(scheme)),
        })
    }),
    note("digest-md5", "RFC 7616 3.1", Answered("www-authenticate"), |h| {
        let algorithm = parameter(h.value.split_once(' ').map_or("", |(_, rest)| rest), b',', "algorithm");
        when(
            is_scheme(h, "digest")
                && algorithm.is_none_or(|algorithm| algorithm.to_ascii_uppercase().starts_with("MD5")),
            "Digest with MD5, which is kept for old clients only; SHA-256 is to be preferred",
        )
    }),
    note("challenge-unasked", "RFC 9110 11.6.1", Answered("www-authenticate"), |h| {
        let status = h.message.status();
        (status != 401).then(|| format!("in a {status} it says that credentials might change the answer"))
    }),
    wrong("www-authenticate-empty", "RFC 9110 11.6.1", Answered("www-authenticate"), |h| {
        when(h.value.is_empty(), "at least one challenge must stand here")
    }),
    info("proxy-authenticate", "RFC 9110 11.7.1", Answered("proxy-authenticate"), |h| {
        Some(format!("the proxy asks for credentials: {}", brief(h.value)))
    }),
    info("proxy-authorization", "RFC 9110 11.7.2", Asked("proxy-authorization"), |h| {
        Some(format!("credentials for the proxy, of the kind {}; it takes them away", brief(scheme(h.value)?)))
    }),
    text(
        "authentication-info",
        "RFC 9110 11.6.3",
        Answered("authentication-info"),
        "what the server says after the credentials were accepted, such as the next nonce",
    ),
    text(
        "proxy-authentication-info",
        "RFC 9110 11.7.3",
        Answered("proxy-authentication-info"),
        "what the proxy says after the credentials were accepted",
    ),
];

fn scheme(value: &str) -> Option<&str> {
    value.split_once(' ').map(|(scheme, _)| scheme)
}

fn is_scheme(h: &Here<'_>, name: &str) -> bool {
    h.value.split([' ', ',']).next().is_some_and(|scheme| scheme.eq_ignore_ascii_case(name))
}
