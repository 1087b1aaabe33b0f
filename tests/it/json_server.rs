//! What clients of json-server (0.17 and 1.x) rely on, in our own words and on our own data: a request, and what is in its
//! answer. Each case begins with the file as it is here. Where `serve` differs on purpose, the README says why.

use httpkit::store::{Options, Source, Store};

use crate::api::{Case, case, check, purely, with};

const FILE: &str = r#"{
  "books": [
    {"id": 1, "title": "Dune", "pages": 412, "author": {"name": "Frank"}, "sold": true, "writerId": 1},
    {"id": 2, "title": "Emma", "pages": 474, "author": {"name": "Jane"}, "sold": false, "writerId": 2},
    {"id": 3, "title": "dune messiah", "pages": 256, "author": {"name": "Frank"}, "sold": false, "writerId": 1, "note": null}
  ],
  "reviews": [
    {"id": 1, "text": "good", "bookId": 1, "writerId": 2},
    {"id": 2, "text": "Better", "bookId": 1, "writerId": 1},
    {"id": 3, "text": "so-so", "bookId": 2, "writerId": 1}
  ],
  "writers": [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}],
  "notes": [{"id": "a1", "text": "x"}],
  "list": [
    {"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}, {"id": 5}, {"id": 6},
    {"id": 7}, {"id": 8}, {"id": 9}, {"id": 10}, {"id": 11}, {"id": 12}
  ],
  "profile": {"name": "me", "lang": "en"}
}
"#;

