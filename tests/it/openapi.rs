//! `/_/openapi.json` describes the API over the very data, and `/_/health` says that the server is well.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::kit::{Answer, Serve, serve};

const DB: &str = r#"{
  "posts": [
    {"id": 1, "title": "a", "views": 5, "rate": 1.5, "born": "2026-05-02", "meta": {"n": 1}, "by": "Kim"},
    {"id": 2, "title": "b", "views": 7, "rate": 2, "born": "2026-05-03", "meta": {"n": 2, "m": null}}
  ],
  "people": {"Kim": {"age": 30}, "Lee": {"age": 31, "mail": "a@b.example"}},
  "profile": {"name": "me", "more": {"deep": [1]}},
  "scores": [1.5, 2],
  "a b/{c}": true
}
"#;

fn ask(serve: &Serve, line: &str, fields: &str) -> Answer {
    serve.bytes(format!("{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{fields}\r\n", serve.address()))
}

fn described(serve: &Serve) -> Value {
    let answer = ask(serve, "GET /_/openapi.json", "");
    assert_eq!((answer.status(), answer.field("content-type")), (200, Some("application/json")), "{}", answer.text());
    let document: Value = serde_json::from_str(answer.text()).unwrap();
    check_names(&document);
    document
}

/// Every reference leads somewhere, what is there is referred to, and no operation has the name of another.
#[track_caller]
fn check_names(document: &Value) {
    let mut references = HashSet::new();
    let mut left = vec![document];
    while let Some(value) = left.pop() {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
            references.insert(pointer.to_owned());
        }
        left.extend(value.as_object().into_iter().flat_map(|object| object.values()));
        left.extend(value.as_array().into_iter().flatten());
    }
    for (kind, parts) in document["components"].as_object().unwrap() {
        for name in parts.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
            assert!(references.contains(&format!("/components/{kind}/{name}")), "nothing refers to the {kind} {name}");
        }
    }
    let operations = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap());
    let names = operations.filter(|(name, _)| *name != "parameters").map(|(_, operation)| {
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('4')), "{operation}");
        operation["operationId"].as_str().unwrap()
    });
    let tags: Vec<&Value> = document["tags"].as_array().into_iter().flatten().map(|tag| &tag["name"]).collect();
    assert_eq!(tags.iter().collect::<HashSet<_>>().len(), tags.len(), "{tags:?}");
    let names: Vec<&str> = names.collect();
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric())), "{names:?}");
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{names:?}");
}

/// The methods of each path: `/posts get head put`.
fn methods(document: &Value) -> Vec<String> {
    let line = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().keys().filter(|name| *name != "parameters");
        format!("{path} {}", methods.cloned().collect::<Vec<_>>().join(" "))
    };
    let mut lines: Vec<String> = document["paths"].as_object().unwrap().iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn each_node_has_its_path_and_the_methods_that_it_takes() {
    let serve = serve().file("db.json", DB).start();
    let document = described(&serve);
    let expected = [
        "/ get head put patch post",
        "/a%20b%2F%7Bc%7D get head put patch delete",
        "/people get head put patch post",
        "/people/{key} get head put patch post delete",
        "/posts get head put patch post",
        "/posts/{id} get head put patch post delete",
        "/profile get head put patch post delete",
        "/profile/more get head put patch post delete",
        "/profile/more/deep get head put patch post delete",
        "/profile/name get head put patch delete",
        "/scores get head put patch post",
    ];
    assert_eq!(methods(&document), expected);
    for line in expected {
        let (path, methods) = line.split_once(' ').unwrap();
        let path = path.replace("{key}", "Kim").replace("{id}", "1");
        let allow = ask(&serve, &format!("OPTIONS {path}"), "");
        let mut allow: Vec<String> = allow.field("allow").unwrap().split(", ").map(str::to_lowercase).collect();
        let mut methods: Vec<String> = methods.split(' ').map(str::to_owned).chain(["options".to_owned()]).collect();
        allow.sort();
        methods.sort();
        assert_eq!(allow, methods, "{path}");
    }
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["title"], "db.json");
    assert_eq!(document["paths"]["/posts"]["get"]["operationId"], "listPosts");
    assert_eq!(document["paths"]["/posts/{id}"]["delete"]["operationId"], "deletePost");
}

