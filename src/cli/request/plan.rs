//! What a command line means, as plain data: what `understand` makes and `run` does.

use std::path::PathBuf;
use std::time::Duration;

use bstr::BString;

use super::layout::Layout;
use super::retry::Retry;
use crate::client::dialect::Dialect;
use crate::client::transport::Settings;
use crate::client::{Error, Follow, ProxyWish, RequestSpec, TargetUri};

/// All that one group of options asks for.
#[derive(Debug)]
pub(crate) struct Plan {
    /// How many URLs were named.
    pub(crate) urls: usize,
    /// What is sent, in order.
    pub(crate) transfers: Vec<Transfer>,
    /// Where the output goes and how it looks.
    pub(crate) layout: Layout,
    /// When and how often a transfer is tried again.
    pub(crate) retry: Retry,
    /// What was said about proxies.
    pub(crate) proxy: ProxyWish,
    /// Files that the cookie jar begins with.
    pub(crate) cookie_files: Vec<PathBuf>,
    /// The file that the cookie jar is written to.
    pub(crate) cookie_jar: Option<PathBuf>,
    /// The file of `--hsts`; an empty path is none.
    pub(crate) hsts: Option<PathBuf>,
    /// Leaves out the files' cookies that end with the session.
    pub(crate) junk_session: bool,
    /// How connections are made.
    pub(crate) settings: Settings,
    /// How redirects are followed.
    pub(crate) follow: Follow,
    /// What is spoken, if it is not HTTP.
    pub(crate) dialect: Option<Dialect>,
    /// The least time between the starts of two transfers.
    pub(crate) pace: Option<Duration>,
    /// The form as it was typed, if there is one.
    pub(crate) form: Option<Form>,
    /// Bytes that are sent in place of requests.
    pub(crate) raw: Option<Vec<u8>>,
    /// What the user should know, though it is no failure.
    pub(crate) warnings: Vec<String>,
}

/// A form as it was typed.
#[derive(Debug)]
pub(crate) struct Form {
    /// Its parts; the literal ones are of `--form-string`.
    pub(crate) parts: Vec<(bool, BString)>,
    /// `--form-escape`
    pub(crate) escapes: bool,
}

/// One URL and what is asked of it.
#[derive(Debug)]
pub(crate) struct Transfer {
    /// The URL as it was typed.
    pub(crate) url: String,
    /// What it means, or why it means nothing.
    pub(crate) target: Result<TargetUri, Error>,
    /// The file that the URL names, if it is of the scheme `file`.
    pub(crate) local: Option<PathBuf>,
    /// Which of the group's URLs it is: all that a pattern stands for are one.
    pub(crate) place: usize,
    /// The request.
    pub(crate) spec: RequestSpec,
    /// The file for the content, if it does not go to standard output.
    pub(crate) file: Option<PathBuf>,
    /// Whether the server may choose another name in its folder.
    pub(crate) servers_choice: bool,
    /// Whether what comes is shown to nobody.
    pub(crate) is_discarded: bool,
    /// The first byte that is wanted, if the ones before are there.
    pub(crate) resume: Option<u64>,
}

impl Transfer {
    /// Lets it fail with that when its turn comes, unless its URL is none anyway.
    pub(crate) fn fail(&mut self, error: &Error) {
        if self.local.take().is_some() || self.target.is_ok() {
            self.target = Err(error.clone());
        }
    }
}
