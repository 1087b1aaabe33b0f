//! Python's `socket` and `requests` against `serve --dialect`, and Python servers against `request --dialect`: written as a
//! student writes them, with one `recv`, lengths that count characters, and connections that nobody closes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::kit::{Serve, clean, httpkit, serve};

/// Runs a script in a folder and gives what it printed.
fn python(folder: &Path, script: &str, arguments: &[&str]) -> String {
    let mut command = Command::new("python3");
    clean(&mut command);
    command.env("PYTHONIOENCODING", "utf-8").current_dir(folder).args(["-c", script]).args(arguments);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert!(output.status.success(), "{}", text(output.stderr));
    text(output.stdout)
}

fn client(server: &Serve, script: &str) -> String {
    python(server.folder(), script, &[&server.address().port().to_string()])
}

fn speaking(dialect: &str, name: &str, text: &str) -> Serve {
    serve().argument("--dialect").argument(dialect).file(name, text).start()
}

#[test]
#[ignore = "needs python3-requests"]
fn names_with_requests() {
    let server = speaking("names", "names.json", "{\"junhyung\": \"bae\", \"hojung\": \"jeong\"}");
    let printed = client(
        &server,
        "import sys, requests
url = f'http://127.0.0.1:{sys.argv[1]}/'
def show(r):
    print(r.status_code, r.headers['Content-Type'], r.content.decode())
show(requests.get(url, params={'name': 'junhyung'}))
show(requests.post(url, params={'name': 'sangki', 'last_name': 'oh'}))
show(requests.post(url, params={'name': '준형', 'last_name': \"d'Arc & co\"}))
show(requests.delete(url, params={'name': 'sangki'}))
show(requests.get(url, params={'name': 'sangki'}))
show(requests.delete(url, params={'nobody': '1'}))
print(requests.put(url, params={'name': 'a'}).status_code, requests.head(url).status_code)
",
    );
    assert_eq!(
        printed,
        "200 text/plain bae
200 text/plain {'junhyung': 'bae', 'hojung': 'jeong', 'sangki': 'oh'}
200 text/plain {'junhyung': 'bae', 'hojung': 'jeong', 'sangki': 'oh', '준형': \"d'Arc & co\"}
200 text/plain deleted complete, current dict: {'junhyung': 'bae', 'hojung': 'jeong', '준형': \"d'Arc & co\"}
404 text/plain Can not find name.
404 text/plain nobody=1
501 501
"
    );
}

#[test]
#[ignore = "needs python3"]
fn text_is_written_as_python_writes_it() {
    let folder = tempfile::TempDir::new().unwrap();
    let every_character = "import json, unicodedata
signs = [chr(c) for c in range(0x30000) if unicodedata.category(chr(c)) not in ('Cn', 'Cs')]
data = {str(n): ''.join(signs[n:n + 500]) for n in range(0, len(signs), 500)}
for n, text in enumerate([\"'\", '\"', '\\'\"', '\\\\', '\\\\\\'']):
    data['q%d' % n] = text
with open('data.json', 'w') as file:
    json.dump(data, file)
";
    python(folder.path(), every_character, &[]);
    let data = std::fs::read(folder.path().join("data.json")).unwrap();
    let server = serve().argument("--dialect").argument("names").file("data.json", &data).start();
    let printed = client(
        &server,
        "import sys, json, urllib.request
expected = json.load(open('data.json'))
expected['new'] = 'x'
url = f'http://127.0.0.1:{sys.argv[1]}/?name=new&last_name=x'
got = urllib.request.urlopen(urllib.request.Request(url, method='POST')).read().decode()
print(got == repr(expected), len(expected))
",
    );
    assert!(printed.starts_with("True ") && printed.len() > 8, "{printed}");
    let records = [b"{\"a\": ".as_slice(), &data, b"}"].concat();
    let server = serve().argument("--dialect").argument("dialog").file("data.json", records).start();
    let printed = client(
        &server,
        "import sys, json, socket
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
s.send(b'GET data.json HTTP/1.1\\n\\n')
got = b''
while piece := s.recv(65536):
    got += piece
print(got.split(b'\\n\\n', 1)[1].decode() == json.dumps(json.load(open('data.json'))))
",
    );
    assert_eq!(printed, "True\n");
}

#[test]
#[ignore = "needs python3"]
fn dialog_with_one_recv() {
    let server = speaking("dialog", "students.json", "{\n\t\"Chan_Jin\": {\n\t\t\"grade\": \"3.5\"\n\t}\n}");
    let printed = client(
        &server,
        "import sys
from socket import *
def ask(line, reply=None):
    s = socket(AF_INET, SOCK_STREAM)
    s.connect(('127.0.0.1', int(sys.argv[1])))
    s.send((line + '\\r\\nHost: 127.0.0.1\\r\\nConnection: Keep-Alive\\n\\n').encode('utf-8'))
    data = s.recv(1024).decode('utf-8')
    print(data[9:12], end=' ')
    if data[9:12] == '300':
        s.send(reply.encode('utf-8'))
        print(s.recv(1024).decode('utf-8').split('\\n')[0])
    else:
        print(data.split('\\n')[-1])
ask('GET students.json HTTP/1.1')
ask('POST students.json HTTP/1.1', '김철수 4.0')
ask('PUT students.json HTTP/1.1', '김철수 grade 4.5')
ask('DELETE students.json HTTP/1.1', 'Chan_Jin')
ask('DELETE students.json HTTP/1.1', 'Chan_Jin')
ask('GET nothing.json HTTP/1.1')
",
    );
    assert_eq!(
        printed,
        "200 {\"Chan_Jin\": {\"grade\": \"3.5\"}}
300 HTTP/1.1 201 Created
300 HTTP/1.1 200 OK
300 HTTP/1.1 200 OK
300 HTTP/1.1 400 Bad Request
404 \n"
    );
    assert_eq!(server.read("students.json"), "{\n\t\"김철수\": {\n\t\t\"grade\": \"4.5\"\n\t}\n}");
}

#[test]
#[ignore = "needs python3"]
fn pairs_and_banner_with_lengths_in_characters() {
    let ask = "import sys
from socket import *
def ask(method, url, body=''):
    s = socket(AF_INET, SOCK_STREAM)
    s.connect(('127.0.0.1', int(sys.argv[1])))
    if greets:
        print(s.recv(2048).decode())
    head = f'Host: {url}\\r\\nContent-Type: text/html\\r\\nConnection: keep-alive\\r\\nContent-Length: {len(body)}'
    s.send(f'{method} / HTTP/1.1\\r\\n{head}\\r\\n\\n{body}'.encode())
    print(repr(s.recv(4096).decode().split('\\r\\n\\r\\n')[-1]))
    s.close()
";
    let server = speaking("pairs", "d.json", "{}");
    let script = format!(
        "greets = False\n{ask}
ask('HEAD', '127.0.0.1/')
ask('POST', '127.0.0.1/create', '이름: 김철수&학과: 소프트')
ask('PUT', '127.0.0.1/update', '학과: 전산')
ask('END', '127.0.0.1/')
"
    );
    assert_eq!(
        client(&server, &script),
        "''\n'이름:김철수\\r\\n학과:소프트\\r\\nPost Successfully OK'\n\
         '학과: 전산\\n\\rUpdate Data as follow:\\n\\r학과: 소프트 => 전산\\n\\r\\n\\rUpdate with new data Sucessfully OK '\n''\n"
    );
    assert_eq!(server.ended().status.code(), Some(0));
    let server = speaking("banner", "data.csv", "");
    let script = format!("greets = True\n{ask}\nask('PUT', '127.0.0.1/update', '이름:이')\nask('GET', '127.0.0.1/')\n");
    let greeting = "Welcome to the server!!";
    let expected = format!("{greeting}\n\"['update', '이름', '이']\"\n{greeting}\n\"{{'이름': '이'}}\"\n");
    assert_eq!(client(&server, &script), expected);
}

#[test]
#[ignore = "needs python3"]
fn comma_with_one_recv() {
    let server = serve().argument("--dialect").argument("comma").start();
    let printed = client(
        &server,
        "import sys
from socket import *
for line in ['GET,test.com', 'POST,test.com/create', 'GET,nowhere']:
    with socket(AF_INET, SOCK_STREAM) as s:
        s.connect(('127.0.0.1', int(sys.argv[1])))
        s.send(line.encode('utf-8'))
        print(s.recv(1024).decode('utf-8'))
",
    );
    assert_eq!(printed, "HTTP/200 OK\nHTTP/201 CREATED\nHTTP/400 BAD REQUEST\n");
}

/// A Python server on a free port, which it prints first.
struct PythonServer {
    child: Child,
    port: String,
}

impl PythonServer {
    fn start(script: &str) -> PythonServer {
        let mut command = Command::new("python3");
        clean(&mut command);
        let mut child = command.args(["-u", "-c", script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        PythonServer { child, port: port.trim().to_owned() }
    }

    fn ask(&self, dialect: &str, arguments: &[&str]) -> String {
        let route = format!("::127.0.0.1:{}", self.port);
        let mut command = httpkit(&["request", "--connect-to", &route, "--dialect", dialect]);
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for PythonServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs python3"]
fn a_python_server_answers_our_client() {
    let names = PythonServer::start(
        "from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        data = parse_qs(self.path[2:])
        self.send_response(200)
        self.send_header('Content-type', 'text/plain')
        self.end_headers()
        self.wfile.write(str({data['name'][0]: data['last_name'][0]}).encode())
    def log_message(self, *args):
        pass
server = HTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port)
server.serve_forever()
",
    );
    assert_eq!(names.ask("names", &["POST", "127.0.0.1/?name=준형&last_name=배"]), "{'준형': '배'}");
    // The connection is kept in a variable, so it is closed only when the next one comes.
    let sockets = PythonServer::start(
        "from socket import *
s = socket(AF_INET, SOCK_STREAM)
s.bind(('127.0.0.1', 0))
s.listen()
print(s.getsockname()[1])
while True:
    c, address = s.accept()
    request = c.recv(4096).decode()
    if request.startswith('POST students'):
        c.send(b'HTTP/1.1 300 Multiple Choices\\nDate: x\\nHost: localhost\\nkey')
        c.send(('HTTP/1.1 200 OK\\nDate: ' + repr(c.recv(1024)) + '\\nHost: localhost\\n').encode())
        c.close()
    elif ',' in request and not 'HTTP/1.1' in request:
        c.send(('HTTP/200 OK ' + repr(request)).encode())
    else:
        body = request.split('\\n')[-1] + ' ' + request.split('\\n')[1].split(':')[1][1:-1]
        head = 'HTTP/1.1 200 OK\\r\\nContent-Length: {}\\r\\nDate: x'.format(len(body))
        c.sendall((head + '\\r\\n\\n' + body).encode('utf-8'))
",
    );
    assert_eq!(sockets.ask("pairs", &["POST", "127.0.0.1/create", "-d", "이름: 김"]), "이름: 김 127.0.0.1/create");
    assert_eq!(sockets.ask("comma", &["GET", "test.com"]), "HTTP/200 OK 'GET,test.com'");
    let answer = sockets.ask("dialog", &["-i", "POST", "127.0.0.1/students.json", "-d", "이름"]);
    assert!(
        answer.ends_with("\nkey\nHTTP/1.1 200 OK\nDate: b'\\xec\\x9d\\xb4\\xeb\\xa6\\x84'\nHost: localhost\n"),
        "{answer}"
    );
}
