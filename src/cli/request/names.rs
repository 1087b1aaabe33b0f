//! Names of files that come from the network.

/// The last part of a name from the network: no folder, no way up, no control character.
pub(crate) fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|character| !character.is_control()).collect();
    if name.chars().all(|character| character == '.') { String::new() } else { name }
}

/// The file's name in `Content-Disposition` (RFC 6266), made safe. Like curl, it takes `filename` and not `filename*`.
pub(crate) fn disposition_name(value: &str) -> Option<String> {
    let parameter = value.split(';').skip(1).find_map(|parameter| {
        let (key, text) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case("filename").then(|| text.trim())
    })?;
    let name = match parameter.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => parameter,
    };
    Some(safe_name(name)).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_the_network_stay_in_the_folder() {
        for (value, expected) in [
            ("attachment; filename=\"a b.txt\"", Some("a b.txt")),
            ("attachment; FileName=x.bin; size=3", Some("x.bin")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"..\\\\..\\\\evil\"", Some("evil")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"/\"", None),
            ("attachment", None),
        ] {
            assert_eq!(disposition_name(value).as_deref(), expected, "{value}");
        }
        assert_eq!(safe_name("a\x1b[1m\nb"), "a[1mb");
    }
}