#[test]
fn schemas_say_what_all_records_have_and_no_more() {
    let serve = serve().file("db.json", DB).start();
    let document = described(&serve);
    let schemas = &document["components"]["schemas"];
    let mut post = schemas["Post"].clone();
    assert_eq!(post.as_object_mut().unwrap().remove("examples").unwrap()[0]["rate"].to_string(), "1.5");
    let expected = json!({
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "title": {"type": "string"},
            "views": {"type": "integer"},
            "rate": {"type": "number"},
            "born": {"type": "string", "format": "date"},
            "meta": {"type": "object", "properties": {"n": {"type": "integer"}, "m": {}}, "required": ["n"]},
            "by": {"type": "string"},
        },
        "required": ["id", "title", "views", "rate", "born", "meta"],
    });
    assert_eq!(post, expected);
    assert_eq!(schemas["PostInput"]["required"], json!(["title", "views", "rate", "born", "meta"]), "a key is made");
    assert_eq!(schemas["PostPatch"].get("required"), None);
    assert_eq!(schemas["PostPatch"]["properties"]["by"], json!({"type": ["string", "null"]}), "null removes it");
    assert_eq!(schemas["PostPatch"]["properties"]["title"], json!({"type": "string"}), "which this may not be");
    let mail = json!({"anyOf": [{"type": "string", "format": "email"}, {"type": "null"}]});
    assert_eq!(schemas["PersonPatch"]["properties"]["mail"], mail);
    assert_eq!(schemas["Profile"]["properties"]["more"], json!({"$ref": "#/components/schemas/ProfileMore"}));
    assert_eq!(schemas["Profile"].get("required"), None, "the members of what is there once come and go");
    let list = &document["paths"]["/posts"]["get"];
    let list_schema = &list["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(*list_schema, json!({"type": "array", "items": {"$ref": "#/components/schemas/Post"}}));
    let names = list["parameters"].as_array().unwrap().iter().filter_map(|parameter| parameter["name"].as_str());
    let tags: Vec<&Value> = document["tags"].as_array().into_iter().flatten().map(|tag| &tag["name"]).collect();
    assert_eq!(tags.iter().collect::<HashSet<_>>().len(), tags.len(), "{tags:?}");
    let names: Vec<&str> = names.collect();
    let expected = [
        "_sort",
        "id",
        "id_gte",
        "id_lte",
        "title",
        "title_like",
        "views",
        "views_gte",
        "views_lte",
        "rate",
        "rate_gte",
        "rate_lte",
        "born",
        "born_gte",
        "born_lte",
        "by",
        "by_like",
    ];
    assert_eq!(names, expected);
    let key = |path: &str| document["paths"][path]["parameters"][0]["schema"].clone();
    assert_eq!(key("/posts/{id}"), json!({"type": "integer", "examples": [1]}));
    assert_eq!(key("/people/{key}"), json!({"type": "string", "minLength": 1, "examples": ["Kim"]}));
    let text = document.to_string();
    assert!(!text.contains("\"enum\""), "{text}");
}

