//! How the program is linked on Linux, for the sake of a short start.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if (target("OS").as_str(), target("ENV").as_str()) != ("linux", "gnu") {
        return;
    }
    // The unwinder out of the compiler's own archive: a shared library fewer to find, to map and to bind.
    println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
}
