//! The API by tables of cases, over one JSON and one CSV fixture: each case runs through the pure `respond`, and the same
//! tables run once over a socket. Cases are reads, or writes that put back what they change.

use std::sync::mpsc;

use httpkit::api::{self, Plan, Settings};
use httpkit::message::{Field, Fields, Request, Target, Version};
use httpkit::store::{Options, Source, Store};

use crate::kit;

/// Members in no order of their own, types that differ, a missing and a null member, arrays, dotted paths, and a member
/// that is really named like an operator.
const JSON: &str = r#"{
  "posts": [
    {"id": 1, "title": "Hello", "views": 100, "author": {"name": "Kim"}, "tags": ["a", "b"], "draft": false},
    {"id": 2, "title": "hello world", "views": 99.50, "author": {"name": "Lee"}, "tags": [], "views_gte": "x"},
    {"id": 3, "title": "Zebra", "views": 1e3, "author": {"name": "Kim"}, "draft": null, "odd[]": 1},
    {"id": "4", "title": "10", "views": "99", "_own": "y"}
  ],
  "comments": [
    {"id": 1, "body": "first", "postId": 1},
    {"id": 2, "body": "second", "postId": 1},
    {"id": 3, "body": "third", "postId": 3}
  ],
  "students": {"Chan_Jin": {"grade": "3.5"}, "Jun": {"grade": "4.1"}},
  "shops": {"Mapo": {"id": 7, "key": "k"}, "7": {"id": 7}, "Jung": {"_key": 1, "__key_": 2}},
  "towns": {"b": {"id": "b", "n": 1}, "10": {"id": 10}, "a": {"n": 2}},
  "people": {"x": {"id": 9}},
  "pets": [{"id": 1, "personId": "x"}, {"id": 2, "personId": 9}],
  "dots": [{"id": 1, "a.b": 1, "a": {"b": 2}}, {"id": 2, "a": {"b": {"c": 3, "d": [4], "e": 5}}}],
  "none": [],
  "color": "red",
  "n": 1.0
}
"#;

const CSV: &str = "id,name,grade\n1,\"Kim, Chan\",3.5\n2,Lee,10\n3,,9\n007,\"say \"\"x\"\"\",\n";

/// A request and what is expected of its answer.
pub(crate) struct Case {
    request: &'static str,
    status: u16,
    /// Parts of field lines, `Name: start of value`; `!Name` is a field that is not there.
    fields: &'static [&'static str],
    /// The content, or what it holds if it starts with `…`.
    content: &'static str,
}

pub(crate) const fn case(request: &'static str, status: u16, content: &'static str) -> Case {
    Case { request, status, fields: &[], content }
}

pub(crate) const fn with(
    request: &'static str,
    status: u16,
    fields: &'static [&'static str],
    content: &'static str,
) -> Case {
    Case { request, status, fields, content }
}

