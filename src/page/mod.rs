//! The page at `/`, for people with a browser: its sources beside this file, made into one document.
//!
//! The sources are plain HTML, CSS and JavaScript modules, written to be read. The document is made of them when the first
//! browser asks for it: the modules become one script without what only its readers need, and the content security policy
//! names the hashes of the script and the style sheet, so that nothing else runs on the page, whatever the data holds. The
//! page knows the API as any client does; this room knows nothing of it.

mod join;
mod scope;
mod shrink;
mod token;
mod variable;

use std::io::Write;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

const HTML: &str = include_str!("index.html");

const STYLE: &str = include_str!("style.css");

/// The modules, each after those that it imports.
const MODULES: &[&str] = &[
    include_str!("json.js"),
    include_str!("address.js"),
    include_str!("dom.js"),
    include_str!("http.js"),
    include_str!("dialog.js"),
    include_str!("rows.js"),
    include_str!("table.js"),
    include_str!("tree.js"),
    include_str!("change.js"),
    include_str!("edit.js"),
    include_str!("import.js"),
    include_str!("live.js"),
    include_str!("drawer.js"),
    include_str!("main.js"),
];

/// The document that browsers are given.
#[derive(Debug)]
pub struct Page {
    /// The document.
    pub plain: Bytes,
    /// The same in gzip.
    pub gzip: Bytes,
    /// What tells this document from that of another version of the program: sixteen hexadecimal digits.
    pub tag: String,
    /// The value of `Content-Security-Policy` that it is to be sent with.
    pub policy: String,
}

/// The document, which is made the first time that somebody asks for it: some milliseconds.
pub fn page() -> &'static Page {
    static PAGE: OnceLock<Page> = OnceLock::new();
    PAGE.get_or_init(make)
}

fn make() -> Page {
    let (style, script) = (join::style(STYLE), join::script(MODULES));
    let plain = join::document(HTML, &style, &script);
    let tag = Sha256::digest(&plain).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    // Writing into memory does not fail.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let _ = encoder.write_all(plain.as_bytes());
    let gzip = encoder.finish().unwrap_or_default();
    Page { gzip: gzip.into(), tag, policy: policy(&style, &script), plain: plain.into() }
}

/// Only this script and this style run; the page talks to its own server, is framed by nobody, and sends no form.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        hash(script),
        hash(style)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_small_and_whole() {
        let page = page();
        let (plain, gzip) = (page.plain.len(), page.gzip.len());
        assert!(plain <= 45_000 && gzip <= 18_000, "{plain} bytes, {gzip} in gzip");
        let mut plain = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&page.gzip[..]), &mut plain).unwrap();
        assert!(plain.as_bytes() == page.plain, "gzip is of another document");
        assert_eq!(page.tag.len(), 16);
    }

    /// Neither may the policy let in more than the page needs, nor the page ask for more than the policy lets in.
    #[test]
    fn nothing_comes_from_outside() {
        let page = page();
        assert!(!page.policy.contains("unsafe") && !page.policy.contains("http"), "{}", page.policy);
        let plain = String::from_utf8(page.plain.to_vec()).unwrap();
        for word in
            ["https:", "src=", "@import", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
        {
            assert!(!plain.contains(word), "{word}");
        }
        assert_eq!(plain.matches("<script").count(), 1);
        assert_eq!(plain.matches("</script").count(), 1);
        assert!(!plain.contains(" style=\"") && !plain.contains(" onclick"), "the policy forbids it");
    }
}
