//! The original systems, spoken by their client: what is sent for a method, a URL and data, and how far an answer has
//! come. No HTTP library sends what these expect. Nothing here knows a socket.

mod banner;
mod call;
mod comma;
mod dialog;
mod manner;
mod pairs;
mod reply;
mod url;

pub use call::{Call, Dialect, Message, Progress};
pub use manner::remark;
pub use reply::{Reply, read_reply};
pub use url::Url;

use super::error::{Error, Kind};

impl Dialect {
    /// The message for a call.
    ///
    /// # Errors
    /// `Kind::Usage` for a method that cannot be sent, and for data in a dialect that has no place for it.
    pub fn message(self, call: &Call<'_>) -> Result<Message, Error> {
        let is_sendable = |sign: char| sign.is_ascii_graphic() && sign != ',';
        if call.method.is_empty() || !call.method.chars().all(is_sendable) {
            return Err(Error::new(Kind::Usage, format!("method '{}', expected a word", call.method)));
        }
        match self {
            Dialect::Dialog => dialog::message(call),
            Dialect::Pairs | Dialect::Banner => Ok(pairs::message(call)),
            Dialect::Comma => comma::message(call),
        }
    }

    /// The greeting that is read before anything is sent.
    pub fn greeting(self) -> Option<&'static [u8]> {
        (self == Dialect::Banner).then_some(banner::GREETING)
    }

    /// How far the bytes of an answer have come.
    pub fn progress(self, bytes: &[u8]) -> Progress {
        let is_settled = match self {
            Dialect::Dialog => dialog::is_settled(bytes),
            Dialect::Pairs | Dialect::Banner => pairs::is_settled(bytes),
            Dialect::Comma => !bytes.is_empty(),
        };
        if is_settled { Progress::Settled } else { Progress::Partial }
    }

    /// Whether the server's closing without an answer is what was asked for.
    pub fn may_be_silent(self, method: &str) -> bool {
        self == Dialect::Pairs && method == "END"
    }

    /// The words that a question asks for, if the answer is one.
    pub fn question<'r>(self, reply: &'r Reply<'_>) -> Option<&'r str> {
        if self == Dialect::Dialog { dialog::question(reply) } else { None }
    }

    /// Whether the data of a call is the reply to a question and not content.
    pub fn asks_back(self) -> bool {
        self == Dialect::Dialog
    }
}
