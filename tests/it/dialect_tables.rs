//! The tables of the dialects: messages in, answers out, against a store in a folder of its own.

use std::fs;
use std::sync::{Arc, mpsc};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use tempfile::TempDir;

use httpkit::dialect::banner::Banner;
use httpkit::dialect::dialog::Dialog;
use httpkit::dialect::pairs::Pairs;
use httpkit::dialect::{Answer, Dialect, Plan, Scene, banner, dialog, names, pairs};
use httpkit::document::{Change, Outcome, Refusal};
use httpkit::message::{Fields, Request, Target, Version};
use httpkit::store::{Options, Source, Store};

/// A store on a file, and the time.
struct World {
    folder: TempDir,
    name: String,
    store: Store,
    now: Zoned,
}

impl World {
    fn new(name: &str, text: &str) -> World {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(name), text).unwrap();
        let source = Source::Files(vec![folder.path().join(name)]);
        World::over(source, name, folder)
    }

    fn over(source: Source, name: &str, folder: TempDir) -> World {
        let store = Store::open(source, Options::default(), &mut |_| {}).unwrap();
        let time: Timestamp = "2022-05-03T12:11:44.000123+09:00".parse().unwrap();
        let now = time.to_zoned(TimeZone::posix("KST-9").unwrap());
        World { folder, name: name.to_owned(), store, now }
    }

    fn memory() -> World {
        World::over(Source::Memory, "", TempDir::new().unwrap())
    }

    fn file(&self) -> String {
        fs::read_to_string(self.folder.path().join(&self.name)).unwrap()
    }

    fn commit(&self, change: Change) -> Result<Outcome, Refusal> {
        let (sender, receiver) = mpsc::channel();
        self.store.commit(change, Box::new(move |result| sender.send(result).unwrap()));
        receiver.recv().unwrap()
    }

    /// Everything that a peer gets who sends the message, and then each of the lines that it is asked for.
    fn send(&self, dialect: &dyn Dialect, message: &str, lines: &[&str]) -> String {
        let mut lines = lines.iter();
        let mut all = Vec::new();
        let view = self.store.view();
        let mut plan = dialect.respond(message.as_bytes(), &Scene { view: &view, now: &self.now });
        loop {
            let view = self.store.view();
            let scene = Scene { view: &view, now: &self.now };
            match plan {
                Plan::Answer(answer) => return finished(all, &answer),
                Plan::Long(work) => return finished(all, &work()),
                Plan::End => return "the end".to_owned(),
                Plan::Ask(question, heard) => {
                    all.extend(question.bytes);
                    plan = heard(lines.next().unwrap().as_bytes(), &scene);
                }
                Plan::Write(change, written) => {
                    let result = self.commit(change);
                    let after = self.store.view();
                    return finished(all, &written(result, &Scene { view: &after, now: &self.now }));
                }
            }
        }
    }
}

fn finished(mut all: Vec<u8>, answer: &Answer) -> String {
    all.extend_from_slice(&answer.bytes);
    String::from_utf8(all).unwrap()
}

mod names_table {
    use super::*;

    const NAMES: &str = "{\n  \"junhyung\": \"bae\",\n  \"hojung\": \"jeong\"\n}\n";

    fn ask(world: &World, line: &str) -> String {
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let request = Request {
            method,
            target: Target::Path { path, query },
            authority: Some("127.0.0.1"),
            version: Version::Http11,
            fields: Fields(&[]),
            content: &[],
        };
        let response = match names::respond(&request, &world.store.view()) {
            names::Plan::Answer(response) => response,
            names::Plan::Write(change, written) => written.answer(world.commit(change), &world.store.view()),
        };
        let text = String::from_utf8(response.content.to_vec()).unwrap();
        if response.status != 501 {
            assert_eq!(response.fields.iter().collect::<Vec<_>>(), [("Content-Type", "text/plain")]);
        }
        format!("{} {text}", response.status.as_u16())
    }

    /// Each request of a list, and its answer.
    #[track_caller]
    fn check(world: &World, cases: &[(&str, &str)]) {
        for (request, expected) in cases {
            assert_eq!(ask(world, request), *expected, "{request}");
        }
    }

