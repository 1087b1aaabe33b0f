//! Where output goes and how it looks.

use clap::ValueHint;

use super::Row;
use crate::cli::args::completion::Completion;
use crate::cli::args::definition::{named, names, number, one, put};
use crate::cli::args::request::Destination;
use crate::cli::args::values::{Parts, Pretty, TimingWish, When, WireWish, bytes};

pub(super) static OUTPUT: &[Row] = &[
    Row::path("output", "FILE", "Write the content to this file; '-' is standard output", |args, path| {
        args.destinations.push(Destination::File(path))
    }).on_screen("save in FILE")
    .letter('o')
    .many()
    .in_dialects(),
    Row::flag("remote-name", "Write the content to a file named as in the URL", |args| {
        args.destinations.push(Destination::RemoteName)
    }).on_screen("save under its name")
    .letter('O')
    .many()
    .in_dialects(),
    Row::flag("out-null", "Read the content and discard it", |args| {
        args.destinations.push(Destination::Nowhere)
    })
    .many()
    .in_dialects(),
    Row::flag("remote-name-all", "Use --remote-name for all URLs that follow", |args| {
        args.remote_name_from.get_or_insert(args.targets.len());
    })
    .in_dialects(),
    Row::flag("no-remote-name", "Do not use --remote-name-all for this URL", |args| {
        if args.remote_name_from.is_some() {
            args.destinations.push(Destination::File("-".into()));
        }
    })
    .many()
    .in_dialects(),
    Row::flag("remote-header-name", "With -O, take the file name from Content-Disposition", |args| {
        args.remote_header_name = true
    })
    .letter('J'),
    Row::path("output-dir", "FOLDER", "Write files into this folder", |args, path| args.output_dir = Some(path))
        .hint(ValueHint::DirPath)
        .in_dialects(),
    Row::flag("create-dirs", "Create missing folders for output files", |args| args.create_dirs = true).in_dialects(),
    Row::flag("no-clobber", "Do not overwrite existing files; append a number to the name instead", |args| {
        args.no_clobber = true
    })
    .in_dialects(),
    Row::flag("clobber", "Overwrite existing files (the default)", |args| args.no_clobber = false).in_dialects(),
    Row::flag("skip-existing", "Skip a transfer whose output file exists", |args| args.skip_existing = true)
        .in_dialects(),
    Row::path(
        "etag-save",
        "FILE",
        "Write the entity tag of the response to this file; '-' is standard output",
        |args, path| args.etag_save = Some(path),
    ),
    Row::path("etag-compare", "FILE", "Transfer only if the entity tag is not the one in this file", |args, path| {
        args.etag_compare = Some(path)
    }),
    Row::flag("remove-on-error", "Remove the output file if the transfer fails", |args| args.remove_on_error = true)
        .in_dialects(),
    Row::flag("remote-time", "Set the time of the output file to that of Last-Modified", |args| {
        args.remote_time = true
    })
    .letter('R'),
    Row::value(
        "max-filesize",
        "SIZE",
        "Fail if the content is larger than SIZE bytes; k, M or G may follow; 0 is no limit",
        |args, text| put(&mut args.max_filesize, bytes(text)),
    ),
    Row::path("dump-header", "FILE", "Write header sections to this file; '-' is standard output, '%' standard error", |args, path| {
        args.dump_header = Some(path)
    })
    .letter('D')
    .in_dialects(),
    Row::path("stderr", "FILE", "Write standard error to this file; '-' is standard output", |args, path| {
        args.stderr = Some(path)
    })
    .in_dialects(),
    Row::maybe(
        "wire",
        "all",
        "Show every byte of the exchange, redirects and proxies included, in place of the content; of each content the first 16 KiB, with '=all' all of it. With --explain, which shows the same lines, it adds nothing",
        |args, text| {
            args.wire = Some(WireWish { all: one(&["", "all"], text)? == "all" });
            Ok(())
        },
    )
    .ours().on_screen("show every byte")
    .in_dialects(),
    Row::maybe(
        "timing",
        "json",
        "Show at the end, on standard error, where the time of each exchange went; with '=json' as JSON, in microseconds",
        |args, text| {
            let is_json = one(&["", "json"], text)? == "json";
            args.timing = Some(if is_json { TimingWish::Json } else { TimingWish::Rows });
            Ok(())
        },
    )
    .ours(),
    Row::path(
        "har",
        "FILE",
        "Write all exchanges to this file as an HTTP Archive (HAR 1.2), secrets masked, also where \
         Ctrl-C ends the run; '-' is standard output, in place of the content, and -w then writes to standard error",
        |args, path| args.har = Some(path),
    )
    .ours(),
    Row::path(
        "pcap",
        "FILE",
        "Capture the connections for Wireshark, with the keys of https, but not HTTP/2; '-' is standard output, and all else goes to standard error",
        |args, path| args.pcap = Some(path),
    )
    .ours()
    .in_dialects(),
    Row::flag("pcap-plain", "With --pcap, leave TLS out and capture what it carries", |args| args.pcap_plain = true)
    .ours()
        .in_dialects(),
    Row::flag("parallel", "Run transfers in parallel", |args| args.parallel = true).letter('Z').in_dialects(),
    Row::value("parallel-max", "NUMBER", "Run at most NUMBER transfers in parallel (default: 50)", |args, text| {
        put(&mut args.parallel_max, number(text, u32::MAX))
    })
    .in_dialects(),
    Row::flag("parallel-immediate", "Open a new connection rather than wait for one (always on)", |_| ()).in_dialects(),
    Row::flag("fail-early", "Stop at the first transfer that fails", |args| args.fail_early = true).in_dialects(),
    Row::flag("progress-bar", "Show progress as a bar, in files too", |args| args.progress_bar = true).letter('#').in_dialects(),
    Row::flag("explain", "Explain the exchange line by line, in place of printing the content; with --dry-run the request that would be sent", |args| {
        args.explain = true;
        args.print = Some(Parts::default());
    })
    .ours().on_screen("explain every line"),
    Row::path(
        "explain-message",
        "FILE",
        "Explain the request or response in FILE ('-' is standard input) line by line, and send nothing",
        |args, path| args.explain_message = Some(path),
    )
    .ours(),
    Row::flag("explain-exit", "Explain the exit status whose number follows, without one all of them", |args| {
        args.explain_exit = true
    })
    .ours(),
    Row::text(
        "write-out",
        "FORMAT",
        "Print FORMAT at the end, with %{variables}: http_code, time_total, size_download, ...",
        |args, text| args.write_out = Some(text),
    ).on_screen("print it at the end")
    .letter('w')
    .completing(Completion::Content)
    .in_dialects(),
    Row::flag("silent", "Print no errors and no progress", |args| args.silent = true).on_screen("print no errors").letter('s').in_dialects(),
    Row::flag("show-error", "Print errors even with --silent", |args| args.show_error = true).letter('S').in_dialects(),
    Row::flag("no-progress-meter", "Show no progress bar", |args| args.no_progress_meter = true).in_dialects(),
    Row::flag("no-buffer", "Write output as it arrives (always on)", |_| ()).letter('N').in_dialects(),
    Row::value("color", "WHEN", "When to use colors", |args, text| put(&mut args.color, named(text)))
    .ours()
        .one_of(names::<When>)
        .in_dialects(),
    Row::value("pretty", "HOW", "How to format JSON: indent it, color it, both or neither", |args, text| {
        put(&mut args.pretty, named(text))
    })
    .ours()
    .one_of(names::<Pretty>)
    .in_dialects(),
    Row::flag("raw-strings", "Print content that is a single JSON string without its quotes and escapes", |args| {
        args.raw_strings = true
    })
    .ours()
    .in_dialects(),
    Row::flag("show-secrets", "Show passwords and cookies on a terminal", |args| args.show_secrets = true)
    .ours()
        .in_dialects(),
    Row::flag("raw-terminal", "Print control characters and binary content on a terminal unchanged", |args| {
        args.raw_terminal = true
    })
    .ours()
    .in_dialects(),
];
