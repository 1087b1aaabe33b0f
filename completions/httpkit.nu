# Completions for nushell 0.108 and newer. Nothing is declared but where candidates come from: a signature would refuse
# what nushell cannot name (--http1.0) and values behind = (--wire=all).
def "nu-complete httpkit options" [] {
    [
        [side, names, help, value];
        [httpkit, ["--help", "-h"], "Show help: -h one screen, --help everything, --help WORD about WORD", null]
        [httpkit, ["--generate"], "Print completions for a shell, or a man page, and do nothing else", ["complete-bash", "complete-zsh", "complete-fish", "complete-powershell", "complete-elvish", "complete-nushell", "man", "man-request", "man-serve"]]
        [request, ["--help", "-h"], "Show help: -h one screen, --help everything, --help WORD about WORD", null]
        [request, ["--request", "-X"], "Use METHOD as the request method", "methods"]
        [request, ["--header", "-H"], "Send this field line; 'Name:' removes a default field, 'Name;' sends it empty, '@file' reads field lines from a file", "fields"]
        [request, ["--data", "-d"], "Send DATA as the content, with POST; '@file' reads a file, '@-' standard input, without line ends", "content"]
        [request, ["--data-ascii"], "Like --data", "content"]
        [request, ["--data-raw"], "Like --data, but '@' has no special meaning", "any"]
        [request, ["--data-binary"], "Like --data, but '@file' is sent unchanged", "content"]
        [request, ["--data-urlencode"], "Like --data, percent-encoded: 'content', '=content', 'name=content', '@file' or 'name@file'", "content"]
        [request, ["--json"], "Send DATA as JSON, with POST, and ask for JSON", "content"]
        [request, ["--get", "-G"], "Put the data into the query of the URL and use GET", null]
        [request, ["--url-query"], "Add DATA to the query of the URL, percent-encoded as with --data-urlencode; '+text' is added unchanged", "content"]
        [request, ["--head", "-I"], "Fetch the header section only, with HEAD", null]
        [request, ["--upload-file", "-T"], "Send this file as the content, with PUT; '-' is standard input, '{a,b}' sends two files", "path"]
        [request, ["--user", "-u"], "User name and password; sent with Basic unless --digest or --anyauth is given; a terminal is asked for a password that is left out", "any"]
        [request, ["--disallow-username-in-url"], "Refuse URLs with a user name in them", null]
        [request, ["--user-agent", "-A"], "Send this User-Agent; '' sends none", "any"]
        [request, ["--referer", "-e"], "Send this Referer; append ';auto' to update it on each redirect", "any"]
        [request, ["--range", "-r"], "Request only this byte range, such as 0-499", "any"]
        [request, ["--form", "-F"], "Send a multipart/form-data field: 'name=content', 'name=@file,file' or 'name=<file', with ';type=', ';filename=', ';headers=' and ';encoder='; 'name=(' and '=)' put what is between them into one field", "content"]
        [request, ["--form-string"], "Like --form, but '@', '<' and ';type=' have no special meaning", "any"]
        [request, ["--form-escape"], "Put a backslash before quotes in the names of a form, in place of percent-encoding", null]
        [request, ["--cookie", "-b"], "Send these cookies ('name=value; ...') or those in this file", "path"]
        [request, ["--cookie-jar", "-c"], "Write all cookies to this file at the end; '-' is standard output", "path"]
        [request, ["--junk-session-cookies", "-j"], "Ignore the session cookies in the cookie file", null]
        [request, ["--basic"], "Use Basic authentication: the password is sent encoded, not encrypted (the default)", null]
        [request, ["--digest"], "Use Digest authentication: the password itself is never sent", null]
        [request, ["--anyauth"], "Use the best authentication that the server offers: Digest before Basic", null]
        [request, ["--oauth2-bearer"], "Send this bearer token in Authorization", "any"]
        [request, ["--netrc", "-n"], "Read user name and password from ~/.netrc", null]
        [request, ["--netrc-file"], "Read user name and password from this netrc file", "path"]
        [request, ["--netrc-optional"], "Like --netrc, but other credentials win", null]
        [request, ["--continue-at", "-C"], "Resume the transfer at this byte; '-' continues where the output file ends", "any"]
        [request, ["--time-cond", "-z"], "Transfer only if changed since this date or the date of this file; '-DATE': only if not changed since", "path"]
        [request, ["--plain", "-W"], "Ask for plain text (Accept: text/plain): httpkit serve then sends a string without its quotes", null]
        [request, ["--compressed"], "Ask for compressed content and decompress it", null]
        [request, ["--http2"], "Use HTTP/2 if the server offers it (https only)", null]
        [request, ["--http2-prior-knowledge"], "Use HTTP/2 without negotiation", null]
        [request, ["--globoff", "-g"], "Treat {a,b} and [1-9] in URLs as plain text", null]
        [request, ["--config", "-K"], "Read options from this file; '-' is standard input", "path"]
        [request, ["--variable"], "Set a variable: 'NAME=CONTENT' or 'NAME@FILE'; '%NAME' imports it from the environment. '--expand-OPTION' replaces '{{NAME}}' in its value, and '{{NAME:FUNCTION}}' with the functions trim, json, url, b64 and 64dec", "any"]
        [request, ["--disable", "-q"], "Do not read ~/.httpkitrc (no such file is read anyway)", null]
        [request, ["--next", "-:"], "Start a new group of options for the URLs that follow", null]
        [request, ["--url"], "Add a URL, as a word without an option does; '@file' names a file with a URL on each line", "any"]
        [request, ["--request-target"], "Send this request target in place of the URL's path and query", "any"]
        [request, ["--send"], "Send the bytes of FILE ('-' is standard input) as they are, in place of a request, and show what comes as --wire does", "path"]
        [request, ["--send-escaped"], "Like --send, with bytes written as \\r, \\n, \\t, \\xNN and \\\\, as --wire writes them; line ends of the file itself are ignored", "path"]
        [request, ["--path-as-is"], "Keep /../ and /./ in the path", null]
        [request, ["--http1.0", "-0"], "Use HTTP/1.0", null]
        [request, ["--http1.1"], "Use HTTP/1.1", null]
        [request, ["--http0.9"], "Accept a response without a header section", null]
        [request, ["--dialect"], "Speak to one of the original systems", ["http", "names", "dialog", "pairs", "comma", "banner"]]
        [request, ["--dry-run"], "Print the request exactly as it would be sent, and send nothing", null]
        [request, ["--as"], "Print the request as a command or a program for another tool, secrets masked, and send nothing", ["curl", "httpkit", "httpie", "python", "javascript", "http"]]
        [request, ["--include", "-i"], "Include the header section of the response in the output", null]
        [request, ["--echo-headers"], "Print the header sections of request and response around the content", null]
        [request, ["--print"], "Print these parts: H request head, B request content, h response head, b response content, m time and sizes", "any"]
        [request, ["--verbose", "-v"], "Show what is sent ('>') and received ('<') on standard error", null]
        [request, ["--trace"], "Write all bytes that cross the connection to this file, in hexadecimal; '-' is standard output, '%' standard error", "path"]
        [request, ["--trace-ascii"], "Like --trace, as text", "path"]
        [request, ["--trace-time"], "Start each block of a trace and each line of -v with the time", null]
        [request, ["--trace-ids"], "Start each block of a trace with the numbers of the transfer and the connection", null]
        [request, ["--trace-config"], "Switch 'ids' (--trace-ids), 'time' (--trace-time) or 'all' on, or off with '-' before it; ',' between several. The names of curl's components are accepted and change nothing", "any"]
        [request, ["--fail", "-f"], "Fail with exit status 22 on a status of 400 or above, and do not print the content", null]
        [request, ["--fail-with-body"], "Fail with exit status 22 on a status of 400 or above, but print the content", null]
        [request, ["--tr-encoding"], "Ask for a compressed transfer (TE) and decompress it", null]
        [request, ["--raw"], "Print the message body as it came, with chunks and content codings", null]
        [request, ["--output", "-o"], "Write the content to this file; '-' is standard output", "path"]
        [request, ["--remote-name", "-O"], "Write the content to a file named as in the URL", null]
        [request, ["--out-null"], "Read the content and discard it", null]
        [request, ["--remote-name-all"], "Use --remote-name for all URLs that follow", null]
        [request, ["--no-remote-name"], "Do not use --remote-name-all for this URL", null]
        [request, ["--remote-header-name", "-J"], "With -O, take the file name from Content-Disposition", null]
        [request, ["--output-dir"], "Write files into this folder", "path"]
        [request, ["--create-dirs"], "Create missing folders for output files", null]
        [request, ["--no-clobber"], "Do not overwrite existing files; append a number to the name instead", null]
        [request, ["--clobber"], "Overwrite existing files (the default)", null]
        [request, ["--skip-existing"], "Skip a transfer whose output file exists", null]
        [request, ["--etag-save"], "Write the entity tag of the response to this file; '-' is standard output", "path"]
        [request, ["--etag-compare"], "Transfer only if the entity tag is not the one in this file", "path"]
        [request, ["--remove-on-error"], "Remove the output file if the transfer fails", null]
        [request, ["--remote-time", "-R"], "Set the time of the output file to that of Last-Modified", null]
        [request, ["--max-filesize"], "Fail if the content is larger than SIZE bytes; k, M or G may follow; 0 is no limit", "any"]
        [request, ["--dump-header", "-D"], "Write header sections to this file; '-' is standard output, '%' standard error", "path"]
        [request, ["--stderr"], "Write standard error to this file; '-' is standard output", "path"]
        [request, ["--wire"], "Show every byte of the exchange, redirects and proxies included, in place of the content; of each content the first 16 KiB, with '=all' all of it", null]
        [request, ["--timing"], "Show at the end, on standard error, where the time of each exchange went; with '=json' as JSON, in microseconds", null]
        [request, ["--har"], "Write all exchanges to this file as an HTTP Archive (HAR 1.2), secrets masked, also where Ctrl-C ends the run; '-' is standard output, in place of the content, and -w then writes to standard error", "path"]
        [request, ["--pcap"], "Capture the connections for Wireshark, with the keys of https, but not HTTP/2; '-' is standard output, and all else goes to standard error", "path"]
        [request, ["--pcap-plain"], "With --pcap, leave TLS out and capture what it carries", null]
        [request, ["--parallel", "-Z"], "Run transfers in parallel", null]
        [request, ["--parallel-max"], "Run at most NUMBER transfers in parallel (default: 50)", "any"]
        [request, ["--parallel-immediate"], "Open a new connection rather than wait for one (always on)", null]
        [request, ["--fail-early"], "Stop at the first transfer that fails", null]
        [request, ["--progress-bar", "-#"], "Show progress as a bar, in files too", null]
        [request, ["--explain"], "Explain the exchange line by line, in place of printing the content", null]
        [request, ["--explain-message"], "Explain the request or response in FILE ('-' is standard input) line by line, and send nothing", "path"]
        [request, ["--explain-exit"], "Explain the exit status whose number follows, without one all of them", null]
        [request, ["--write-out", "-w"], "Print FORMAT at the end, with %{variables}: http_code, time_total, size_download, ...", "content"]
        [request, ["--silent", "-s"], "Print no errors and no progress", null]
        [request, ["--show-error", "-S"], "Print errors even with --silent", null]
        [request, ["--no-progress-meter"], "Show no progress bar", null]
        [request, ["--no-buffer", "-N"], "Write output as it arrives (always on)", null]
        [request, ["--color"], "When to use colors", ["auto", "always", "never"]]
        [request, ["--pretty"], "How to format JSON: indent it, color it, both or neither", ["all", "colors", "format", "none"]]
        [request, ["--raw-strings"], "Print content that is a single JSON string without its quotes and escapes", null]
        [request, ["--show-secrets"], "Show passwords and cookies on a terminal", null]
        [request, ["--raw-terminal"], "Print control characters and binary content on a terminal unchanged", null]
        [request, ["--location", "-L"], "Follow redirects", null]
        [request, ["--follow"], "Follow redirects with the method that each of them asks for, even with -X", null]
        [request, ["--location-trusted"], "Follow redirects, and send credentials to other origins too", null]
        [request, ["--max-redirs"], "Follow at most NUMBER redirects; -1 is unlimited (default: 50)", "any"]
        [request, ["--post301"], "Keep POST after a 301", null]
        [request, ["--post302"], "Keep POST after a 302", null]
        [request, ["--post303"], "Keep POST after a 303", null]
        [request, ["--proto"], "Allow only these schemes of http, https and file: '=https', '-http', 'all'", "any"]
        [request, ["--proto-redir"], "Like --proto, for redirects", "any"]
        [request, ["--proto-default"], "Scheme of a URL that has none: http, https or file", ["http", "https", "file"]]
        [request, ["--tcp-nodelay"], "Send small pieces at once (always on)", null]
        [request, ["--keepalive-time"], "Probe a connection that was idle for SECONDS, and again after as many (default: 60)", "any"]
        [request, ["--keepalive-cnt"], "Take a connection for lost after NUMBER probes without an answer (default: 9)", "any"]
        [request, ["--no-keepalive"], "Do not probe idle connections", null]
        [request, ["--max-time", "-m"], "Maximum time for the whole transfer", "any"]
        [request, ["--connect-timeout"], "Connection timeout", "any"]
        [request, ["--expect100-timeout"], "How long to wait for '100 Continue' before sending the content", "any"]
        [request, ["--rate"], "Start at most NUMBER transfers per s, m, h or d, such as 10/m or 5/15s", "any"]
        [request, ["--ignore-content-length"], "Ignore Content-Length: read the content until the connection is closed", null]
        [request, ["--limit-rate"], "Limit the transfer rate to SIZE bytes a second; k, M or G may follow", "any"]
        [request, ["--speed-limit", "-Y"], "Fail if the transfer is slower than NUMBER bytes a second for the time of --speed-time (default: 30 s)", "any"]
        [request, ["--speed-time", "-y"], "Fail if the transfer is slower than --speed-limit (default: 1 byte a second) for SECONDS", "any"]
        [request, ["--resolve"], "Use these addresses for a host and port", "any"]
        [request, ["--connect-to"], "Connect to host B and its port in place of host A", "any"]
        [request, ["--unix-socket"], "Connect through this Unix domain socket", "path"]
        [request, ["--ipv4", "-4"], "Use IPv4 addresses only", null]
        [request, ["--ipv6", "-6"], "Use IPv6 addresses only", null]
        [request, ["--interface"], "Connect from this network interface, address or host name; 'if!NAME' and 'host!NAME' say which it is", "any"]
        [request, ["--haproxy-protocol"], "Begin each connection with the line of HAProxy's PROXY protocol, which tells the client's address", null]
        [request, ["--haproxy-clientip"], "Like --haproxy-protocol, with ADDRESS as the client's", "any"]
        [request, ["--retry"], "Retry transient failures NUMBER times; a file keeps the content of the last attempt, standard output that of all", "any"]
        [request, ["--retry-delay"], "Wait SECONDS between retries, instead of 1 s doubling each time", "any"]
        [request, ["--retry-max-time"], "Start no further retry after SECONDS", "any"]
        [request, ["--retry-connrefused"], "Also retry when the connection is refused", null]
        [request, ["--retry-all-errors"], "Retry after any failure", null]
        [request, ["--cacert"], "Trust the certificate authorities in this file (PEM)", "path"]
        [request, ["--capath"], "Trust the certificate authorities in this folder", "path"]
        [request, ["--hsts"], "Use https with hosts that have asked for it (HSTS): those in this file, which is updated at the end, and those of this run; '' keeps no file", "path"]
        [request, ["--pinnedpubkey"], "Accept no other public key than these: 'sha256//HASH', with ';' between several, or a file (PEM or DER)", "path"]
        [request, ["--cert", "-E"], "Client certificate (PEM); a password is ignored, as encrypted keys are not supported", "path"]
        [request, ["--key"], "Private key of the client certificate (PEM)", "path"]
        [request, ["--tlsv1", "-1"], "Use TLS 1.0 or later (that is 1.2 or later: older versions are not built in)", null]
        [request, ["--tlsv1.2"], "Use TLS 1.2 or later", null]
        [request, ["--tlsv1.3"], "Use TLS 1.3", null]
        [request, ["--tls-max"], "Latest TLS version to use", ["default", "1.2", "1.3"]]
        [request, ["--insecure", "-k"], "Accept any certificate", null]
        [request, ["--proxy", "-x"], "Send requests through this proxy", "any"]
        [request, ["--proxy-user", "-U"], "User name and password for the proxy", "any"]
        [request, ["--proxy-basic"], "Use Basic authentication with the proxy (the default)", null]
        [request, ["--proxy-digest"], "Use Digest authentication with the proxy", null]
        [request, ["--proxy-anyauth"], "Use the safest authentication that the proxy offers", null]
        [request, ["--proxy-header"], "Send this field line to the HTTP proxy only; forms as with --header", "fields"]
        [request, ["--proxytunnel", "-p"], "Ask the HTTP proxy for a tunnel (CONNECT) for http:// too", null]
        [request, ["--proxy1.0"], "Send requests through this HTTP proxy, asking for tunnels in HTTP/1.0", "any"]
        [request, ["--suppress-connect-headers"], "Do not show the response of the proxy to CONNECT", null]
        [request, ["--socks4"], "Send requests through this SOCKS4 proxy", "any"]
        [request, ["--socks4a"], "Send requests through this SOCKS4a proxy, which looks names up", "any"]
        [request, ["--socks5"], "Send requests through this SOCKS5 proxy", "any"]
        [request, ["--socks5-hostname"], "Send requests through this SOCKS5 proxy, which looks names up", "any"]
        [request, ["--socks5-basic"], "Use the user name and password with a SOCKS5 proxy (always on)", null]
        [request, ["--preproxy"], "Reach the proxy through this SOCKS proxy", "any"]
        [request, ["--noproxy"], "Connect to these hosts without a proxy; '*' means all", "any"]
        [request, ["--proxy-cacert"], "Like --cacert, for an https proxy", "path"]
        [request, ["--proxy-capath"], "Like --capath, for an https proxy", "path"]
        [request, ["--proxy-pinnedpubkey"], "Like --pinnedpubkey, for an https proxy", "path"]
        [request, ["--proxy-cert"], "Like --cert, for an https proxy", "path"]
        [request, ["--proxy-key"], "Like --key, for an https proxy", "path"]
        [request, ["--proxy-insecure"], "Accept any certificate of an https proxy", null]
        [request, ["--proxy-tlsv1"], "Use TLS 1.2 or later with an https proxy (always on)", null]
        [serve, ["--help", "-h"], "Show help: -h one screen, --help everything, --help WORD about WORD", null]
        [serve, ["--port", "-p"], "Port to listen on; 0 picks a free one", "any"]
        [serve, ["--host"], "Address or host name to listen on", "any"]
        [serve, ["--open"], "Open the page in the browser: in $BROWSER, else in what the desktop opens URLs with", null]
        [serve, ["--create"], "Create the file if it does not exist", null]
        [serve, ["--no-save"], "Keep changes in memory only", null]
        [serve, ["--read-only"], "Refuse every write", null]
        [serve, ["--strict"], "Refuse a write (422) that would store another type of value than the data has in that place, or a record without a member that all have; further members are allowed. /_/openapi.json tells the types. They are inferred when the file is read, at start and after you edit it; those of an empty collection from its first records", null]
        [serve, ["--key"], "Member or column that identifies a record (default: 'id'); COLLECTION=NAME sets it for one collection", "any"]
        [serve, ["--foreign-key-suffix"], "What follows a collection's singular in members that point at its records: 'Id' as in 'postId'", "any"]
        [serve, ["--encoding"], "Read files that are not UTF-8, as 'EUC-KR' or 'UTF-16LE'; nothing is written to them", "any"]
        [serve, ["--types"], "How CSV cells are shown: as strings, or with numbers, booleans and null inferred", ["text", "auto"]]
        [serve, ["--sync"], "When a write is answered: once it is on disk, shortly before, or without waiting for the disk", ["each", "batch", "off"]]
        [serve, ["--static"], "Serve the files below this folder too; where a file and data have the same path, GET answers with the file. Names that begin with '.' are not served", "path"]
        [serve, ["--spa"], "Answer browsers with index.html of --static where there is neither file nor data, for single-page applications", null]
        [serve, ["--dialect"], "Speak the protocol of one of the original systems", ["http", "names", "dialog", "pairs", "comma", "banner"]]
        [serve, ["--site"], "Site that the dialect 'comma' serves (default: test.com)", "any"]
        [serve, ["--allow-host"], "Also accept requests for this host name, NAME:PORT or *.NAME (always accepted: IP addresses and localhost)", "any"]
        [serve, ["--cors"], "Allow web pages of this origin to read and write (always allowed: pages of this machine); '*' allows all", "any"]
        [serve, ["--token"], "Require 'Authorization: Bearer TOKEN' in the requests that --access names", "any"]
        [serve, ["--basic"], "Require this user name and password (Basic authentication), or the token of --token", "any"]
        [serve, ["--access"], "What --token and --basic protect: every request, or only writes", ["all", "reads:open"]]
        [serve, ["--max-head"], "Maximum size of a request head", "any"]
        [serve, ["--max-target"], "Maximum length of a request target", "any"]
        [serve, ["--max-fields"], "Maximum number of field lines in a request", "any"]
        [serve, ["--max-body"], "Maximum size of a request body", "any"]
        [serve, ["--max-pending"], "Maximum size of all request bodies that are still arriving, and of all answers made in memory that are still unread", "any"]
        [serve, ["--max-connections"], "Maximum number of open connections; further ones wait", "any"]
        [serve, ["--head-timeout"], "Time within which a request head must arrive", "any"]
        [serve, ["--body-timeout"], "How long a request body may lag behind the minimum rate", "any"]
        [serve, ["--idle-timeout"], "How long a connection may be idle between requests", "any"]
        [serve, ["--write-timeout"], "How long a client may leave its responses unread", "any"]
        [serve, ["--query-timeout"], "How long an answer may be worked on", "any"]
        [serve, ["--log"], "Format of the request log on standard error. An answer of no known length, such as a change stream, is logged when it ends or its client leaves, with the bytes sent", ["none", "short", "common", "json"]]
        [serve, ["--echo-headers"], "Log the header sections of requests and responses, secrets masked", null]
        [serve, ["--color"], "When to use colors", ["auto", "always", "never"]]
        [serve, ["--echo"], "Serve no file, but answer each request with the bytes that came, or as JSON if it accepts that; '?_status=503', '?_delay=2s' and '?_header=NAME:VALUE' shape the answer", null]
        [serve, ["--journal"], "Keep the last COUNT exchanges byte for byte for GET /_/requests, at most 4 MiB in all and of each content the first 16 KiB; 0 keeps none. They are shown to clients on this machine only, or with --token or --basic to whoever has the credentials", "any"]
        [serve, ["--pcap"], "Capture what crosses the connections for Wireshark (pcapng), '-' for standard output; the URL then goes to standard error", "path"]
        [serve, ["--max-pcap"], "Maximum size of a capture, which ends there", "any"]
        [serve, ["--trace"], "Answer TRACE with the request as it came, without credentials", null]
        [serve, ["--show-secrets"], "Show Authorization, Cookie and Set-Cookie in GET /_/requests and with --echo-headers", null]
        [serve, ["--delay"], "Delay each answer by this time, or by a random one between two: '200ms', '100ms-400ms'", "any"]
        [serve, ["--fault"], "Make requests go wrong, as '503 x3', 'GET /posts* reset 5%' or 'drip:1k/s'", "any"]
        [serve, ["--fail"], "Answer with this status, always or as often as said after a colon: '503', '503:5%', '503:x3'; every --fault is tried first", "any"]
        [serve, ["--seed"], "Make chance repeatable: with the same number, the same requests meet the same faults", "any"]
    ]
}

