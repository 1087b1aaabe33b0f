//! The man pages: what clap_mangen makes of the arguments, and the sections that it knows nothing of.

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::document::BOUNDS;

use crate::cli::args::Side;
use crate::cli::meaning::MEANINGS;
use crate::cli::write_out::{SPECIAL, VARIABLES};

use super::sections::{self, Block, Section};

/// The page of the program, or of one of its subcommands, as roff text.
pub(super) fn page(mut program: Command, subcommand: Option<&str>) -> String {
    program.build();
    let version = program.get_version().unwrap_or_default().to_owned();
    let (command, sections) = match subcommand {
        None => (program, sections::of(None)),
        Some(name) => {
            let side = if name == "request" { Side::Request } else { Side::Serve };
            let sections = sections::of(Some(side));
            // A subcommand that is not there would be a page without options, which the copies in `man/` would show.
            (program.find_subcommand(name).cloned().unwrap_or_default(), sections)
        }
    };
    let man = Man::new(command).source(format!("httpkit {version}")).manual("httpkit");
    let mut page = Vec::new();
    // Writing to a `Vec` does not fail.
    let _ = man.render(&mut page);
    let page = String::from_utf8_lossy(&page).into_owned();
    unfilled(&page) + &extra(sections)
}

/// The page with its indented lines, which are command lines in a help text, left as they are: neither joined nor spread.
fn unfilled(page: &str) -> String {
    let line = |line: &str| match line.starts_with("    ") {
        true => format!(".nf\n{line}\n.fi\n"),
        false => format!("{line}\n"),
    };
    page.lines().map(line).collect()
}

/// The further sections; the preamble of a document of its own is left out.
fn extra(sections: &[Section]) -> String {
    let mut roff = Roff::new();
    for section in sections {
        roff.control("SH", [section.title]);
        for block in section.blocks {
            match *block {
                Block::Text(text) => {
                    roff.control("PP", []).text([roman(text)]);
                }
                Block::List(terms) => terms.iter().for_each(|(name, meaning)| term(&mut roff, name, meaning)),
                Block::Variables => {
                    VARIABLES.iter().chain(SPECIAL).for_each(|(name, meaning)| term(&mut roff, name, meaning));
                }
                Block::Exits => {
                    MEANINGS.iter().for_each(|row| term(&mut roff, &row.status.to_string(), row.meaning));
                }
                Block::Bounds => BOUNDS.iter().for_each(|bound| term(&mut roff, &bound.most.to_string(), bound.what)),
                Block::Item(name, meaning) | Block::Example(name, meaning) => term(&mut roff, name, meaning),
            }
        }
    }
    roff.to_roff()
}

fn term(roff: &mut Roff, name: &str, meaning: &str) {
    roff.control("TP", []).text([bold(name)]).text([roman(meaning)]);
}
