//! Options of curl that are not built in: each is refused with a message that says so, and none is ignored.

/// What is not built in, what to do in its place, and the options that ask for it.
const NOT_BUILT_IN: &[(&str, &str, &[&str])] = &[
    (
        "FTP",
        "use curl for it",
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
            "eprt",
            "epsv",
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
    ("SMTP", "use curl for it", &["mail-from", "mail-rcpt", "mail-auth", "mail-rcpt-allowfails"]),
    ("TELNET", "use telnet or nc for it", &["telnet-option"]),
    ("TFTP", "use curl for it", &["tftp-blksize", "tftp-no-options"]),
    ("SSH", "use curl, scp or sftp for it", &["pubkey", "hostpubmd5", "hostpubsha256", "compressed-ssh", "knownhosts"]),
    ("SASL", "leave it out, as HTTP has none", &["sasl-authzid", "sasl-ir", "login-options"]),
    ("TLS in other protocols", "write https:// for a URL over TLS", &["ssl", "ssl-reqd"]),
    ("flagging an upload in other protocols", "leave it out, as HTTP has no flags", &["upload-flags"]),
    ("changing line ends of an upload", "change them before: sed 's/$/\\r/' FILE", &["crlf"]),
    ("Kerberos", "--anyauth takes what else the server offers", &["krb", "krb4", "delegation", "service-name"]),
    ("NTLM", "--anyauth takes what else the server offers", &["ntlm", "ntlm-wb"]),
    ("SPNEGO", "--anyauth takes what else the server offers", &["negotiate"]),
    (
        "signing requests",
        "send the signature that another tool makes with --header",
        &["httpsig-algo", "httpsig-headers", "httpsig-key", "httpsig-keyid"],
    ),
    ("NPN, which ALPN has replaced", "leave it out", &["npn"]),
    ("signing for AWS", "send the signature that another tool makes with --header", &["aws-sigv4"]),
    (
        "another authentication at a proxy than Basic and Digest",
        "--proxy-anyauth takes what the proxy offers of them",
        &["proxy-negotiate", "proxy-ntlm", "proxy-service-name"],
    ),
    (
        "GSS-API at a SOCKS proxy",
        "--proxy-user gives name and password",
        &["socks5-gssapi", "socks5-gssapi-nec", "socks5-gssapi-service"],
    ),
    ("HTTP/3", "--http2 is the latest version", &["http3", "http3-only"]),
    ("another protocol to a proxy than HTTP/1.1 and SOCKS", "leave it out", &["proxy-http2", "proxy-http3"]),
    ("DNS over HTTPS", "--resolve gives a name its address", &["doh-url", "doh-insecure", "doh-cert-status"]),
    (
        "a resolver of its own",
        "--resolve gives a name its address",
        &["dns-servers", "dns-interface", "dns-ipv4-addr", "dns-ipv6-addr"],
    ),
    ("Alt-Svc", "--connect-to leads to another place", &["alt-svc"]),
    ("Metalink", "--url @FILE reads URLs from a file, a line each", &["metalink"]),
    ("IPFS", "name the gateway in the URL, such as http://127.0.0.1:8080/ipfs/...", &["ipfs-gateway"]),
    ("another source of random numbers", "leave it out, the system's is used", &["egd-file", "random-file"]),
    ("SSLv2", "leave it out, TLS 1.2 and 1.3 are", &["sslv2"]),
    ("SSLv3", "leave it out, TLS 1.2 and 1.3 are", &["sslv3"]),
    ("TLS-SRP", "--cert says by a certificate who asks", &["tlsauthtype", "tlsuser", "tlspassword"]),
    (
        "TLS-SRP at a proxy",
        "--proxy-cert says by a certificate who asks",
        &["proxy-tlsauthtype", "proxy-tlsuser", "proxy-tlspassword"],
    ),
    ("a list of revoked certificates", "--pinnedpubkey accepts no other key than one", &["crlfile"]),
    (
        "a list of revoked certificates for a proxy",
        "--proxy-pinnedpubkey accepts no other key than one",
        &["proxy-crlfile"],
    ),
    ("asking for the state of a certificate (OCSP)", "--pinnedpubkey accepts no other key than one", &["cert-status"]),
    (
        "looking for revoked certificates",
        "leave it out, none is looked for",
        &["ssl-no-revoke", "ssl-revoke-best-effort"],
    ),
    (
        "choosing ciphers",
        "leave it out, only strong ones are offered",
        &["ciphers", "tls13-ciphers", "proxy-ciphers", "proxy-tls13-ciphers"],
    ),
    ("choosing curves", "leave it out, only strong ones are offered", &["curves"]),
    ("choosing signatures", "leave it out, only strong ones are offered", &["sigalgs"]),
    ("weakening TLS", "leave it out", &["ssl-allow-beast", "proxy-ssl-allow-beast"]),
    ("hiding the name of the server (ECH)", "leave it out, the name goes in the clear", &["ech"]),
    ("keeping sessions of TLS", "leave it out, each run begins anew", &["ssl-sessions", "no-sessionid"]),
    ("sending data before the handshake ends", "leave it out", &["tls-earlydata", "false-start"]),
    ("leaving out ALPN", "--http1.1 or --http1.0 chooses the version", &["no-alpn"]),
    ("finding a client certificate", "name it with --cert", &["ssl-auto-client-cert"]),
    ("finding a client certificate for a proxy", "name it with --proxy-cert", &["proxy-ssl-auto-client-cert"]),
    (
        "adding the system's authorities to those of --cacert",
        "leave it out, without --cacert they count",
        &["ca-native"],
    ),
    (
        "adding the system's authorities to those of --proxy-cacert",
        "leave it out, without --proxy-cacert they count",
        &["proxy-ca-native"],
    ),
    ("a crypto engine", "--cert and --key take files", &["engine"]),
    ("reading a key with a password", "take it off: openssl pkey -in KEY -out NEW", &["pass", "proxy-pass"]),
    (
        "another form of certificate than PEM",
        "leave it out for PEM, else: openssl x509 -in FILE -out NEW",
        &["cert-type", "proxy-cert-type"],
    ),
    (
        "another form of key than PEM",
        "leave it out for PEM, else: openssl pkey -in FILE -out NEW",
        &["key-type", "proxy-key-type"],
    ),
    ("a list of authorities of its own", "those of the system count, or a file of --cacert", &["dump-ca-embed"]),
    ("an abstract socket", "--unix-socket takes one that has a path", &["abstract-unix-socket"]),
    ("choosing a local port", "--interface chooses the local address", &["local-port"]),
    ("tuning how two addresses race", "-4 or -6 chooses between them", &["happy-eyeballs-timeout-ms"]),
    ("tuning of TCP", "leave it out", &["tcp-fastopen", "mptcp"]),
    ("marking packets", "the system's firewall can", &["ip-tos", "vlan-priority"]),
    ("a limit of connections for each host", "--parallel-max limits all transfers", &["parallel-max-host"]),
    ("this option", "--color says when to use colors", &["styled-output"]),
    ("writing extended attributes", "-w '%{url} %{content_type}' tells what they hold", &["xattr"]),
    ("C code for libcurl", "--as prints the request for other tools", &["libcurl"]),
    ("this option", "see 'man httpkit-request'", &["manual"]),
    ("this option", "see 'httpkit -V'", &["version"]),
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

/// Why an option of that long name is refused, and what to do in its place; `None` if curl has none of that name.
pub(super) fn refusal(long: &str) -> Option<String> {
    let (what, instead, _) = NOT_BUILT_IN.iter().find(|(.., options)| options.contains(&long))?;
    Some(format!("'--{long}': {what} is not built in; {instead}"))
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
        let names: Vec<&str> = NOT_BUILT_IN.iter().flat_map(|(.., options)| options.iter().copied()).collect();
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
    fn what_is_named_in_place_of_an_option_is_there() {
        for (what, instead, _) in NOT_BUILT_IN {
            let words = what.split(' ').chain(instead.split(' '));
            let longs = words.filter_map(|word| word.strip_prefix("--"));
            for long in longs {
                assert!(super::super::options::find(long).is_some(), "{what}: --{long}");
            }
        }
    }

    #[test]
    fn each_letter_stands_for_an_option() {
        for (letter, long) in LETTERS {
            assert!(refusal(long).is_some(), "{letter}");
        }
        assert_eq!(refusal_of_letter('V').unwrap(), "'-V', '--version': this option is not built in; see 'httpkit -V'");
        assert_eq!(refusal_of_letter('d'), None);
    }
}
