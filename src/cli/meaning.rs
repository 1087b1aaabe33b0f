//! What the exit statuses of `request` mean: one table for the man page and for `--explain-exit`.

use crate::print::{Palette, Tone};

/// What an exit status of `request` tells a user: the same in the man page and for `--explain-exit`.
#[derive(Debug)]
pub(crate) struct Meaning {
    /// The number.
    pub(crate) status: u8,
    /// What happened, in one sentence.
    pub(crate) meaning: &'static str,
    /// What mostly leads to it.
    pub(crate) causes: &'static str,
    /// What to try.
    pub(crate) remedy: &'static str,
}

/// The exit statuses of `request`, by number.
pub(crate) const MEANINGS: &[Meaning] = &[
    meaning(
        0,
        "The transfer was completed.",
        "The server answered, and the answer came whole. Its status code may still be 404 or 500.",
        "--fail makes a status code of 400 or above exit status 22; -w '%{http_code}' prints the code.",
    ),
    meaning(
        1,
        "The scheme of the URL, or the protocol of the answer, is not supported or not allowed.",
        "A scheme other than http, https and file, a typing error before '://', a scheme that --proto excludes, or a server that speaks first, which looks like HTTP/0.9.",
        "Check the URL. --http0.9 takes an answer without a head; --dialect talks to the original systems.",
    ),
    meaning(
        2,
        "The command line was not understood.",
        "An option that does not exist, a value that is not of its kind, a word that the shell took apart at a space, '&' or '?'.",
        "Read what was said; put URLs and data in single quotes; httpkit request --help lists the options.",
    ),
    meaning(
        3,
        "The URL is malformed.",
        "A space or a control character, a port above 65535, a '[' or '{' that was meant as itself.",
        "Percent-encode what is special (a space is %20); -g takes brackets and braces as they are.",
    ),
    meaning(
        5,
        "The host of the proxy could not be resolved.",
        "A wrong name in -x, http_proxy, HTTPS_PROXY or ALL_PROXY; no name server within reach.",
        "--noproxy '*' goes without a proxy; unset the variable; check the name.",
    ),
    meaning(
        6,
        "The host of the URL could not be resolved.",
        "A typing error in the name, no network, a name that only another name server knows.",
        "Try the name in a browser, or an address in its place; --resolve HOST:PORT:ADDRESS names one.",
    ),
    meaning(
        7,
        "The connection failed.",
        "Nothing listens on that port, the server is not started, a firewall refuses, or a wrong port.",
        "Start the server; check the port (a loopback host without a port means 8080 here); --retry 5 --retry-connrefused waits for it.",
    ),
    meaning(
        8,
        "The response is not HTTP.",
        "Another protocol answers on that port (https asked as http), the head breaks off, or lengths contradict each other.",
        "--trace-ascii - shows the bytes; --explain-message explains a saved message; try https.",
    ),
    meaning(
        18,
        "The response ended early.",
        "The server or a proxy closed the connection within the header section, before Content-Length was reached or the last chunk came.",
        "Ask again; -C - goes on with a file where it broke off; if it is always the same byte, the server's Content-Length is wrong.",
    ),
    meaning(
        22,
        "The status code is 400 or above, and --fail was given.",
        "A wrong path (404), missing credentials (401), a method that is not allowed (405), a failure in the server (5xx).",
        "--fail-with-body shows the answer, which mostly says why.",
    ),
    meaning(
        23,
        "The output could not be written.",
        "A full disk, a folder that does not exist or may not be written, a file that is there already (--no-clobber), a reader that went away.",
        "Check the folder and its space; --create-dirs makes folders.",
    ),
    meaning(
        25,
        "Content of unknown length cannot be sent with HTTP/1.0.",
        "-T - or a pipe together with --http1.0.",
        "Leave --http1.0 out, or send a file, whose length is known.",
    ),
    meaning(
        26,
        "An input could not be read.",
        "A file after -d @, -T, -F or -K that does not exist or may not be read.",
        "Check the name and the folder you are in; '-' is standard input.",
    ),
    meaning(
        28,
        "A time limit was reached.",
        "A slow or hanging server, a firewall that drops packets, a limit (-m, --connect-timeout) that is too short, or an answer whose end is not marked.",
        "A longer -m; -v shows how far it came; --connect-timeout tells a dead host from a slow one.",
    ),
    meaning(
        33,
        "The server does not support the range.",
        "The answer to -r or -C is not the part that was asked for.",
        "Ask for the whole, without -r or -C.",
    ),
    meaning(
        35,
        "The TLS handshake failed.",
        "A server that speaks no TLS on that port, or only versions or ciphers that are too old; a clock that is wrong.",
        "Check the port; try http; -v shows where it stopped.",
    ),
    meaning(
        36,
        "The file of a file:// URL ends before the byte asked for.",
        "-C or -r with a position past the end.",
        "Compare the position with the size of the file.",
    ),
    meaning(
        37,
        "The file of a file:// URL cannot be read.",
        "A path that does not exist, a folder, missing rights.",
        "ls -l PATH shows what is there and who may read it.",
    ),
    meaning(
        42,
        "Stopped with the run, as another transfer failed (--parallel, --fail-early) or a signal came; only -w shows it.",
        "--fail-early, and a transfer that failed first.",
        "Look at the first failure; without --fail-early the others go on.",
    ),
    meaning(
        43,
        "The name of a file takes '#<NAME>' from a URL pattern that has no such place; or what a proxy answers to CONNECT is not HTTP.",
        "A name after '#' in -o that the pattern in the URL does not have; a web server or another service in place of a proxy.",
        "Compare the names in {<NAME>a,b} and in -o; -v and --wire show what the proxy said.",
    ),
    meaning(
        45,
        "The interface or address of --interface cannot be used.",
        "A name that no interface of this machine has, or an address that is not its own.",
        "ip address lists both.",
    ),
    meaning(
        47,
        "Too many redirects.",
        "Two URLs that send to each other, or a site that wants a cookie before it lets you in.",
        "-v shows where they go; -b '' keeps cookies; --max-redirs allows more.",
    ),
    meaning(
        49,
        "A rule of --resolve or --connect-to is not written as one.",
        "A missing part between colons, a port that is no number.",
        "--resolve takes HOST:PORT:ADDRESS, --connect-to HOST1:PORT1:HOST2:PORT2.",
    ),
    meaning(
        52,
        "The server closed the connection without a response.",
        "A server that crashed on the request or did not understand it, https that was asked as http, a port of another protocol.",
        "Look at the server's log; try https; --trace-ascii - shows what was sent.",
    ),
    meaning(
        55,
        "Sending failed.",
        "The server closed the connection while the request was on its way, mostly as it was too large.",
        "Look at the server's log and limits; -v shows an answer that came before.",
    ),
    meaning(
        56,
        "Receiving failed.",
        "The server or something on the way reset the connection.",
        "Ask again; look at the server's log; if it is always at the same place, the server fails there.",
    ),
    meaning(
        58,
        "The client certificate cannot be used.",
        "A file of -E or --key that is missing, is not PEM, or a key that does not belong to the certificate.",
        "openssl x509 -in FILE -noout -subject reads the certificate.",
    ),
    meaning(
        60,
        "The server's certificate could not be verified.",
        "A certificate that it signed itself, that has expired, or is for another name; a proxy that looks inside; a clock that is wrong.",
        "--cacert FILE trusts your own authority; -k goes without a check, for a test only.",
    ),
    meaning(
        61,
        "The content coding is unknown or broken.",
        "A content that is not what Content-Encoding says, or was cut within.",
        "Without --compressed nothing is decoded: look at what comes.",
    ),
    meaning(
        63,
        "The content is larger than --max-filesize.",
        "The answer is longer than you allowed.",
        "Raise the limit, or ask for a part with -r.",
    ),
    meaning(
        65,
        "Content that can be read only once would have to be sent again.",
        "Standard input as content, and a redirect, a retry or a challenge that needs it once more.",
        "Save the content in a file and send that.",
    ),
    meaning(
        67,
        "The URL holds a user name, which --disallow-username-in-url refuses.",
        "A name, or a name and a password, before '@' in a URL, or in the Location of a redirect.",
        "Give name and password with -u or --netrc.",
    ),
    meaning(
        77,
        "The CA file cannot be read.",
        "A file of --cacert that has no certificate in PEM, or a folder of --capath that is missing. A file that is missing is status 2, as in curl.",
        "Check the name; the file begins with -----BEGIN CERTIFICATE-----.",
    ),
    meaning(
        90,
        "The server has another public key than --pinnedpubkey names.",
        "A certificate that was renewed with a new key, another server, or a proxy that looks inside; a key file that cannot be read.",
        "openssl x509 -in FILE -pubkey -noout writes the key of a certificate that you trust.",
    ),
    meaning(
        97,
        "The handshake with the proxy failed.",
        "A SOCKS proxy that refuses, wants credentials, or is none.",
        "Check the scheme in -x (socks5, socks5h, http) and the user name.",
    ),
    meaning(
        100,
        "A header section is too large.",
        "A line of more than 100 KiB or more than 5000 lines in a response, more than 1 MiB in the request.",
        "--trace-ascii - shows what came; send less in fields, and more in the content.",
    ),
];