def "nu-complete httpkit methods" [] {
    [
        { value: "GET", description: "transfer a representation" }
        { value: "HEAD", description: "as GET, without the content" }
        { value: "POST", description: "process the content: add something" }
        { value: "PUT", description: "replace all of it, or create it" }
        { value: "PATCH", description: "change a part of it" }
        { value: "DELETE", description: "remove it" }
        { value: "OPTIONS", description: "ask what is allowed" }
        { value: "TRACE", description: "have the request echoed" }
    ]
}

def "nu-complete httpkit files" [before: string, path: string] {
    let found = try { ls ($"($path)*" | into glob) } catch { [] }
    $found | each {|file| $before + $file.name + (if $file.type == dir { "/" } else { "" }) }
}

# Candidates for the value of an option; null is nushell's own: files.
def "nu-complete httpkit value" [value: any, typed: string] {
    match $value {
        "path" => null
        "any" => []
        "methods" => (nu-complete httpkit methods)
        "fields" if not ($typed starts-with "@") => ["Accept:", "Accept-Encoding:", "Accept-Language:", "Authorization:", "Cache-Control:", "Connection:", "Content-Encoding:", "Content-Language:", "Content-Type:", "Cookie:", "Expect:", "Host:", "If-Match:", "If-Modified-Since:", "If-None-Match:", "If-Range:", "If-Unmodified-Since:", "Origin:", "Prefer:", "Range:", "Referer:", "Transfer-Encoding:", "User-Agent:", "X-Forwarded-For:", "X-Requested-With:"]
        "content" | "fields" => {
            if "@" not-in $typed { return [] }
            let at = $typed | str index-of "@"
            nu-complete httpkit files ($typed | str substring ..$at) ($typed | str substring ($at + 1)..)
        }
        _ => $value
    }
}

