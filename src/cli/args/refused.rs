//! Options of curl that are not built in: each is refused with a message that says so, and none is ignored.

/// What is not built in, or after a semicolon what does the same, and the options that ask for it.
const NOT_BUILT_IN: &[(&str, &[&str])] = &[
    (
        "FTP",
        &[
            "ftp-port",
            "ftp-pasv",
            "ftp-ssl",
            "ftp-ssl-reqd",
            "ftp-create-dirs",
            "list-only",
            "quote",
            "append",
            "use-ascii",
            "disable-eprt",
            "disable-epsv",
            "ftp-account",
            "ftp-alternative-to-user",
            "ftp-method",
            "ftp-pret",
            "ftp-skip-pasv-ip",
            "ftp-ssl-ccc",
            "ftp-ssl-ccc-mode",
            "ftp-ssl-control",
            "create-file-mode",
        ],
    ),
    ("SMTP", &["mail-from", "mail-rcpt", "mail-auth", "mail-rcpt-allowfails", "crlf"]),
    ("SASL", &["sasl-authzid", "sasl-ir", "login-options"]),
    ("TELNET", &["telnet-option"]),
    ("TFTP", &["tftp-blksize", "tftp-no-options"]),
    ("SSH", &["pubkey", "hostpubmd5", "hostpubsha256", "compressed-ssh", "knownhosts"]),
    ("TLS in other protocols", &["ssl", "ssl-reqd"]),
    ("flags of an upload in other protocols", &["upload-flags"]),
    ("Kerberos", &["krb", "delegation", "service-name"]),
    ("NTLM", &["ntlm", "ntlm-wb"]),
    ("SPNEGO", &["negotiate"]),
    (
        "another authentication at a proxy than Basic and Digest",
        &["proxy-negotiate", "proxy-ntlm", "proxy-service-name"],
    ),
    ("HTTP/3", &["http3", "http3-only"]),
    ("another protocol to a proxy than HTTP/1.1 and SOCKS", &["proxy-http2", "proxy-http3"]),
    ("DNS over HTTPS", &["doh-url", "doh-insecure", "doh-cert-status"]),
    ("a resolver of its own", &["dns-servers", "dns-interface", "dns-ipv4-addr", "dns-ipv6-addr"]),
    ("crypto engines", &["engine"]),
    ("AWS signatures", &["aws-sigv4"]),
    ("Alt-Svc", &["alt-svc"]),
    ("Metalink", &["metalink"]),
    ("EGD", &["egd-file", "random-file"]),
    ("SSLv2", &["sslv2"]),
    ("SSLv3", &["sslv3"]),
    ("TLS-SRP", &["tlsauthtype", "tlsuser", "tlspassword", "proxy-tlsauthtype", "proxy-tlsuser", "proxy-tlspassword"]),
    ("a list of revoked certificates", &["crlfile", "proxy-crlfile"]),
    ("choosing ciphers", &["ciphers", "tls13-ciphers", "proxy-ciphers", "proxy-tls13-ciphers"]),
    ("choosing curves", &["curves"]),
    ("choosing signatures", &["sigalgs"]),
    ("hiding the name of the server (ECH)", &["ech"]),
    ("keeping sessions of TLS", &["ssl-sessions"]),
    ("early data of TLS", &["tls-earlydata"]),
    ("OCSP stapling", &["cert-status"]),
    ("another form of certificate than PEM", &["cert-type", "key-type", "proxy-cert-type", "proxy-key-type"]),
    ("keys with a password", &["pass", "proxy-pass"]),
    (
        "a switch of another TLS library",
        &[
            "ssl-allow-beast",
            "ssl-no-revoke",
            "ssl-revoke-best-effort",
            "ssl-auto-client-cert",
            "false-start",
            "no-alpn",
            "no-npn",
            "no-sessionid",
            "ca-native",
            "proxy-ca-native",
        ],
    ),
    ("a switch of another TLS library at a proxy", &["proxy-ssl-allow-beast", "proxy-ssl-auto-client-cert"]),
    ("GSS-API at a SOCKS proxy", &["socks5-gssapi", "socks5-gssapi-nec", "socks5-gssapi-service"]),
    ("abstract sockets", &["abstract-unix-socket"]),
    (
        "tuning of TCP",
        &[
            "tcp-fastopen",
            "keepalive-time",
            "keepalive-cnt",
            "no-keepalive",
            "happy-eyeballs-timeout-ms",
            "local-port",
            "mptcp",
        ],
    ),
    ("marking packets", &["ip-tos", "vlan-priority"]),
    ("a limit of connections for each host", &["parallel-max-host"]),
    ("printing the certificates that are built in", &["dump-ca-embed"]),
    ("this option; --color WHEN", &["styled-output"]),
    ("extended attributes", &["xattr"]),
    ("C code for libcurl; --as prints the request for other tools", &["libcurl"]),
    ("IPFS", &["ipfs-gateway"]),
    ("this option; man httpkit-request", &["manual"]),
    ("this option; httpkit --version", &["version"]),
];

/// The letters of some of them.
const LETTERS: &[(char, &str)] = &[
    ('2', "sslv2"),
    ('3', "sslv3"),
    ('B', "use-ascii"),
    ('M', "manual"),
    ('P', "ftp-port"),
    ('Q', "quote"),
    ('V', "version"),
    ('a', "append"),
    ('l', "list-only"),
    ('t', "telnet-option"),
];

/// Why an option of that long name is refused; `None` if curl has none of that name.
pub(super) fn refusal(long: &str) -> Option<String> {
    let (what, _) = NOT_BUILT_IN.iter().find(|(_, options)| options.contains(&long))?;
    Some(match what.split_once("; ") {
        Some((what, instead)) => format!("'--{long}': {what} is not built in, {instead} instead"),
        None => format!("'--{long}': {what} is not built in"),
    })
}

/// Why an option of that letter is refused.
pub(super) fn refusal_of_letter(letter: char) -> Option<String> {
    let (_, long) = LETTERS.iter().find(|(known, _)| *known == letter)?;
    refusal(long).map(|what| format!("'-{letter}', {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_there_twice() {
        let names: Vec<&str> = NOT_BUILT_IN.iter().flat_map(|(_, options)| options.iter().copied()).collect();
        for (place, name) in names.iter().enumerate() {
            assert!(!names[..place].contains(name), "{name}");
        }
    }

    #[test]
    fn what_is_built_in_is_not_refused() {
        for option in super::super::options::all() {
            assert_eq!(refusal(option.long), None);
        }
    }

    #[test]
    fn each_letter_stands_for_an_option() {
        for (letter, long) in LETTERS {
            assert!(refusal(long).is_some(), "{letter}");
        }
        assert_eq!(
            refusal_of_letter('V').unwrap(),
            "'-V', '--version': this option is not built in, httpkit --version instead"
        );
        assert_eq!(refusal_of_letter('d'), None);
    }
}
