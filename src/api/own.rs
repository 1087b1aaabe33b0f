//! What the server tells of itself, at paths of its own: who may read it.

use std::net::IpAddr;

use http::StatusCode;

use super::method::{Allowed, Method};
use super::origin::{Permit, Standing, allow};
use super::plan::Settings;
use super::refusal::{Problem, instance};
use super::respond::{options, pass};
use crate::message::{Fields, Request, Response};

/// What a proxy adds to what it hands on.
const PROXIED: [&str; 3] = ["forwarded", "via", "x-forwarded-for"];

/// Makes an answer, off the workers.
pub type Work = Box<dyn FnOnce() -> Response + Send>;

/// Who may read what the server tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Whoever may read the data.
    Data,
    /// Those who bear the credentials, or where none are asked for, clients on this machine, of which this is the peer; a page of
    /// another origin only if that is of this machine too, or was named (`--cors '*'` names none).
    Machine(IpAddr),
}

/// A request for something that the server tells of itself, which is only read: `read` makes the answer if the request may
/// have it.
///
/// # Errors
/// The answer that needs no work: a refusal, or what OPTIONS asks for.
pub fn own(request: &Request<'_>, reach: Reach, settings: &Settings, read: Work) -> Result<Work, Response> {
    let mut settings = settings.clone();
    settings.sites.any_origin &= reach == Reach::Data;
    settings.access.opens_reads &= reach == Reach::Data;
    let standing = settings.sites.standing(request);
    let checked = checked(request, reach, &settings, standing);
    let Standing::Permitted(permit) = standing else { return checked.map(|()| read) };
    let (origin, is_named) = (permit.origin.to_owned(), permit.is_named);
    let readable = move |mut response: Response| {
        allow(&mut response, Permit { origin: &origin, is_named });
        response
    };
    match checked {
        Err(response) => Err(readable(response)),
        Ok(()) => Ok(Box::new(move || readable(read()))),
    }
}

fn checked(request: &Request<'_>, reach: Reach, settings: &Settings, standing: Standing<'_>) -> Result<(), Response> {
    let (method, ..) = pass(request, settings, standing)?;
    let refusal = |problem: Problem| problem.response_for(&instance(request));
    if let Reach::Machine(peer) = reach {
        check_near(request, peer, settings, standing).map_err(refusal)?;
    }
    match method {
        Method::Get | Method::Head => Ok(()),
        Method::Options => Err(options(Allowed::READ, request, standing)),
        _ => Err(refusal(Problem::not_allowed(Allowed::READ, "this is only read"))),
    }
}

fn check_near(request: &Request<'_>, peer: IpAddr, settings: &Settings, standing: Standing<'_>) -> Result<(), Problem> {
    if standing == Standing::Foreign {
        let detail = "this is not for pages of other origins; '--cors ORIGIN' allows those of one";
        return Err(Problem::new(StatusCode::FORBIDDEN, "foreign-origin", detail));
    }
    if settings.access.is_open() && !is_near(peer, &request.fields) {
        let detail = "this is for clients on the server's own machine; with '--token' or '--basic' it is for those who bear that";
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-local", detail));
    }
    Ok(())
}

