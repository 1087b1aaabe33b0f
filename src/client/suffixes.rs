//! Public suffixes: the names below which everybody may register one, so that no cookie may be set for all of them.
//!
//! The list is text, as code would be six times as large; it is looked through once for a cookie that names a domain.

/// The Public Suffix List, in the form that its first lines tell. `HTTPKIT_BLESS=1 cargo test` renews it.
const LIST: &str = include_str!("suffixes.txt");

/// Whether everybody may register a name below it: `com`, `co.uk`, and any single label. The name is in lower case,
/// and in ASCII. Only the longest rule counts, and an exception more than that.
pub(super) fn is_public_suffix(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let Some((label, parent)) = domain.split_once('.') else { return true };
    let mut is_suffix = false;
    for rule in below(parent).lines().take_while(|line| !line.starts_with('.')) {
        match rule.strip_prefix('!') {
            Some(exception) if exception == label => return false,
            None if rule == label || rule == "*" => is_suffix = true,
            _ => {}
        }
    }
    is_suffix
}

/// The list from the first rule below that name on.
fn below(parent: &str) -> &'static str {
    let heading = format!("\n.{parent}\n");
    let found = memchr::memmem::find(LIST.as_bytes(), heading.as_bytes());
    found.map_or("", |at| &LIST[at + heading.len()..])
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;

    /// Every rule of the list, without the mark of an exception.
    fn rules() -> Vec<String> {
        let mut parent = "";
        let mut rules = Vec::new();
        for line in LIST.lines().skip_while(|line| !line.starts_with('.')) {
            match line.strip_prefix('.') {
                Some(heading) => parent = heading,
                None => rules.push(format!("{}.{parent}", line.trim_start_matches('!'))),
            }
        }
        rules
    }

    fn agree(domain: &str) {
        let expected = !domain.contains('.') || psl::suffix_str(domain) == Some(domain);
        // Where a name has rules below it, psl heeds no `*` for the name itself; the algorithm of the list does.
        if !expected && !below(domain).is_empty() {
            return;
        }
        assert_eq!(is_public_suffix(domain), expected, "{domain}");
    }

    #[test]
    fn suffixes_are_known() {
        for (domain, expected) in [
            ("com", true),
            ("anything", true),
            ("example.com", false),
            ("co.uk", true),
            ("co.uk.", true),
            ("a.co.uk", false),
            ("example.anything", false),
            ("ck", true),
            ("a.ck", true),
            ("www.ck", false),
            ("a.b.ck", false),
            ("kobe.jp", false),
            ("a.kobe.jp", true),
            ("city.kobe.jp", false),
            ("a.city.kobe.jp", false),
            ("run.app", false),
            ("a.run.app", true),
            ("mtls.run.app", true),
            ("github.io", true),
            ("a.github.io", false),
            ("xn--55qx5d.cn", true),
            ("a.xn--55qx5d.cn", false),
            ("", true),
            (".", true),
            (".com", false),
            ("com.\n", false),
        ] {
            assert_eq!(is_public_suffix(domain), expected, "{domain:?}");
        }
    }

    #[test]
    fn every_rule_says_what_psl_says() {
        let rules = rules();
        assert!(rules.len() > 8_000, "{}", rules.len());
        for rule in rules {
            agree(&rule.replace('*', "a"));
            agree(&format!("www.{rule}"));
            agree(&format!("a.b.{}", rule.trim_start_matches("*.")));
            for (at, _) in rule.match_indices('.') {
                agree(&rule[at + 1..]);
            }
        }
    }

    #[test]
    fn any_name_is_what_psl_says() {
        let rules = rules();
        let labels: Vec<&str> = rules.iter().flat_map(|rule| rule.split('.')).filter(|label| *label != "*").collect();
        let mut random = Rng::with_seed(6265);
        for _ in 0..20_000 {
            let count = random.usize(1..=4);
            let name: Vec<&str> = (0..count).map(|_| labels[random.usize(..labels.len())]).collect();
            agree(&name.join("."));
        }
    }
}
