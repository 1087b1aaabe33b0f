//! The options of `request`: curl's under curl's names, and a few of our own under long names.

mod connection;
mod output;
mod proxy;
mod request;
mod response;
mod row;

use clap::{Arg, ArgAction, Command, ValueHint};

use connection::CONNECTION;
use output::OUTPUT;
use proxy::PROXY;
use request::REQUEST;
use response::RESPONSE;
use row::Row;

use super::completion::Completion;
use super::definition::help_arg;

/// What clap calls method, URL and items by.
const WORDS: &str = "words";

/// All options, under the headings of the help.
static OPTIONS: [(&str, &[Row]); 5] =
    [("Request", REQUEST), ("Response", RESPONSE), ("Output", OUTPUT), ("Connection", CONNECTION), ("Proxy", PROXY)];

/// The options in the order of the help.
pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    OPTIONS.iter().flat_map(|(_, options)| options.iter())
}

/// The option of that long name, or of one of its other names.
pub(super) fn find(long: &str) -> Option<&'static Row> {
    all().find(|option| option.is_called(long))
}

/// The option of that letter.
pub(super) fn find_letter(letter: char) -> Option<&'static Row> {
    all().find(|option| option.letter == Some(letter))
}

/// What shells offer for the value of the argument of that name.
pub fn completion(name: &str) -> Option<Completion> {
    if name == WORDS { Some(Completion::Words) } else { find(name)?.completion }
}

/// The side `request` as clap knows it.
pub(super) fn command() -> Command {
    let words = Arg::new(WORDS)
        .value_name("[METHOD] URL [ITEM]")
        .value_hint(ValueHint::Url)
        .num_args(1..)
        .action(ArgAction::Append)
        .help("Method, unless the options imply it, URL, and items: name=text, name:=JSON, name==query, Name:field, name@file");
    let options = OPTIONS.iter().flat_map(|(heading, options)| options.iter().map(|option| option.arg(Some(heading))));
    Command::new("request")
        .about("Send a request and print the response")
        .override_usage("httpkit [METHOD] URL [ITEM]... [OPTIONS]\n       httpkit request [METHOD] URL... [OPTIONS]")
        .args_override_self(true)
        .disable_help_flag(true)
        .arg(help_arg())
        .arg(words)
        .args(options)
}

/// The value that the option of that long name may have, after `=`.
pub fn inline_value(long: &str) -> Option<&'static str> {
    find(long)?.inline_value()
}
