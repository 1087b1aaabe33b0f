//! How the program is linked on Linux, for the sake of a short start.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if (target("OS").as_str(), target("ENV").as_str()) != ("linux", "gnu") {
        return;
    }
    // A position-independent program holds thousands of pointers that are adjusted at each start, in pages that are
    // copied for it: a fifth of the time of a small request. At a fixed address there are none. Stack, heap and
    // libraries are placed at random all the same, and no code here is `unsafe`.
    println!("cargo:rustc-link-arg-bins=-no-pie");
    // The empty process that the program is compared with shall not be slower for another reason.
    println!("cargo:rustc-link-arg-benches=-no-pie");
    // The unwinder out of the compiler's own archive: a shared library fewer to find, to map and to bind.
    println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
}
