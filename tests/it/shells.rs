//! The shells really load the completions and offer what they should; man renders the pages.

use std::fs;
use std::process::{Command, Stdio};

use crate::kit::{PROGRAM, clean, project};

/// What a program prints on standard output; that it ended well and had nothing to say on standard error is checked.
fn output_of(program: &str, arguments: &[&str], folder: &std::path::Path) -> String {
    let mut command = Command::new(program);
    clean(&mut command);
    let path = format!("{}:{}", folder_of(PROGRAM), std::env::var("PATH").unwrap());
    command.args(arguments).current_dir(folder).env("PATH", path).env("HOME", folder).env("LC_ALL", "C.UTF-8");
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{program} {arguments:?}: {}: {said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

fn folder_of(program: &str) -> &str {
    program.rsplit_once('/').unwrap().0
}

/// A folder with a file that can be completed.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("students.json"), "{}").unwrap();
    folder
}

/// What has been typed, up to the cursor; what must be offered there; what must not.
const CASES: &[(&str, &[&str], &[&str])] = &[
    ("httpkit ", &["request", "serve"], &["PUT"]),
    ("httpkit --gen", &["--generate"], &[]),
    ("httpkit --generate complete-", &["complete-bash", "complete-zsh"], &["man"]),
    ("httpkit serve --p", &["--port"], &["PUT"]),
    ("httpkit serve stu", &["students.json"], &[]),
    ("httpkit request ", &["GET", "PUT", "DELETE"], &[]),
    ("httpkit request PU", &["PUT"], &["GET"]),
    ("httpkit request -i PA", &["PATCH"], &["GET"]),
    ("httpkit request PUT P", &[], &["PATCH"]),
    ("httpkit request -X DEL", &["DELETE"], &["GET"]),
    ("httpkit request --he", &["--header"], &[]),
    ("httpkit request -H Content-T", &["Content-Type:"], &["Accept:"]),
    ("httpkit request PUT 127.0.0.1/update -d @stu", &["@students.json"], &[]),
    ("httpkit request PUT 127.0.0.1/update --data=@stu", &["@students.json"], &[]),
    ("httpkit request --dialect ", &["names", "dialog", "pairs", "comma", "banner"], &["GET"]),
    ("httpkit request --request=DEL", &["DELETE"], &["GET"]),
    // The word `request` may be left out.
    ("httpkit --wi", &["--wire"], &[]),
    ("httpkit :8080/posts --ti", &["--timing", "--time-cond"], &[]),
    ("httpkit -H Acc", &["Accept:"], &["Host:"]),
    ("httpkit GET :8080 -H Acc", &["Accept:"], &["Host:"]),
    ("httpkit get ", &[], &["serve", "request", "PUT"]),
    ("httpkit request --wire=", &["all"], &["students.json"]),
    ("httpkit :8080/ --timing=", &["json"], &["students.json"]),
    ("httpkit request --wire ", &["PUT"], &["all"]),
    ("httpkit request --explain-exit ", &["7", "60"], &["GET"]),
    ("httpkit request 127.0.0.1/ -o stu", &["students.json"], &[]),
    ("httpkit request 127.0.0.1/ --cert stu", &["students.json"], &[]),
];

fn check(shell: &str, offered: impl Fn(&str) -> Vec<String>) {
    for (typed, expected, unexpected) in CASES {
        // Some shells give the option along with its value.
        let options = ["--data=", "--request=", "--wire=", "--timing="];
        let alone = |word: String| {
            options.iter().fold(word.as_str(), |word, option| word.trim_start_matches(*option)).to_owned()
        };
        let offered: Vec<String> = offered(typed).into_iter().map(alone).collect();
        let missing: Vec<_> = expected.iter().filter(|word| !offered.iter().any(|own| own == *word)).collect();
        assert!(missing.is_empty(), "{shell}: {typed:?} does not offer {missing:?} but {offered:?}");
        let surplus: Vec<_> = unexpected.iter().filter(|word| offered.iter().any(|own| own == *word)).collect();
        assert!(surplus.is_empty(), "{shell}: {typed:?} offers {surplus:?}");
    }
}

#[test]
#[ignore = "needs bash"]
fn bash_completes() {
    let folder = folder();
    // What readline does before it calls the function: words are split at blanks and at the signs of COMP_WORDBREAKS;
    // what stands after a `@` comes with it as the second argument.
    let script = format!(
        r#"source '{}/completions/httpkit.bash'
        [[ "$(complete -p httpkit)" == *"-F _httpkit_complete"* ]] || exit 1
        compopt() {{ :; }}
        read -r -a COMP_WORDS <<<"$(sed -E 's/([@=:]+)/ \1 /g' <<<"$1")"
        [[ $1 == *' ' ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) COMP_LINE=$1 COMP_POINT=${{#1}}
        cur=${{COMP_WORDS[COMP_CWORD]}}
        [[ $1 =~ (@[^@=: ]*)$ ]] && cur=${{BASH_REMATCH[1]}}
        _httpkit_complete httpkit "$cur" "${{COMP_WORDS[COMP_CWORD - 1]}}"
        # Nothing offered: the default of `complete -o default`, files.
        ((${{#COMPREPLY[@]}})) || COMPREPLY=($(compgen -f -- "$cur"))
        printf '%s\n' "${{COMPREPLY[@]}}""#,
        project().display()
    );
    check("bash", |typed| {
        let printed = output_of("bash", &["--norc", "-c", &script, "bash", typed], folder.path());
        printed.lines().map(str::to_owned).collect()
    });
}

#[test]
#[ignore = "needs fish"]
fn fish_completes() {
    let folder = folder();
    let script = format!("source '{}/completions/httpkit.fish'; complete -C $argv[1]", project().display());
    check("fish", |typed| {
        let printed = output_of("fish", &["--no-config", "-c", &script, typed], folder.path());
        printed.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
    });
}

#[test]
#[ignore = "needs zsh"]
fn zsh_completes() {
    let folder = folder();
    // A pseudo-terminal, as the completion system of zsh lives in its line editor; `compadd` tells what it was given.
    let script = format!(
        r#"zmodload zsh/zpty
        zpty z zsh -f -i
        feed() {{ zpty -w z "$1" }}
        feed 'PS1= PS2= RPS1=; unsetopt prompt_cr prompt_sp zle_bracketed_paste; stty -echo; fpath=({}/completions $fpath); autoload -Uz compinit; compinit -u -D'
        feed 'zstyle ":completion:*" list-separator ""; bindkey "^I" complete-word; LISTMAX=9999'
        feed 'compadd() {{ [[ " $* " == *" -"[OAD]" "* || ${{@[1,(i)(-|--)]}} == *-[a-zA-Z]#[OAD][a-zA-Z]#\ * ]] && {{ builtin compadd "$@"; return }}; local -a kept; builtin compadd -O kept "$@"; local word; for word in $kept; do print -r -- "<$IPREFIX$word>" >>$HOME/offered; done; builtin compadd "$@" }}'
        feed 'finish() {{ compadd() {{ builtin compadd "$@" }}; print -r -- "<END>" >>$HOME/offered; exit }}; zle -N finish; bindkey "^X" finish'
        zpty -w -n z "$1"$'\t'$'\x18'
        while zpty -r z line; do :; done
        cat $HOME/offered"#,
        project().display()
    );
    check("zsh", |typed| {
        let _ = fs::remove_file(folder.path().join("offered"));
        let printed = output_of("zsh", &["-f", "-c", &script, "zsh", typed], folder.path());
        printed.lines().map(|line| line.trim_matches(['<', '>']).to_owned()).collect()
    });
}

#[test]
#[ignore = "needs nu"]
fn nushell_completes() {
    let folder = folder();
    let completions = fs::read_to_string(project().join("completions/httpkit.nu")).unwrap();
    let script = folder.path().join("script.nu");
    let offered = |typed: &str| {
        let text = format!("{completions}\n{typed}");
        fs::write(&script, &text).unwrap();
        let at = text.len().to_string();
        let printed = output_of("nu", &["-n", "--ide-complete", &at, script.to_str().unwrap()], folder.path());
        let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
        let words = printed["completions"].as_array().unwrap().iter();
        words.map(|word| word.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    check("nu", offered);
    assert!(offered("httpkit request --wire P").contains(&"PUT".to_owned()), "a value of --wire is behind =");
    assert!(offered("httpkit :8080/x --http1").contains(&"--http1.0".to_owned()));
    // Nothing that httpkit takes is refused by nushell before.
    for arguments in ["--http1.0", "--wire=all", "-sS", "a:=5 b==c X-A:1", "--next"] {
        let text = format!("{completions}\nhttpkit request --dry-run :8080/x {arguments}");
        fs::write(&script, text).unwrap();
        let told = output_of("nu", &["-n", "--ide-check", "9", script.to_str().unwrap()], folder.path());
        assert!(!told.contains("Error"), "{arguments}: {told}");
    }
}

#[test]
#[ignore = "needs elvish"]
fn elvish_completes() {
    let folder = folder();
    // Outside a terminal elvish has no `edit:`, so the script gets one that keeps the text of a candidate.
    let edit =
        "var edit: = (ns [&complex-candidate~={|text &display=''| put $text } &completion:=(ns [&arg-completer=[&]])])";
    let completions = fs::read_to_string(project().join("completions/httpkit.elv")).unwrap();
    let script = format!("{edit}\n{completions}\neach $echo~ [($edit:completion:arg-completer[httpkit] (all $args))]");
    let offered = |words: &[&str]| {
        let arguments = [&["-norc", "-c", &script][..], words].concat();
        output_of("elvish", &arguments, folder.path()).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let has = |offered: &[String], word: &str| offered.iter().any(|own| own == word);
    let first = offered(&["httpkit", ""]);
    assert!(has(&first, "serve") && has(&first, "--generate") && !has(&first, "PUT"), "{first:?}");
    let request = offered(&["httpkit", "request", "PUT", ""]);
    assert!(has(&request, "PUT") && has(&request, "--request") && !has(&request, "--port"), "{request:?}");
    assert!(has(&offered(&["httpkit", "serve", ""]), "--port"));
}

#[test]
#[ignore = "needs man"]
fn man_renders_the_pages_without_a_warning() {
    for (page, expected) in [
        ("httpkit", &["NAME", "--generate", "EXAMPLES", "httpkit-request(1)"][..]),
        ("httpkit-request", &["NAME", "SYNOPSIS", "--request", "EXIT STATUS", "HTTPKIT_PORT"]),
        ("httpkit-serve", &["NAME", "SYNOPSIS", "--port", "FILES", "data.json"]),
    ] {
        let path = project().join("man").join(format!("{page}.1"));
        let text = output_of("man", &["--warnings", "-E", "UTF-8", "-l", path.to_str().unwrap()], project());
        for words in expected {
            assert!(text.contains(words), "{page}: no {words:?} in\n{text}");
        }
    }
}