    #[test]
    fn every_line_of_the_contract() {
        let world = World::new("names.json", NAMES);
        assert!(names::serves(&world.store.view()));
        check(
            &world,
            &[
                ("GET /?name=junhyung", "200 bae"),
                ("GET /?name=unknown", "404 Can not find name."),
                ("GET /", "404 Incorrect parameters provided"),
                ("GET /?name=", "404 Incorrect parameters provided"),
                ("GET /other?name=junhyung", "404 Incorrect parameters provided"),
                ("POST /?name=sangki&last_name=oh", "200 {'junhyung': 'bae', 'hojung': 'jeong', 'sangki': 'oh'}"),
                ("POST /?name=sangki", "404 Incorrect parameters provided"),
                ("POST /?last_name=oh", "404 Incorrect parameters provided"),
                ("POST /?name=a&last_name=", "404 Incorrect parameters provided"),
                ("DELETE /?name=sangki", "200 deleted complete, current dict: {'junhyung': 'bae', 'hojung': 'jeong'}"),
                ("DELETE /?name=unknown", "404 Can not find name."),
                ("DELETE /?last_name=bae&x", "404 last_name=bae&x"),
                ("DELETE /", "404 "),
                ("DELETE /?name=bae", "200 deleted complete, current dict: {'hojung': 'jeong'}"),
                ("PUT /?name=a&last_name=b", "501 "),
                ("HEAD /?name=hojung", "501 "),
                ("PATCH /", "501 "),
                ("DELETE /?name=hojung", "200 deleted complete, current dict: {}"),
            ],
        );
        assert_eq!(world.file(), "{}\n");
    }

    #[test]
    fn names_may_hold_anything() {
        let world = World::memory();
        check(
            &world,
            &[
                ("POST /?name=%EC%A4%80%ED%98%95&last_name=%EB%B0%B0", "200 {'준형': '배'}"),
                ("GET /?name=%EC%A4%80%ED%98%95", "200 배"),
                ("POST /?name=O%27Neil&last_name=%22q%22", "200 {'준형': '배', \"O'Neil\": '\"q\"'}"),
                ("POST /?name=O%27Neil&last_name=x+y", "200 {'준형': '배', \"O'Neil\": 'x y'}"),
                ("DELETE /?name=%EB%B0%B0", "200 deleted complete, current dict: {\"O'Neil\": 'x y'}"),
                ("GET /?name=%ff", "404 Incorrect parameters provided"),
            ],
        );
    }