const READS: &[Case] = &[
    // Places.
    with("GET /profile", 200, &["Content-Type: application/json"], r#"{"name": "me", "lang": "en"}"#),
    case("GET /writers", 200, r#"[{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}]"#),
    case("GET /writers/2", 200, r#"{"id": 2, "name": "Bob"}"#),
    case("GET /notes/a1", 200, r#"{"id": "a1", "text": "x"}"#),
    case("GET /nothing", 404, "…not-found"),
    case("GET /books/99", 404, "…not-found"),
    case("GET /nothing/1", 404, "…not-found"),
    case("HEAD /writers/2", 200, r#"{"id": 2, "name": "Bob"}"#),
    with("OPTIONS /books", 204, &["Allow: GET, HEAD, OPTIONS"], ""),
    with("GET /books", 200, &["X-Total-Count: 3", "Cache-Control: no-cache", "ETag: "], "…Dune"),
    // Filters.
    case("GET /books?title=Dune&_fields=id", 200, r#"[{"id":1}]"#),
    case("GET /books?title=Dun&_fields=id", 200, "[]"),
    case("GET /books?pages=412&_fields=id", 200, r#"[{"id":1}]"#),
    case("GET /books?id=1&id=3&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?sold=false&author.name=Frank&_fields=id", 200, r#"[{"id":3}]"#),
    case("GET /books?sold=true&_fields=id", 200, r#"[{"id":1}]"#),
    case("GET /books?author.name=Frank&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?note=x&_fields=id", 200, "[]"),
    case("GET /books?_=17&title=Emma&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /books?pages_gte=412&_fields=id", 200, r#"[{"id":1},{"id":2}]"#),
    case("GET /books?pages_lte=412&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?pages_gte=300&pages_lte=450&_fields=id", 200, r#"[{"id":1}]"#),
    case("GET /books?id_ne=1&_fields=id", 200, r#"[{"id":2},{"id":3}]"#),
    case("GET /books?id_ne=1&id_ne=2&_fields=id", 200, r#"[{"id":3}]"#),
    case("GET /books?title_like=DUNE&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?title_like=emm&title_like=mess&_fields=id", 200, r#"[{"id":2},{"id":3}]"#),
    case("GET /books?pages:gt=412&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /books?pages:gte=412&_fields=id", 200, r#"[{"id":1},{"id":2}]"#),
    case("GET /books?pages:lt=412&_fields=id", 200, r#"[{"id":3}]"#),
    case("GET /books?pages:lte=412&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?title:eq=Emma&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /books?title:ne=Emma&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?id:in=1,3&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?title:contains=une&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?title:startsWith=DUNE&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?title:endsWith=MMA&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /books?author.name:eq=Jane&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /books?_where={\"title\":{\"eq\":\"Emma\"}}&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /books?title:eq=Dune&_where={\"title\":{\"eq\":\"Emma\"}}&_fields=id", 200, r#"[{"id":2}]"#),
    case(
        "GET /books?_where={\"or\":[{\"pages\":{\"gt\":450}},{\"author\":{\"name\":{\"lt\":\"G\"}}}]}&_fields=id",
        200,
        r#"[{"id":1},{"id":2},{"id":3}]"#,
    ),
    case("GET /books?_where={\"id\":{\"in\":[2,3]},\"sold\":{\"eq\":false}}&_fields=id", 200, r#"[{"id":2},{"id":3}]"#),
    // Full text.
    case("GET /books?q=dune&_fields=id", 200, r#"[{"id":1},{"id":3}]"#),
    case("GET /books?q=jane&_fields=id", 200, r#"[{"id":2}]"#),
    case("GET /books?q=nowhere", 200, "[]"),
    case("GET /books?q=dune&sold=false&_fields=id", 200, r#"[{"id":3}]"#),
    // Order.
    case("GET /books?_sort=title&_fields=id", 200, r#"[{"id":1},{"id":2},{"id":3}]"#),
    case("GET /books?_sort=pages&_fields=id", 200, r#"[{"id":3},{"id":1},{"id":2}]"#),
    case("GET /books?_sort=pages&_order=desc&_fields=id", 200, r#"[{"id":2},{"id":1},{"id":3}]"#),
    case("GET /books?_sort=pages&_order=DESC&_fields=id", 200, r#"[{"id":2},{"id":1},{"id":3}]"#),
    case("GET /books?_sort=-pages&_fields=id", 200, r#"[{"id":2},{"id":1},{"id":3}]"#),
    case("GET /books?_sort=author.name,-pages&_fields=id", 200, r#"[{"id":1},{"id":3},{"id":2}]"#),
    case("GET /books?_sort=author.name,pages&_order=desc,asc&_fields=id", 200, r#"[{"id":2},{"id":3},{"id":1}]"#),
    // Parts.
    with("GET /list?_end=2", 200, &["X-Total-Count: 12"], r#"[{"id": 1},{"id": 2}]"#),
    with("GET /list?_start=1&_end=3", 200, &["X-Total-Count: 12"], r#"[{"id": 2},{"id": 3}]"#),
    with("GET /list?_start=10&_limit=9", 200, &["X-Total-Count: 12"], r#"[{"id": 11},{"id": 12}]"#),
    case("GET /list?_limit=1", 200, r#"[{"id": 1}]"#),
    with("GET /list?_page=2", 200, &["X-Total-Count: 12"], r#"[{"id": 11},{"id": 12}]"#),
    with(
        "GET /list?_page=2&_limit=1",
        200,
        &["X-Total-Count: 12", "Link: <http://localhost:8080/list?_limit=1&_page=1>; rel=\"first\""],
        r#"[{"id": 2}]"#,
    ),
    case(
        "GET /list?_page=2&_per_page=5",
        200,
        r#"…{"first":1,"prev":1,"next":3,"last":3,"pages":3,"items":12,"data":[{"id": 6}"#,
    ),
    case("GET /list?_page=9&_per_page=20", 200, r#"…"items":12,"data":[]"#),
    // Relations.
    case("GET /books/1/reviews?_fields=id", 200, r#"[{"id":1},{"id":2}]"#),
    case(
        "GET /books?_embed=reviews&id=2&_fields=id",
        200,
        r#"[{"id":2,"reviews":[{"id": 3, "text": "so-so", "bookId": 2, "writerId": 1}]}]"#,
    ),
    case("GET /writers?_embed=reviews&_embed=books&id=2", 200, r#"…"books":[{"id": 2, "title": "Emma""#),
    case("GET /books/3?_embed=reviews&_fields=id", 200, r#"{"id":3,"reviews":[]}"#),
    case("GET /writers/2?_embed=reviews&_embed=books", 200, r#"…"reviews":[{"id": 1, "text": "good""#),
    case("GET /reviews?_expand=writer&id=3&_fields=id", 200, r#"[{"id":3,"writer":{"id": 1, "name": "Ann"}}]"#),
    case("GET /reviews/3?_expand=writer&_fields=id", 200, r#"{"id":3,"writer":{"id": 1, "name": "Ann"}}"#),
    case(
        "GET /reviews/3?_expand=writer&_expand=book&_fields=id",
        200,
        r#"…"writer":{"id": 1, "name": "Ann"},"book":{"id": 2,"#,
    ),
    case("GET /reviews?_embed=book&id=3&_fields=id", 200, r#"…"book":{"id": 2, "title": "Emma""#),
    case("GET /reviews?_embed=nothing", 400, "…'nothing'"),
];

const WRITES: &[Case] = &[
    with(
        "POST /writers\nContent-Type: application/json\n\n{\"name\": \"Cy\", \"old\": true, \"age\": 1}",
        201,
        &["Location: http://localhost:8080/writers/3", "Content-Type: application/json"],
        r#"{"id": 3, "name": "Cy", "old": true, "age": 1}"#,
    ),
    case(
        "POST /writers\nContent-Type: application/x-www-form-urlencoded\n\nname=Cy&old=true&age=1",
        201,
        r#"…"old": "true", "age": "1""#,
    ),
    with("POST /notes\n\n{\"text\": \"y\"}", 201, &["Location: http://localhost:8080/notes/"], "…\"text\": \"y\""),
    case("POST /writers\n\n{\"id\": 1, \"name\": \"x\"}", 409, "…exists"),
    case("POST /books/1/reviews\n\n{\"text\": \"new\"}", 201, "…\"bookId\": 1"),
    case("POST /nothing\n\n{\"a\": 1}", 404, "…not-found"),
    case("PUT /writers/1\n\n{\"id\": 1, \"name\": \"Eve\"}", 200, r#"{"id": 1, "name": "Eve"}"#),
    case("PUT /writers/1\n\n{\"name\": \"Eve\"}", 200, r#"{"id": 1, "name": "Eve"}"#),
    case("PUT /writers/1\n\nnull", 422, "…unfit-value"),
    case("PUT /profile\n\n{\"name\": \"you\"}", 200, r#"{"name": "you"}"#),
    case("PATCH /profile\n\n{\"name\": \"you\"}", 200, r#"{"name": "you", "lang": "en"}"#),
    case("PATCH /writers/1\n\n{\"name\": \"Eve\"}", 200, r#"{"id": 1, "name": "Eve"}"#),
    case("PATCH /writers/9\n\n{\"name\": \"Eve\"}", 404, "…not-found"),
    case("DELETE /writers/1", 200, r#"{"id": 1, "name": "Ann"}"#),
    case("DELETE /writers/9", 404, "…not-found"),
    case("DELETE /books/1?_dependent=reviews", 200, "…Dune"),
];

#[test]
fn clients_of_json_server_find_what_they_rely_on() {
    assert!(READS.len() + WRITES.len() >= 79, "{}", READS.len() + WRITES.len());
    let folder = tempfile::TempDir::new().unwrap();
    // A file of its own for each: a program that another test starts may hold the lock of the last for a moment.
    let mut path = folder.path().to_path_buf();
    let mut open = |name: String| {
        path = folder.path().join(name);
        std::fs::write(&path, FILE).unwrap();
        Store::open(Source::Files(vec![path.clone()]), Options::default(), &mut |_| {}).unwrap()
    };
    let store = open("reads.json".to_owned());
    for case in READS {
        check(case, purely(&store, case));
    }
    store.close().unwrap();
    for (number, case) in WRITES.iter().enumerate() {
        let store = open(format!("{number}.json"));
        check(case, purely(&store, case));
        store.close().unwrap();
    }
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(!file.contains("\"bookId\": 1,") && file.contains("so-so"), "the reviews of the book are gone: {file}");
}