/// A row as text of so many columns.
pub(crate) fn tell(row: &Meaning, palette: Palette, width: usize) -> String {
    let tone = if row.status == super::exit::SUCCESS { Tone::Good } else { Tone::Bad };
    let number = palette.paint(tone, &row.status.to_string()).into_owned();
    let gap = " ".repeat(4 - row.status.to_string().len());
    let paragraph = |label: &str, text: &str| {
        let rows =
            crate::print::wrapped(label.split_terminator(' ').chain(text.split(' ')), width.saturating_sub(5).max(20));
        let rows = rows.join("\n    ");
        format!("    {}\n", rows.replacen(label, &palette.paint(Tone::Faint, label), usize::from(!label.is_empty())))
    };
    let said = paragraph("", row.meaning);
    format!("{number}{gap}{}{}{}", said.trim_start(), paragraph("causes:", row.causes), paragraph("try:", row.remedy))
}

const fn meaning(status: u8, meaning: &'static str, causes: &'static str, remedy: &'static str) -> Meaning {
    Meaning { status, meaning, causes, remedy }
}

#[cfg(test)]
mod tests {
    use super::MEANINGS;

    #[test]
    fn each_number_stands_once_and_in_its_place() {
        let numbers: Vec<u8> = MEANINGS.iter().map(|row| row.status).collect();
        assert!(numbers.is_sorted_by(|one, other| one < other), "{numbers:?}");
    }
}
