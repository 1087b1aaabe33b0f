//! Routes and limits: how connections are made, how far redirects go.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use crate::cli::args::RequestArgs;
use crate::client::transport::{
    Announcement, ConnectTo, Family, Interface, Keepalive, Resolve, Settings, Slowest, TlsSettings, TlsVersion,
};
use crate::client::{
    Error, FieldLine, Follow, Kind, Protocol, ProxyAuth, ProxyWish, Reading, Schemes, parse_user, read_date,
};
use crate::message::TransferCodings;

/// How many redirects are followed if nothing else was said: curl's.
const REDIRECTS: u32 = 50;

/// How connections are made.
///
/// # Errors
/// `Kind::Usage` for a rule that is none.
pub(crate) fn settings(args: &RequestArgs) -> Result<Settings, Error> {
    check_authorities(args)?;
    Ok(Settings {
        total_time: args.max_time.filter(|time| !time.is_zero()),
        connect_time: args.connect_timeout.filter(|time| !time.is_zero()),
        expect_time: args.expect100_timeout,
        resolve: resolves(&args.resolve)?,
        connect_to: args.connect_to.iter().map(|text| connect_to(text)).collect::<Result<_, _>>()?,
        unix_socket: args.unix_socket.clone(),
        family: match (args.ipv4, args.ipv6) {
            (true, _) => Some(Family::V4),
            (_, true) => Some(Family::V6),
            _ => None,
        },
        interface: args.interface.as_deref().map(interface),
        keepalive: (!args.no_keepalive).then(|| keepalive(args)),
        tls: origin_tls(args),
        proxy_tls: proxy_tls(args),
        raw: args.raw,
        codings: match (args.raw, args.tr_encoding) {
            (true, _) => TransferCodings::Raw,
            (false, true) => TransferCodings::Asked,
            (false, false) => TransferCodings::None,
        },
        ignores_length: args.ignore_content_length,
        announces: announcement(args)?,
        http09: args.http0_9,
        rate: args.limit_rate.filter(|rate| *rate > 0),
        slowest: slowest(args),
        stop: None,
    })
}

/// When an idle connection is probed. What was said to be 0 is as usual, as with curl.
fn keepalive(args: &RequestArgs) -> Keepalive {
    let usual = Keepalive::default();
    Keepalive {
        pause: args.keepalive_time.filter(|time| *time > 0).map_or(usual.pause, Duration::from_secs),
        probes: args.keepalive_cnt.filter(|probes| *probes > 0).unwrap_or(usual.probes),
    }
}

/// Authorities are looked for before anything is sent, also where no TLS turns out to be needed: so does curl. Where nothing
/// is sent they need not be there.
///
/// # Errors
/// `Kind::Usage` for a file that is not there.
fn check_authorities(args: &RequestArgs) -> Result<(), Error> {
    if args.dry_run || args.as_tool.is_some() {
        return Ok(());
    }
    for (option, file) in [("--cacert", &args.cacert), ("--proxy-cacert", &args.proxy_cacert)] {
        if let Some(path) = file.as_deref().filter(|path| matches!(path.try_exists(), Ok(false))) {
            return Err(Error::new(Kind::Usage, format!("{option} '{}': no such file", path.display())));
        }
    }
    Ok(())
}

/// How origins prove who they are, and we to them.
fn origin_tls(args: &RequestArgs) -> TlsSettings {
    TlsSettings {
        insecure: args.insecure,
        authorities: args.cacert.clone(),
        authority_folder: args.capath.clone(),
        pinned: args.pinnedpubkey.clone(),
        certificate: args.cert.clone(),
        key: args.key.clone(),
        oldest: match (args.tlsv1_2, args.tlsv1_3) {
            (_, true) => Some(TlsVersion::Tls13),
            (true, _) => Some(TlsVersion::Tls12),
            _ => None,
        },
        latest: match args.tls_max.as_deref() {
            Some("1.2") => Some(TlsVersion::Tls12),
            Some("1.3") => Some(TlsVersion::Tls13),
            _ => None,
        },
    }
}

/// How proxies that are reached over TLS do.
fn proxy_tls(args: &RequestArgs) -> TlsSettings {
    TlsSettings {
        insecure: args.proxy_insecure,
        authorities: args.proxy_cacert.clone(),
        authority_folder: args.proxy_capath.clone(),
        pinned: args.proxy_pinnedpubkey.clone(),
        certificate: args.proxy_cert.clone(),
        key: args.proxy_key.clone(),
        ..TlsSettings::default()
    }
}

