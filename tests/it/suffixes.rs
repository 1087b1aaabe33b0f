//! The list in `src/client/suffixes.txt` holds the rules of the `psl` package in `Cargo.lock`, which its authors renew
//! every week: `cargo update -p psl && HTTPKIT_BLESS=1 cargo test suffixes` renews ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::kit::{blessing, project};

const HEAD: &str = "\
// The Public Suffix List (https://publicsuffix.org/list/), both divisions, in the ASCII form of names and by parents:
// below a name with a dot before it stand the labels that make a public suffix of it. `*` is any label, `!` an exception.
//
// This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not
// distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
";

#[test]
fn the_list_of_public_suffixes_is_that_of_psl() {
    let rules = fs::read_to_string(folder_of_psl().join("data/rules.txt")).unwrap();
    let renewed = grouped(&rules);
    let path = project().join("src/client/suffixes.txt");
    if blessing() {
        fs::write(&path, &renewed).unwrap();
    }
    let is_fresh = fs::read_to_string(&path).is_ok_and(|text| text == renewed);
    assert!(is_fresh, "stale: look at the difference after HTTPKIT_BLESS=1 cargo test suffixes");
}

/// A single label is always public, so that only rules with a parent are written down.
fn grouped(rules: &str) -> String {
    let mut parents = BTreeMap::<String, BTreeSet<String>>::new();
    for rule in rules.lines() {
        let (mark, name) = rule.strip_prefix('!').map_or(("", rule), |name| ("!", name));
        let name = name.strip_prefix("*.").map_or_else(|| ascii(name), |parent| format!("*.{}", ascii(parent)));
        let Some((label, parent)) = name.split_once('.') else { continue };
        assert!(!parent.contains('*'), "only a first label may be any: {rule}");
        parents.entry(parent.to_owned()).or_default().insert(format!("{mark}{label}"));
    }
    let mut text = HEAD.to_owned();
    for (parent, labels) in parents {
        text.push_str(&format!(".{parent}\n"));
        labels.iter().for_each(|label| text.push_str(&format!("{label}\n")));
    }
    text
}

fn ascii(name: &str) -> String {
    url::Host::parse(name).unwrap().to_string()
}

/// Where cargo has put the sources of the package.
fn folder_of_psl() -> PathBuf {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let about = String::from_utf8(rustc).unwrap();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Without the platform, packages for others were fetched.
    let arguments = ["metadata", "--locked", "--format-version", "1", "--filter-platform", host];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(project()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let psl = packages.iter().find(|package| package["name"] == "psl").unwrap();
    PathBuf::from(psl["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned()
}
