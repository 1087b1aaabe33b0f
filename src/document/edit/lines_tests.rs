//! JSON Lines: a change touches its own line and no other byte.

use super::tests::Run;
use crate::document::state::Format;

/// Each change is applied to `before`; together they give `after`.
#[track_caller]
fn lines(before: &str, changes: &[&str], after: &str) {
    let mut run = Run::new(before, Format::Lines);
    for change in changes {
        run.apply(change).unwrap_or_else(|refusal| panic!("{change}: {refusal}"));
    }
    assert_eq!(run.text(), after, "{changes:?}");
}

#[track_caller]
fn refused(before: &str, change: &str, expected: &str) {
    let mut run = Run::new(before, Format::Lines);
    let refusal = format!("{:?}", run.apply(change).expect_err(change));
    assert!(refusal.contains(expected), "{change}: {refusal}");
    assert_eq!(run.text(), before);
}

/// Spaces, blank lines, both line ends, escapes and numbers as they are written, and no end of the last line.
const ODD: &str =
    "\n{\"id\":1, \"n\" : 1.50}\r\n\r\n  {\"id\":2}  \n\t\n{\"id\":3,\"s\":\"\\u00e9\"}\r\n\n \n{\"id\":4}";

#[test]
fn a_change_touches_its_own_line() {
    let odd = |old: &str, new: &str| ODD.replacen(old, new, 1);
    lines(ODD, &["PUT /2 {\"id\": 2, \"n\": [1,\n 2]}"], &odd("{\"id\":2}", "{\"id\":2, \"n\":[1, 2]}"));
    lines(ODD, &["MERGE /1 {\"n\":2}"], &odd("1.50", "2"));
    lines(ODD, &["MERGE /3 {\"t\":true}"], &odd("\\u00e9\"}", "\\u00e9\",\"t\":true}"));
    lines(ODD, &["DELETE /1"], &odd("{\"id\":1, \"n\" : 1.50}\r\n", ""));
    lines(ODD, &["DELETE /2"], &odd("  {\"id\":2}  \n", ""));
    lines(ODD, &["DELETE /4"], &odd("{\"id\":4}", ""));
    lines(ODD, &["DELETE /1/n", "DELETE /3/s"], &odd(", \"n\" : 1.50", "").replace(",\"s\":\"\\u00e9\"", ""));
    lines(ODD, &["DELETE /1", "DELETE /2", "DELETE /3", "DELETE /4"], "\n\r\n\t\n\n \n");
    lines(ODD, &["PATCH / [{\"op\":\"remove\",\"path\":\"/2\"}]"], &odd("{\"id\":3,\"s\":\"\\u00e9\"}\r\n", ""));
    lines(
        ODD,
        &["PATCH / [{\"op\":\"add\",\"path\":\"/1/n\",\"value\":{}}]"],
        &odd("{\"id\":2}", "{\"id\":2, \"n\":{}}"),
    );
    lines(ODD, &["UPDATE / {\"id\":2,\"n\":5}"], &odd("{\"id\":2}", "{\"id\":2, \"n\":5}"));
    // Elements put between others stand on lines of their own.
    lines(
        "{\"id\":1}\n\n{\"id\":2}",
        &[r#"PATCH / [{"op":"add","path":"/1","value":{"id":5}},{"op":"add","path":"/0","value":{"id":6}}]"#],
        "{\"id\":6}\n{\"id\":1}\n\n{\"id\":5}\n{\"id\":2}",
    );
    lines(
        "{\"id\":1}\n{\"id\":2}\n",
        &[r#"PATCH / [{"op":"move","from":"/1","path":"/0"}]"#],
        "{\"id\":2}\n{\"id\":1}\n",
    );
}

#[test]
fn what_is_added_is_a_line_at_the_end() {
    lines(ODD, &["POST / {\"n\":[\n]}"], &format!("{ODD}\n{{\"id\":5, \"n\":[]}}"));
    lines("", &["POST / {\"n\": 1}"], "{\"id\": 1, \"n\": 1}\n");
    lines("\n", &["POST / [{},{}]"], "\n{\"id\": 1}\n{\"id\": 2}\n");
    lines("{\"id\":1}\n", &["POST / [{\"n\": 1}, {\"n\": 2}]"], "{\"id\":1}\n{\"id\":2,\"n\":1}\n{\"id\":3,\"n\":2}\n");
    lines("{\"id\":1}\r\n{\"id\":2}\r\n\r\n", &["PUT /7 {}"], "{\"id\":1}\r\n{\"id\":2}\r\n\r\n{\"id\":7}\r\n");
    lines("{\"id\":1}", &["POST / {}", "POST / {}"], "{\"id\":1}\n{\"id\":2}\n{\"id\":3}");
    lines("{\"id\":1}\n", &["POST / {}", "DELETE /2", "POST / {}"], "{\"id\":1}\n{\"id\":3}\n");
    lines("{\"id\":1}\n", &["CREATE / {\"n\":\"x\"}"], "{\"id\":1}\n{\"id\":2,\"n\":\"x\"}\n");
    lines("{\"id\":1}\n", &[r#"PATCH / [{"op":"add","path":"/-","value":{"id":9}}]"#], "{\"id\":1}\n{\"id\":9}\n");
    lines("1\n\"x\"\n", &["POST / [2]", "PUT /0 null"], "null\n\"x\"\n[2]\n".replace("[2]", "2").as_str());
}

#[test]
fn the_whole_is_replaced_by_lines() {
    lines(
        "{\"id\":1}\r\n\r\n",
        &["PUT / [{\"id\":1},\n{\"id\":2,\n\"a\":{}}]"],
        "{\"id\":1}\r\n{\"id\":2,\"a\":{}}\r\n",
    );
    lines("{\"id\":1}\n", &["PUT / []", "POST / {}"], "{\"id\":2}\n");
    lines("{\"id\":1}\n", &["MERGE / [{\"id\":2}]"], "{\"id\":2}\n");
    lines(
        "{\"id\":1}\n",
        &[r#"PATCH / [{"op":"replace","path":"","value":[{"id":3}]},{"op":"add","path":"/0","value":{"id":4}}]"#],
        "{\"id\":4}\n{\"id\":3}\n",
    );
    lines(
        "{\"id\":1}\n{\"id\":2}\n",
        &[r#"PATCH / [{"op":"test","path":"","value":[{"id":1},{"id":2}]},{"op":"remove","path":"/0"}]"#],
        "{\"id\":2}\n",
    );
    refused("{\"id\":1}\n", "PUT / {\"a\":1}", "KindChange");
    refused("", "PUT / {\"a\":1}", "JSON Lines");
    refused("", "MERGE / {\"a\":1}", "takes no members");
    refused("", r#"PATCH / [{"op":"replace","path":"","value":5}]"#, "JSON Lines");
    refused("{\"id\":1}\n{\"id\":1}\n", "PUT /1 {}", "Ambiguous");
}

/// The lines of a text, with their ends.
fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A record with this key, which may be larger than what is given an index.
fn record(random: &mut fastrand::Rng, key: u32) -> String {
    let tags: Vec<String> = (0..random.usize(..200)).map(|tag| tag.to_string()).collect();
    match random.u8(..3) {
        0 => format!("{{\"id\":{key},\"tags\":[{}]}}", tags.join(",")),
        1 => format!("{{\"n\": \"a\\tb\", \"id\":{key}}}"),
        _ => format!("{{\"id\":{key}}}"),
    }
}

#[test]
fn random_changes_do_what_they_do_to_an_array_and_touch_one_line() {
    for seed in 0..20 {
        let mut random = fastrand::Rng::with_seed(seed);
        let records: Vec<String> = (1..random.u32(2..60)).map(|key| record(&mut random, key)).collect();
        let mut text = String::new();
        for record in &records {
            let ends = ["\n", "\r\n", " \n\n", "\n  "];
            text += &format!("{record}{}", ends[random.usize(..ends.len())]);
        }
        if random.bool() {
            text = text.trim_end().to_owned();
        }
        let (mut file, mut array) =
            (Run::new(&text, Format::Lines), Run::new(&format!("[{}]", records.join(",")), Format::Json));
        for key in 1_000..1_015 {
            let (before, old) = (file.text(), random.u32(1..60));
            let change = match random.u8(..5) {
                0 => format!("PUT /{old} {{\"x\":[{key}]}}"),
                1 => format!("MERGE /{old} {{\"y\":{key}}}"),
                2 => format!("DELETE /{old}"),
                3 => format!("PATCH /{old} [{{\"op\":\"add\",\"path\":\"/z\",\"value\":{key}}}]"),
                _ => format!("POST / {}", record(&mut random, key)),
            };
            let told = |outcome: Result<(String, String, bool), _>| {
                outcome.map(|(path, text, created)| (path, text.replace([' ', '\n'], ""), created))
            };
            let (found, expected) = (told(file.apply(&change)), told(array.apply(&change)));
            assert_eq!(format!("{found:?}"), format!("{expected:?}"), "seed {seed}: {change}");
            let after = file.text();
            let (was, is) = (split(&before), split(&after));
            let front = was.iter().zip(&is).take_while(|(was, is)| was == is).count();
            let back = was[front..].iter().rev().zip(is[front..].iter().rev()).take_while(|(was, is)| was == is);
            // A last line without an end is given one by what is added behind it.
            let most = 1 + usize::from(!before.ends_with('\n'));
            assert!(is.len() - front - back.count() <= most, "seed {seed}: {change}\n{before}\n{after}");
            let values: Vec<serde_json::Value> = serde_json::Deserializer::from_str(&after)
                .into_iter::<serde_json::Value>()
                .map(|value| value.unwrap())
                .collect();
            let all: Vec<serde_json::Value> = serde_json::from_str(&array.text()).unwrap();
            assert_eq!(values, all, "seed {seed}: {change}");
            let filled = after.lines().filter(|line| !line.trim().is_empty()).count();
            assert_eq!(filled, all.len(), "seed {seed}: {change}\n{after}");
        }
    }
}