const ON_JSON: &[Case] = &[
    case("GET /color", 200, "\"red\""),
    case("GET /n", 200, "1.0"),
    case("GET /posts/1/author/name", 200, "\"Kim\""),
    case("GET /posts/4/title", 200, "\"10\""),
    case("GET /posts/1.0", 404, "…not-found"),
    case("GET /posts/1/tags/1", 200, "\"b\""),
    // Equality: strings exactly, numbers by value, any element of an array, OR and AND.
    case("GET /posts?title=Hello&_fields=id", 200, r#"[{"id":1}]"#),
    case("GET /posts?title=hello&_fields=id", 200, "[]"),
    case("GET /posts?views=1000&_fields=id", 200, r#"[{"id":3}]"#),
    case("GET /posts?views=99.5&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /posts?tags=b&_fields=id", 200, r#"[{"id":1}]"#),
    case("GET /posts?id=1&id=3&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /posts?author.name=Kim&views=100&_fields=id", 200, r#"[{"id":1}]"#),
    case("GET /posts?draft=false&_fields=id", 200, r#"[{"id":1}]"#),
    case("GET /posts?nowhere=1", 200, "[]"),
    case("GET /posts?_=123456&id=1&_fields=id", 200, r#"[{"id":1}]"#),
    // Operators, in both spellings.
    case("GET /posts?views:gt=99&_fields=id", 200, r#"[{"id":1},{"id":2},{"id":3}]"#),
    case("GET /posts?views_lt=100&_fields=id", 200, r#"[{"id":2},{"id":"4"}]"#),
    case("GET /posts?views:gte=99&views:lte=100&_fields=id", 200, r#"[{"id":1},{"id":2},{"id":"4"}]"#),
    case("GET /posts?views_gte=x&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /posts?id:ne=1&id:ne=2&_fields=id", 200, r#"[{"id":3},{"id":"4"}]"#),
    case("GET /posts?id:in=1,4&_fields=id", 200, r#"[{"id":1},{"id":"4"}]"#),
    case("GET /posts?id:nin=1,4&_fields=id", 200, r#"[{"id":2},{"id":3}]"#),
    case("GET /posts?title_like=HELLO&_fields=id", 200, r#"[{"id":1},{"id":2}]"#),
    case("GET /posts?title:contains=o%20w&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /posts?title:startsWith=z&_fields=id", 200, r#"[{"id":3}]"#),
    case("GET /posts?title_endsWith=LD&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /posts?draft:exists=true&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /posts?draft:exists=false&_fields=id", 200, r#"[{"id":2},{"id":"4"}]"#),
    case("GET /posts?title:eq=Zebra&_fields=id", 200, r#"[{"id":3}]"#),
    case("GET /posts?title:near=x", 400, "…bad-query"),
    case("GET /posts?title:exists=maybe", 400, "…expected true or false"),
    case("GET /posts?q=KIM&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    // Order: numbers, then strings by code point, missing and null last in both directions, stable.
    // Chosen members, by the path of one inside others; the file's order stays.
    case("GET /posts?_fields=author.name,id&id=1", 200, r#"[{"id":1,"author":{"name":"Kim"}}]"#),
    case("GET /posts/1?_fields=author.name", 200, r#"{"author":{"name":"Kim"}}"#),
    case("GET /posts/1?_fields=author.name,author", 200, r#"{"author":{"name": "Kim"}}"#),
    case("GET /posts?_fields=author.name.x,author.none,title.x&id=1", 200, "[{}]"),
    case("GET /posts?_fields=tags.1,tags.9&id_lte=2", 200, r#"[{"tags":["b"]},{}]"#),
    case("GET /dots?_fields=a.b", 200, r#"[{"a.b":1},{"a":{"b":{"c": 3, "d": [4], "e": 5}}}]"#),
    case("GET /dots/2?_fields=a.b.d,a.b.c", 200, r#"{"a":{"b":{"c":3,"d":[4]}}}"#),
    case("GET /dots?_fields=a.b.c", 200, r#"[{},{"a":{"b":{"c":3}}}]"#),
    case("GET /dots?_fields=a.b.c,a.b,id&id=1\nAccept: text/csv", 200, "id,a.b\r\n1,1\r\n"),
    case("GET /dots?_fields=a.b.d\nAccept: text/csv", 406, "…not-acceptable"),
    case(
        "GET /posts?_fields=id,author.name&_sort=-id\nAccept: text/csv",
        200,
        "id,author.name\r\n4,\r\n3,Kim\r\n2,Lee\r\n1,Kim\r\n",
    ),
    case("GET /posts?_fields=id,author.name&id=9\nAccept: text/csv", 200, "id,author.name\r\n"),
    case(
        "GET /posts?_fields=id,author.name&id_gte=3\nAccept: application/x-ndjson",
        200,
        "{\"id\":3,\"author\":{\"name\":\"Kim\"}}\n{\"id\":\"4\"}\n",
    ),
    case("GET /posts?_sort=views&_fields=id", 200, r#"[{"id":2},{"id":1},{"id":3},{"id":"4"}]"#),
    case("GET /posts?_sort=-title&_fields=id", 200, r#"[{"id":2},{"id":3},{"id":1},{"id":"4"}]"#),
    case("GET /posts?_sort=author.name&_fields=id", 200, r#"[{"id":1},{"id":3},{"id":2},{"id":"4"}]"#),
    case("GET /posts?_sort=author.name,-id&_order=desc&_fields=id", 200, r#"[{"id":2},{"id":3},{"id":1},{"id":"4"}]"#),
    case("GET /posts?_sort=draft&_order=DESC&_fields=id", 200, r#"[{"id":1},{"id":2},{"id":3},{"id":"4"}]"#),
    // Pages.
    with(
        "GET /posts?_page=2&_limit=1&_fields=id",
        200,
        &[
            "X-Total-Count: 4",
            "Link: <http://localhost:8080/posts?_limit=1&_fields=id&_page=1>; rel=\"first\", <http://localhost:8080/posts?_limit=1&_fields=id&_page=1>; rel=\"prev\", \
             <http://localhost:8080/posts?_limit=1&_fields=id&_page=3>; rel=\"next\", <http://localhost:8080/posts?_limit=1&_fields=id&_page=4>; rel=\"last\"",
        ],
        r#"[{"id":2}]"#,
    ),
    with("GET /posts?_start=1&_end=3&_fields=id", 200, &["X-Total-Count: 4", "!Link"], r#"[{"id":2},{"id":3}]"#),
    with("GET /posts?_start=99999999999999999999&_end=5", 200, &["X-Total-Count: 4"], "[]"),
    with("GET /posts?_start=99999999999999999999&_limit=0", 200, &["X-Total-Count: 4"], "[]"),
    with("GET /posts?_page=99999999999999999999&_limit=99999999999999999999", 200, &["X-Total-Count: 4"], "[]"),
    with("GET /posts?_start=3&_limit=9&_fields=id", 200, &["X-Total-Count: 4"], r#"[{"id":"4"}]"#),
    with("GET /posts?_page=9&_limit=2", 200, &["X-Total-Count: 4"], "[]"),
    case(
        "GET /posts?_page=1&_per_page=3&_fields=id",
        200,
        r#"{"first":1,"prev":null,"next":2,"last":2,"pages":2,"items":4,"data":[{"id":1},{"id":2},{"id":3}]}"#,
    ),
    case(
        "GET /posts?_page=7&_per_page=3",
        200,
        r#"{"first":1,"prev":2,"next":null,"last":2,"pages":2,"items":4,"data":[]}"#,
    ),
    case("GET /posts?_page=0", 400, "…'_page' is '0', expected a whole number from 1"),
    case("GET /posts?_limit=ten", 400, "…'_limit' is 'ten'"),
    case("GET /posts?_start=-1", 400, "…'_start'"),
    // Lists and paths as other languages write them.
    case("GET /posts?id[]=1&id[]=3&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /posts?id%5B0%5D=1&id%5B1%5D=3&_fields[]=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /posts?author[name]=Lee&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /posts?author[name]_like=le&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /posts?views[gte]=100&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /posts?odd[]=1&_fields=id", 200, r#"[{"id":3}]"#),
    case(
        "GET /posts/3?_embed[]=comments&_fields[]=title",
        200,
        r#"{"title":"Zebra","comments":[{"id": 3, "body": "third", "postId": 3}]}"#,
    ),
    // Names that mean nothing.
    case("GET /posts?_delay=100", 400, "…there is no parameter '_delay', expected one of: q, _sort, _order,"),
    case("GET /posts?_id_gte=1", 400, "…there is no parameter '_id_gte'"),
    case("GET /posts?_own=y&_fields=id", 200, r#"[{"id":"4"}]"#),
    case("GET /posts?_own_ne=y&_fields=id", 200, r#"[{"id":1},{"id":2},{"id":3}]"#),
    case("GET /posts/1?_delay=100", 400, "…there is no parameter '_delay'"),
    case("GET /posts/1?_=17&_fields=id", 200, r#"{"id":1}"#),
    case("GET /color?_delay=100", 400, "…there is no parameter '_delay'"),
    case("DELETE /color?_dependant=comments", 400, "…'_dependant'"),
    case("PUT /color?_=1\n\n\"red\"", 200, "\"red\""),
    case("GET /posts?_sort=id&_order=up", 400, "…'_order' is 'up', expected asc or desc"),
    case("GET /posts?_sort=id,views&_order=asc,down", 400, "…'_order' is 'down'"),
    // Conditions of json-server 1.x.
    case(
        "GET /posts?_where={\"or\":[{\"views\":{\"gt\":999}},{\"author\":{\"name\":{\"eq\":\"Lee\"}}}]}&_fields=id",
        200,
        r#"[{"id":2},{"id":3}]"#,
    ),
    case("GET /posts?_where={\"views\":{\"gte\":99,\"lt\":100}}&_fields=id", 200, r#"[{"id":2},{"id":"4"}]"#),
    case("GET /posts?title=x&_where={\"title\":\"Zebra\"}&_fields=id", 200, r#"[{"id":3}]"#),
    case("GET /posts?_where={\"id\":{\"in\":[1,3]},\"title\":{\"startsWith\":\"z\"}}&_fields=id", 200, r#"[{"id":3}]"#),
    case("GET /posts?_where={\"or\":[]}", 200, "[]"),
    case(
        "GET /posts?_where={\"or\":[{\"id\":1},{\"id\":3}]}&_sort=-id&_page=1&_limit=1&_fields=id",
        200,
        r#"[{"id":3}]"#,
    ),
    case("GET /posts?_where={\"views\":{\"gt\":1,\"near\":2}}", 400, "…'views:near' has no known operator"),
    case(
        "GET /posts?_where={\"views\":[1]}",
        400,
        "…'_where' is no condition: expected a value or an object for 'views'",
    ),
    case("GET /posts?_where=5", 400, "…'_where' is no condition: expected an object"),
    case("GET /posts?_where={", 400, "…'_where' is no condition: "),
    case("GET /posts?_where={\"a\":1,\"a\":2}", 400, "…'_where' is no condition: "),
    // Forms for links.
    with("GET /comments?postId=3&_format=csv", 200, &["Content-Type: text/csv"], "id,body,postId\r\n3,third,3\r\n"),
    with(
        "GET /comments?_format=ndjson&id=1\nAccept: text/html",
        200,
        &["Content-Type: application/x-ndjson"],
        "{\"id\":1,\"body\":\"first\",\"postId\":1}\n",
    ),
    with("GET /color?_format=json\nAccept: text/plain", 200, &["Content-Type: application/json"], "\"red\""),
    case("GET /color?_format=csv", 406, "…not-acceptable"),
    case("GET /comments?_format=xml", 400, "…'_format' is 'xml', expected json, csv or ndjson"),
    // Relations.
    case("GET /posts/1/comments?_fields=id", 200, r#"[{"id":1},{"id":2}]"#),
    case("GET /posts/2/comments", 200, "[]"),
    case("GET /posts/9/comments", 404, "…not-found"),
    case("GET /posts/1/students", 404, "…not-found"),
    case(
        "GET /comments?_expand=post&_fields=id&id=3",
        200,
        r#"[{"id":3,"post":{"id": 3, "title": "Zebra", "views": 1e3, "author": {"name": "Kim"}, "draft": null, "odd[]": 1}}]"#,
    ),
    case(
        "GET /posts?_embed=comments&_fields=title&id=3",
        200,
        r#"[{"title":"Zebra","comments":[{"id": 3, "body": "third", "postId": 3}]}]"#,
    ),
    case(
        "GET /posts/3?_embed=comments&_fields=title",
        200,
        r#"{"title":"Zebra","comments":[{"id": 3, "body": "third", "postId": 3}]}"#,
    ),
    case("GET /posts?_embed=likes", 400, "…'likes'"),
    // Objects of records, whose key becomes a member.
    case("GET /students?grade=3.5", 200, r#"[{"id":"Chan_Jin","grade":"3.5"}]"#),
    case("GET /students?_sort=-grade", 200, r#"[{"id":"Jun","grade":"4.1"},{"id":"Chan_Jin","grade":"3.5"}]"#),
    case("GET /students?id=Chan_Jin&_fields=id", 200, r#"[{"id":"Chan_Jin"}]"#),
    // Records with another `id` of their own: neither that nor the key is lost.
    case("GET /people?q=9", 200, r#"[{"key":"x","id":9}]"#),
    case("GET /people?id=9&key=x&_fields=key", 200, r#"[{"key":"x"}]"#),
    case("GET /people?id=x", 200, "[]"),
    case("GET /people\nAccept: text/csv", 200, "key,id\r\nx,9\r\n"),
    case("GET /people\nAccept: application/x-ndjson", 200, "{\"key\":\"x\",\"id\":9}\n"),
    case("GET /people?_embed=pets", 200, r#"[{"key":"x","id":9,"pets":[{"id": 1, "personId": "x"}]}]"#),
    case("GET /people/x/pets?_fields=id", 200, r#"[{"id":1}]"#),
    case("GET /pets?_expand=person&_fields=person", 200, r#"[{"person":{"key":"x","id":9}},{}]"#),
    case(
        "GET /shops?_sort=__key",
        200,
        r#"[{"__key":"7","id":7},{"__key":"Jung","_key":1,"__key_":2},{"__key":"Mapo","id":7,"key":"k"}]"#,
    ),
    case("GET /shops?__key_ne=7&_fields=__key", 200, r#"[{"__key":"Mapo"},{"__key":"Jung"}]"#),
    case("GET /shops?id=7&_fields=id\nAccept: text/csv", 200, "id\r\n7\r\n7\r\n"),
    case(
        "GET /shops?_sort=-id,-__key\nAccept: text/csv",
        200,
        "__key,id,key,_key,__key_\r\nMapo,7,k,,\r\n7,7,,,\r\nJung,,,1,2\r\n",
    ),
    // The same `id` of their own is the key.
    case("GET /towns?_sort=id", 200, r#"[{"id": 10},{"id":"a","n":2},{"id": "b", "n": 1}]"#),
    case("GET /towns?id=10&id=a&_fields=id", 200, r#"[{"id":10},{"id":"a"}]"#),
    // Forms.
    with("GET /color\nAccept: text/plain", 200, &["Content-Type: text/plain", "Vary: Accept"], "red"),
    with(
        "GET /comments?postId=1\nAccept: text/csv",
        200,
        &["Content-Type: text/csv"],
        "id,body,postId\r\n1,first,1\r\n2,second,1\r\n",
    ),
    with(
        "GET /comments\nAccept: application/x-ndjson",
        200,
        &["Content-Type: application/x-ndjson"],
        "{\"id\":1,\"body\":\"first\",\"postId\":1}\n{\"id\":2,\"body\":\"second\",\"postId\":1}\n{\"id\":3,\"body\":\"third\",\"postId\":3}\n",
    ),
    case("GET /students\nAccept: text/csv", 200, "id,grade\r\nChan_Jin,3.5\r\nJun,4.1\r\n"),
    case(
        "GET /students\nAccept: application/x-ndjson",
        200,
        "{\"id\":\"Chan_Jin\",\"grade\":\"3.5\"}\n{\"id\":\"Jun\",\"grade\":\"4.1\"}\n",
    ),
    case("GET /students?grade=9\nAccept: text/csv", 200, "id,grade\r\n"),
    case("GET /comments?id=9\nAccept: text/csv", 200, "id,body,postId\r\n"),
    case("GET /comments?id=9&_fields=body\nAccept: text/csv", 200, "body\r\n"),
    case("GET /none\nAccept: text/csv", 200, "id\r\n"),
    case("GET /color\nAccept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", 200, "\"red\""),
    case("PUT /n\nContent-Type: text/plain\n\n1.0", 200, "1.0"),
    with("QUERY /posts\n\nx", 405, &["Allow: GET, HEAD, OPTIONS, PUT, PATCH, POST"], "…QUERY is not served"),
    with("PROPFIND /color", 405, &["Allow: GET, HEAD, OPTIONS, PUT, PATCH"], "…method-not-allowed"),
    case("BREW /color", 501, "…unknown-method"),
    case("GET /posts\nAccept: text/csv", 406, "…not-acceptable"),
    case("GET /color\nAccept: image/png", 406, "…application/json, text/plain"),
    case("GET /color\nAccept: text/html,application/xhtml+xml,*/*;q=0.8", 200, "\"red\""),
    // Ranges and conditions.
    with("GET /color\nRange: bytes=1-3", 206, &["Content-Range: bytes 1-3/5"], "red"),
    with("GET /color\nRange: bytes=9-", 416, &["Content-Range: bytes */5"], "…range-not-satisfiable"),
    case("GET /color\nRange: bytes=1-3\nIf-Range: \"other\"", 200, "\"red\""),
    with("GET /color\nIf-None-Match: *", 304, &["ETag: \"", "!Content-Type"], ""),
    case("GET /color\nIf-Match: \"other\"", 412, "…precondition-failed"),
    case("GET /color\nIf-Modified-Since: Tue, 01 Jan 2999 00:00:00 GMT", 304, ""),
    case("PUT /color\nIf-None-Match: *\n\n\"blue\"", 412, "…precondition-failed"),
    case("PUT /color\nIf-Match: \"other\"\n\n\"blue\"", 412, "…precondition-failed"),
    case("PUT /color\nIf-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT\n\n\"blue\"", 412, "…precondition-failed"),
    // Names that no URL leads to.
    case("PUT /%2e%2e\n\n1", 422, "…unreachable-name"),
    case("PUT /students/%2E\n\n{}", 422, "…no URL leads to the name '.'"),
    case("POST /\n\n{\"..\": 1}", 422, "…unreachable-name"),
    case("POST /posts\n\n{\"id\": \"..\"}", 422, "…unreachable-name"),
    case("POST /posts\n\n[{\"title\": \"x\"}, {\"id\": \"\\u002e\"}]", 422, "…unreachable-name"),
    case("POST /create\n\n..: x", 422, "…unreachable-name"),
    case("PUT /update\n\n.=x", 422, "…unreachable-name"),
    case("PATCH /students/Jun\n\n{\"..\": 1}", 422, "…unreachable-name"),
    case(
        "PATCH /students\nContent-Type: application/json-patch+json\n\n[{\"op\":\"add\",\"path\":\"/..\",\"value\":{}}]",
        422,
        "…unreachable-name",
    ),
    case("PUT /posts\n\n[{\"id\": \"..\"}]", 422, "…unreachable-name"),
    // At any depth, and however it comes there.
    case("PUT /new\n\n{\"a\": {\"..\": 1}}", 422, "…unreachable-name"),
    case("PUT /new\n\n{\"a\": [{\"id\": \".\"}]}", 422, "…unreachable-name"),
    case("PATCH /\n\n{\"posts\": [{\"id\": \"..\"}]}", 422, "…unreachable-name"),
    case("PATCH /students\n\n{\"Jun\": {\"a\": {\".\": 1}}}", 422, "…unreachable-name"),
    case(
        "PATCH /\nContent-Type: application/json-patch+json\n\n[{\"op\":\"add\",\"path\":\"/posts/-\",\"value\":{\"id\":\"..\"}}]",
        422,
        "…unreachable-name",
    ),
    case(
        "PATCH /\nContent-Type: application/json-patch+json\n\n[{\"op\":\"replace\",\"path\":\"/posts/4/id\",\"value\":\".\"}]",
        422,
        "…unreachable-name",
    ),
    case(
        "PATCH /\nContent-Type: application/json-patch+json\n\n[{\"op\":\"add\",\"path\":\"/new\",\"value\":{\"x\":{\"..\":1}}}]",
        422,
        "…unreachable-name",
    ),
    // Where nothing would be made, it is a text like any other.
    case("PATCH /color\nContent-Type: application/json\n\n\"..\"", 200, "\"..\""),
    case("PATCH /color\nContent-Type: application/json\n\n\"red\"", 200, "\"red\""),
    case("PATCH /new\n\n{\"..\": null}", 404, "…not-found"),
    // A fault is worded alike, whichever method meets it.
    case("PUT /posts/4\n\n{\"id\": \"x\"}", 409, "…the key 'id' is '4' by the path, but 'x' in the body"),
    case("PATCH /posts/4\n\n{\"id\": \"x\"}", 409, "…the key 'id' is '4' by the path, but 'x' in the body"),
    case("PATCH /posts/4\n\n{\"id\": null}", 409, "…the key 'id' is '4' by the path, but there would be none"),
    // Writes that leave all as it was.
    with("PUT /color\nContent-Type: application/json\n\n\"red\"", 200, &["ETag: \""], "\"red\""),
    with("PUT /color\nPrefer: return=minimal\n\n\"red\"", 204, &["Preference-Applied: return=minimal"], ""),
    case("PUT /color\nContent-Type: text/plain\n\nred", 200, "\"red\""),
    case("PUT /color", 400, "…the body is empty"),
    case("PATCH /posts/1", 400, "…the body is empty"),
    case("PUT /color\nContent-Range: bytes 0-1/2\n\n\"blue\"", 400, "…partial-put"),
    case("PUT /color\nContent-Type: application/xml\n\n<a/>", 415, "…unsupported-media-type"),
    case("PUT /color\nContent-Encoding: br\n\n\"blue\"", 415, "…unsupported-coding"),
    case(
        "PATCH /posts/1\nContent-Type: application/json-patch+json\n\n[{\"op\":\"test\",\"path\":\"/views\",\"value\":99}]",
        409,
        "…patch-test-failed",
    ),
    case(
        "PATCH /posts/1\nContent-Type: application/json-patch+json\n\n[{\"op\":\"fly\",\"path\":\"/a\"}]",
        422,
        "…patch-failed",
    ),
    // A browser on the same machine.
    case("GET /color\nHost: evil.example", 421, "…foreign-host"),
    with(
        "GET /color\nOrigin: http://localhost:3000",
        200,
        &["Access-Control-Allow-Origin: http://localhost:3000", "Vary: Accept"],
        "\"red\"",
    ),
    with("GET /color\nOrigin: https://evil.example", 200, &["!Access-Control-Allow-Origin"], "\"red\""),
    with(
        "PUT /color\nOrigin: https://evil.example\n\n\"blue\"",
        403,
        &["!Access-Control-Allow-Origin"],
        "…foreign-origin",
    ),
    with("PUT /color\nOrigin: null\n\n\"blue\"", 403, &["!Access-Control-Allow-Origin"], "…foreign-origin"),
    case("DELETE /color\nSec-Fetch-Site: cross-site", 403, "…foreign-origin"),
    with(
        "OPTIONS /color\nOrigin: http://127.0.0.1:5173\nAccess-Control-Request-Method: PUT\nAccess-Control-Request-Headers: content-type",
        204,
        &[
            "Access-Control-Allow-Origin: http://127.0.0.1:5173",
            "Access-Control-Allow-Methods: GET, HEAD, OPTIONS, PUT",
            "Access-Control-Allow-Headers: content-type",
        ],
        "",
    ),
    with(
        "OPTIONS /color\nOrigin: https://evil.example\nAccess-Control-Request-Method: PUT",
        204,
        &["!Access-Control-Allow-Origin", "!Access-Control-Allow-Methods"],
        "",
    ),
    with("GET /color", 200, &["X-Content-Type-Options: nosniff", "ETag: \"", "Last-Modified: "], "\"red\""),
];

const ON_CSV: &[Case] = &[
    case("GET /1", 200, r#"{"id":"1","name":"Kim, Chan","grade":"3.5"}"#),
    case("GET /007/name", 200, r#""say \"x\"""#),
    case("GET /7", 404, "…not-found"),
    case("GET /?grade=3.5", 200, r#"[{"id":"1","name":"Kim, Chan","grade":"3.5"}]"#),
    case("GET /?grade:gt=9&_fields=id", 200, r#"[{"id":"2"}]"#),
    case("GET /?grade:gte=9&_fields=id", 200, r#"[{"id":"2"},{"id":"3"}]"#),
    case("GET /?_sort=grade&_fields=id", 200, r#"[{"id":"1"},{"id":"3"},{"id":"2"},{"id":"007"}]"#),
    case("GET /?_sort=-name&_fields=id", 200, r#"[{"id":"007"},{"id":"2"},{"id":"1"},{"id":"3"}]"#),
    case("GET /?q=kim&_fields=id", 200, r#"[{"id":"1"}]"#),
    with("GET /?_page=2&_limit=3&_fields=id", 200, &["X-Total-Count: 4"], r#"[{"id":"007"}]"#),
    with("GET /?id=1\nAccept: text/csv", 200, &["Content-Type: text/csv"], "id,name,grade\r\n1,\"Kim, Chan\",3.5\r\n"),
    case("GET /?id=2&_fields=grade,id\nAccept: text/csv", 200, "id,grade\r\n2,10\r\n"),
    case("GET /2\nAccept: application/x-ndjson", 406, "…not-acceptable"),
    case("GET /?id[]=1&id[]=2&_fields=id", 200, r#"[{"id":"1"},{"id":"2"}]"#),
    case("GET /?colour=red", 400, "…there is no column 'colour', expected one of: id, name, grade"),
    case("GET /?colour:exists=false", 400, "…there is no column 'colour'"),
    case("GET /?name.first=x", 400, "…there is no column 'name.first'"),
    case("GET /?_sort=-age", 400, "…there is no column 'age'"),
    case("GET /?_fields=id,age", 400, "…there is no column 'age'"),
    case("GET /1?_fields=age", 400, "…there is no column 'age'"),
    case("GET /?_fields=name.first", 400, "…there is no column 'name.first'"),
    case("GET /?_delay=1", 400, "…there is no parameter '_delay'"),
    case(
        "GET /?_where={\"or\":[{\"grade\":{\"gt\":9.5}},{\"id\":\"1\"}]}&_fields=id",
        200,
        r#"[{"id":"1"},{"id":"2"}]"#,
    ),
    case("GET /?_where={\"or\":[{\"age\":1}]}", 400, "…there is no column 'age'"),
    case("GET /?id=2&_format=ndjson", 200, "{\"id\":\"2\",\"name\":\"Lee\",\"grade\":\"10\"}\n"),
    case("GET /2/name\nAccept: text/plain", 200, "Lee"),
    case("GET /?id=9\nAccept: text/csv", 200, "id,name,grade\r\n"),
    case("PATCH /\n\n{\"2\":null}", 422, "…PATCH a row"),
    case("OPTIONS /9", 404, "…there is nothing at '/9'"),
    with(
        "OPTIONS /9\nOrigin: http://localhost\nAccess-Control-Request-Method: PUT",
        204,
        &["Allow: GET, HEAD, OPTIONS, PUT"],
        "",
    ),
    with("OPTIONS /update", 204, &["Allow: GET, HEAD, OPTIONS, PUT"], ""),
    case("PUT /2/colour\n\n\"red\"", 422, "…unknown-column"),
    case("PUT /2/name\n\n{\"a\":1}", 422, "…unfit-value"),
    case("PATCH /2\nContent-Type: application/merge-patch+json\n\n{\"nam\":\"x\"}", 422, "…unknown-column"),
    case("POST /\nContent-Type: text/csv\n\nid,name\n8,x\n2,y\n", 409, "…exists"),
    case("POST /\n\n{\"id\":\"..\"}", 422, "…unreachable-name"),
    case("POST /\nContent-Type: text/csv\n\nid,name\n.,x\n", 422, "…unreachable-name"),
    case("PUT /2\n\n{\"id\":\"x\"}", 409, "…the key 'id' is '2' by the path, but 'x' in the body"),
    case("PATCH /2\n\n{\"id\":\"x\"}", 409, "…the key 'id' is '2' by the path, but 'x' in the body"),
    case("PUT /..\n\n{\"name\":\"x\"}", 422, "…unreachable-name"),
    case("POST /\nContent-Type: text/csv\n\nid,name\n8\n", 400, "…malformed-csv"),
    case("DELETE /", 405, "…method-not-allowed"),
];

/// A request as it is written in the tables.
struct Written {
    method: &'static str,
    target: &'static str,
    fields: Vec<(&'static str, &'static str)>,
    content: &'static str,
}

fn written(text: &'static str) -> Written {
    let (head, content) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let mut fields: Vec<_> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    if !fields.iter().any(|(name, _)| *name == "Host") {
        fields.push(("Host", "localhost:8080"));
    }
    Written { method, target, fields, content }
}

/// Status, field lines and content.
pub(crate) type Answered = (u16, Vec<(String, String)>, Vec<u8>);

pub(crate) fn check(case: &Case, (status, fields, content): Answered) {
    let text = String::from_utf8_lossy(&content);
    let what = format!("{:?}: {status} {fields:?} {text}", case.request);
    assert_eq!(status, case.status, "{what}");
    for expected in case.fields {
        let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        match expected.strip_prefix('!') {
            Some(absent) => assert!(!fields.iter().any(|(name, _)| name == absent), "{what}: {absent}"),
            None => assert!(lines.iter().any(|line| line.starts_with(expected)), "{what}: {expected}"),
        }
    }
    match case.content.strip_prefix('…') {
        Some(part) => assert!(text.contains(part), "{what}: {part}"),
        None => assert_eq!(text, case.content, "{what}"),
    }
}

/// Runs a case through `respond` and, for a change, through the store's committer.
pub(crate) fn purely(store: &Store, case: &Case) -> Answered {
    let request = written(case.request);
    let (path, query) =
        request.target.split_once('?').map_or((request.target, None), |(path, query)| (path, Some(query)));
    let fields: Vec<_> = request.fields.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
    let plan = api::respond(
        &Request {
            method: request.method,
            target: Target::Path { path, query },
            authority: request.fields.iter().find(|(name, _)| *name == "Host").map(|(_, value)| *value),
            version: Version::Http11,
            fields: Fields(&fields),
            content: request.content.as_bytes(),
        },
        &store.view(),
        &Settings::default(),
    );
    let response = match plan {
        Plan::Answer(response) => response,
        Plan::Long(work) => work(),
        Plan::Later(_) => panic!("no body of these is long"),
        Plan::Follow(follow) => follow.response,
        Plan::Wait(_, response) => *response,
        Plan::Write(change, after) => {
            let (done, result) = mpsc::channel();
            store.commit(*change, Box::new(move |result| done.send(result).unwrap()));
            after.answer(result.recv().unwrap())
        }
    };
    let fields = response.fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let has_content = !matches!(response.status.as_u16(), 204 | 304);
    let content = if has_content { response.content.to_vec() } else { Vec::new() };
    (response.status.as_u16(), fields, content)
}

fn over_a_socket(serve: &kit::Serve, case: &Case) -> Answered {
    let request = written(case.request);
    let mut bytes = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", request.method, request.target);
    for (name, value) in &request.fields {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    if !request.content.is_empty() {
        bytes.push_str(&format!("Content-Length: {}\r\n", request.content.len()));
    }
    let answer = serve.bytes(bytes + "\r\n" + request.content);
    let fields = answer.head.lines().skip(1).filter_map(|line| line.split_once(": "));
    (answer.status(), fields.map(|(name, value)| (name.to_string(), value.to_string())).collect(), answer.body.clone())
}

fn both(name: &str, text: &str, cases: &[Case]) {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let store = Store::open(Source::Files(vec![path]), Options::default(), &mut |_| {}).unwrap();
    for case in cases {
        check(case, purely(&store, case));
    }
    store.close().unwrap();
    let serve = kit::serve().file(name, text).start();
    for case in cases {
        check(case, over_a_socket(&serve, case));
    }
    assert_eq!(serve.read(name), text, "no case changes the file");
}

#[test]
fn what_is_no_utf_8_is_found_by_line_and_column() {
    let serve = kit::serve().file("db.json", r#"{"a": {"b": 1}}"#).start();
    for method in ["PUT", "PATCH", "POST"] {
        let head =
            format!("{method} /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 10\r\n\r\n");
        let answer = serve.bytes([head.as_bytes(), b"{\n\"\xc3\xa9\xff\": 1"].concat());
        let text = answer.text();
        assert!(answer.status() == 400 && text.contains("\"detail\":\"line 2, column 3: expected UTF-8\""), "{text}");
        assert!(text.contains("\"line\":2,\"column\":3"), "{text}");
    }
}

/// What is read in a form can be sent back in it, and nothing is changed.
#[test]
fn a_form_read_and_sent_back_changes_nothing() {
    let json = "{\"a\": \"x\\n\", \"b\": \"\u{feff}y\\r\\n\\r\\n\", \"n\": 1.50, \"t\": true, \"z\": null, \"e\": \"\", \"p\": \"k: v\"}";
    let serve = kit::serve().file("db.json", json).start();
    for name in ["a", "b", "n", "t", "z", "e", "p"] {
        let head = format!("/{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/plain\r\n");
        let text = serve.bytes(format!("GET {head}\r\n")).text().to_string();
        let length = text.len();
        let put = format!("PUT {head}Content-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{text}");
        assert_eq!(serve.bytes(put).status(), 200, "{name}");
    }
    assert_eq!(serve.read("db.json"), json);
    let serve = kit::serve().file("t.csv", "id;name;n\n1;Ann, B.;2\n").start();
    for body in ["id;name;n\n2;Bo, C.;3\n", "id,name,n\n3,Cy;D.,4\n"] {
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/csv\r\n";
        let answer = serve.bytes(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()));
        assert_eq!(answer.status(), 201, "{}", answer.text());
    }
    assert_eq!(serve.read("t.csv"), "id;name;n\n1;Ann, B.;2\n2;Bo, C.;3\n3;\"Cy;D.\";4\n");
}

/// Where a thing was made, its `Location` leads, whoever asks and under whatever name; and nowhere else.
#[test]
fn links_lead_to_what_was_made() {
    let serve = kit::serve().file("db.json", r#"{"posts": [], "o": {}}"#).start();
    for (name, target, body, location) in [
        ("localhost:8080", "/posts", r#"{"id": "a b"}"#, "http://localhost:8080/posts/a%20b"),
        ("[::1]:9", "/posts", "{}", "http://[::1]:9/posts/"),
        ("127.0.0.1", "/o", r#"{"": "in o"}"#, "http://127.0.0.1/o//"),
        ("localhost", "/", r#"{"": "at the root"}"#, "http://localhost//"),
        ("localhost", "/", r#"{"a/b": 1}"#, "http://localhost/a%2Fb"),
    ] {
        let length = body.len();
        let head =
            format!("POST {target} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
        let answer = serve.bytes(head + body);
        let found = answer.head.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap();
        assert!(answer.status() == 201 && found.starts_with(location), "{name} {target} {body}: {}", answer.head);
        // As a client asks for it, and as a proxy does.
        let path = &found["http://".len() + name.len()..];
        for asked in [path, found] {
            let get = format!("GET {asked} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
            let got = serve.bytes(get);
            assert_eq!((got.status(), got.text()), (200, answer.text()), "{asked}");
        }
    }
    let old = serve.bytes("PUT /new HTTP/1.0\r\nContent-Length: 1\r\n\r\n5");
    assert!(old.head.contains("\r\nLocation: /new\r\n"), "{}", old.head);
}

#[test]
fn json_cases() {
    both("db.json", JSON, ON_JSON);
}

#[test]
fn csv_cases() {
    both("people.csv", CSV, ON_CSV);
}

/// Large enough to be searched as a whole, with escapes that such a search must not miss, and changed on the way.
#[test]
fn a_filter_finds_the_same_however_it_looks() {
    let folder = tempfile::TempDir::new().unwrap();
    let record = |id: usize, city: &str| format!("{{\"id\": {id}, \"city\": \"{city}\", \"note\": \"Jeju or not\"}}");
    let cities = ["Seoul", "Jeju", "Jejudo", "Busan"];
    for escape in ["", "J\\u0065ju"] {
        let mut records: Vec<String> = (0..5000).map(|id| record(id, cities[id % 4])).collect();
        if !escape.is_empty() {
            records.push(record(5000, escape));
        }
        // A program that another test starts may hold the lock of the last file for a moment.
        let path = folder.path().join(format!("{}.json", records.len()));
        std::fs::write(&path, format!("[{}]", records.join(",\n"))).unwrap();
        let store = Store::open(Source::Files(vec![path]), Options::default(), &mut |_| {}).unwrap();
        let ids = |target| purely(&store, &case(target, 200, "")).2;
        let expected = |extra: &[usize]| {
            let all = (0..5000).filter(|id| id % 4 == 1).chain(extra.iter().copied());
            format!("[{}]", all.map(|id| format!("{{\"id\":{id}}}")).collect::<Vec<_>>().join(","))
        };
        let escaped: &[usize] = if escape.is_empty() { &[] } else { &[5000] };
        assert_eq!(String::from_utf8(ids("GET /?city=Jeju&_fields=id")).unwrap(), expected(escaped));
        let put = "PUT /6000\n\n{\"id\": 6000, \"city\": \"Jeju\"}";
        assert_eq!(purely(&store, &case(put, 201, "")).0, 201);
        let extra = [escaped, &[6000]].concat();
        assert_eq!(String::from_utf8(ids("GET /?city=Jeju&_fields=id")).unwrap(), expected(&extra));
        store.close().unwrap();
    }
}