/// What a connection begins with.
fn announcement(args: &RequestArgs) -> Result<Option<Announcement>, Error> {
    let announced = match (args.haproxy_clientip, args.haproxy_protocol) {
        (Some(address), _) => Announcement::Client(address),
        (None, true) => Announcement::ThisSide,
        (None, false) => return Ok(None),
    };
    match args.protocol {
        Some(Protocol::Http2PriorKnowledge) => {
            Err(Error::new(Kind::Usage, "--haproxy-protocol goes with HTTP/1.1 only, not with --http2-prior-knowledge"))
        }
        _ => Ok(Some(announced)),
    }
}

/// Which proxy, and what it is told.
pub(crate) fn proxy(args: &RequestArgs) -> ProxyWish {
    ProxyWish {
        // A socket file leads to one place, and no proxy to it: curl's rule.
        named: args.unix_socket.as_ref().map(|_| String::new()).or_else(|| args.proxy.clone()),
        userinfo: args.proxy_user.as_deref().map(parse_user).filter(|userinfo| !userinfo.is_empty()),
        except: args.noproxy.clone(),
        auth: match (args.proxy_anyauth, args.proxy_digest) {
            (true, _) => ProxyAuth::Any,
            (false, true) => ProxyAuth::Digest,
            (false, false) => ProxyAuth::Basic,
        },
        tunnels: args.proxytunnel,
        is_old: args.proxy_old,
        before: args.preproxy.clone().filter(|_| args.unix_socket.is_none()),
    }
}

/// `--interface`: an address, a name of the system's, or a host name; `if!` and `host!` before it say which (curl(1)).
fn interface(text: &str) -> Interface {
    if let Some(name) = text.strip_prefix("if!") {
        return Interface::Device(name.to_owned());
    }
    let name = text.strip_prefix("host!");
    match (name.unwrap_or(text).parse(), name) {
        (Ok(address), _) => Interface::Address(address),
        (Err(_), Some(name)) => Interface::Host(name.to_owned()),
        (Err(_), None) if Path::new("/sys/class/net").join(text).exists() => Interface::Device(text.to_owned()),
        (Err(_), None) => Interface::Host(text.to_owned()),
    }
}

/// `-Y` and `-y`; each of them has a value of its own without the other: curl's.
fn slowest(args: &RequestArgs) -> Option<Slowest> {
    let is_asked = args.speed_limit.is_some() || args.speed_time.is_some();
    let (bytes, seconds) = (args.speed_limit.unwrap_or(1), args.speed_time.unwrap_or(30));
    (is_asked && bytes > 0 && seconds > 0).then(|| Slowest { bytes, time: Duration::from_secs(seconds) })
}

/// `-z`: the field that a date, or the date of a file, stands for.
pub(crate) fn condition(text: &str, warnings: &mut Vec<String>) -> Option<FieldLine> {
    let (name, text) = match text.strip_prefix('-') {
        Some(rest) => ("If-Unmodified-Since", rest),
        None => ("If-Modified-Since", text.strip_prefix('+').unwrap_or(text)),
    };
    let of_file = || std::fs::metadata(text).and_then(|metadata| metadata.modified()).ok();
    match read_date(text).or_else(of_file) {
        Some(moment) => Some(FieldLine::new(name, crate::message::http_date(moment))),
        None => {
            warnings.push(format!("'{text}' is neither a date nor a file, -z is left out"));
            None
        }
    }
}

