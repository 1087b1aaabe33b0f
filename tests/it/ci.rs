//! `.ci/run` and the README do not drift from what the tests need and what newcomers are told.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::kit::project;

/// The package of a tool, where it is not named as the tool: Debian's, or that of npm.
const PACKAGES: &[(&str, &str)] = &[("man", "man-db"), ("nu", "nushell")];

/// What a test can need that is no tool: half a minute, thousands of descriptors, another test that starts it, root to
/// mount a file system, a curl that no Debian has yet.
const NO_TOOLS: &[&str] = &["time", "descriptors", "a parent", "root", "a current curl"];

#[test]
fn ci_installs_each_tool_that_an_ignored_test_needs() {
    let script = fs::read_to_string(project().join(".ci/run")).unwrap();
    let lists = script.lines().filter_map(|line| {
        let line = line.trim();
        line.strip_prefix("packages=(").or_else(|| line.strip_prefix("packages+=("))?.strip_suffix(')')
    });
    let of_npm = script.lines().filter(|line| line.contains(" npm install ")).flat_map(str::split_whitespace);
    let of_npm = of_npm.filter_map(|word| word.split_once('@')).map(|(name, _version)| name);
    let installed: BTreeSet<&str> = lists.flat_map(str::split_whitespace).chain(of_npm).collect();
    let mut needed = BTreeSet::new();
    for (file, text) in test_sources() {
        needed.extend(tools_needed(&text).unwrap_or_else(|reason| panic!("{file}: #[ignore = {reason:?}]")));
    }
    assert!(needed.contains("zsh"), "the ignored tests were not found: {needed:?}");
    let missing: Vec<&String> = needed.iter().filter(|tool| !installed.contains(package(tool))).collect();
    assert!(missing.is_empty(), ".ci/run does not install {missing:?}");
}

#[test]
fn ci_is_executable_and_finds_the_test_command_of_the_readme() {
    let mode = fs::metadata(project().join(".ci/run")).unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0o111);
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    let command = readme.lines().find_map(|line| line.strip_prefix("| test it | `")?.strip_suffix("` |"));
    assert_eq!(command, Some("cargo test"));
    assert!(readme.contains("\n| run it | `cargo run --release -- serve --port 8080` |\n"));
}

/// A file that moves takes its name in the guide along.
#[test]
fn the_guide_names_files_that_are_there() {
    let guide = fs::read_to_string(project().join("CONTRIBUTING.md")).unwrap();
    let is_path = |word: &&str| ["src/", "tests/", "fuzz/", ".ci/"].iter().any(|folder| word.starts_with(folder));
    let paths: Vec<&str> = guide.split('`').skip(1).step_by(2).filter(is_path).collect();
    assert!(paths.len() > 15, "{paths:?}");
    let missing: Vec<&&str> = paths.iter().filter(|path| !project().join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for bench in fs::read_dir(project().join("benches")).unwrap() {
        let name = bench.unwrap().file_name().into_string().unwrap().replace(".rs", "");
        assert!(guide.contains(&format!("{name}`")), "{name}");
    }
}

/// Another package can ask for a newer Rust than this one promises, and then the promise is broken.
#[test]
fn every_dependency_builds_with_the_rust_that_is_promised() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--locked", "--offline"]).current_dir(project());
    let output = command.args(["--filter-platform", "x86_64-unknown-linux-gnu"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let version = |package: &serde_json::Value| {
        let mut numbers = package["rust_version"].as_str()?.split('.').map(|number| number.parse::<u32>().unwrap());
        Some((numbers.next()?, numbers.next()?))
    };
    let own = packages.iter().find(|package| package["name"] == "httpkit").and_then(version);
    assert_eq!(own, Some((1, 89)));
    let newer: Vec<String> = packages
        .iter()
        .filter(|&package| version(package) > own)
        .map(|package| format!("{} {}", package["name"], package["version"]))
        .collect();
    assert!(newer.is_empty(), "a newer Rust than 1.89 is needed by {newer:?}");
}

#[test]
fn reasons_to_ignore_are_read() {
    let marked = |reason: &str| format!("#[test]\n#[ignore = \"{reason}\"]\nfn x() {{}}");
    assert_eq!(tools_needed(&marked("needs zsh")), Ok(vec!["zsh".to_owned()]));
    assert_eq!(tools_needed(&marked("needs curl and strace")), Ok(vec!["curl".to_owned(), "strace".to_owned()]));
    assert_eq!(tools_needed(&marked("needs time and curl")), Ok(vec!["curl".to_owned()]));
    assert_eq!(tools_needed(&marked("slow")), Err("slow".to_owned()));
    assert_eq!(tools_needed("#[ignore]\nfn x() {}"), Err(String::new()));
    assert_eq!(tools_needed("fn x() {}"), Ok(Vec::new()));
}

/// The tools named in `#[ignore = "needs A and B"]`; another reason, or none, is the error.
fn tools_needed(text: &str) -> Result<Vec<String>, String> {
    let mut tools = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| line.starts_with("#[ignore")) {
        let reason = line.split('"').nth(1).unwrap_or_default();
        let named = reason.strip_prefix("needs ").ok_or_else(|| reason.to_owned())?;
        tools.extend(named.split(" and ").filter(|name| !NO_TOOLS.contains(name)).map(str::to_owned));
    }
    Ok(tools)
}

fn package(tool: &str) -> &str {
    PACKAGES.iter().find(|(name, _)| *name == tool).map_or(tool, |(_, package)| package)
}

/// Every Rust file below `src/` and `tests/`.
fn test_sources() -> Vec<(String, String)> {
    ["src", "tests"].iter().flat_map(|folder| crate::rooms::rust_files(&project().join(folder))).collect()
}
