//! What differs between two states.

use std::time::SystemTime;

use bytes::Bytes;

use super::compare::differences;
use super::edit::{self, Given};
use super::state::{Document, Format, Reading};
use super::{Action, View};
use crate::text::CellTypes;

fn view(text: &str, format: Format) -> View {
    let reading = Reading { rule: Default::default(), format, types: CellTypes::default(), encoding: None, stem: None };
    let text = Bytes::copy_from_slice(text.as_bytes());
    let document = Document::read(text, &reading, &mut Vec::new(), &mut |_| {}).unwrap();
    View { mounts: vec![document], mounted: false, modified: SystemTime::UNIX_EPOCH }
}

fn told(before: &View, after: &View) -> String {
    let all = differences(before, after, 10);
    let line = |difference: &super::Difference| {
        let mark = if difference.is_gone { '-' } else { '+' };
        format!("{mark}/{}", difference.path.join("/"))
    };
    all.map_or("too many".to_owned(), |all| all.iter().map(line).collect::<Vec<_>>().join(" "))
}

#[test]
fn members_and_elements_with_keys_are_told_one_by_one_and_everything_else_as_a_whole() {
    for (before, after, expected) in [
        (r#"{"a":1,"b":{"c":2}}"#, r#"{ "b": {"c": 2}, "a": 1 }"#, ""),
        (r#"{"a":1,"b":{"c":2}}"#, r#"{"b":{"c":3,"d":4}}"#, "+/b/c +/b/d -/a"),
        (r#"{"p":[{"id":1},{"id":2}]}"#, r#"{"p":[{"id":1,"t":1},{"id":3}]}"#, "+/p/1/t +/p/3 -/p/2"),
        (r#"{"p":[{"id":1},{"id":2}]}"#, r#"{"p":[{"id":2},{"id":1}]}"#, "+/p"),
        (r#"{"p":[{"id":1},{"id":2}]}"#, r#"{"p":[{"id":1},{"id":3},{"id":2}]}"#, "+/p"),
        (r#"{"p":[{"id":1},{"id":2}]}"#, r#"{"p":[{"id":1},{"id":1}]}"#, "+/p"),
        (r#"{"p":[{"id":1},{"id":2}]}"#, r#"{"p":[{"id":1},5]}"#, "+/p"),
        (r#"{"p":[1,2]}"#, r#"{"p":[1,2,3]}"#, "+/p"),
        (r#"{"p":[1]}"#, r#"{"p":{}}"#, "+/p"),
        (r#"{"a":1,"a":2}"#, r#"{"a":1,"a":3}"#, "+/"),
        (r#"{"a":1.0}"#, r#"{"a":1}"#, "+/a"),
        ("{}", "[]", "+/"),
        ("{}", r#"{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1}"#, "too many"),
    ] {
        let (before, after) = (view(before, Format::Json), view(after, Format::Json));
        assert_eq!(told(&before, &after), expected, "{expected}");
    }
    let table = |text| view(text, Format::Csv { tab: false });
    for (before, after, expected) in [
        ("id,n\n1,a\n2,b\n", "id,n\n1,\"a\"\n2,c\n3,d\n", "+/1/n +/2/n +/3"),
        ("id,n\n1,a\n2,b\n", "id,n\n2,b\n", "-/1"),
        ("id,n\n1,a\n", "id,m\n1,a\n", "+/"),
        ("id,n\n1,a\n2,b\n", "id,n\n2,b\n1,a\n", "+/"),
    ] {
        assert_eq!(told(&table(before), &table(after)), expected, "{before:?} {after:?}");
    }
}

/// Where both states come of one text, only what was changed is looked at; that says the same as a look at everything.
#[test]
fn a_changed_copy_differs_in_what_was_changed() {
    let records: Vec<String> = (0..3000).map(|id| format!("{{\"id\":{id},\"t\":\"{id}\"}}")).collect();
    let text = format!("{{\"p\":[{}],\"q\":1}}", records.join(","));
    let before = view(&text, Format::Json);
    for (path, action, expected) in [
        ("p/7", Action::Merge("{\"t\":1}".into()), "+/p/7/t"),
        ("p/8", Action::Delete { dependent: None }, "-/p/8"),
        ("p", Action::Post("[{\"id\":5000},{\"id\":4000}]".into()), "+/p/5000 +/p/4000"),
        ("p", Action::Patch("[{\"op\":\"move\",\"from\":\"/0\",\"path\":\"/-\"}]".into()), "+/p"),
        ("q", Action::Put("2".into()), "+/q"),
    ] {
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        let made = edit::apply(&before, &path, &action, 1 << 20, &mut Given::new()).unwrap();
        let mut after = before.clone();
        after.mounts[made.mount] = made.document;
        assert_eq!(told(&before, &after), expected);
        let text = String::from_utf8(after.root().text().concat()).unwrap();
        assert_eq!(told(&before, &view(&text, Format::Json)), expected, "read anew");
    }
}
