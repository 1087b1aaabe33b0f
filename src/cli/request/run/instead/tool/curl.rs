//! A command line for curl, and for httpkit, which takes the same.

use bstr::{BStr, BString, ByteSlice};

use super::call::{Call, Field, Load};
use super::shell::{self, is_typable, word};
use super::text::{FORM, MASK, MASKED, comments, path_of};
use crate::cli::request::plan::Form;
use crate::client::form::MULTIPART;
use crate::client::{Credentials, FieldLine, FieldWish, Piece, Protocol, Scheme};

/// The longest word of a command line: Linux takes 128 KiB.
const WORD: usize = 100 * 1024;

/// The command that sends the request.
pub(super) fn command(program: &str, call: &Call<'_>) -> String {
    let mut line = Line { parts: vec![program.to_owned()], remarks: Vec::new(), before: String::new() };
    if call.is_masked() {
        line.remarks.push(MASKED.to_owned());
    }
    line.method(call);
    // curl would rather speak HTTP/2 where the server does.
    if program == "curl" && call.target().scheme == Scheme::Https && call.request.protocol == Protocol::Http11 {
        line.parts.push("--http1.1".to_owned());
    }
    for extra in &call.extras {
        line.option(&format!("--{}", extra.option), extra.value().map(|value| value.as_bytes()));
    }
    line.fields(call);
    line.content(call);
    if call.has_dots() {
        line.parts.push("--path-as-is".to_owned());
    }
    let target = call.request.request_target.as_str();
    if call.spec.request_target.is_some() || (program == "curl" && has_lower_escapes(target)) {
        line.option("--request-target", Some(target.as_bytes()));
    }
    if call.target().origin_form().contains(['[', ']', '{', '}']) {
        line.parts.push("-g".to_owned());
    }
    line.parts.push(word(call.url()));
    format!("{}{}{}", comments("#", &line.remarks), line.before, shell::command(&line.parts))
}

struct Line {
    parts: Vec<String>,
    remarks: Vec<String>,
    /// What gives the content to the command.
    before: String,
}

impl Line {
    fn option(&mut self, name: &str, value: Option<&[u8]>) {
        self.parts.push(match value {
            Some(value) => format!("{name} {}", word(value)),
            None => name.to_owned(),
        });
    }

    fn method(&mut self, call: &Call<'_>) {
        let method = call.request.method.as_str();
        let is_data = call.request.content.is_some() && !call.is_upload();
        let usual = match (call.spec.head_only, &call.request.content) {
            (true, _) => "HEAD",
            (false, None) => "GET",
            (false, Some(_)) if is_data => "POST",
            (false, Some(_)) => "PUT",
        };
        // Of -X HEAD curl waits for a content.
        if call.spec.head_only || (method == "HEAD" && call.request.content.is_none()) {
            self.parts.push("-I".to_owned());
        }
        if method != usual && !(method == "HEAD" && call.request.content.is_none()) {
            self.option("-X", Some(method.as_bytes()));
        }
    }

    fn fields(&mut self, call: &Call<'_>) {
        let spec = call.spec;
        let made = |name: &str| call.request.field(name).filter(|_| !spec.is_typed(name)).map(|line| call.field(line));
        self.credentials(call, made("authorization"));
        if let Some(Field { value, .. }) = made("range") {
            self.option("-r", Some(value.strip_prefix(b"bytes=").unwrap_or(&value)));
        }
        if let Some(name) = &spec.user_agent {
            self.option("-A", Some(name));
        }
        if made("accept-encoding").is_some() {
            self.parts.push("--compressed".to_owned());
        }
        if let Some(Field { value, .. }) = made("referer") {
            let auto: &[u8] = if call.plan.follow.auto_referer { b";auto" } else { b"" };
            self.option("-e", Some(&[value.as_slice(), auto].concat()));
        } else if call.plan.follow.auto_referer {
            self.option("-e", Some(b";auto"));
        }
        match call.request.field("cookie").filter(|_| !spec.is_typed("cookie")) {
            // What has no '=' would be the name of a file.
            Some(cookies) if cookies.value().contains(&b'=') => {
                self.option("-b", Some(&masked_cookies(cookies.value(), call.shows_secrets)));
            }
            Some(cookies) => self.field(call, cookies),
            None => {}
        }
        for name in ["content-range", "if-modified-since", "if-unmodified-since"] {
            let line = call.request.field(name).filter(|_| !spec.is_typed(name) && !call.resumes_upload());
            line.into_iter().for_each(|line| self.field(call, line));
        }
        for wish in &spec.fields {
            match wish {
                FieldWish::Send(line) => self.field(call, line),
                FieldWish::Omit(name) => self.option("-H", Some(format!("{name}:").as_bytes())),
            }
        }
    }

    /// A field line; with a semicolon an empty one is sent, with a colon none.
    fn field(&mut self, call: &Call<'_>, line: &FieldLine) {
        let field = call.field(line);
        match field.value.is_empty() {
            true => self.option("-H", Some(format!("{};", field.name).as_bytes())),
            false => self.option("-H", Some(&field.line)),
        }
    }

