//! What is made before the program: the media types of files, as one text; and, on Linux, how it is linked for the sake of
//! a short start.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    write_media_types(&Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("media-types.txt"))?;
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if (target("OS").as_str(), target("ENV").as_str()) == ("linux", "gnu") {
        // The unwinder out of the compiler's own archive: a shared library fewer to find, to map and to bind.
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
    Ok(())
}

/// A line for each media type that mime_guess knows, with the extensions of its files behind it, a blank before each. As tables
/// of texts they would be 2,400 addresses for the dynamic linker to fill in at each start, for the sake of `serve --static`.
fn write_media_types(path: &Path) -> io::Result<()> {
    let mut types: BTreeMap<&str, String> = BTreeMap::new();
    let known = mime_guess::get_extensions("*", "*").unwrap_or_default();
    for extension in known.iter().filter(|extension| !extension.contains('.')) {
        if let Some(media_type) = mime_guess::from_ext(extension).first_raw() {
            let extensions = types.entry(media_type).or_default();
            extensions.push(' ');
            extensions.push_str(&extension.to_ascii_lowercase());
        }
    }
    let lines: String = types.iter().map(|(media_type, extensions)| format!("{media_type}{extensions}\n")).collect();
    fs::write(path, lines)
}