# All candidates, whatever they begin with.
def "nu-complete httpkit candidates" [typed: string, before: list<string>] {
    let side = match ($before | get 1? ) {
        null => (if ($typed starts-with "-") { "httpkit" } else { return [request serve] })
        "serve" => "serve"
        $word => (if $word == "--generate" { "httpkit" } else { "request" })
    }
    let options = nu-complete httpkit options | where side == $side
    let asking = $options | where {|option| ($before | last) in $option.names and $option.value != null }
    if ($asking | is-not-empty) {
        return (nu-complete httpkit value $asking.0.value $typed)
    }
    if ($typed starts-with "--") and "=" in $typed {
        let parts = $typed | split row --number 2 "="
        let asking = $options | where {|option| $parts.0 in $option.names and $option.value != null }
        if ($asking | is-empty) { return null }
        let values = nu-complete httpkit value $asking.0.value $parts.1
        let values = if $values == null { nu-complete httpkit files "" $parts.1 } else { $values }
        return ($values | each {|value| $"($parts.0)=(if ($value | describe) == string { $value } else { $value.value })" })
    }
    if ($typed starts-with "-") {
        return ($options | each {|option| $option.names | each {|name| { value: $name, description: $option.help } } } | flatten)
    }
    let methods = nu-complete httpkit methods
    if $side == "serve" { return null }
    if "@" in $typed { return (nu-complete httpkit value "content" $typed) }
    if ($before | skip 1 | any {|word| $word in $methods.value }) { return [] }
    $methods
}

def "nu-complete httpkit" [spans: list<string>] {
    let typed = $spans | last
    let all = nu-complete httpkit candidates $typed ($spans | drop 1)
    if $all == null { return null }
    $all | where {|word| (if ($word | describe) == "string" { $word } else { $word.value }) starts-with $typed }
}

@complete "nu-complete httpkit"
export extern httpkit []
