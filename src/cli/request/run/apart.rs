//! Whether what is written of a run goes to files of its own: of two in one file, one would be lost.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::args::{Destination, RequestArgs};
use crate::cli::request::plan::Plan;
use crate::client::{Error, Kind};

/// Compares the files of `--har` and `--pcap` with each other and with all others that are named.
///
/// # Errors
/// `Kind::Usage`.
pub(super) fn check(groups: &[RequestArgs]) -> Result<(), (Error, &RequestArgs)> {
    for (args, option, view) in views(groups) {
        let place = place(view);
        let mut others = groups.iter().flat_map(files).filter(|(other, _)| *other != option);
        if let Some((other, _)) = others.find(|(_, path)| is_same(view, &place, path)) {
            return Err((both(option, other, view), args));
        }
    }
    Ok(())
}

/// Compares them with the files for the contents, whose names may come from the URLs.
///
/// # Errors
/// `Kind::Usage`.
pub(super) fn check_contents(plan: &Plan, groups: &[RequestArgs]) -> Result<(), Error> {
    for (_, option, view) in views(groups) {
        let place = place(view);
        let mut files = plan.transfers.iter().filter_map(|transfer| transfer.file.as_deref());
        if files.any(|path| is_same(view, &place, path)) {
            return Err(both(option, "the content", view));
        }
    }
    Ok(())
}

fn both(option: &str, other: &str, path: &Path) -> Error {
    let what = format!("{option} and {other} both write '{}': name another file for one of them", path.display());
    Error::new(Kind::Usage, what)
}

/// The files of `--har` and `--pcap`, of which a run has one each. Where nothing is sent, nothing is written.
fn views(groups: &[RequestArgs]) -> impl Iterator<Item = (&RequestArgs, &'static str, &Path)> {
    let sending = || groups.iter().filter(|args| !args.dry_run && args.as_tool.is_none());
    let har = sending().find_map(|args| Some((args, "--har", args.har.as_deref()?)));
    let pcap = sending().rev().find_map(|args| Some((args, "--pcap", args.pcap.as_deref()?)));
    har.into_iter().chain(pcap)
}

/// The files that a group names, each with its option.
fn files(args: &RequestArgs) -> impl Iterator<Item = (&'static str, Cow<'_, Path>)> {
    let named = [
        ("--har", &args.har),
        ("--pcap", &args.pcap),
        ("--trace", &args.trace),
        ("--trace-ascii", &args.trace_ascii),
        ("--stderr", &args.stderr),
        ("--hsts", &args.hsts),
        ("-D", &args.dump_header),
        ("-c", &args.cookie_jar),
        ("--etag-save", &args.etag_save),
    ];
    let contents = args.destinations.iter().filter_map(|destination| match destination {
        Destination::File(path) => {
            Some(("-o", args.output_dir.as_ref().map_or(path.into(), |it| it.join(path).into())))
        }
        Destination::RemoteName | Destination::Nowhere => None,
    });
    named.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?.into()))).chain(contents)
}

/// Whether a name is of the file of a view, which is at that place; what is no file, like a pipe, takes both.
fn is_same(view: &Path, at: &Path, path: &Path) -> bool {
    (view == path || at == place(path))
        && view.as_os_str() != "-"
        && !fs::metadata(view).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// Where a file is, or will be.
fn place(path: &Path) -> PathBuf {
    let (folder, name) = (path.parent(), path.file_name());
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let new = || Some(fs::canonicalize(folder).ok()?.join(name?));
    fs::canonicalize(path).ok().or_else(new).unwrap_or_else(|| path.to_owned())
}
