//! A request in the words that all tools have: method, URL, fields, content, and what is asked besides.

use bstr::{BStr, BString, ByteSlice};

use super::extras::{Extra, extras};
use super::text::{MASK, shown};
use crate::cli::args::UNRESERVED;
use crate::cli::request::plan::{Plan, Transfer};
use crate::client::{
    Body, Content, Credentials, FieldLine, FieldWish, Hop, Piece, Request, RequestSpec, TargetUri, Userinfo,
};
use crate::print::{is_secret, without_passwords};

/// A request that is to be said to a tool.
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) plan: &'a Plan,
    pub(super) spec: &'a RequestSpec,
    /// Whether secrets are shown.
    pub(super) shows_secrets: bool,
    /// What is asked besides, in the words of curl.
    pub(super) extras: Vec<Extra>,
}

/// A field that a tool is told to send.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: BString,
    /// The whole line, as it is sent.
    pub(super) line: BString,
}

/// Content that a tool is told to send.
pub(super) enum Load {
    /// None.
    None,
    /// Bytes that are known.
    Bytes(Vec<u8>),
    /// Pieces, some of which are read when they are sent.
    Pieces(Vec<Piece>),
}

impl<'a> Call<'a> {
    pub(super) fn new(request: &'a Request, transfer: &'a Transfer, plan: &'a Plan) -> Call<'a> {
        let shows_secrets = plan.layout.show_secrets;
        let extras = extras(request, &transfer.spec, plan, shows_secrets);
        Call { request, plan, spec: &transfer.spec, shows_secrets, extras }
    }

    pub(super) fn target(&self) -> &TargetUri {
        &self.request.target
    }

    /// The URL without user, password and fragment.
    pub(super) fn url(&self) -> String {
        self.request.target.to_string()
    }

    /// A secret, or what stands in its place.
    pub(super) fn secret<'s>(&self, text: &'s str) -> &'s str {
        if self.shows_secrets { text } else { MASK }
    }

    /// Whether something is masked.
    pub(super) fn is_masked(&self) -> bool {
        !self.shows_secrets
            && (self.request.fields.iter().any(|field| is_secret(field.name()) || hidden(field.line()) != field.line())
                || self.userinfo().is_some()
                || self.extras.iter().any(|extra| extra.is_secret))
    }

    /// Who asks.
    pub(super) fn credentials(&self) -> Option<Credentials> {
        self.spec.credentials_of(&Hop::first(self.request.target.clone()))
    }

    /// Name and password that a challenge would be answered with.
    pub(super) fn userinfo(&self) -> Option<(&'static str, Userinfo)> {
        match self.credentials()? {
            Credentials::Digest(userinfo) => Some(("digest", userinfo)),
            Credentials::Offered(userinfo) => Some(("anyauth", userinfo)),
            Credentials::Basic(_) | Credentials::Bearer(_) => None,
        }
    }

    /// A field as it may be shown.
    pub(super) fn field(&self, line: &FieldLine) -> Field {
        let (name, value) = (line.name().to_owned(), BString::from(line.value()));
        match is_secret(&name) && !self.shows_secrets {
            true => Field { line: format!("{name}: {MASK}").into(), value: MASK.into(), name },
            false if self.shows_secrets => Field { line: line.line().into(), name, value },
            false => Field { line: hidden(line.line()), name, value: hidden(line.value()) },
        }
    }

    /// The fields that are sent, without those that each tool makes of its own accord: what is between it and a proxy,
    /// the framing of the content, and our own name.
    pub(super) fn fields(&self) -> Vec<Field> {
        let own: Vec<&FieldLine> = self.spec.proxy_lines().collect();
        let is_made = |line: &FieldLine| {
            let is_typed = self.spec.is_typed(line.name());
            let framing = line.is("content-length") || line.is("transfer-encoding");
            let proxy = line.is("proxy-connection") || line.is("proxy-authorization");
            let agent = line.is("user-agent") && self.spec.user_agent.is_none();
            !is_typed && (framing || proxy || agent)
        };
        let fields = self.request.fields.iter().filter(|line| !is_made(line) && !own.contains(line));
        fields.map(|line| self.field(line)).collect()
    }

    /// The fields with those of one name in one (RFC 9110 5.3), and what is to be said of that.
    pub(super) fn joined(&self) -> (Vec<Field>, Vec<String>) {
        let (mut joined, mut remarks) = (Vec::<Field>::new(), Vec::new());
        for field in self.fields() {
            if field.line != FieldLine::new(&field.name, &field.value).line() {
                remarks.push(format!("the white space of the field line '{}' is left out", shown(&field.line)));
            }
            match joined.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&field.name)) {
                Some(known) => {
                    remarks.push(format!("the fields '{}' are one here, as a name may come once", field.name));
                    known.value = BString::from(bstr::join(", ", [&known.value, &field.value]));
                }
                None => joined.push(field),
            }
        }
        (joined, remarks)
    }

    /// The content, also where it would wait for a challenge.
    pub(super) fn load(&self) -> Load {
        let content = self.request.content.as_ref().and_then(|_| self.spec.content());
        match content.map(|content| (content.in_memory(), content)) {
            None => Load::None,
            Some((Some(bytes), _)) => Load::Bytes(bytes),
            Some((None, Content(pieces))) => Load::Pieces(pieces.clone()),
        }
    }

    /// What is asked besides by that name.
    pub(super) fn extra(&self, option: &str) -> Option<&Extra> {
        self.extras.iter().find(|extra| extra.option == option)
    }

    /// The proxy as a URL with user and password, for tools that know no more of one than that.
    pub(super) fn proxy_url(&self) -> Option<String> {
        let proxy =
            self.request.proxy.as_ref().filter(|proxy| !proxy.tunnels && !proxy.is_old && proxy.before.is_none())?;
        let encode = |text: &str| percent_encoding::utf8_percent_encode(text, UNRESERVED).to_string();
        Some(match &proxy.userinfo {
            None => proxy.to_string(),
            Some(Userinfo { user, password }) => {
                let password = if self.shows_secrets { encode(password) } else { MASK.to_owned() };
                proxy.to_string().replacen("://", &format!("://{}:{password}@", encode(user)), 1)
            }
        })
    }

    /// The fields with the place of our own name, for which the tool shall put its own.
    pub(super) fn with_agent<'f>(
        &self,
        fields: &'f [Field],
    ) -> impl Iterator<Item = (&'f str, Option<&'f BStr>)> + use<'f> {
        let place = self.request.fields.iter().take_while(|line| !line.is("user-agent")).count();
        let is_ours = self.spec.user_agent.is_none() && !self.spec.is_typed("user-agent");
        let place = if is_ours { place.min(fields.len()) } else { usize::MAX };
        let agent = (place != usize::MAX).then_some(("User-Agent", None));
        let all = |field: &'f Field| (field.name.as_str(), Some(field.value.as_bstr()));
        let split = place.min(fields.len());
        fields[..split].iter().map(all).chain(agent).chain(fields[split..].iter().map(all))
    }

    /// What becomes of the request line in what is made of Python's requests.
    pub(super) fn line_unsaid(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.request.method.contains(|sign: char| sign.is_ascii_lowercase()) {
            remarks.push(format!("the method {} is sent in upper case", self.request.method));
        }
        if let Some(target) = &self.spec.request_target {
            remarks.push(format!("not said here: the request target {}", shown(target)));
        }
        let target = self.target().origin_form();
        if target.contains(['"', '<', '>', '[', '\\', ']', '^', '`', '{', '|', '}']) || has_odd_escapes(&target) {
            remarks.push("percent-encoding is not kept here as it is".to_owned());
        }
        remarks
    }

    /// What tools send that was asked not to be sent.
    pub(super) fn fields_unsaid(&self) -> Vec<String> {
        let omitted = self.spec.fields.iter().filter_map(|wish| match wish {
            FieldWish::Omit(name) => Some(name.as_str()),
            FieldWish::Send(_) => None,
        });
        let agent = self.spec.user_agent.as_ref().filter(|name| name.is_empty()).map(|_| "User-Agent");
        let absent = omitted.chain(agent);
        let absent = absent.map(|name| format!("no field {} is asked for; the tool may add one", shown(name)));
        let length = self.request.field("content-length").filter(|_| self.spec.is_typed("content-length"));
        let length = length.map(|line| format!("not said here: the field {}", shown(line.line())));
        absent.chain(length).collect()
    }

    pub(super) fn is_upload(&self) -> bool {
        matches!(self.spec.body, Body::Upload(_))
    }

    /// Whether the rest of a file is sent.
    pub(super) fn resumes_upload(&self) -> bool {
        let is_rest = |piece: &Piece| matches!(piece, Piece::File { offset: 1.., .. });
        self.is_upload() && self.spec.content().is_some_and(|content| content.0.iter().any(is_rest))
    }

    /// Whether the path has segments that tools take out.
    pub(super) fn has_dots(&self) -> bool {
        self.request.target.path.split('/').any(|segment| matches!(segment, "." | ".."))
    }
}

/// Whether something is percent-encoded that need not be, or in lower case (RFC 3986 6.2.2).
fn has_odd_escapes(target: &str) -> bool {
    target.split('%').skip(1).any(|rest| {
        let digits = rest.get(..2).unwrap_or_default();
        let sign = u8::from_str_radix(digits, 16).map(char::from);
        !sign.is_ok_and(|sign| !(sign.is_ascii_alphanumeric() || "-._~".contains(sign)))
            || digits.contains(|digit: char| digit.is_ascii_lowercase())
    })
}

/// The text without the passwords of URLs in it.
fn hidden(text: &BStr) -> BString {
    text.to_str().map_or_else(|_| text.into(), |text| without_passwords(text).as_ref().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_that_would_change_is_seen() {
        for (target, expected) in
            [("/a%20b", false), ("/a%2Fb", false), ("/a%2fb", true), ("/%7E", true), ("/%", true), ("/%zz", true)]
        {
            assert_eq!(has_odd_escapes(target), expected, "{target}");
        }
    }
}