#[test]
fn a_table_is_described_as_its_cells_are_shown() {
    const TABLE: &str = "no,name,born,n\n1,a,2026-05-02,5\n2,b,2026-05-03,\n";
    let text = described(&serve().file("people.csv", TABLE).start());
    assert_eq!(methods(&text), ["/ get head put patch post", "/{no} get head put patch delete"]);
    let schemas = &text["components"]["schemas"];
    let expected = json!({
        "no": {"type": "string"},
        "name": {"type": "string"},
        "born": {"type": "string", "format": "date"},
        "n": {"type": "string"},
    });
    assert_eq!(schemas["Person"]["properties"], expected);
    assert_eq!(schemas["Person"]["required"], json!(["no", "name", "born", "n"]));
    assert_eq!(schemas["Person"]["additionalProperties"], false);
    let any = json!({"type": ["string", "number", "boolean", "null"]});
    assert_eq!(schemas["PersonInput"]["properties"]["name"], any);
    assert_eq!(schemas["PersonInput"]["required"], json!(["born"]), "an empty cell is no date");
    let typed = described(&serve().file("people.csv", TABLE).argument("--types").argument("auto").start());
    let schemas = &typed["components"]["schemas"];
    assert_eq!(schemas["Person"]["properties"]["n"], json!({"type": ["integer", "null"]}));
    assert_eq!(schemas["PersonInput"]["required"], json!(["name", "born"]));
    let name = json!({"type": "string", "pattern": r"^(?!(|true|false|-?(0|[1-9][0-9]*)\.[0-9]+|-?(0|[1-9][0-9]*))$)"});
    assert_eq!(schemas["PersonInput"]["properties"]["name"], name);
    // Columns without rows, and keys with values.
    let empty = described(&serve().file("people.csv", "no,name\n").start());
    assert_eq!(empty["components"]["schemas"]["Person"]["required"], json!(["no", "name"]));
    let map = described(&serve().file("map.csv", "key,value\ncolor,red\n").start());
    assert_eq!(methods(&map), ["/ get head put patch post", "/color get head put patch delete"]);
}

/// In a merge patch null removes, and what all records have stays.
#[test]
fn a_patch_takes_null_for_what_may_go_and_for_nothing_else() {
    let data = r#"[
        {"id": 1, "both": null, "day": "2026-05-02", "none": null, "in": {"x": null}},
        {"id": 2, "both": "x", "day": null, "none": null, "in": {"x": 1, "y": 2}, "some": 1}
    ]"#;
    let document = described(&serve().file("a.json", data).start());
    let patch = &document["components"]["schemas"]["APatch"]["properties"];
    let expected = json!({
        "id": {"type": "integer"},
        "both": {"type": "string"},
        "day": {"type": "string", "format": "date"},
        "none": {"type": ["object", "array", "string", "number", "boolean"]},
        "in": {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": ["integer", "null"]}}},
        "some": {"type": ["integer", "null"]},
    });
    assert_eq!(*patch, expected, "{:?}", document["components"]["schemas"].as_object().unwrap().keys());
}

#[test]
fn what_a_server_refuses_is_not_listed() {
    let only_read = described(&serve().file("db.json", DB).argument("--read-only").start());
    assert!(methods(&only_read).iter().all(|line| line.ends_with("} get head") || line.ends_with(" get head")));
    assert_eq!(only_read["security"], json!([]));
    let guarded = serve().file("db.json", DB).argument("--token").argument("s3cret").start();
    assert_eq!(ask(&guarded, "GET /_/openapi.json", "").status(), 401);
    let answer = ask(&guarded, "GET /_/openapi.json", "Authorization: Bearer s3cret\r\n");
    let document: Value = serde_json::from_str(answer.text()).unwrap();
    check_names(&document);
    assert_eq!(document["security"], json!([{"token": []}]));
    assert_eq!(document["components"]["securitySchemes"], json!({"token": {"type": "http", "scheme": "bearer"}}));
    let unauthorized = json!({"$ref": "#/components/responses/Unauthorized"});
    assert_eq!(document["paths"]["/posts"]["get"]["responses"]["401"], unauthorized);
    for method in ["POST", "PUT", "DELETE"] {
        let refused = ask(&guarded, &format!("{method} /_/openapi.json"), "Authorization: Bearer s3cret\r\n");
        assert_eq!((refused.status(), refused.field("allow")), (405, Some("GET, HEAD, OPTIONS")));
    }
}

