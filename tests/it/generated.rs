//! The copies in `completions/` and `man/` are what the program prints; `HTTPKIT_BLESS=1 cargo test` rewrites them.

use std::fs;

use crate::kit::{blessing, httpkit, project};

const COPIES: &[(&str, &str)] = &[
    ("complete-bash", "completions/httpkit.bash"),
    ("complete-zsh", "completions/_httpkit"),
    ("complete-fish", "completions/httpkit.fish"),
    ("complete-powershell", "completions/_httpkit.ps1"),
    ("complete-elvish", "completions/httpkit.elv"),
    ("complete-nushell", "completions/httpkit.nu"),
    ("man", "man/httpkit.1"),
    ("man-request", "man/httpkit-request.1"),
    ("man-serve", "man/httpkit-serve.1"),
];

#[test]
fn the_copies_are_what_the_program_prints() {
    let mut stale = Vec::new();
    for (what, copy) in COPIES {
        let printed = httpkit(&["--generate", what]).assert().success().stderr("").get_output().stdout.clone();
        let path = project().join(copy);
        if fs::read(&path).unwrap_or_default() == printed {
            continue;
        }
        if blessing() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, printed).unwrap();
        } else {
            stale.push(copy);
        }
    }
    assert!(stale.is_empty(), "stale: {stale:?}; look at the difference after HTTPKIT_BLESS=1 cargo test");
}

/// `[what it does]:what the value is:action`: zsh runs an action that is neither a list nor a function of its own.
#[test]
fn the_script_for_zsh_has_nothing_but_lists_and_functions_run() {
    let script = fs::read_to_string(project().join("completions/_httpkit")).unwrap();
    let options = script.lines().filter(|line| line.starts_with("'-") || line.starts_with("'*-"));
    let values: Vec<&str> = options.filter_map(|line| line.split_once("]:").map(|(_, value)| value)).collect();
    assert!(values.len() > 100, "{}", values.len());
    for value in values {
        let value = value.trim_start_matches(':').replace("\\:", "");
        let action = value.split_once(':').unwrap().1;
        assert!(["'", "_", "("].iter().any(|start| action.starts_with(start)), "{value}");
    }
}

#[test]
fn no_mark_is_left_in_a_script() {
    for (what, _) in COPIES.iter().filter(|(what, _)| what.starts_with("complete-")) {
        let printed = httpkit(&["--generate", what]).output().unwrap().stdout;
        let text = String::from_utf8(printed).unwrap();
        for mark in ["@words@", "@methods@", "@fields@", "@content@", "@METHODS@", "@DESCRIBED@", "@FIELDS@"] {
            assert!(!text.contains(mark), "{what} holds {mark}");
        }
        assert!(text.contains("PATCH"), "{what} knows no methods");
        assert!(text.contains("--port") || text.contains("-l port"), "{what} knows no --port");
    }
}

#[test]
fn what_cannot_be_generated_is_a_usage_error() {
    for arguments in [&["--generate", "pizza"][..], &["--generate"], &["--generate", "man", "serve"], &["--"]] {
        let output = httpkit(arguments).assert().code(2).stdout("").get_output().clone();
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}
