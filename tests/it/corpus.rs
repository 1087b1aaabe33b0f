//! The corpus of the fuzz targets, and mutations of it, without a fuzzer.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;

use crate::kit::project;

#[path = "../../fuzz/src/lib.rs"]
#[allow(unreachable_pub, clippy::expect_used, reason = "it is the library of a package of its own there")]
mod targets;

type Target = fn(&[u8]);

/// Each target, and how many mutations of each file of its corpus are tried: fewer where files are written.
const TARGETS: &[(&str, Target, usize)] = &[
    ("chunked", targets::chunked, 300),
    ("cookies", targets::cookies, 300),
    ("csv", targets::csv, 20),
    ("head", targets::head, 300),
    ("journal", targets::journal, 8),
    ("json", targets::json, 60),
    ("reply", targets::reply, 300),
];

#[test]
fn the_corpus_passes_and_so_do_mutations_of_it() {
    for (name, target, mutations) in TARGETS {
        let corpus = corpus(name);
        let mut random = fastrand::Rng::with_seed(1);
        for (file, bytes) in &corpus {
            check(*target, bytes, &format!("fuzz/corpus/{name}/{file}"));
            for round in 0..*mutations {
                let other = &corpus[random.usize(..corpus.len())].1;
                check(*target, &mutated(bytes, other, &mut random), &format!("{name}: {file}, mutation {round}"));
            }
        }
    }
}

#[test]
fn each_target_has_a_program_a_corpus_and_a_place_in_this_test() {
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(project().join("fuzz").join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".rs", "")).collect()
    };
    let tested: BTreeSet<String> = TARGETS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(names("fuzz_targets"), tested);
    assert_eq!(names("corpus"), tested);
    let manifest = fs::read_to_string(project().join("fuzz/Cargo.toml")).unwrap();
    for name in tested {
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n")), "{name}");
    }
}

/// The files of a corpus, in order.
fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = project().join("fuzz/corpus").join(name);
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() >= 3, "{}", folder.display());
    files
}

fn check(target: Target, bytes: &[u8], what: &str) {
    if catch_unwind(|| target(bytes)).is_err() {
        panic!("{what} fails with {:?}", bytes.escape_ascii().to_string());
    }
}

/// A few bytes changed, left out or put in twice, or the end of another file of the corpus.
fn mutated(bytes: &[u8], other: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..random.usize(1..4) {
        let (from, length) = (random.usize(..=out.len()), random.usize(1..9));
        let to = (from + length).min(out.len());
        match random.u8(..6) {
            0 if from < to => out[from] ^= 1 << random.u8(..8),
            1 if from < to => out[from] = *random.choice(b"\0\r\n\t \",:;{}[]0x\\\xff=/".iter()).unwrap(),
            2 => drop(out.drain(from..to)),
            3 => drop(out.splice(from..from, out[from..to].to_vec())),
            4 => out.truncate(from),
            _ => {
                out.truncate(from);
                out.extend_from_slice(&other[random.usize(..=other.len())..]);
            }
        }
    }
    out
}