#[test]
fn any_document_has_a_description() {
    for text in [
        "",
        "{}",
        "[]",
        "5",
        "null",
        "[1, \"x\"]",
        "[[1], []]",
        "{\"a\": null}",
        "[{\"a\": 1}]",
        "{\"..\": 1, \".\": 2, \"\": 3}",
        "{\"한국\": [{\"id\": 1}], \"日本\": [{\"id\": 1}], \"a-b\": 1, \"a b\": 2}",
        "[{\"id\": \"x\", \"_sort\": 1, \"q\": \"y\", \"a.b\": 1, \"a[0]\": 1, \"n_gte\": 1, \"n\": 2}]",
        "{\"media\": [{\"id\": 1}], \"a\": {\"b\": {\"c\": {\"d\": [{\"id\": 1}]}}}, \"x\": {\"k\": {\"v\": 1}, \"l\": {\"v\": 2}}}",
        "[{\"id\": 1}, {\"id\": \"x\"}, {\"id\": 1.5}]",
    ] {
        let serve = serve().file("a.json", text).start();
        let document = described(&serve);
        assert!(document["paths"].get("/").is_some(), "{text}: {document}");
    }
    let many: Vec<String> = (0..1000).map(|n| format!("\"n{n}\": {n}")).collect();
    let document = described(&serve().file("a.json", format!("{{{}}}", many.join(", "))).start());
    assert_eq!(document["paths"].as_object().unwrap().len(), 200);
    assert!(document["info"]["description"].as_str().unwrap().contains("more paths than are listed"));
}

/// The path as RFC 3986 has it: everything escaped that has a meaning somewhere, and a last segment that is empty with the
/// slash that is dropped.
fn path(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        for byte in segment.bytes() {
            match byte {
                b'-' | b'.' | b'_' | b'~' => path.push(char::from(byte)),
                _ if byte.is_ascii_alphanumeric() => path.push(char::from(byte)),
                _ => path.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    if segments.last().is_none_or(|last| last.is_empty()) { path + "/" } else { path }
}

#[test]
fn each_path_is_the_one_at_which_the_server_answers() {
    const NAMES: [&str; 14] =
        ["", "{id}", "{", "a/b", "/", "~0~1", "100%", "%41", "%2F", "?q=1&r#", "é{}", "a b+c", "\\;\"", "..."];
    let one = |name: &str| json!({"": {"": 1, "x": {"": [{"id": "q/{r}%"}]}}, name: [{"id": 7, "n": 1}]});
    for name in NAMES {
        let data = json!({name: {name: one("c"), "k": {"p": {"v": 1}, "q": {"v": 2}}}});
        let serve = serve().file("a.json", data.to_string()).start();
        let document = described(&serve);
        let in_one: [(&[&str], Value, &str); 6] = [
            (&[name, name], one("c"), ""),
            (&[name, name, "", ""], json!(1), ""),
            (&[name, name, "", "x", ""], json!([{"id": "q/{r}%"}]), ""),
            (&[name, name, "", "x", "", "q/{r}%"], json!({"id": "q/{r}%"}), "{id}"),
            (&[name, name, "c"], json!([{"id": 7, "n": 1}]), ""),
            (&[name, name, "c", "7"], json!({"id": 7, "n": 1}), "{id}"),
        ];
        let others: [(&[&str], Value, &str); 2] =
            [(&[name], data[name].clone(), ""), (&[name, "k", "q"], json!({"v": 2}), "{key}")];
        for (segments, value, key) in in_one.into_iter().chain(others) {
            let at = path(segments);
            let listed = match segments.split_last() {
                Some((_, above)) if !key.is_empty() => {
                    path(&[above, &["k"]].concat()).trim_end_matches('k').to_owned() + key
                }
                _ => at.clone(),
            };
            let item = &document["paths"][&listed];
            assert!(item.is_object(), "{listed} in {}", document["paths"]);
            assert_eq!(serve.ask("GET", &at, "").text().parse::<Value>().unwrap(), value, "{at}");
            if let [parameter] = &item["parameters"].as_array().cloned().unwrap_or_default()[..] {
                assert_eq!(json!(format!("{{{}}}", parameter["name"].as_str().unwrap())), json!(key), "{listed}");
            }
        }
    }
    // A key that cannot be put into the path is no example of one.
    let data = r#"{"k": {"": {"v": 1}, "..": {"v": 2}, "a": {"v": 3}}, "l": [{"id": ""}, {"id": "b"}]}"#;
    let document = described(&serve().file("a.json", data).start());
    let example = |path: &str| document["paths"][path]["parameters"][0]["schema"]["examples"].clone();
    assert_eq!((example("/k/{key}"), example("/l/{id}")), (json!(["a"]), json!(["b"])));
}

#[test]
fn several_files_are_one_api() {
    let serve = serve().file("db.json", DB).file("rows.csv", "id,name\n1,a\n").start();
    let document = described(&serve);
    let lines = methods(&document);
    assert!(lines.contains(&"/ get head".to_owned()), "{lines:?}");
    assert!(lines.contains(&"/db/posts/{id} get head put patch post delete".to_owned()), "{lines:?}");
    assert!(lines.contains(&"/rows/{id} get head put patch delete".to_owned()), "{lines:?}");
    assert_eq!(document["info"]["title"], "db.json, rows.csv");
    let health: Value = serde_json::from_str(ask(&serve, "GET /_/health", "").text()).unwrap();
    // Two posts, two people, two scores and a row.
    let expected = json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "files": ["db.json", "rows.csv"],
        "records": 7,
    });
    assert_eq!(health, expected);
}

