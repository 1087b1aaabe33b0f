//! Text that is not UTF-8: what it may be, and reading it as what its owner says it is.

use std::borrow::Cow;

use bytes::Bytes;
use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

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
    let guess = detector.guess(None, false);
    // A few words are too little for it to tell these two apart.
    let is_japanese = guess.is_single_byte() && seems_japanese(sample);
    Some(if is_japanese { SHIFT_JIS } else { guess }.name())
}

/// Whether the text reads as Shift_JIS, most of what is not ASCII being words of it: quotation marks and letters of
/// other encodings read as one character here and there.
fn seems_japanese(sample: &[u8]) -> bool {
    // The sample may end within a character.
    let end = sample.iter().rposition(|byte| *byte == b'\n').map_or(sample.len(), |at| at + 1);
    let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&sample[..end]) else {
        return false;
    };
    let (mut alone, mut in_words) = (0, 0);
    for word in text.split(|character: char| character.is_ascii()).filter(|word| !word.is_empty()) {
        match word.chars().count() {
            _ if !word.chars().all(is_japanese) => return false,
            1 => alone += 1,
            length => in_words += length,
        }
    }
    in_words > alone
}

/// Kana, kanji, and the signs that go with them.
fn is_japanese(character: char) -> bool {
    matches!(character, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// What `iconv` calls an encoding: the widest of those that go by its name, as browsers read it.
fn iconv_name(text: &[u8], name: &'static str) -> &'static str {
    match name {
        "UTF-16LE" | "UTF-16BE" if Encoding::for_bom(text).is_some() => "UTF-16",
        "EUC-KR" => "CP949",
        "Shift_JIS" => "CP932",
        "GBK" => "GB18030",
        "Big5" => "BIG5-HKSCS",
        "windows-874" => "CP874",
        "ISO-8859-8-I" => "ISO-8859-8",
        other => other,
    }
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
        "expected UTF-8, found what seems to be {name}: 'iconv -f {} -t UTF-8 FILE > NEW' converts it, \
         '--encoding {name}' serves it read-only",
        iconv_name(text, name)
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
        let short = "名前,値\n山田,東京\n";
        let quotes = "id,said\n1,it\u{2019}s \u{201c}so\u{201d}\n2,don\u{2019}t\n";
        let words = "id,nom\n1,M\u{e9}rida\n2,na\u{ef}ve\n3,\u{c9}t\u{e9}\n";
        let cases = [
            ("cp949", korean),
            ("shift_jis", japanese),
            ("shift_jis", short),
            ("latin1", german),
            ("latin1", quotes),
            ("latin1", words),
        ];
        for (label, text) in cases {
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
