//! Whether what is written of a run goes to files of its own: of two in one file, one would be lost.

use std::fs;
use std::path::Path;

use crate::cli::args::{Destination, RequestArgs};
use crate::client::{Error, Kind};

/// Compares the files of `--har` and `--pcap` with each other and with all others that a run writes.
///
/// # Errors
/// `Kind::Usage`.
pub(super) fn check(groups: &[RequestArgs]) -> Result<(), (Error, &RequestArgs)> {
    // Where nothing is sent, nothing is written.
    for args in groups.iter().filter(|args| !args.dry_run && args.as_tool.is_none()) {
        let views = [("--har", &args.har), ("--pcap", &args.pcap)];
        for (option, view) in views.iter().filter_map(|(option, path)| Some((*option, path.as_deref()?))) {
            let mut others = groups.iter().flat_map(files).filter(|(other, _)| *other != option);
            if let Some((other, _)) = others.find(|(_, path)| is_same(view, path)) {
                let what =
                    format!("{option} and {other} both write '{}': name another file for one of them", view.display());
                return Err((Error::new(Kind::Usage, what), args));
            }
        }
    }
    Ok(())
}

/// The files that a group names, each with its option.
fn files(args: &RequestArgs) -> impl Iterator<Item = (&'static str, &Path)> {
    let named = [
        ("--har", &args.har),
        ("--pcap", &args.pcap),
        ("--trace", &args.trace),
        ("--trace-ascii", &args.trace_ascii),
        ("-D", &args.dump_header),
        ("-c", &args.cookie_jar),
        ("--etag-save", &args.etag_save),
    ];
    let contents = args.destinations.iter().filter_map(|destination| match destination {
        Destination::File(path) => Some(("-o", path.as_path())),
        Destination::RemoteName | Destination::Nowhere => None,
    });
    named.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?))).chain(contents)
}

/// Whether two names are of one file; what is no file, like a pipe, takes both.
fn is_same(one: &Path, other: &Path) -> bool {
    let is_named =
        one == other || fs::canonicalize(one).is_ok_and(|one| fs::canonicalize(other).is_ok_and(|it| it == one));
    is_named
        && one.as_os_str() != "-"
        && !fs::metadata(one).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}
