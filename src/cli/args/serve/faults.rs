//! What goes wrong on purpose, for whoever tests clients.

use clap::ValueHint;

use super::typed::{Row, set};
use crate::cli::args::definition::number;
use crate::cli::args::instead::Instead::Dialect;

const FAULT: &str = "\
Make some requests go wrong: [METHOD] [PATH*] WHAT[:ARG] [5% | x3 | every 4]

A '*' at the end of PATH stands for anything. Without 5% (of the requests, by chance), x3 (the first three) or 'every 4' (each \
fourth) it is all of them. The option may be given more than once; the first fault that strikes wins. A fault never hides a write that \
took effect: where it breaks the answer, a request other than GET, HEAD, OPTIONS and TRACE gets a 503 that is broken in that \
way, and nothing is written.

WHAT is one of:
    503, 429:Retry-After=2   this status, with this field
    delay:2s, delay:1s-3s    answer late
    reset                    reset the connection
    empty                    close it without an answer
    truncate                 close it after half of the answer
    stall                    send half of the answer, then nothing more
    garbage                  send bytes that are no HTTP
    bad-chunk                send a chunk without a length; HTTP/1.0: truncate
    drip:1k/s                send at this rate
    slow-head, slow-head:2s  send a line of the head each second, or each 2 s
    client                   as 'Prefer: fault=reset' or 'code=503' asks

    httpkit serve db.json --fault '503:Retry-After=1 x3'
    httpkit serve db.json --fault 'GET /posts* truncate 10%' --seed 7";

pub(super) static FAULTS: &[Row] = &[
    Row::value("delay", "TIME", "Delay each answer by this time, or by a random one between two: '200ms', '100ms-400ms'", |args, text| {
        set(&mut args.delay, text.parse().map(Some))
    })
    .not_with(&[Dialect])
    .hint(ValueHint::Other),
    Row::text(
        "fault",
        "FAULT",
        "Make requests go wrong, as '503 x3', 'GET /posts* reset 5%' or 'drip:1k/s'",
        |args, text| args.fault.push(text),
    )
    .not_with(&[Dialect])
    .many()
    .explained(FAULT)
    .hint(ValueHint::Other),
    Row::text(
        "fail",
        "STATUS",
        "Answer with this status, always or as often as said after a colon: '503', '503:5%', '503:x3'; every --fault is tried first",
        |args, text| args.fail.push(text),
    )
    .not_with(&[Dialect])
    .many()
    .hint(ValueHint::Other),
    Row::value("seed", "NUMBER", "Make chance repeatable: with the same number, the same requests meet the same faults", |args, text| {
        set(&mut args.seed, number(text, u64::MAX).map(Some))
    })
    .not_with(&[Dialect])
    .hint(ValueHint::Other),
];
