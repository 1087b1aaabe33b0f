//! What a proxy says for itself: its answer to the request for a tunnel, and its challenges.

use super::running::Running;
use crate::client::{Body, Error, Hop, ProxyAuth, Request, RequestSpec, basic, digest_proxy_answer};
use crate::message::ReplyHead;

/// Shows the answer to the request for a tunnel where header sections are shown, unless that is not wanted.
///
/// # Errors
/// `Kind::Write`, `Kind::Closed`.
pub(crate) fn show_tunnel(run: &mut Running<'_>) -> Result<(), Error> {
    if run.plan.layout.hides_tunnel {
        return Ok(());
    }
    run.report.facts.tunnel.iter().try_for_each(|head| run.out.head(head))
}

/// The hop that answers the challenge of the proxy, if there is one and it was not answered before.
///
/// # Errors
/// The system gives no random octets.
pub(crate) fn answer(
    spec: &RequestSpec,
    request: &Request,
    hop: &Hop,
    reply: Option<&ReplyHead>,
) -> Result<Option<Hop>, Error> {
    let asks = |head: &&ReplyHead| head.status == 407 && hop.proxy_authorization.is_none();
    let (Some(head), Some(proxy)) = (reply.filter(asks), &hop.proxy) else { return Ok(None) };
    let Some(userinfo) = proxy.userinfo.as_ref().filter(|_| proxy.auth != ProxyAuth::Basic) else { return Ok(None) };
    let is_repeatable = match &spec.body {
        Body::Data(content, _) | Body::Upload(content) => content.is_repeatable() || request.connect.is_some(),
        Body::None => true,
    };
    if !is_repeatable {
        return Ok(None);
    }
    let offers = |head: &ReplyHead| {
        let is_basic = |value: &[u8]| value.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic"));
        head.all("proxy-authenticate").any(is_basic)
    };
    let asked = request.connect.as_deref().unwrap_or(request);
    let answer = match digest_proxy_answer(asked, userinfo, head)? {
        None if proxy.auth == ProxyAuth::Any && offers(head) => Some(basic(userinfo)),
        answer => answer,
    };
    Ok(answer.map(|answer| Hop { proxy_authorization: Some(answer), ..hop.clone() }))
}