#[test]
fn the_description_follows_the_data_and_with_strict_it_stays() {
    for (is_strict, status, expected) in [(false, 201, json!(["integer", "boolean"])), (true, 422, json!("integer"))] {
        let serve = serve().file("a.json", r#"[{"id": 1, "n": 5}]"#);
        let serve = if is_strict { serve.argument("--strict") } else { serve }.start();
        let first = ask(&serve, "GET /_/openapi.json", "");
        assert_eq!(ask(&serve, "GET /_/openapi.json", "").text(), first.text());
        assert_eq!(ask(&serve, "HEAD /_/openapi.json", "").text(), "");
        assert_eq!(serve.ask("POST", "/", r#"{"n": true}"#).status(), status);
        assert_eq!(serve.ask("POST", "/", r#"{"n": 6, "more": 1}"#).status(), 201);
        assert_eq!(described(&serve)["components"]["schemas"]["A"]["properties"]["n"]["type"], expected);
        let records = if is_strict { "\"records\":2" } else { "\"records\":3" };
        assert!(ask(&serve, "GET /_/health", "").text().contains(records));
    }
}

/// As RFC 7396 has it, and as it is with a JSON array; the path says what a first key is, as POST would make it.
#[test]
fn what_the_description_says_of_arrays_holds_for_tables_and_for_empty_ones() {
    let table = serve().file("a.csv", "id,name\n1,a\n2,b\n").start();
    assert_eq!(table.ask("PATCH", "/", r#"[{"id": "2", "name": "x"}]"#).text(), r#"[{"id":"2","name":"x"}]"#);
    assert_eq!(table.read("a.csv"), "id,name\n2,x\n");
    let empty = serve().file("a.json", "[]").start();
    assert!(empty.ask("PUT", "/7", r#"{"n": 1}"#).text().contains("\"id\": 7"));
    let empty = serve().file("a.json", "[]").start();
    assert!(empty.ask("PUT", "/7", r#"{"id": "7"}"#).text().contains("\"id\": \"7\""), "a key keeps its type");
}

#[test]
fn what_the_data_has_in_that_place_wins() {
    let serve = serve().file("a.json", r#"{"_": {"health": "mine"}}"#).start();
    assert_eq!(ask(&serve, "GET /_/health", "").text(), "\"mine\"");
    assert_eq!(ask(&serve, "GET /_/openapi.json", "").status(), 404);
    let said = serve.stop().stderr;
    assert!(said.contains("warning: the data has a member '_'") && said.contains("/_/health"), "{said}");
}
