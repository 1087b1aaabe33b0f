//! What a person is shown when the server is ready: a URL for everything, and how to begin.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::api;
use crate::print::{Palette, Tone, line};

/// So many resources are shown.
const SHOWN: usize = 10;

/// Something with a URL of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    segments: Vec<String>,
    /// How many of what it holds.
    count: (usize, &'static str),
}

impl Resource {
    /// What a file holds that is mounted there: its collections, or without any itself.
    pub(super) fn of(
        stem: Option<&str>,
        whole: (usize, &'static str),
        collections: &[(String, usize)],
    ) -> Vec<Resource> {
        let under = |name: Option<&str>| stem.into_iter().chain(name).map(str::to_owned).collect();
        match collections {
            [] => vec![Resource { segments: under(None), count: whole }],
            _ => collections
                .iter()
                .map(|(name, count)| Resource { segments: under(Some(name)), count: (*count, "record") })
                .collect(),
        }
    }
}

/// The URLs that terminals make clickable, each with its count, and a command to begin with.
pub(super) fn greeting(address: SocketAddr, resources: &[Resource], palette: Palette) -> String {
    let (authority, short) = authority(address);
    let rows: Vec<(String, String)> = resources
        .iter()
        .take(SHOWN)
        .map(|resource| {
            let (count, noun) = resource.count;
            let path = api::path_of(&resource.segments);
            (format!("http://{authority}{path}"), format!("{count} {noun}{}", if count == 1 { "" } else { "s" }))
        })
        .collect();
    let width = rows.iter().map(|(url, _)| url.len()).max().unwrap_or_default();
    let mut text: String = rows
        .iter()
        .map(|(url, count)| {
            let gap = " ".repeat(width - url.len() + 2);
            format!("  {}{gap}{count}\n", palette.paint(Tone::Name, url))
        })
        .collect();
    if let more @ 1.. = resources.len().saturating_sub(SHOWN) {
        text.push_str(&format!("  ... and {more} more\n"));
    }
    let first = resources.first().map_or("/".to_owned(), |resource| api::path_of(&resource.segments));
    text.push_str(&format!("httpkit: try 'httpkit {}', ", line(&format!("{short}{first}"))));
    text.push_str("or open a URL in a browser; Ctrl-C ends the server\n");
    text
}

/// The authority of URLs that reach the server from this machine, and the shortest spelling of it.
fn authority(address: SocketAddr) -> (String, String) {
    let ip = address.ip();
    match ip {
        ip if ip.is_unspecified() || ip == IpAddr::V4(Ipv4Addr::LOCALHOST) => {
            let host = if ip.is_unspecified() { "localhost" } else { "127.0.0.1" };
            (format!("{host}:{}", address.port()), format!(":{}", address.port()))
        }
        _ => (address.to_string(), address.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greet(address: &str, resources: &[Resource]) -> String {
        greeting(address.parse().unwrap(), resources, Palette::default())
    }

    #[test]
    fn each_resource_has_its_url_and_its_count() {
        let collections = [("posts".to_owned(), 3), ("two words/".to_owned(), 1)];
        let resources = Resource::of(None, (2, "member"), &collections);
        let text = greet("127.0.0.1:8080", &resources);
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(
            rows[..2],
            ["  http://127.0.0.1:8080/posts           3 records", "  http://127.0.0.1:8080/two%20words%2F  1 record"]
        );
        assert!(rows[2].starts_with("httpkit: try 'httpkit :8080/posts', or open"), "{text}");
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn what_is_mounted_has_its_stem_before_it() {
        let resources = [Resource::of(Some("people"), (5, "record"), &[]), Resource::of(None, (0, "member"), &[])];
        let text = greet("[::1]:80", &resources.concat());
        assert!(text.contains("http://[::1]:80/people  5 records\n"), "{text}");
        assert!(text.contains("http://[::1]:80/        0 members\n"), "{text}");
        assert!(text.contains("'httpkit [::1]:80/people'"), "{text}");
        assert!(greet("0.0.0.0:81", &[]).starts_with("httpkit: try 'httpkit :81/', or"));
    }

    #[test]
    fn many_resources_fill_no_screen() {
        let collections: Vec<(String, usize)> = (0..14).map(|number| (format!("c{number}"), number)).collect();
        let text = greet("127.0.0.1:8080", &Resource::of(None, (14, "member"), &collections));
        assert_eq!(text.lines().count(), 12);
        assert!(text.contains("  ... and 4 more\n"), "{text}");
    }
}