/// Whether `--proto-default` is one that is spoken.
///
/// # Errors
/// `Kind::Protocol` if not; `Kind::Usage` if it is empty, as a variable that was not set makes it.
pub(crate) fn default_scheme(args: &RequestArgs) -> Result<(), Error> {
    match args.proto_default.as_deref() {
        Some("") => Err(Error::new(Kind::Usage, "--proto-default '', expected http, https or file")),
        Some(scheme) if !["http", "https", "file"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => {
            Err(Error::new(Kind::Protocol, format!("--proto-default '{scheme}', expected http, https or file")))
        }
        _ => Ok(()),
    }
}

/// What `--proto` leaves.
///
/// # Errors
/// `Kind::Usage` if it leaves nothing.
pub(crate) fn some_scheme(args: &RequestArgs) -> Result<(), Error> {
    match args.proto.as_deref().filter(|_| schemes(args).is_empty()) {
        Some(list) => Err(Error::new(Kind::Usage, format!("--proto '{list}' leaves no protocol that is built in"))),
        None => Ok(()),
    }
}

/// The schemes that may be spoken at all.
pub(crate) fn schemes(args: &RequestArgs) -> Schemes {
    args.proto.as_deref().map_or_else(Schemes::default, Schemes::read)
}

/// How redirects are followed.
pub(crate) fn follow(args: &RequestArgs) -> Follow {
    Follow {
        follow: args.location || args.location_trusted || args.follow,
        limit: match args.max_redirs {
            None => Some(REDIRECTS),
            Some(limit) => u32::try_from(limit).ok(),
        },
        trust_all: args.location_trusted,
        post301: args.post301,
        post302: args.post302,
        post303: args.post303,
        schemes: schemes(args).both(args.proto_redir.as_deref().map_or_else(Schemes::default, Schemes::read)),
        auto_referer: args.referer.as_ref().is_some_and(|text| text.ends_with(b";auto")),
        reading: Reading { no_userinfo: args.disallow_username_in_url, ..Reading::default() },
    }
}

/// The rules of `--resolve`; `-HOST:PORT` takes those before it away.
fn resolves(texts: &[String]) -> Result<Vec<Resolve>, Error> {
    let mut rules: Vec<Resolve> = Vec::new();
    for text in texts {
        match text.strip_prefix('-').map(|rest| split_host(rest).map(|(host, port)| (host, port.parse::<u16>()))) {
            None => rules.push(resolve(text)?),
            Some(Some((host, Ok(port)))) => {
                rules.retain(|rule| !(rule.port == port && rule.host.eq_ignore_ascii_case(host)));
            }
            Some(_) => return Err(Error::new(Kind::Rule, format!("--resolve '{text}', expected -HOST:PORT"))),
        }
    }
    Ok(rules)
}

/// `[+]HOST:PORT:ADDRESS[,ADDRESS]...`
fn resolve(text: &str) -> Result<Resolve, Error> {
    let wrong = || Error::new(Kind::Rule, format!("--resolve '{text}', expected HOST:PORT:ADDRESS"));
    let (host, rest) = split_host(text.strip_prefix('+').unwrap_or(text)).ok_or_else(wrong)?;
    let (port, addresses) = rest.split_once(':').ok_or_else(wrong)?;
    let address = |text: &str| text.trim_matches(['[', ']']).parse::<IpAddr>().map_err(|_| wrong());
    Ok(Resolve {
        host: host.to_owned(),
        port: port.parse().map_err(|_| wrong())?,
        addresses: addresses.split(',').map(address).collect::<Result<_, _>>()?,
    })
}

/// `HOST1:PORT1:HOST2:PORT2`, each of which may be empty.
fn connect_to(text: &str) -> Result<ConnectTo, Error> {
    let wrong = || Error::new(Kind::Rule, format!("--connect-to '{text}', expected HOST1:PORT1:HOST2:PORT2"));
    let port = |text: &str| match text {
        "" => Ok(None),
        digits => digits.parse().map(Some).map_err(|_| wrong()),
    };
    let (from_host, rest) = split_host(text).ok_or_else(wrong)?;
    let (from_port, rest) = rest.split_once(':').ok_or_else(wrong)?;
    let (host, to_port) = split_host(rest).unwrap_or((rest.trim_matches(['[', ']']), ""));
    Ok(ConnectTo {
        from_host: from_host.to_owned(),
        from_port: port(from_port)?,
        host: host.to_owned(),
        port: port(to_port)?,
    })
}

/// A host, out of its brackets if it is an IPv6 address, and what follows its colon.
fn split_host(text: &str) -> Option<(&str, &str)> {
    match text.strip_prefix('[') {
        Some(rest) => rest.split_once("]:"),
        None => text.split_once(':'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_a_date_or_a_file() {
        let mut warnings = Vec::new();
        assert_eq!(condition("-2019-01-01", &mut warnings).unwrap().name(), "If-Unmodified-Since");
        assert_eq!(condition("/nowhere/x", &mut warnings), None);
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn rules_are_read_with_and_without_brackets() {
        let rule = resolve("h:80:127.0.0.1,[::1]").unwrap();
        assert_eq!((rule.host.as_str(), rule.port, rule.addresses.len()), ("h", 80, 2));
        for text in ["h", "h:80", "h:x:1.2.3.4", "h:80:name"] {
            assert_eq!(resolve(text).unwrap_err().kind, Kind::Rule, "{text}");
        }
        let rule = connect_to("a:1:[::1]:2").unwrap();
        assert_eq!(
            (rule.from_host.as_str(), rule.from_port, rule.host.as_str(), rule.port),
            ("a", Some(1), "::1", Some(2))
        );
        let rule = connect_to("::b:3").unwrap();
        assert_eq!((rule.from_host.as_str(), rule.from_port, rule.host.as_str(), rule.port), ("", None, "b", Some(3)));
        assert_eq!(connect_to("a").unwrap_err().kind, Kind::Rule);
    }
}
