//! How the files are served that are named on the command line: kinds of file, keys, types of cells.

use crate::kit::{Serve, serve};

/// What a request answers, as status and content.
#[track_caller]
fn answers(serve: &Serve, method: &str, target: &str, json: &str, status: u16, content: &str) {
    let answer = serve.ask(method, target, json);
    assert_eq!((answer.status(), answer.text()), (status, content), "{method} {target}");
}

#[test]
fn the_key_is_the_one_named_for_the_collection_or_for_all() {
    let db = "{\"posts\":[{\"slug\":\"a\",\"id\":1},{\"slug\":\"b\",\"id\":2}],\"tags\":[{\"slug\":\"b\",\"id\":7}]}";
    let named = serve().file("db.json", db).argument("--key").argument("posts=slug").start();
    answers(&named, "GET", "/posts/b", "", 200, "{\"slug\":\"b\",\"id\":2}");
    answers(&named, "GET", "/tags/7/slug", "", 200, "\"b\"");
    assert_eq!(named.ask("GET", "/posts/2", "").status(), 404);
    assert_eq!(named.ask("PUT", "/posts/c", "{\"n\":1}").status(), 201);
    assert!(named.read("db.json").contains("{\"slug\":\"c\",\"n\":1}"), "{}", named.read("db.json"));
    assert_eq!(named.ask("PUT", "/posts/c", "{\"slug\":\"d\"}").status(), 409);
    let all = serve().file("db.json", db).argument("--key").argument("slug").start();
    answers(&all, "GET", "/tags/b/id", "", 200, "7");
    let table = serve().file("people.csv", "name,born\nKim,1990\nLee,2000\n");
    let table = table.argument("--key").argument("born").start();
    answers(&table, "GET", "/2000/name", "", 200, "\"Lee\"");
}

#[test]
fn cells_have_types_when_asked_and_stay_as_they_stand() {
    let text = "id;n;flag;none;zip\r\n1;1.50;true;;007\r\n2;\"3\";TRUE;;1e3\r\n";
    let typed = serve().file("t.csv", text).argument("--types").argument("auto").start();
    answers(&typed, "GET", "/1", "", 200, "{\"id\":1,\"n\":1.50,\"flag\":true,\"none\":null,\"zip\":\"007\"}");
    answers(&typed, "GET", "/2", "", 200, "{\"id\":2,\"n\":\"3\",\"flag\":\"TRUE\",\"none\":null,\"zip\":\"1e3\"}");
    answers(&typed, "GET", "/?n=1.5&_fields=id", "", 200, "[{\"id\":1}]");
    answers(&typed, "GET", "/?none=null&_fields=id", "", 200, "[{\"id\":1},{\"id\":2}]");
    assert_eq!(typed.ask("PATCH", "/1", "{\"flag\":false,\"zip\":null}").status(), 200);
    assert_eq!(typed.read("t.csv"), text.replace("1;1.50;true;;007", "1;1.50;false;;"));
    assert_eq!(typed.ask("PATCH", "/1", "{\"n\":[1]}").status(), 422);
    let plain = serve().file("t.csv", text).start();
    answers(&plain, "GET", "/1/n", "", 200, "\"1.50\"");
    answers(&plain, "GET", "/?n=1.5&_fields=id", "", 200, "[]");
    answers(&plain, "GET", "/?n_gte=1.5&_fields=id", "", 200, "[{\"id\":\"1\"},{\"id\":\"2\"}]");
}

/// In a file named so tabs delimit, whatever the header holds more of.
#[test]
fn a_tsv_file_is_delimited_by_tabs() {
    let served = serve().file("t.tsv", "id\ta,b,c\n1\tx,y\n").start();
    answers(&served, "GET", "/1", "", 200, "{\"id\":\"1\",\"a,b,c\":\"x,y\"}");
    assert_eq!(served.ask("POST", "/", "{\"a,b,c\":\"tab\\there\"}").status(), 201);
    assert_eq!(served.read("t.tsv"), "id\ta,b,c\n1\tx,y\n2\t\"tab\there\"\n");
}