    #[test]
    fn the_first_entry_with_the_name_is_deleted_whichever_name_it_is() {
        let world = World::new("n.json", r#"{"a":"b","b":"c","n":1}"#);
        check(
            &world,
            &[
                ("DELETE /?name=b", "200 deleted complete, current dict: {'b': 'c', 'n': 1}"),
                ("DELETE /?name=b", "200 deleted complete, current dict: {'n': 1}"),
                ("GET /?name=n", "200 1"),
            ],
        );
    }

    #[test]
    fn only_a_flat_map_is_served() {
        for (text, expected) in [("{}", true), (r#"{"a":"b"}"#, true), ("[]", false), (r#"{"a":{}}"#, false)] {
            assert_eq!(names::serves(&World::new("n.json", text).store.view()), expected, "{text}");
        }
        assert!(names::serves(&World::new("n.csv", "key,value\na,b\n").store.view()));
        assert!(!names::serves(&World::new("n.csv", "a,b\n1,2\n").store.view()));
    }
}

mod dialog_table {
    use super::*;

    const STUDENTS: &str = "{\n\t\"Chan_Jin\": {\n\t\t\"student_number\": \"20181692\",\n\t\t\"grade\": \"3.5\",\n\t\t\
        \"department\": \"software\"\n\t},\n\t\"Da_Eun\": {\n\t\t\"student_number\": \"20203112\",\n\t\t\
        \"grade\": \"4.2\",\n\t\t\"department\": \"software\"\n\t}\n}";
    const HOST: &str = "Date: 2022-05-03 12:11:44.000123\nHost: localhost\n";

    fn world() -> (World, Dialog) {
        (World::new("students.json", STUDENTS), Dialog { name: "students.json".to_owned() })
    }

    fn head(status: &str) -> String {
        format!("HTTP/1.1 {status}\n{HOST}")
    }

    #[test]
    fn get_and_head() {
        let (world, dialog) = world();
        assert!(dialog::serves(&world.store.view()));
        let json = "{\"Chan_Jin\": {\"student_number\": \"20181692\", \"grade\": \"3.5\", \"department\": \
            \"software\"}, \"Da_Eun\": {\"student_number\": \"20203112\", \"grade\": \"4.2\", \"department\": \
            \"software\"}}";
        let whole = format!("{}Content-Type: application/json\nContent-Length:{} \n\n", head("200 OK"), json.len());
        for target in ["students.json", "/students.json", "students%2Ejson"] {
            let message = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Keep-Alive\n\n");
            assert_eq!(world.send(&dialog, &message, &[]), format!("{whole}{json}"));
        }
        assert_eq!(world.send(&dialog, "HEAD students.json HTTP/1.1\n\n", &[]), format!("{whole}\n"));
    }

    #[test]
    fn what_is_refused() {
        let (world, dialog) = world();
        for (message, status) in [
            ("GET other.json HTTP/1.1\n\n", "404 Not Found"),
            ("POST ../students.json HTTP/1.1\n\n", "404 Not Found"),
            ("DELETE /etc/passwd HTTP/1.1\n\n", "404 Not Found"),
            ("GET //students.json HTTP/1.1\n\n", "404 Not Found"),
            ("GET / HTTP/1.1\n\n", "404 Not Found"),
            ("PATCH students.json HTTP/1.1\n\n", "400 Bad Request"),
            ("PATCH other.json HTTP/1.1\n\n", "400 Bad Request"),
            ("get students.json HTTP/1.1\n\n", "400 Bad Request"),
            ("GET\n\n", "400 Bad Request"),
            ("\n\n", "400 Bad Request"),
        ] {
            assert_eq!(world.send(&dialog, message, &[]), head(status), "{message}");
        }
        assert_eq!(world.file(), STUDENTS);
    }

    /// One request, the line that answers its question, and what becomes of it.
    #[track_caller]
    fn check(world: &World, dialog: &Dialog, method: &str, question: &str, line: &str, status: &str) {
        let answer = world.send(dialog, &format!("{method} students.json HTTP/1.1\n\n"), &[line]);
        let expected = format!("{}{question}{}", head("300 Multiple Choices"), head(status));
        assert_eq!(answer, expected, "{method} {line}");
    }

    #[test]
    fn post_adds_a_record() {
        let (world, dialog) = world();
        let question = "\nEnter follow data : key student_number grade department ";
        for (line, status) in [
            ("", "400 Bad Request"),
            ("Seung_Hyun 20213100 4.3", "400 Bad Request"),
            ("Seung_Hyun 20213100 4.3 software too", "400 Bad Request"),
            ("Seung_Hyun 20213100  4.3\tsoftware\r\n", "201 Created"),
            ("이름 1 \"2\" 3", "201 Created"),
            ("Da_Eun 1 2 3", "201 Created"),
        ] {
            check(&world, &dialog, "POST", question, line, status);
        }
        let record = |number, grade, department| {
            format!(
                "{{\n\t\t\"student_number\": \"{number}\",\n\t\t\"grade\": \"{grade}\",\n\t\t\"department\": \
                 \"{department}\"\n\t}}"
            )
        };
        let expected = format!(
            "{{\n\t\"Chan_Jin\": {},\n\t\"Da_Eun\": {},\n\t\"Seung_Hyun\": {},\n\t\"이름\": {}\n}}",
            record("20181692", "3.5", "software"),
            record("1", "2", "3"),
            record("20213100", "4.3", "software"),
            record("1", "\\\"2\\\"", "3"),
        );
        assert_eq!(world.file(), expected);
    }

    #[test]
    fn put_sets_one_field() {
        let (world, dialog) = world();
        for (line, status) in [
            ("Nobody grade 4.5", "400 Bad Request"),
            ("Da_Eun grade", "400 Bad Request"),
            ("Da_Eun grade 4 5", "400 Bad Request"),
            ("Da_Eun grade 4.5\n", "200 OK"),
        ] {
            check(&world, &dialog, "PUT", "key wantToUpdate value", line, status);
        }
        assert_eq!(world.file(), STUDENTS.replace("4.2", "4.5"));
    }

    #[test]
    fn delete_removes_one_record() {
        let (world, dialog) = world();
        for (line, status) in [
            ("Nobody", "400 Bad Request"),
            ("Da_Eun Chan_Jin", "400 Bad Request"),
            ("", "400 Bad Request"),
            ("Da_Eun", "200 OK"),
            ("Da_Eun", "400 Bad Request"),
        ] {
            check(&world, &dialog, "DELETE", "key", line, status);
        }
        assert_eq!(world.file(), STUDENTS.split(",\n\t\"Da_Eun\"").next().unwrap().to_owned() + "\n}");
    }

    #[test]
    fn without_a_record_there_are_no_fields_to_ask_for() {
        let dialog = Dialog { name: "s.json".to_owned() };
        for text in ["{}", "{\"a\": 1}"] {
            let world = World::new("s.json", text);
            assert_eq!(world.send(&dialog, "POST s.json HTTP/1.1\n\n", &[]), head("400 Bad Request"));
        }
        assert!(!dialog::serves(&World::new("s.json", "[]").store.view()));
    }
}

mod pairs_table {
    use super::*;

    fn message(method: &str, url: &str, content: &str) -> String {
        format!(
            "{method} / HTTP/1.1\r\nHost: {url}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
             Content-Length: {}\r\n\r\n{content}",
            content.len()
        )
    }

    fn answer(status: &str, url: &str, content: &str) -> String {
        format!(
            "HTTP/1.1 {status}\r\nHost: {url}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
             Content-Length: {}\r\nDate: Tue, 03 May 2022 12:11:44 KST\r\n\r\n{content}",
            content.len()
        )
    }

    /// Requests in their order, each with its status and content.
    #[track_caller]
    fn check(world: &World, cases: &[(&str, &str, &str, &str, &str)]) {
        let pairs = Pairs { hosts: vec!["127.0.0.1".to_owned()] };
        for (method, url, content, status, expected) in cases {
            let shown = if url.contains('/') { url } else { "?/?" };
            let got = world.send(&pairs, &message(method, url, content), &[]);
            assert_eq!(got, answer(status, shown, expected), "{method} {url} {content}");
        }
    }

    #[test]
    fn the_sixteen_cases() {
        let world = World::memory();
        assert!(pairs::serves(&world.store.view()));
        let (root, create, update) = ("127.0.0.1/", "127.0.0.1/create", "127.0.0.1/update");
        let posted = "ID:20182793\r\nSubject:Computer_Network\r\nGrade:A\r\nPost Successfully OK";
        let listed = "The data in DB is as follows. \n\rID:20182793\n\rSubject:Computer_Network\n\rGrade:A";
        assert_eq!((posted.len(), listed.len()), (68, 78));
        check(
            &world,
            &[
                ("HEAD", root, "", "100 CONTINUE", ""),
                ("GET", root, "", "200 OK", "No data in DB"),
                ("GET", "?/?", "", "404 NOT_FOUND", "Invalid Address(url)"),
                ("PRRT", root, "", "405 METHOD_NOT_ALLOWED", "Method not allowed"),
                ("GET", "127.0.5.1/", "", "400 BAD_REQUEST", "Not allowed host: 127.0.5.1"),
                ("PUT", create, "", "404 NOT_FOUND", "Select the appropriate method(Create mode => POST)"),
                ("POST", create, "ID: 20182793&Subject: Computer_Network&Grade: A", "200 OK", posted),
                ("GET", root, "", "200 OK", listed),
                ("POST", create, ": 95", "400 BAD_REQUEST", "Key value does not exist or is blank."),
                ("POST", create, "middle_exam70", "400 BAD_REQUEST", "Key-value format is not valid."),
                ("POST", create, "ID: 20180434", "400 BAD_REQUEST", "The key already exists!"),
                ("HEAD", root, "", "100 CONTINUE", ""),
                (
                    "PUT",
                    update,
                    "ID: 20180434&final_exam: 90",
                    "200 OK",
                    "ID: 20180434&final_exam: 90\n\rUpdate Data as follow:\n\rID: 20182793 => 20180434\n\r\n\r\
                     Update(New) Data as follow:\n\rfinal_exam: 90(There's no key, New update)\n\r\
                     Update with new data Sucessfully OK ",
                ),
                ("PUT", update, "", "400 BAD_REQUEST", "There is no content, Please check"),
                ("PUT", update, "retake_wheaterYes", "400 BAD_REQUEST", "Key-value format is not valid."),
            ],
        );
        let pairs = Pairs { hosts: vec!["127.0.0.1".to_owned()] };
        assert_eq!(world.send(&pairs, &message("END", root, ""), &[]), "the end");
    }

    #[test]
    fn what_the_original_broke_on() {
        let world = World::memory();
        let root = "127.0.0.1/";
        check(
            &world,
            &[
                ("POST", root, "a: b", "404 NOT_FOUND", "Invalid Address(url)"),
                ("PUT", "127.0.0.1/elsewhere", "a: b", "404 NOT_FOUND", "Invalid Address(url)"),
                ("GET", "127.0.0.1", "", "404 NOT_FOUND", "Invalid Address(url)"),
                ("GET", "", "", "404 NOT_FOUND", "Invalid Address(url)"),
                ("GET", "127.0.0.1:8080/", "", "200 OK", "No data in DB"),
                ("GET", "/", "", "400 BAD_REQUEST", "Not allowed host: "),
                ("GET", "127.0.0.1/update", "", "404 NOT_FOUND", "Select the appropriate method(Updata mode => PUT)"),
                ("POST", "127.0.0.1/create", "", "400 BAD_REQUEST", ""),
                ("PUT", "127.0.0.1/update", ": 1", "400 BAD_REQUEST", "Key value does not exist or is blank."),
            ],
        );
        let pairs = Pairs { hosts: vec!["127.0.0.1".to_owned()] };
        let broken = answer("400 BAD_REQUEST", "?/?", "Key-value format is not valid.");
        let view = world.store.view();
        let scene = Scene { view: &view, now: &world.now };
        for message in [&b"PUT / HTTP/1.1\r\nHost: \xff/\r\n\r\n"[..], b"\r\n\r\n", b""] {
            let Plan::Answer(answer) = pairs.respond(message, &scene) else { panic!("{message:?}") };
            assert_eq!(String::from_utf8(answer.bytes).unwrap(), broken);
        }
        assert_eq!(String::from_utf8(pairs.malformed(&scene).bytes).unwrap(), broken);
    }

    #[test]
    fn a_request_is_applied_whole_or_not_at_all() {
        let world = World::new("d.json", "{\n  \"a\": \"1\"\n}\n");
        let before = world.file();
        let (create, update) = ("127.0.0.1/create", "127.0.0.1/update");
        check(
            &world,
            &[
                ("POST", create, "b: 2&c", "400 BAD_REQUEST", "Key-value format is not valid."),
                ("POST", create, "b: 2&a: 3", "400 BAD_REQUEST", "The key already exists!"),
                ("POST", create, "b: 2&b: 3", "400 BAD_REQUEST", "The key already exists!"),
                ("POST", create, "b: 2&", "400 BAD_REQUEST", "Key-value format is not valid."),
                ("PUT", update, "a: 2&c", "400 BAD_REQUEST", "Key-value format is not valid."),
            ],
        );
        assert_eq!(world.file(), before);
    }

    #[test]
    fn values_may_hold_anything() {
        let world = World::new("d.json", "{\n  \"n\": 1.0,\n  \"q\": \"\\u00e9\"\n}\n");
        let (create, update, root) = ("127.0.0.1/create", "127.0.0.1/update", "127.0.0.1/");
        check(
            &world,
            &[
                ("POST", create, "  이름 :  김 : 철수 ", "200 OK", "이름:김 : 철수\r\nPost Successfully OK"),
                ("POST", create, "empty:", "200 OK", "empty:\r\nPost Successfully OK"),
                (
                    "PUT",
                    update,
                    "n: \"2\"&q: a'b&n: 3",
                    "200 OK",
                    "n: \"2\"&q: a'b&n: 3\n\rUpdate Data as follow:\n\rn: 1.0 => 3\n\rq: é => a'b\n\r\n\r\
                     Update with new data Sucessfully OK ",
                ),
                (
                    "GET",
                    root,
                    "",
                    "200 OK",
                    "The data in DB is as follows. \n\rn:3\n\rq:a'b\n\r이름:김 : 철수\n\rempty:",
                ),
            ],
        );
        let file = "{\n  \"n\": \"3\",\n  \"q\": \"a'b\",\n  \"이름\": \"김 : 철수\",\n  \"empty\": \"\"\n}\n";
        assert_eq!(world.file(), file);
    }

    #[test]
    fn only_new_keys_have_only_the_second_report() {
        let world = World::new("d.csv", "");
        check(
            &world,
            &[(
                "PUT",
                "127.0.0.1/update",
                "a: 1&b: x,y",
                "200 OK",
                "a: 1&b: x,y\n\rUpdate(New) Data as follow:\n\ra: 1(There's no key, New update)\
                 b: x,y(There's no key, New update)\n\rUpdate with new data Sucessfully OK ",
            )],
        );
        assert_eq!(world.file(), "key,value\na,1\nb,\"x,y\"\n");
    }
}

mod banner_table {
    use super::*;

    fn message(method: &str, url: &str, content: &str) -> String {
        format!(
            "{method} / HTTP/1.1\r\nHost: {url}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\n\
             Content-Length: {}\r\n\r\n{content}",
            content.len()
        )
    }

    /// Requests in their order, each with its status and content.
    #[track_caller]
    fn check(world: &World, cases: &[(&str, &str, &str, &str, &str)]) {
        for (method, url, content, status, expected) in cases {
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nConnection: keep-alive\r\nContent-Length: {}\r\n\r\n{expected}",
                expected.len()
            );
            let got = world.send(&Banner, &message(method, url, content), &[]);
            assert_eq!(got, answer, "{method} {url} {content}");
        }
    }

    #[test]
    fn every_line_of_the_contract() {
        assert_eq!(Banner.greeting(), "Welcome to the server!!");
        let world = World::new("data.csv", "");
        assert!(banner::serves(&world.store.view()));
        let (root, create, update) = ("127.0.0.1/", "127.0.0.1/create", "127.0.0.1/update");
        check(
            &world,
            &[
                ("HEAD", root, "", "100 CONTINUE", ""),
                ("GET", root, "", "404 NOT_FOUND", "No data"),
                ("POST", create, "name:kim", "201 CREATED", "['create', 'name', 'kim']"),
                ("GET", root, "", "200 OK", "{'name': 'kim'}"),
            ],
        );
        assert_eq!(world.file(), "create\nname\nkim\n");
        check(
            &world,
            &[
                ("PUT", update, "name:lee", "200 OK", "['update', 'name', 'lee']"),
                ("GET", root, "", "200 OK", "{'name': 'lee'}"),
                ("PUT", update, "namelee", "400 BAD_REQUEST", "['update', 'namelee']"),
                ("PUT", update, "a:b:c", "400 BAD_REQUEST", "['update', 'a', 'b', 'c']"),
                ("PUT", create, "name:lee", "400 BAD_REQUEST", "['update', 'name', 'lee']"),
                ("POST", update, "name:lee", "400 BAD_REQUEST", "['create', 'name', 'lee']"),
                ("POST", "127.0.0.1", "name:lee", "400 BAD_REQUEST", "['create', 'name', 'lee']"),
                ("POST", create, "", "400 BAD_REQUEST", "['create', '']"),
                ("DELETE", root, "", "400 BAD_REQUEST", "['delete', '']"),
            ],
        );
        assert_eq!(world.file(), "update\nname\nlee\n");
        let view = world.store.view();
        let malformed = Banner.malformed(&Scene { view: &view, now: &world.now });
        assert!(malformed.bytes.ends_with(b"Content-Length: 2\r\n\r\n[]"));
    }

    #[test]
    fn records_may_hold_anything() {
        for world in [World::new("data.csv", "create\nname\nkim\n"), World::memory()] {
            check(
                &world,
                &[
                    (
                        "PUT",
                        "127.0.0.1/update",
                        "이름:\"김\", '철수'",
                        "200 OK",
                        "['update', '이름', '\"김\", \\'철수\\'']",
                    ),
                    ("GET", "127.0.0.1/", "", "200 OK", "{'이름': '\"김\", \\'철수\\''}"),
                    ("PUT", "127.0.0.1/update", ":", "200 OK", "['update', '', '']"),
                    ("GET", "127.0.0.1/", "", "200 OK", "{'': ''}"),
                    ("PUT", "127.0.0.1/update", "a:a", "200 OK", "['update', 'a', 'a']"),
                    ("GET", "127.0.0.1/", "", "200 OK", "{'a': 'a'}"),
                ],
            );
            assert!(banner::serves(&world.store.view()));
        }
    }
}

/// The state that a question was asked in may be gone when the reply comes.
#[test]
fn a_reply_is_seen_against_the_state_that_it_finds() {
    let world = World::new("s.json", "{\"a\": {\"x\": \"1\"}}");
    let dialog = Dialog { name: "s.json".to_owned() };
    let view = world.store.view();
    let scene = Scene { view: &view, now: &world.now };
    let Plan::Ask(_, heard) = dialog.respond(b"PUT s.json HTTP/1.1\n\n", &scene) else { panic!("no question") };
    world.send(&dialog, "DELETE s.json HTTP/1.1\n\n", &["a"]);
    let after: Arc<_> = world.store.view();
    let Plan::Answer(answer) = heard(b"a x 2", &Scene { view: &after, now: &world.now }) else { panic!("no answer") };
    assert_eq!(answer.status, 400);
    assert_eq!(world.file(), "{}");
}
