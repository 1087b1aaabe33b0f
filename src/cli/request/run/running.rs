//! A transfer while it runs: what is asked, what it works with, and what is known of it so far.

use std::io::Read;
use std::time::{Duration, Instant};

use super::output::Output;
use super::record::{Book, Record};
use super::report::Report;
use super::session::Session;
use super::{upload, verbose, wire};
use crate::cli::request::plan::{Plan, Transfer};
use crate::client::transport::Exchange;
use crate::client::{Error, Hop, Request};
use crate::print::Terminal;

/// How many heads of responses before the last are kept for `-w`.
const HEADS: usize = 100;

/// One transfer, from its first attempt to its end.
pub(crate) struct Running<'r> {
    pub(crate) plan: &'r Plan,
    pub(crate) transfer: &'r Transfer,
    pub(crate) session: &'r mut Session,
    /// Standard input, and whether a person types on it.
    pub(crate) input: &'r mut (dyn Read + Send),
    pub(crate) input_is_terminal: bool,
    /// Looks an environment variable up.
    pub(crate) variable: fn(&str) -> Option<String>,
    pub(crate) out: Output<'r>,
    /// The first byte that is wanted of the content, if those before it are there (`-C`).
    pub(crate) resume: Option<u64>,
    pub(crate) report: Report,
    /// What is written down of its exchanges, if somebody wants to know of them.
    pub(crate) record: Option<Record>,
    pub(crate) started: Instant,
}

impl<'r> Running<'r> {
    /// Begins a transfer; `url` is the number of its URL on the command line.
    pub(crate) fn begin(
        plan: &'r Plan,
        transfer: &'r Transfer,
        url: usize,
        session: &'r mut Session,
        terminal: &'r mut Terminal,
    ) -> Running<'r> {
        let record = session.book.as_ref().map(Book::record);
        let (wire, showing) = wire::tap(&plan.layout, &terminal.output).unzip();
        let report = Report {
            url: transfer.url.clone(),
            url_number: url,
            target: transfer.target.clone().ok(),
            method: transfer.spec.first_method().to_owned(),
            file: transfer.file.as_ref().map(|path| path.display().to_string()),
            number: {
                // The bar first: it makes place for the lines of the others.
                let upload = upload::tap(plan, transfer, &terminal.error, &session.bars);
                let verbose = verbose::tap(&plan.layout, &terminal.error);
                let record = record.as_ref().map(Record::tap);
                session.begin(upload.into_iter().chain(verbose).chain(wire).chain(record))
            },
            ..Report::default()
        };
        let Terminal { input, input_is_terminal, output, error, variable } = terminal;
        Running {
            plan,
            transfer,
            session,
            input: input.as_mut(),
            input_is_terminal: *input_is_terminal,
            variable: *variable,
            resume: transfer.resume,
            out: Output::new(&plan.layout, output, error, transfer, showing),
            report,
            record,
            started: Instant::now(),
        }
    }

    /// Notes what is about to be sent, so long after the attempt began.
    pub(crate) fn note_hop(&mut self, request: &Request, hop: &Hop, before: Duration) {
        if let Some(record) = &mut self.record {
            record.begin(request);
        }
        let report = &mut self.report;
        report.method.clone_from(&request.method);
        report.referer = request.field("referer").map(|field| field.text().into_owned());
        report.proxied = request.proxy.is_some();
        report.effective = Some(hop.target.clone());
        report.redirects = hop.redirects;
        report.earlier.extend(report.head.take().filter(|_| report.earlier.len() < HEADS));
        if hop.redirects > 0 {
            report.redirect_time = before;
        }
    }

    /// Notes what the transport knows after it has sent.
    pub(crate) fn note_sent(&mut self, exchange: Option<&Exchange>) {
        let report = &mut self.report;
        report.facts = self.session.transport.facts().clone();
        report.connects += report.facts.connects;
        report.head_bytes += report.facts.head_bytes;
        report.request_bytes += report.facts.request_bytes;
        // Where nothing comes from the next place, the response that led there is the last one.
        report.head = exchange.map(|exchange| exchange.head.clone()).or_else(|| report.earlier.pop());
        if let Some(record) = &mut self.record {
            record.sent(&report.facts, exchange);
        }
    }

    /// Notes that an attempt is over, well or not.
    pub(crate) fn note_end(&mut self, failure: Option<&Error>) {
        if let Some(record) = &mut self.record {
            record.end(failure);
        }
    }

    /// Begins another attempt: what `-w` counts is about the last one.
    pub(crate) fn try_again(&mut self) {
        let report = &mut self.report;
        report.retries += 1;
        report.earlier.clear();
        report.head = None;
        (report.connects, report.head_bytes, report.request_bytes) = (0, 0, 0);
    }

    /// Notes what became of the transfer, whatever it spoke.
    pub(crate) fn note_output(&mut self) {
        self.report.total_time = self.started.elapsed();
        self.report.delivered = self.out.delivered();
        self.report.file = self.out.path().map(|path| path.display().to_string());
    }
}
