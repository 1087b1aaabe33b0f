//! Text that is not UTF-8: what it may be, and reading it as what its owner says it is.

use std::borrow::Cow;

use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How many bytes are looked at for what a text may be written in.
const SAMPLE: usize = 64 << 10;

/// The encoding with this name (Encoding Standard 4.2), or with one that it has elsewhere.
pub fn named(name: &str) -> Option<&'static Encoding> {
    let lower = name.to_ascii_lowercase();
    let label = match &*lower {
        // The label `cp949` is that of no browser.
        "cp949" | "ms949" | "uhc" => "euc-kr",
        "cp932" => "shift_jis",
        "cp1252" => "windows-1252",
        other => other,
    };
    Encoding::for_label(label.as_bytes())
}

/// What `text`, which is not UTF-8 or holds NUL, seems to be; the name that `--encoding` takes.
fn guess(text: &[u8]) -> Option<&'static str> {
    if let Some((encoding, _)) = Encoding::for_bom(text).filter(|(encoding, _)| *encoding != UTF_8) {
        return Some(encoding.name());
    }
    let sample = &text[..text.len().min(SAMPLE)];
    let nuls = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    if (even + odd) * 4 > sample.len() {
        return Some(if odd > even { UTF_16LE.name() } else { UTF_16BE.name() });
    }
    if std::str::from_utf8(text).is_ok() {
        return None;
    }
    let mut detector = chardetng::EncodingDetector::new();
    detector.feed(sample, sample.len() == text.len());
    Some(detector.guess(None, false).name())
}

/// What is wrong with a text that is not UTF-8, and the way out; where in it, and nothing if it is UTF-8.
pub(crate) fn fault(text: &[u8]) -> Option<(usize, Cow<'static, str>)> {
    let offset = match std::str::from_utf8(text) {
        Err(error) => error.valid_up_to(),
        // UTF-16 of plain letters is UTF-8 with NULs, of which no text has any.
        Ok(_) => memchr::memchr(0, &text[..text.len().min(SAMPLE)]).filter(|_| guess(text).is_some())?,
    };
    let Some(name) = guess(text) else { return Some((offset, Cow::Borrowed("expected UTF-8"))) };
    let reason = format!(
        "expected UTF-8, found what seems to be {name}: 'iconv -f {name} -t UTF-8 FILE > NEW' converts it, \
         '--encoding {name}' serves it read-only"
    );
    Some((offset, Cow::Owned(reason)))
}

/// `text` in UTF-8, of which `encoding` is told; a byte order mark wins over that. `None`: it holds what is none.
pub(crate) fn decoded(text: &Bytes, encoding: &'static Encoding) -> Option<Bytes> {
    let (encoding, skip) = Encoding::for_bom(text).unwrap_or((encoding, 0));
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(&text[skip..])?;
    Some(match decoded {
        Cow::Borrowed(_) => text.slice(skip..),
        Cow::Owned(decoded) => decoded.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_recognised_and_read() {
        let korean = "이름,학과\n김철수,컴퓨터공학과\n이영희,전자공학과\n박민수,기계공학과\n";
        let japanese = "名前,学科\n山田太郎,コンピュータ\n鈴木花子,ひらがなとカタカナ\n";
        let german = "id,name\n1,M\u{fc}ller\n2,Gr\u{f6}\u{df}e\n3,\u{dc}bung\n";
        for (label, text) in [("cp949", korean), ("shift_jis", japanese), ("latin1", german)] {
            let encoding = named(label).unwrap();
            let bytes = Bytes::from(encoding.encode(text).0.into_owned());
            let (offset, reason) = fault(&bytes).unwrap();
            assert!(offset < bytes.len() && reason.contains(&format!("'--encoding {}'", encoding.name())), "{reason}");
            assert_eq!(decoded(&bytes, encoding).unwrap(), text);
        }
        for mark in [true, false] {
            let units = mark.then_some('\u{feff}').into_iter().chain("id,n\n1,a\n".chars());
            let text: String = units.collect();
            let little: Bytes = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Bytes = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for (bytes, name) in [(little, "UTF-16LE"), (big, "UTF-16BE")] {
                assert!(fault(&bytes).unwrap().1.contains(name), "{name} {mark}");
                assert_eq!(decoded(&bytes, named(name).unwrap()).unwrap(), "id,n\n1,a\n");
            }
        }
        assert_eq!(fault("Müller".as_bytes()), None);
        assert_eq!(decoded(&Bytes::from_static(b"\xff"), named("euc-kr").unwrap()), None);
        assert_eq!(named("nonsense"), None);
    }
}
