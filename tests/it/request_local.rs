//! `file://`: what is asked of a response holds for a file of this machine too.

use std::fs;

use predicates::prelude::predicate;

use crate::kit;
use crate::request::request;
use crate::screen::Screen;

/// A folder with a file of twelve bytes, and its URL.
fn folder() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "hello world\n").unwrap();
    let url = format!("file://{}/file", folder.path().display());
    (folder, url)
}

#[test]
fn options_about_content_hold_for_files() {
    let (folder, url) = folder();
    let out = folder.path().join("out");
    let out_name = out.to_str().unwrap();
    for (options, stdout) in [
        (&["-w", "%{size_delivered}"][..], "hello world\n12"),
        (&["--out-null", "-w", "%{size_download}"], "12"),
        (&["--print", ""], ""),
        (&["--wire"], "* no connection was opened\n"),
        (&["--explain"], "* no connection was opened\n"),
        (&["--dry-run", "-s", "-o", out_name], ""),
    ] {
        request(&[options, &[&url]].concat()).assert().success().stdout(stdout);
    }
    assert!(!out.exists());
    request(&["--max-filesize", "11", "-o", out_name, &url])
        .assert()
        .code(63)
        .stderr(predicate::str::contains("11 bytes"));
    request(&["--max-filesize", "12", "-o", out_name, &url]).assert().success();
    request(&["--no-clobber", "-o", out_name, "-w", "%{filename_effective}", &url])
        .assert()
        .success()
        .stdout(format!("{out_name}.1"));
    for range in ["2-1", "-0", "x-"] {
        request(&["-r", range, &url]).assert().code(33);
    }
}

#[test]
fn a_file_is_sent_to_a_file_and_never_to_itself() {
    let (folder, url) = folder();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("source"), "new").unwrap();
    std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
    let file = at("file").display().to_string();
    request(&["-T", &file, &url]).assert().code(2).stderr(predicate::str::contains("sent to itself"));
    request(&["-T", &at("link").display().to_string(), &url]).assert().code(2);
    request(&["-T", &file, "-C", "3", &url.replace("/file", "/other")]).assert().code(2);
    request(&["-d", "x", &url]).assert().code(1);
    request(&["-T", "/nowhere/x", &url]).assert().code(26);
    assert_eq!(fs::read_to_string(at("file")).unwrap(), "hello world\n");
    let folder_url = url.strip_suffix("file").unwrap();
    request(&["-T", &at("source").display().to_string(), &format!("{folder_url}into")]).assert().success().stdout("");
    request(&["-T", "-", "-w", "%{size_upload}", &url]).write_stdin("piped").assert().success().stdout("5");
    assert_eq!((fs::read(at("into")).unwrap(), fs::read(at("file")).unwrap()), (b"new".to_vec(), b"piped".to_vec()));
}

#[test]
fn a_bar_that_was_asked_for_is_written_to_a_file_too() {
    let (folder, url) = folder();
    let bar = format!("\r{} 100.0%\n", "#".repeat(72));
    let log = folder.path().join("log").display().to_string();
    request(&["-#", &url]).assert().success().stderr(bar.clone());
    request(&["-#", "--stderr", &log, &url]).assert().success().stderr("");
    assert_eq!(fs::read_to_string(&log).unwrap(), bar);
    request(&["-#s", &url]).assert().success().stderr("");
    request(&[&url]).assert().success().stderr("");
}

#[test]
fn names_of_files_do_not_steer_a_terminal() {
    let (folder, _url) = folder();
    fs::write(folder.path().join("red\x1b[31m\u{202e}"), "").unwrap();
    let (screen, side) = Screen::open();
    let mut command = std::process::Command::new(kit::PROGRAM);
    kit::clean(&mut command);
    let mut child =
        command.args(["request", &format!("file://{}", folder.path().display())]).stdout(side).spawn().unwrap();
    assert!(child.wait().unwrap().success());
    drop(command);
    let shown = screen.rest();
    assert!(shown.contains("red\\x1b[31m\\u{202e}"), "{shown:?}");
}
