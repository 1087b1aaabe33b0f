# Completions for nushell 0.108 and newer. Nothing is declared but where candidates come from: a signature would refuse
# what nushell cannot name (--http1.0) and values behind = (--wire=all).
def "nu-complete httpkit options" [] {
    [
        [side, names, help, value, inline];
        [httpkit, ["--help", "-h"], "Show help: -h one screen, --help everything, --help WORD about WORD", null, null]
        [httpkit, ["--generate"], "Print completions for a shell, or a man page, and do nothing else", ["complete-bash", "complete-zsh", "complete-fish", "complete-powershell", "complete-elvish", "complete-nushell", "man", "man-request", "man-serve"], null]
        [request, ["--help", "-h"], "Show help: -h one screen, --help everything, --help WORD about WORD", null, null]
        [request, ["--request", "-X"], "Use METHOD as the request method", "methods", null]
        [request, ["--header", "-H"], "Send this field line; 'Name:' removes a default field, 'Name;' sends it empty, '@file' reads field lines from a file", "fields", null]
        [request, ["--data", "-d"], "Send DATA as the content, with POST; '@file' reads a file, '@-' standard input, without line ends", "content", null]
        [request, ["--data-ascii"], "Like --data", "content", null]
        [request, ["--data-raw"], "Like --data, but '@' has no special meaning", "any", null]
        [request, ["--data-binary"], "Like --data, but '@file' is sent unchanged", "content", null]
        [request, ["--data-urlencode"], "Like --data, percent-encoded: 'content', '=content', 'name=content', '@file' or 'name@file'", "content", null]
        [request, ["--json"], "Send DATA as JSON, with POST, and ask for JSON", "content", null]
        [request, ["--get", "-G"], "Put the data into the query of the URL and use GET", null, null]
        [request, ["--url-query"], "Add DATA to the query of the URL, percent-encoded as with --data-urlencode; '+text' is added unchanged", "content", null]
        [request, ["--head", "-I"], "Fetch the header section only, with HEAD", null, null]
        [request, ["--upload-file", "-T"], "Send this file as the content, with PUT; '-' is standard input, '{a,b}' sends two files", "path", null]
        [request, ["--user", "-u"], "User name and password; sent with Basic unless --digest or --anyauth is given; a terminal is asked for a password that is left out", "any", null]
        [request, ["--disallow-username-in-url"], "Refuse URLs with a user name in them", null, null]
        [request, ["--user-agent", "-A"], "Send this User-Agent; '' sends none", "any", null]
        [request, ["--referer", "-e"], "Send this Referer; append ';auto' to update it on each redirect", "any", null]
        [request, ["--range", "-r"], "Request only this byte range, such as 0-499", "any", null]
        [request, ["--form", "-F"], "Send a multipart/form-data field: 'name=content', 'name=@file,file' or 'name=<file', with ';type=', ';filename=', ';headers=' and ';encoder='; 'name=(' and '=)' put what is between them into one field", "content", null]
        [request, ["--form-string"], "Like --form, but '@', '<' and ';type=' have no special meaning", "any", null]
        [request, ["--form-escape"], "Put a backslash before quotes in the names of a form, in place of percent-encoding", null, null]
        [request, ["--cookie", "-b"], "Send these cookies ('name=value; ...') or those in this file", "path", null]
        [request, ["--cookie-jar", "-c"], "Write all cookies to this file at the end; '-' is standard output", "path", null]
        [request, ["--junk-session-cookies", "-j"], "Ignore the session cookies in the cookie file", null, null]
        [request, ["--basic"], "Use Basic authentication: the password is sent encoded, not encrypted (the default)", null, null]
        [request, ["--digest"], "Use Digest authentication: the password itself is never sent", null, null]
        [request, ["--anyauth"], "Use the best authentication that the server offers: Digest before Basic", null, null]
        [request, ["--oauth2-bearer"], "Send this bearer token in Authorization", "any", null]
        [request, ["--netrc", "-n"], "Read user name and password from ~/.netrc", null, null]
        [request, ["--netrc-file"], "Read user name and password from this netrc file", "path", null]
        [request, ["--netrc-optional"], "Like --netrc, but other credentials win", null, null]
        [request, ["--continue-at", "-C"], "Resume the transfer at this byte; '-' continues where the output file ends", "any", null]
        [request, ["--time-cond", "-z"], "Transfer only if changed since this date or the date of this file; '-DATE': only if not changed since", "path", null]
        [request, ["--plain", "-W"], "Ask for plain text (Accept: text/plain): httpkit serve then sends a string without its quotes", null, null]
        [request, ["--compressed"], "Ask for compressed content (gzip, deflate, br or zstd) and decompress it", null, null]
        [request, ["--http2"], "Use HTTP/2 if the server offers it (https only)", null, null]
        [request, ["--http2-prior-knowledge"], "Use HTTP/2 without negotiation", null, null]
        [request, ["--globoff", "-g"], "Treat {a,b} and [1-9] in URLs as plain text", null, null]
        [request, ["--config", "-K"], "Read options from this file; '-' is standard input", "path", null]
        [request, ["--variable"], "Set a variable: 'NAME=CONTENT' or 'NAME@FILE'; '%NAME' imports it from the environment. '--expand-OPTION' replaces '{{NAME}}' in its value, and '{{NAME:FUNCTION}}' with the functions trim, json, url, b64 and 64dec", "any", null]
        [request, ["--disable", "-q"], "Do not read ~/.httpkitrc (no such file is read anyway)", null, null]
        [request, ["--next", "-:"], "Start a new group of options for the URLs that follow", null, null]
        [request, ["--url"], "Add a URL, as a word without an option does; '@file' names a file with a URL on each line", "any", null]
        [request, ["--request-target"], "Send this request target in place of the URL's path and query", "any", null]
        [request, ["--send"], "Send the bytes of FILE ('-' is standard input) as they are, in place of a request, and show what comes as --wire does", "path", null]
        [request, ["--send-escaped"], "Like --send, with bytes written as \\r, \\n, \\t, \\xNN and \\\\, as --wire writes them; line ends of the file itself are ignored", "path", null]
        [request, ["--path-as-is"], "Keep /../ and /./ in the path", null, null]
        [request, ["--http1.0", "-0"], "Use HTTP/1.0", null, null]
        [request, ["--http1.1"], "Use HTTP/1.1", null, null]
        [request, ["--http0.9"], "Accept a response without a header section", null, null]
        [request, ["--dialect"], "Speak to one of the original systems", ["http", "names", "dialog", "pairs", "comma", "banner"], null]
        [request, ["--dry-run"], "Print the request exactly as it would be sent, and send nothing", null, null]
        [request, ["--as"], "Print the request as a command or a program for another tool, secrets masked, and send nothing", ["curl", "httpkit", "httpie", "python", "javascript", "http"], null]
        [request, ["--include", "-i"], "Include the header section of the response in the output", null, null]
        [request, ["--echo-headers"], "Print the header sections of request and response around the content", null, null]
        [request, ["--print"], "Print these parts: H request head, B request content, h response head, b response content, m time and sizes", "any", null]
        [request, ["--verbose", "-v"], "Show what is sent ('>') and received ('<') on standard error", null, null]
        [request, ["--trace"], "Write all bytes that cross the connection to this file, in hexadecimal; '-' is standard output, '%' standard error", "path", null]
        [request, ["--trace-ascii"], "Like --trace, as text", "path", null]
        [request, ["--trace-time"], "Start each block of a trace and each line of -v with the time", null, null]
        [request, ["--trace-ids"], "Start each block of a trace with the numbers of the transfer and the connection", null, null]
        [request, ["--trace-config"], "Switch 'ids' (--trace-ids), 'time' (--trace-time) or 'all' on, or off with '-' before it; ',' between several. The names of curl's components are accepted and change nothing", "any", null]
        [request, ["--fail", "-f"], "Fail with exit status 22 on a status of 400 or above, and do not print the content", null, null]
        [request, ["--fail-with-body"], "Fail with exit status 22 on a status of 400 or above, but print the content", null, null]
        [request, ["--tr-encoding"], "Ask for a compressed transfer (TE) and decompress it", null, null]
        [request, ["--raw"], "Print the message body as it came, with chunks and content codings", null, null]
        [request, ["--output", "-o"], "Write the content to this file; '-' is standard output", "path", null]
        [request, ["--remote-name", "-O"], "Write the content to a file named as in the URL", null, null]
        [request, ["--out-null"], "Read the content and discard it", null, null]
        [request, ["--remote-name-all"], "Use --remote-name for all URLs that follow", null, null]
        [request, ["--no-remote-name"], "Do not use --remote-name-all for this URL", null, null]
        [request, ["--remote-header-name", "-J"], "With -O, take the file name from Content-Disposition", null, null]
        [request, ["--output-dir"], "Write files into this folder", "path", null]
        [request, ["--create-dirs"], "Create missing folders for output files", null, null]
        [request, ["--no-clobber"], "Do not overwrite existing files; append a number to the name instead", null, null]
        [request, ["--clobber"], "Overwrite existing files (the default)", null, null]
        [request, ["--skip-existing"], "Skip a transfer whose output file exists", null, null]
        [request, ["--etag-save"], "Write the entity tag of the response to this file; '-' is standard output", "path", null]
        [request, ["--etag-compare"], "Transfer only if the entity tag is not the one in this file", "path", null]
        [request, ["--remove-on-error"], "Remove the output file if the transfer fails", null, null]
        [request, ["--remote-time", "-R"], "Set the time of the output file to that of Last-Modified", null, null]
        [request, ["--max-filesize"], "Fail if the content is larger than SIZE bytes; k, M or G may follow; 0 is no limit", "any", null]
        [request, ["--dump-header", "-D"], "Write header sections to this file; '-' is standard output, '%' standard error", "path", null]
        [request, ["--stderr"], "Write standard error to this file; '-' is standard output", "path", null]
        [request, ["--wire"], "Show every byte of the exchange, redirects and proxies included, in place of the content; of each content the first 16 KiB, with '=all' all of it. With --explain, which shows the same lines, it adds nothing", null, ["all"]]
        [request, ["--timing"], "Show at the end, on standard error, where the time of each exchange went; with '=json' as JSON, in microseconds", null, ["json"]]
        [request, ["--har"], "Write all exchanges to this file as an HTTP Archive (HAR 1.2), secrets masked, also where Ctrl-C ends the run; '-' is standard output, in place of the content, and -w then writes to standard error", "path", null]
        [request, ["--pcap"], "Capture the connections for Wireshark, with the keys of https, but not HTTP/2; '-' is standard output, and all else goes to standard error", "path", null]
        [request, ["--pcap-plain"], "With --pcap, leave TLS out and capture what it carries", null, null]
        [request, ["--parallel", "-Z"], "Run transfers in parallel", null, null]
        [request, ["--parallel-max"], "Run at most NUMBER transfers in parallel (default: 50)", "any", null]
        [request, ["--parallel-immediate"], "Open a new connection rather than wait for one (always on)", null, null]
        [request, ["--fail-early"], "Stop at the first transfer that fails", null, null]
        [request, ["--progress-bar", "-#"], "Show progress as a bar, in files too", null, null]
        [request, ["--explain"], "Explain the exchange line by line, in place of printing the content; with --dry-run the request that would be sent", null, null]
        [request, ["--explain-message"], "Explain the request or response in FILE ('-' is standard input) line by line, and send nothing", "path", null]
        [request, ["--explain-exit"], "Explain the exit status whose number follows, without one all of them", null, null]
        [request, ["--write-out", "-w"], "Print FORMAT at the end, with %{variables}: http_code, time_total, size_download, ...", "content", null]
        [request, ["--silent", "-s"], "Print no errors and no progress", null, null]
        [request, ["--show-error", "-S"], "Print errors even with --silent", null, null]
        [request, ["--no-progress-meter"], "Show no progress bar", null, null]
        [request, ["--no-buffer", "-N"], "Write output as it arrives (always on)", null, null]
        [request, ["--color"], "When to use colors", ["auto", "always", "never"], null]
        [request, ["--pretty"], "How to format JSON: indent it, color it, both or neither", ["all", "colors", "format", "none"], null]
        [request, ["--raw-strings"], "Print content that is a single JSON string without its quotes and escapes", null, null]
        [request, ["--show-secrets"], "Show passwords and cookies on a terminal", null, null]
        [request, ["--raw-terminal"], "Print control characters and binary content on a terminal unchanged", null, null]
        [request, ["--location", "-L"], "Follow redirects", null, null]
        [request, ["--follow"], "Follow redirects with the method that each of them asks for, even with -X", null, null]
        [request, ["--location-trusted"], "Follow redirects, and send credentials to other origins too", null, null]
        [request, ["--max-redirs"], "Follow at most NUMBER redirects; -1 is unlimited (default: 50)", "any", null]
        [request, ["--post301"], "Keep POST after a 301", null, null]
        [request, ["--post302"], "Keep POST after a 302", null, null]
        [request, ["--post303"], "Keep POST after a 303", null, null]
        [request, ["--proto"], "Allow only these schemes of http, https and file: '=https', '-http', 'all'", "any", null]
        [request, ["--proto-redir"], "Like --proto, for redirects", "any", null]
        [request, ["--proto-default"], "Scheme of a URL that has none: http, https or file", ["http", "https", "file"], null]
        [request, ["--tcp-nodelay"], "Send small pieces at once (always on)", null, null]
        [request, ["--keepalive-time"], "Probe a connection that was idle for SECONDS, and again after as many (default: 60)", "any", null]
        [request, ["--keepalive-cnt"], "Take a connection for lost after NUMBER probes without an answer (default: 9)", "any", null]
        [request, ["--no-keepalive"], "Do not probe idle connections", null, null]
        [request, ["--max-time", "-m"], "Maximum time for the whole transfer", "any", null]
        [request, ["--connect-timeout"], "Connection timeout", "any", null]
        [request, ["--expect100-timeout"], "How long to wait for '100 Continue' before sending the content", "any", null]
        [request, ["--rate"], "Start at most NUMBER transfers per s, m, h or d, such as 10/m or 5/15s", "any", null]
        [request, ["--ignore-content-length"], "Ignore Content-Length: read the content until the connection is closed", null, null]
        [request, ["--limit-rate"], "Limit the transfer rate to SIZE bytes a second; k, M or G may follow", "any", null]
        [request, ["--speed-limit", "-Y"], "Fail if the transfer is slower than NUMBER bytes a second for the time of --speed-time (default: 30 s)", "any", null]
        [request, ["--speed-time", "-y"], "Fail if the transfer is slower than --speed-limit (default: 1 byte a second) for SECONDS", "any", null]
        [request, ["--resolve"], "Use these addresses for a host and port", "any", null]
        [request, ["--connect-to"], "Connect to host B and its port in place of host A", "any", null]
        [request, ["--unix-socket"], "Connect through this Unix domain socket", "path", null]
        [request, ["--ipv4", "-4"], "Use IPv4 addresses only", null, null]
        [request, ["--ipv6", "-6"], "Use IPv6 addresses only", null, null]
        [request, ["--interface"], "Connect from this network interface, address or host name; 'if!NAME' and 'host!NAME' say which it is", "any", null]
        [request, ["--haproxy-protocol"], "Begin each connection with the line of HAProxy's PROXY protocol, which tells the client's address", null, null]
        [request, ["--haproxy-clientip"], "Like --haproxy-protocol, with ADDRESS as the client's", "any", null]
        [request, ["--retry"], "Retry transient failures NUMBER times; a file keeps the content of the last attempt, standard output that of all", "any", null]
        [request, ["--retry-delay"], "Wait SECONDS between retries, instead of 1 s doubling each time", "any", null]
        [request, ["--retry-max-time"], "Start no further retry after SECONDS", "any", null]
        [request, ["--retry-connrefused"], "Also retry when the connection is refused", null, null]
        [request, ["--retry-all-errors"], "Retry after any failure", null, null]
        [request, ["--cacert"], "Trust the certificate authorities in this file (PEM)", "path", null]
        [request, ["--capath"], "Trust the certificate authorities in this folder", "path", null]
        [request, ["--hsts"], "Use https with hosts that have asked for it (HSTS): those in this file, which is updated at the end, and those of this run; '' keeps no file", "path", null]
        [request, ["--pinnedpubkey"], "Accept no other public key than these: 'sha256//HASH', with ';' between several, or a file (PEM or DER)", "path", null]
        [request, ["--cert", "-E"], "Client certificate (PEM); a password is ignored, as encrypted keys are not supported", "path", null]
        [request, ["--key"], "Private key of the client certificate (PEM)", "path", null]
        [request, ["--tlsv1", "-1"], "Use TLS 1.0 or later (that is 1.2 or later: older versions are not built in)", null, null]
        [request, ["--tlsv1.2"], "Use TLS 1.2 or later", null, null]
        [request, ["--tlsv1.3"], "Use TLS 1.3", null, null]
        [request, ["--tls-max"], "Latest TLS version to use", ["default", "1.2", "1.3"], null]
        [request, ["--insecure", "-k"], "Accept any certificate", null, null]
        [request, ["--proxy", "-x"], "Send requests through this proxy", "any", null]
        [request, ["--proxy-user", "-U"], "User name and password for the proxy", "any", null]
        [request, ["--proxy-basic"], "Use Basic authentication with the proxy (the default)", null, null]
        [request, ["--proxy-digest"], "Use Digest authentication with the proxy", null, null]
        [request, ["--proxy-anyauth"], "Use the safest authentication that the proxy offers", null, null]
        [request, ["--proxy-header"], "Send this field line to the HTTP proxy only; forms as with --header", "fields", null]
        [request, ["--proxytunnel", "-p"], "Ask the HTTP proxy for a tunnel (CONNECT) for http:// too", null, null]
        [request, ["--proxy1.0"], "Send requests through this HTTP proxy, asking for tunnels in HTTP/1.0", "any", null]
        [request, ["--suppress-connect-headers"], "Do not show the response of the proxy to CONNECT", null, null]
        [request, ["--socks4"], "Send requests through this SOCKS4 proxy", "any", null]
        [request, ["--socks4a"], "Send requests through this SOCKS4a proxy, which looks names up", "any", null]
        [request, ["--socks5"], "Send requests through this SOCKS5 proxy", "any", null]
        [request, ["--socks5-hostname"], "Send requests through this SOCKS5 proxy, which looks names up", "any", null]
        [request, ["--socks5-basic"], "Use the user name and password with a SOCKS5 proxy (always on)", null, null]
        [request, ["--preproxy"], "Reach the proxy through this SOCKS proxy", "any", null]
        [request, ["--noproxy"], "Connect to these hosts without a proxy; '*' means all", "any", null]
        [request, ["--proxy-cacert"], "Like --cacert, for an https proxy", "path", null]
        [request, ["--proxy-capath"], "Like --capath, for an https proxy", "path", null]
        [request, ["--proxy-pinnedpubkey"], "Like --pinnedpubkey, for an https proxy", "path", null]
        [request, ["--proxy-cert"], "Like --cert, for an https proxy", "path", null]
        [request, ["--proxy-key"], "Like --key, for an https proxy", "path", null]
        [request, ["--proxy-insecure"], "Accept any certificate of an https proxy", null, null]
        [request, ["--proxy-tlsv1"], "Use TLS 1.2 or later with an https proxy (always on)", null, null]
        [serve, ["--help", "-h"], "Show help: -h one screen, --help everything, --help WORD about WORD", null, null]
        [serve, ["--port", "-p"], "Port to listen on; 0 picks a free one", "any", null]
        [serve, ["--host"], "Address or host name to listen on", "any", null]
        [serve, ["--open"], "Open the page in the browser: in $BROWSER, else in what the desktop opens URLs with", null, null]
        [serve, ["--create"], "Create the file if it does not exist", null, null]
        [serve, ["--no-save"], "Keep changes in memory only", null, null]
        [serve, ["--read-only"], "Refuse every write", null, null]
        [serve, ["--strict"], "Refuse a write (422) that would store another type of value than the data has in that place, or a record without a member that all have; further members are allowed. /_/openapi.json tells the types. They are inferred when the file is read, at start and after you edit it; those of an empty collection from its first records", null, null]
        [serve, ["--key"], "Member or column that identifies a record (default: 'id'); COLLECTION=NAME sets it for one collection", "any", null]
        [serve, ["--foreign-key-suffix"], "What follows a collection's singular in members that point at its records: 'Id' as in 'postId'", "any", null]
        [serve, ["--encoding"], "Read files that are not UTF-8, as 'EUC-KR' or 'UTF-16LE'; nothing is written to them", "any", null]
        [serve, ["--types"], "How CSV cells are shown: as strings, or with numbers, booleans and null inferred", ["text", "auto"], null]
        [serve, ["--sync"], "When a write is answered: once it is on disk, shortly before, or without waiting for the disk", ["each", "batch", "off"], null]
        [serve, ["--static"], "Serve the files below this folder too; where a file and data have the same path, GET answers with the file. Names that begin with '.' are not served", "path", null]
        [serve, ["--spa"], "Answer browsers with index.html of --static where there is neither file nor data, for single-page applications", null, null]
        [serve, ["--dialect"], "Speak the protocol of one of the original systems", ["http", "names", "dialog", "pairs", "comma", "banner"], null]
        [serve, ["--site"], "Site that the dialect 'comma' serves (default: test.com)", "any", null]
        [serve, ["--allow-host"], "Also accept requests for this host name, NAME:PORT or *.NAME (always accepted: IP addresses and localhost)", "any", null]
        [serve, ["--cors"], "Allow web pages of this origin to read and write (always allowed: pages of this machine); '*' allows all", "any", null]
        [serve, ["--token"], "Require 'Authorization: Bearer TOKEN' in the requests that --access names", "any", null]
        [serve, ["--basic"], "Require this user name and password (Basic authentication), or the token of --token", "any", null]
        [serve, ["--access"], "What --token and --basic protect: every request, or only writes", ["all", "reads:open"], null]
        [serve, ["--max-head"], "Maximum size of a request head", "any", null]
        [serve, ["--max-target"], "Maximum length of a request target", "any", null]
        [serve, ["--max-fields"], "Maximum number of field lines in a request", "any", null]
        [serve, ["--max-body"], "Maximum size of a request body", "any", null]
        [serve, ["--max-pending"], "Maximum size of all request bodies that are still arriving, and of all answers made in memory that are still unread", "any", null]
        [serve, ["--max-connections"], "Maximum number of open connections; further ones wait", "any", null]
        [serve, ["--head-timeout"], "Time within which a request head must arrive", "any", null]
        [serve, ["--body-timeout"], "How long a request body may lag behind the minimum rate", "any", null]
        [serve, ["--idle-timeout"], "How long a connection may be idle between requests", "any", null]
        [serve, ["--write-timeout"], "How long a client may leave its responses unread", "any", null]
        [serve, ["--query-timeout"], "How long an answer may be worked on", "any", null]
        [serve, ["--log"], "Format of the request log on standard error. An answer of no known length, such as a change stream, is logged when it ends or its client leaves, with the bytes sent", ["none", "short", "common", "json"], null]
        [serve, ["--echo-headers"], "Log the header sections of requests and responses, secrets masked", null, null]
        [serve, ["--color"], "When to use colors", ["auto", "always", "never"], null]
        [serve, ["--echo"], "Serve no file, but answer each request with the bytes that came, or as JSON if it accepts that; '?_status=503', '?_delay=2s' and '?_header=NAME:VALUE' shape the answer", null, null]
        [serve, ["--journal"], "Keep the last COUNT exchanges byte for byte for GET /_/requests, at most 4 MiB in all and of each content the first 16 KiB; 0 keeps none. They are shown to clients on this machine only, or with --token or --basic to whoever has the credentials", "any", null]
        [serve, ["--pcap"], "Capture what crosses the connections for Wireshark (pcapng), '-' for standard output; the URL then goes to standard error", "path", null]
        [serve, ["--max-pcap"], "Maximum size of a capture, which ends there", "any", null]
        [serve, ["--trace"], "Answer TRACE with the request as it came, without credentials", null, null]
        [serve, ["--show-secrets"], "Show Authorization, Cookie and Set-Cookie in GET /_/requests and with --echo-headers", null, null]
        [serve, ["--delay"], "Delay each answer by this time, or by a random one between two: '200ms', '100ms-400ms'", "any", null]
        [serve, ["--fault"], "Make requests go wrong, as '503 x3', 'GET /posts* reset 5%' or 'drip:1k/s'", "any", null]
        [serve, ["--fail"], "Answer with this status, always or as often as said after a colon: '503', '503:5%', '503:x3'; every --fault is tried first", "any", null]
        [serve, ["--seed"], "Make chance repeatable: with the same number, the same requests meet the same faults", "any", null]
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
    let is_first = ($before | get 1?) == null
    let side = match ($before | get 1?) {
        null => (if ($typed starts-with "-") { "httpkit" } else { return [request serve] })
        "serve" => "serve"
        $word => (if $word == "--generate" { "httpkit" } else { "request" })
    }
    # Without the word `request` it is a request all the same.
    let options = nu-complete httpkit options | where {|option| $option.side == $side or ($is_first and $option.side == "request") }
    let asking = $options | where {|option| ($before | last) in $option.names and $option.value != null }
    if ($asking | is-not-empty) {
        return (nu-complete httpkit value $asking.0.value $typed)
    }
    if ($typed starts-with "--") and "=" in $typed {
        let parts = $typed | split row --number 2 "="
        let asking = $options | where {|option| $parts.0 in $option.names and ($option.value != null or $option.inline != null) }
        if ($asking | is-empty) { return null }
        let kind = if $asking.0.inline != null { $asking.0.inline } else { $asking.0.value }
        let values = nu-complete httpkit value $kind $parts.1
        let values = if $values == null { nu-complete httpkit files "" $parts.1 } else { $values }
        return ($values | each {|value| $"($parts.0)=(if ($value | describe) == string { $value } else { $value.value })" })
    }
    if ($typed starts-with "-") {
        return ($options | each {|option| $option.names | each {|name| { value: $name, description: $option.help } } } | flatten)
    }
    let methods = nu-complete httpkit methods
    if $side == "serve" { return null }
    if ($before | last) == "--explain-exit" { return ["0", "1", "2", "3", "5", "6", "7", "8", "18", "22", "23", "25", "26", "28", "33", "35", "36", "37", "42", "43", "45", "47", "49", "52", "55", "56", "58", "60", "61", "63", "65", "67", "77", "90", "97", "100"] }
    if "@" in $typed { return (nu-complete httpkit value "content" $typed) }
    if ($before | skip 1 | any {|word| ($word | str upcase) in $methods.value }) { return [] }
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
