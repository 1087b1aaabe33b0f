//! The checks that hold for whatever is served, for what is served beside the data.

use super::method::{Allowed, Method};
use super::origin::{Standing, allow};
use super::plan::Settings;
use super::respond::{options, pass};
use crate::message::{Request, Response};

/// What `answer` gives, if the request may have an answer at all; else the refusal. OPTIONS is answered here where `answer`
/// has nothing for it.
pub fn admitted(
    request: &Request<'_>,
    settings: &Settings,
    answer: impl FnOnce() -> Result<Response, Response>,
) -> Response {
    let standing = settings.sites.standing(request);
    let mut response = match pass(request, settings, standing) {
        Err(response) => response,
        Ok((method, ..)) => answer().unwrap_or_else(|missing| match method {
            Method::Options => options(Allowed::ANY, request, standing),
            _ => missing,
        }),
    };
    if let Standing::Permitted(permit) = standing {
        allow(&mut response, permit);
    }
    response
}