    fn credentials(&mut self, call: &Call<'_>, authorization: Option<Field>) {
        if let Some((scheme, userinfo)) = call.userinfo() {
            self.parts.push(format!("--{scheme}"));
            return self
                .option("-u", Some(format!("{}:{}", userinfo.user, call.secret(&userinfo.password)).as_bytes()));
        }
        let Some(authorization) = authorization else { return };
        match call.credentials() {
            Some(Credentials::Basic(userinfo)) => {
                self.option("-u", Some(format!("{}:{}", userinfo.user, call.secret(&userinfo.password)).as_bytes()));
            }
            Some(Credentials::Bearer(token)) => self.option("--oauth2-bearer", Some(call.secret(&token).as_bytes())),
            _ => self.option("-H", Some(&authorization.line)),
        }
    }

    fn content(&mut self, call: &Call<'_>) {
        let media_type = call.request.field("content-type").filter(|_| !call.spec.is_typed("content-type"));
        let media_type = media_type.map(FieldLine::value);
        if let (Some(form), Some(media_type)) = (&call.plan.form, media_type) {
            return self.form(form, media_type);
        }
        match call.load() {
            Load::None => {}
            Load::Bytes(bytes) => self.bytes(bytes, call),
            Load::Pieces(pieces) => self.pieces(&pieces, call),
        }
        if let Some(media_type) = media_type.filter(|media_type| *media_type != FORM) {
            self.media_type(media_type);
        }
        // Older ones ask of each upload whether it is welcome.
        if call.is_upload() && call.request.field("expect").is_none() && !call.spec.is_typed("expect") {
            self.option("-H", Some(b"Expect:"));
        }
        if call.request.chunked && !call.spec.is_typed("transfer-encoding") && !call.is_upload() {
            self.option("-H", Some(b"Transfer-Encoding: chunked"));
        }
    }

    /// A form as it was typed: its parts are written and its files read anew.
    fn form(&mut self, form: &Form, media_type: &BStr) {
        for (is_literal, text) in &form.parts {
            self.option(if *is_literal { "--form-string" } else { "-F" }, Some(text));
        }
        if form.escapes {
            self.parts.push("--form-escape".to_owned());
        }
        let length = media_type.rfind("; boundary=").unwrap_or(media_type.len());
        if media_type[..length] != *MULTIPART.as_bytes() {
            self.media_type(media_type[..length].as_bstr());
        }
    }

    fn media_type(&mut self, media_type: &BStr) {
        self.option("-H", Some(&[b"Content-Type: ", media_type.as_bytes()].concat()));
    }

    fn bytes(&mut self, bytes: Vec<u8>, call: &Call<'_>) {
        let text = String::from_utf8(bytes).map_err(|error| error.into_bytes());
        match text {
            Ok(text) if !call.is_upload() && text.len() <= WORD && is_typable(&text) => {
                self.option(if text.starts_with('@') { "--data-raw" } else { "-d" }, Some(text.as_bytes()));
            }
            Ok(text) => self.pipe(&format!("printf '{}'", shell::printed(text.as_bytes())), call),
            Err(bytes) => self.pipe(&format!("printf '{}'", shell::printed(&bytes)), call),
        }
    }

    fn pieces(&mut self, pieces: &[Piece], call: &Call<'_>) {
        match pieces {
            [Piece::File { path, offset: 0, .. } | Piece::Endless(path)] => self.file(path_of(path), call),
            [Piece::File { path, offset, .. }] if call.is_upload() => {
                self.option("-C", Some(offset.to_string().as_bytes()));
                self.file(path_of(path), call);
            }
            [Piece::Input] => self.file(b"-", call),
            _ => {
                let commands: Vec<String> = pieces.iter().map(shell::read).collect();
                self.pipe(&format!("{{ {}; }}", commands.join("; ")), call);
            }
        }
    }

    fn pipe(&mut self, from: &str, call: &Call<'_>) {
        self.before = format!("{from} |\n");
        self.file(b"-", call);
        // A pipe has no length to be told.
        if call.is_upload() && !call.request.chunked {
            self.remarks.push("the content goes in chunks here, as a pipe has no length".to_owned());
        }
    }

    fn file(&mut self, name: &[u8], call: &Call<'_>) {
        match call.is_upload() {
            true => self.option("-T", Some(name)),
            false => self.option("--data-binary", Some(&[b"@", name].concat())),
        }
    }
}

/// Whether something is percent-encoded in lower case, which current curl writes in upper case (RFC 3986 6.2.2.1).
fn has_lower_escapes(target: &str) -> bool {
    let is_lower = |digits: &str| digits.bytes().any(|digit| digit.is_ascii_lowercase());
    target.split('%').skip(1).any(|rest| rest.get(..2).is_some_and(is_lower))
}

/// Cookies without their values, unless those are shown.
fn masked_cookies(text: &BStr, shows_secrets: bool) -> BString {
    if shows_secrets {
        return text.into();
    }
    let masked = text.split_str("; ").map(|pair| match pair.split_once_str("=") {
        Some((name, _)) => [name, b"=", MASK.as_bytes()].concat(),
        None => MASK.into(),
    });
    bstr::join("; ", masked).into()
}