/// Whether the client is on this machine. What a proxy here hands on comes from anywhere.
fn is_near(peer: IpAddr, fields: &Fields<'_>) -> bool {
    peer.to_canonical().is_loopback() && PROXIED.iter().all(|name| fields.first(name).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Access;
    use crate::message::{Field, Target, Version};

    fn status(reach: Reach, settings: &Settings, method: &str, fields: &[(&str, &str)]) -> u16 {
        let fields: Vec<Field<'_>> =
            fields.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
        let request = Request {
            method,
            target: Target::Path { path: "/_/requests", query: None },
            authority: fields.iter().find(|field| field.name == "Host").and_then(|f| str::from_utf8(f.value).ok()),
            version: Version::Http11,
            fields: Fields(&fields),
            content: &[],
        };
        let read = Box::new(|| Response::new(StatusCode::OK));
        let answer = own(&request, reach, settings, read).map_or_else(|answer| answer, |work| work());
        answer.status.as_u16()
    }

    #[test]
    fn it_is_for_this_machine_and_its_pages_or_for_who_bears_the_token() {
        let open = Settings::default();
        let token = Settings {
            access: Access { token: "t".parse().ok(), opens_reads: true, ..Access::default() },
            ..Settings::default()
        };
        let mut any = Settings::default();
        any.sites.any_origin = true;
        any.sites.origins = vec!["https://named.example".parse().unwrap()];
        let far = "192.0.2.1";
        for (peer, settings, method, fields, expected) in [
            ("127.0.0.1", &open, "GET", &[][..], 200),
            ("127.0.0.9", &open, "HEAD", &[], 200),
            ("::1", &open, "GET", &[], 200),
            ("::ffff:127.0.0.1", &open, "GET", &[], 200),
            (far, &open, "GET", &[], 403),
            ("::ffff:192.0.2.1", &open, "GET", &[], 403),
            // A proxy on this machine hands on what comes from anywhere.
            ("127.0.0.1", &open, "GET", &[("X-Forwarded-For", far)], 403),
            ("127.0.0.1", &open, "GET", &[("Forwarded", "for=192.0.2.1")], 403),
            ("127.0.0.1", &open, "GET", &[("Via", "1.1 p")], 403),
            ("127.0.0.1", &token, "GET", &[], 401),
            ("127.0.0.1", &token, "GET", &[("Authorization", "Bearer t")], 200),
            (far, &token, "GET", &[("Authorization", "Bearer t")], 200),
            (far, &token, "GET", &[("Authorization", "Bearer x")], 401),
            // Names and pages of others.
            ("127.0.0.1", &open, "GET", &[("Host", "evil.example")], 421),
            ("127.0.0.1", &open, "GET", &[("Origin", "https://evil.example")], 403),
            ("127.0.0.1", &open, "GET", &[("Sec-Fetch-Site", "cross-site")], 403),
            ("127.0.0.1", &open, "GET", &[("Origin", "http://localhost:5173")], 200),
            ("127.0.0.1", &any, "GET", &[("Origin", "https://evil.example")], 403),
            ("127.0.0.1", &any, "GET", &[("Origin", "null")], 403),
            ("127.0.0.1", &any, "GET", &[("Origin", "https://named.example")], 200),
            ("127.0.0.1", &any, "GET", &[("Origin", "http://localhost:5173")], 200),
            ("127.0.0.1", &any, "GET", &[("Sec-Fetch-Site", "cross-site")], 403),
            ("127.0.0.1", &open, "OPTIONS", &[], 204),
            ("127.0.0.1", &open, "DELETE", &[], 405),
            ("127.0.0.1", &open, "PUT", &[], 405),
        ] {
            let reach = Reach::Machine(peer.parse().unwrap());
            assert_eq!(status(reach, settings, method, fields), expected, "{peer} {method} {fields:?}");
        }
    }

    #[test]
    fn what_is_said_of_the_data_is_for_those_who_may_read_it() {
        let open = Settings::default();
        let access = Access { token: "t".parse().ok(), ..Access::default() };
        let token = Settings { access, ..Settings::default() };
        for (settings, method, fields, expected) in [
            (&open, "GET", &[][..], 200),
            (&open, "GET", &[("X-Forwarded-For", "192.0.2.1")], 200),
            (&open, "HEAD", &[("Origin", "https://evil.example")], 200),
            (&open, "GET", &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")], 403),
            (&open, "GET", &[("Host", "evil.example")], 421),
            (&token, "GET", &[], 401),
            (&token, "GET", &[("Authorization", "Bearer t")], 200),
            (&open, "OPTIONS", &[], 204),
            (&open, "POST", &[], 405),
        ] {
            assert_eq!(status(Reach::Data, settings, method, fields), expected, "{method} {fields:?}");
        }
    }
}
