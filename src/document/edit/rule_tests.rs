//! What holds for every kind of write, each at all the places where it could be broken.

use super::tests::{POSTS, Run, csv, json, refused, told};
use crate::document::state::Format;

#[test]
fn a_collection_stays_one() {
    let keyed = "{\"k\":{\"Kim\":{\"g\":1}},\"n\":1}";
    for (text, line, expected) in [
        (POSTS, "MERGE /posts {\"title\":\"x\"}", "Unfit"),
        (POSTS, "MERGE /posts {}", "Unfit"),
        (POSTS, "MERGE /posts null", "Unfit"),
        (POSTS, "MERGE / {\"posts\":{\"title\":\"x\"}}", "Unfit"),
        (POSTS, "MERGE / []", "Unfit"),
        (POSTS, "PUT /posts {\"title\":\"x\"}", "KindChange"),
        (POSTS, "PUT /posts 5", "KindChange"),
        (POSTS, "PUT / []", "KindChange"),
        (POSTS, "UPDATE / {\"posts\":\"x\"}", "KindChange"),
        (POSTS, r#"PATCH /posts [{"op":"replace","path":"","value":{}}]"#, "Unfit"),
        (POSTS, r#"PATCH / [{"op":"replace","path":"/posts","value":{}}]"#, "Unfit"),
        (POSTS, r#"PATCH / [{"op":"add","path":"/posts","value":"x"}]"#, "Unfit"),
        (POSTS, r#"PATCH / [{"op":"copy","from":"/profile","path":"/posts"}]"#, "Unfit"),
        (keyed, "MERGE /k []", "Unfit"),
        (keyed, "PUT /k []", "KindChange"),
        ("{\"Kim\":{\"g\":1}}", "MERGE / []", "Unfit"),
        ("[{\"id\":1}]", "PUT / {}", "KindChange"),
        ("[]", "MERGE / {\"a\":1}", "Unfit"),
    ] {
        refused(text, line, expected);
    }
    json("{\"a\":[],\"b\":[1]}", &["PUT /a {}", "PUT /b {}"], "{\"a\":{},\"b\":{}}");
    json("{\"p\":{\"geo\":{\"x\":{\"y\":1}}}}", &["MERGE /p {\"geo\":null}"], "{\"p\":{}}");
    json("{\"p\":{\"q\":{\"x\":{}},\"n\":1}}", &["MERGE /p {\"q\":5}"], "{\"p\":{\"q\":5,\"n\":1}}");
    json(keyed, &["MERGE /k {\"Lee\":{}}"], "{\"k\":{\"Kim\":{\"g\":1},\"Lee\":{}},\"n\":1}");
}

#[test]
fn what_has_no_key_stays_reachable() {
    let text = "[{\"n\":\"a\"},{\"n\":\"b\"}]";
    json(
        text,
        &["POST / {\"id\":9}", "PUT /0/n \"c\"", "MERGE /1 {\"n\":\"d\"}", "DELETE /0"],
        "[{\"n\":\"d\"},{\"id\":9}]",
    );
    json("[5,6]", &["POST / {\"id\":\"x\"}", "PUT /1 7"], "[5,7,{\"id\": \"x\"}]");
    told(text, "PUT /1 {\"id\":\"x\"}", "/x", "{\"id\":\"x\"}", false);
    told(text, "MERGE /1 {\"id\":\"x\"}", "/x", "{\"n\":\"b\",\"id\":\"x\"}", false);
    told(text, "PUT /1/id \"x\"", "/x/id", "\"x\"", true);
    told(text, "CREATE / {\"n\":\"c\"}", "/3", "{\"id\":3,\"n\":\"c\"}", true);
    json("[{\"n\":1}]", &["CREATE / {\"name\":\"c\"}"], "[{\"n\":1},{\"id\":2,\"name\":\"c\"}]");
    refused(text, "POST / {\"id\":1}", "Taken");
    refused("[{\"n\":1},{\"id\":7}]", "PUT /0 {\"id\":7}", "Taken");
    refused("[{\"n\":1},{\"id\":7}]", "MERGE /0 {\"id\":7}", "Taken");
    refused(text, "UPDATE / {\"n\":\"c\"}", "the key 'id'");
    csv("id,n\n,a\n2,b\n", &["PUT /0/n \"c\""], "id,n\n,c\n2,b\n");
    told("id,n\n,a\n2,b\n", "PUT /0 {\"id\":\"7\",\"n\":\"c\"}", "/7", "{\"id\":\"7\",\"n\":\"c\"}", false);
    refused("id,n\n,a\n2,b\n", "PUT /0 {\"id\":\"2\"}", "Taken");
}

#[test]
fn a_key_keeps_its_type() {
    let text = "[{\"id\":1},{\"id\":2}]";
    for line in [
        "PUT /2 {\"id\":\"2\"}",
        "MERGE /2 {\"id\":\"2\"}",
        "PUT /2/id \"2\"",
        r#"PATCH / [{"op":"replace","path":"/1/id","value":"2"}]"#,
        r#"PATCH /2 [{"op":"replace","path":"/id","value":"2"}]"#,
        "PUT / [{\"id\":\"1\"},{\"id\":\"2\"}]",
        "UPDATE / {\"id\":\"2\"}",
        "MERGE / [{\"id\":\"1\"},{\"id\":\"2\"}]",
        r#"PATCH / [{"op":"replace","path":"","value":[{"id":"1"},{"id":"2"}]}]"#,
        r#"PATCH / [{"op":"remove","path":"/1"},{"op":"add","path":"/-","value":{"id":"2"}}]"#,
        r#"PATCH / [{"op":"remove","path":"/0"},{"op":"add","path":"/0","value":{"id":"1"}}]"#,
    ] {
        let mut run = Run::new(text, Format::Json);
        run.apply(line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
        assert_eq!(run.text().replace(' ', ""), text, "{line}");
    }
    let posts = "{\"b\":{\"posts\":[{\"id\":1}]},\"posts\":[{\"id\":1},{\"n\":1}]}";
    let texts = posts.replace("\"id\":1", "\"id\":\"1\"");
    for verb in ["PUT", "MERGE", "UPDATE"] {
        json(posts, &[&format!("{verb} / {texts}")], posts);
    }
    json(posts, &["PUT /posts [{\"id\":\"1\"},{\"n\":1}]"], posts);
    json(posts, &[&format!(r#"PATCH / [{{"op":"replace","path":"","value":{texts}}}]"#)], posts);
    json(posts, &[r#"PATCH / [{"op":"add","path":"/posts","value":[{"id":"1"},{"n":1}]}]"#], posts);
    for operation in [
        r#""add","path":"/-","value":{"id":"x"}"#,
        r#""add","path":"/0","value":{"id":"007"}"#,
        r#""replace","path":"/0","value":{"id":"x"}"#,
        r#""replace","path":"/0/id","value":"x""#,
    ] {
        refused(text, &format!("PATCH / [{{\"op\":{operation}}}]"), "a whole number");
    }
    json("[{\"id\":1}]", &[r#"PATCH / [{"op":"replace","path":"/0/id","value":"x"}]"#], "[{\"id\":\"x\"}]");
    let with = |element: &str| format!("[{{\"id\":1}},{{\"id\":2}},{element}]");
    json(text, &["POST / {\"id\":\"7\"}"], &with("{\"id\":7}"));
    json(text, &["CREATE / {\"id\":\"7\"}"], &with("{\"id\":7}"));
    json(text, &["PUT /7 {\"id\":\"7\"}"], &with("{\"id\":7}"));
    json("[{\"id\":\"a\"}]", &["PUT /7 {}"], "[{\"id\":\"a\"},{\"id\":\"7\"}]");
    json("[{\"id\":1},{\"id\":\"b\"}]", &["POST / {\"id\":1.5}"], "[{\"id\":1},{\"id\":\"b\"},{\"id\":1.5}]");
    for line in ["PUT /abc {}", "PUT /1.5 {}", "PUT /007 {}", "POST / {\"id\":\"abc\"}", "POST / {\"id\":true}"] {
        refused(text, line, "a whole number");
    }
    refused(text, "CREATE / {\"id\":\"007\"}", "a whole number");
    refused("[{\"id\":\"a\"}]", "POST / {\"id\":5}", "a text as key");
    refused(text, "POST / {\"id\":[1]}", "a text or a number");
}

#[test]
fn no_write_makes_two_of_one_key() {
    for line in [
        "PUT /posts [{\"id\":1},{\"id\":1}]",
        "PUT / {\"posts\":[{\"id\":1},{\"id\":\"1\"}]}",
        "PUT /new [{\"id\":1},{\"id\":1}]",
        "MERGE / {\"posts\":[{\"id\":1},{\"id\":1}]}",
        "POST /posts {\"tags\":[{\"id\":\"x\"},{\"id\":\"x\"}]}",
        r#"PATCH /posts [{"op":"replace","path":"","value":[{"id":1},{"id":1}]}]"#,
        r#"PATCH /posts [{"op":"add","path":"/-","value":{"id":2}}]"#,
        r#"PATCH /posts [{"op":"add","path":"/0","value":{"id":2}}]"#,
        r#"PATCH / [{"op":"copy","from":"/posts/0","path":"/posts/-"}]"#,
        r#"PATCH / [{"op":"replace","path":"/posts/0/id","value":2}]"#,
    ] {
        refused(POSTS, line, "Taken");
    }
    let swap = r#"PATCH / [{"op":"replace","path":"/0/id","value":2},{"op":"replace","path":"/1/id","value":1}]"#;
    json("[{\"id\":1},{\"id\":2}]", &[swap], "[{\"id\":2},{\"id\":1}]");
    // Both are found by the keys that they have now, so that a PUT replaces them.
    json("[{\"id\":1},{\"id\":2}]", &[swap, "PUT /2 {\"n\":3}"], "[{\"id\":2,\"n\":3},{\"id\":1}]");
    json("[{\"id\":1},{\"id\":2}]", &[swap, swap], "[{\"id\":2},{\"id\":1}]");
    let to_the_end = r#"PATCH / [{"op":"copy","from":"/0","path":"/-"},{"op":"remove","path":"/0"}]"#;
    json("[{\"id\":1},{\"id\":2}]", &[to_the_end, to_the_end, "DELETE /2"], "[{\"id\":1}]");
    let and_back = r#"PATCH / [{"op":"replace","path":"/0/id","value":2},{"op":"replace","path":"/1/id","value":1},
        {"op":"replace","path":"/0/id","value":1}]"#;
    refused("[{\"id\":1},{\"id\":2}]", and_back, "Taken");
    // What stands there twice already may be written back.
    let twice = "[{\"id\":1},{\"id\":1}]";
    json(twice, &[&format!("PUT / {twice}")], twice);
    json(
        "[{\"id\":4}]",
        &["PUT / [{\"a\":1},{\"id\":9},{\"id\":null}]"],
        "[{\"id\":10,\"a\":1},{\"id\":9},{\"id\":11}]",
    );
    json("{\"a\":[{\"n\":1}]}", &["PUT /a [{\"n\":2},{\"id\":1}]"], "{\"a\":[{\"n\":2},{\"id\":1}]}");
}

#[test]
fn what_adds_nothing_creates_nothing() {
    told("{\"a\":1}", "POST / {}", "/", "{}", false);
    told("[1]", "POST / []", "/", "[]", false);
    told("id,n\n1,a\n", "POST / []", "/", "[]", false);
    told("key,value\na,1\n", "POST / {}", "/", "{}", false);
}

#[test]
fn half_characters_are_kept_in_values_only() {
    let lone = "\"\\ud83d\"";
    json(
        "{\"a\":1}",
        &[&format!("PUT /a {lone}"), &format!("PUT /b [{lone}]")],
        &format!("{{\"a\":{lone},\"b\":[{lone}]}}"),
    );
    for line in
        ["PUT /x {LONE:1}", "MERGE / {LONE:1}", "POST / {LONE:1}", "PUT /x [{\"b\":{LONE:1}}]", "CREATE / {LONE:1}"]
    {
        refused("{\"a\":1}", &line.replace("LONE", lone), "surrogate");
    }
    refused("{}", r#"PATCH / [{"op":"add","path":"/a\ud83d","value":1}]"#, "surrogate");
    refused("[{\"id\":\"a\"}]", &format!("POST / {{\"id\":{lone}}}"), "key 'id'");
    let table = "id,n\n1,a\n";
    for line in ["PUT /1/n LONE", "MERGE /1 {\"n\":LONE}", "POST / {\"n\":LONE}", "PUT / [{\"n\":LONE}]"] {
        refused(table, &line.replace("LONE", lone), "surrogate");
    }
    refused("key,value\na,1\n", &format!("PUT /a {lone}"), "surrogate");
    refused("key,value\na,1\n", &format!("POST / {{{lone}:1}}"), "surrogate");
}

#[test]
fn csv_that_people_have() {
    let equal = "id,n,n,m\n1,a,b,\"c\"\n2,d,e,f\n";
    told(equal, "PUT /1/m \"x\"", "/1/m", "\"x\"", false);
    csv(equal, &["PUT /1 {\"m\":\"x\"}", "MERGE /2 {\"m\":\"y\"}"], "id,n,n,m\n1,a,b,\"x\"\n2,d,e,y\n");
    csv(equal, &["PUT /1 {\"n\":\"a\",\"n_2\":\"b\",\"m\":\"x\"}"], "id,n,n,m\n1,a,b,\"x\"\n2,d,e,f\n");
    csv(equal, &["PUT / [{\"id\":2,\"m\":\"x\"}]", "POST / {\"m\":1}"], "id,n,n,m\n2,d,e,x\n3,,,1\n");
    csv(equal, &[r#"PATCH /1 [{"op":"replace","path":"/m","value":"x"}]"#], "id,n,n,m\n1,a,b,\"x\"\n2,d,e,f\n");
    for line in [
        "PUT /1/n \"x\"",
        "PUT /1/n_2 \"x\"",
        "DELETE /1/n_2",
        "MERGE /1 {\"n\":\"x\"}",
        "PUT /1 {\"n_2\":\"x\"}",
        "POST / {\"n\":\"x\"}",
        "PUT / [{\"id\":1,\"n\":\"x\"}]",
        r#"PATCH /1 [{"op":"replace","path":"/n","value":"x"}]"#,
        "UPDATE / {\"id\":\"1\",\"n\":\"x\"}",
    ] {
        refused(equal, line, "Ambiguous");
    }
    csv(
        "sep=;\r\nid;n,m\r\n1;a\r\n",
        &["PUT /1/n,m \"b;c\"", "POST / {}", "DELETE /1"],
        "sep=;\r\nid;n,m\r\n2;\"\"\r\n",
    );
    csv("\"\",b\n\"x\",1\n", &["PUT /x/b 2"], "\"\",b\n\"x\",2\n");
    csv("", &["POST / [{\"id\":\"1\",\"n\":\"a\"},{\"id\":\"2\",\"m\":\"b,c\"}]"], "id,n,m\n1,a,\n2,,\"b,c\"\n");
    csv("", &["PUT / [{\"n\":\"a\"}]", "POST / {\"n\":\"b\"}"], "n\na\nb\n");
    for line in ["POST / [{\"id\":\"1\"},{\"id\":\"1\"}]", "POST / [5]"] {
        assert!(Run::new("", Format::Csv { tab: false }).apply(line).is_err(), "{line}");
    }
}
