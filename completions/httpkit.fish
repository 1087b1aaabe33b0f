# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_httpkit_global_optspecs
    string join \n h/help generate= V/version
end

function __fish_httpkit_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_httpkit_global_optspecs) -- $cmd 2>/dev/null
    or return 0
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_httpkit_using_subcommand
    set -l cmd (__fish_httpkit_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c httpkit -n "__fish_httpkit_needs_command" -l generate -d 'Print completions for a shell, or a man page, and do nothing else' -r -f -a "complete-bash\t'Completions for bash, to be sourced'
complete-zsh\t'Completions for zsh, a file for a folder on fpath'
complete-fish\t'Completions for fish'
complete-powershell\t'Completions for PowerShell, to be sourced from the profile'
complete-elvish\t'Completions for elvish'
complete-nushell\t'Completions for nushell, a file for a folder of $nu.user-autoload-dirs'
man\t'The page httpkit(1)'
man-request\t'The page httpkit-request(1)'
man-serve\t'The page httpkit-serve(1)'"
complete -c httpkit -n "__fish_httpkit_needs_command" -s h -l help -d 'Show help: -h one screen, --help everything, --help WORD about WORD'
complete -c httpkit -n "__fish_httpkit_needs_command" -s V -l version -d 'Print version'
complete -c httpkit -n "__fish_httpkit_needs_command" -f -a "serve" -d 'Serve a JSON or CSV file as an HTTP API'
complete -c httpkit -n "__fish_httpkit_needs_command" -f -a "request" -d 'Send a request and print the response'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -s p -l port -d 'Port to listen on; 0 picks a free one' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l host -d 'Address or host name to listen on' -r -f -a "(__fish_print_hostnames)"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l key -d 'Member or column that identifies a record (default: \'id\'); COLLECTION=NAME sets it for one collection' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l foreign-key-suffix -d 'What follows a collection\'s singular in members that point at its records: \'Id\' as in \'postId\'' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l encoding -d 'Read files that are not UTF-8, as \'EUC-KR\' or \'UTF-16LE\'; nothing is written to them' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l types -d 'How CSV cells are shown: as strings, or with numbers, booleans and null inferred' -r -f -a "text\t'Every cell is a string'
auto\t'Numbers, true and false, and empty cells are shown as JSON numbers, booleans and null'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l sync -d 'When a write is answered: once it is on disk, shortly before, or without waiting for the disk' -r -f -a "each\t'Every write is on disk before it is answered'
batch\t'Writes reach the disk within 0.1 s after they are answered'
off\t'The operating system decides when writes reach the disk'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l static -d 'Serve the files below this folder too; where a file and data have the same path, GET answers with the file. Names that begin with \'.\' are not served' -r -f -a "(__fish_complete_directories)"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l dialect -d 'Speak the protocol of one of the original systems' -r -f -a "http\t'HTTP/1.1'
names\t'A dictionary of names behind a query string'
dialog\t'Records under a file name; asks back with a 300 before it writes'
pairs\t'A key-value store with /create and /update; the URL travels in Host'
comma\t'\'METHOD,URL\' is answered with one status text'
banner\t'One record in a CSV file; the server greets'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l site -d 'Site that the dialect \'comma\' serves (default: test.com)' -r -f -a "(__fish_print_hostnames)"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l allow-host -d 'Also accept requests for this host name, NAME:PORT or *.NAME (always accepted: IP addresses and localhost)' -r -f -a "(__fish_print_hostnames)"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l cors -d 'Allow web pages of this origin to read and write (always allowed: pages of this machine); \'*\' allows all' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l token -d 'Require \'Authorization: Bearer TOKEN\' in the requests that --access names' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l basic -d 'Require this user name and password (Basic authentication), or the token of --token' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l access -d 'What --token and --basic protect: every request, or only writes' -r -f -a "all\t'Every request needs the token or password'
reads:open\t'Reading is open to everybody'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-head -d 'Maximum size of a request head' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-target -d 'Maximum length of a request target' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-fields -d 'Maximum number of field lines in a request' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-body -d 'Maximum size of a request body' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-pending -d 'Maximum size of all request bodies that are still arriving, and of all answers made in memory that are still unread' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-connections -d 'Maximum number of open connections; further ones wait' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l head-timeout -d 'Time within which a request head must arrive' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l body-timeout -d 'How long a request body may lag behind the minimum rate' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l idle-timeout -d 'How long a connection may be idle between requests' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l write-timeout -d 'How long a client may leave its responses unread' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l query-timeout -d 'How long an answer may be worked on' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l log -d 'Format of the request log on standard error. An answer of no known length, such as a change stream, is logged when it ends or its client leaves, with the bytes sent' -r -f -a "none\t'No log'
short\t'A line for people, on a terminal with the time taken'
common\t'The common log format, for programs that read logs'
json\t'One JSON object per line'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l journal -d 'Keep the last COUNT exchanges byte for byte for GET /_/requests, at most 4 MiB in all and of each content the first 16 KiB; 0 keeps none. They are shown to clients on this machine only, or with --token or --basic to whoever has the credentials' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l pcap -d 'Capture what crosses the connections for Wireshark (pcapng), \'-\' for standard output; the URL then goes to standard error' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-pcap -d 'Maximum size of a capture, which ends there' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l delay -d 'Delay each answer by this time, or by a random one between two: \'200ms\', \'100ms-400ms\'' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l fault -d 'Make requests go wrong, as \'503 x3\', \'GET /posts* reset 5%\' or \'drip:1k/s\'' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l fail -d 'Answer with this status, always or as often as said after a colon: \'503\', \'503:5%\', \'503:x3\'; every --fault is tried first' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l seed -d 'Make chance repeatable: with the same number, the same requests meet the same faults' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -s h -l help -d 'Show help: -h one screen, --help everything, --help WORD about WORD'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l open -d 'Open the page in the browser: in $BROWSER, else in what the desktop opens URLs with'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l create -d 'Create the file if it does not exist'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l no-save -d 'Keep changes in memory only'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l read-only -d 'Refuse every write'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l strict -d 'Refuse a write (422) that would store another type of value than the data has in that place, or a record without a member that all have; further members are allowed. /_/openapi.json tells the types. They are inferred when the file is read, at start and after you edit it; those of an empty collection from its first records'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l spa -d 'Answer browsers with index.html of --static where there is neither file nor data, for single-page applications'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l echo-headers -d 'Log the header sections of requests and responses, secrets masked'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l echo -d 'Serve no file, but answer each request with the bytes that came, or as JSON if it accepts that; \'?_status=503\', \'?_delay=2s\' and \'?_header=NAME:VALUE\' shape the answer'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l trace -d 'Answer TRACE with the request as it came, without credentials'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l show-secrets -d 'Show Authorization, Cookie and Set-Cookie in GET /_/requests and with --echo-headers'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s X -l request -d 'Use METHOD as the request method' -r -f -a "(__httpkit_methods)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s H -l header -d 'Send this field line; \'Name:\' removes a default field, \'Name;\' sends it empty, \'@file\' reads field lines from a file' -r -f -a "(__httpkit_fields)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s d -l data -d 'Send DATA as the content, with POST; \'@file\' reads a file, \'@-\' standard input, without line ends' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l data-ascii -d 'Like --data' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l data-raw -d 'Like --data, but \'@\' has no special meaning' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l data-binary -d 'Like --data, but \'@file\' is sent unchanged' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l data-urlencode -d 'Like --data, percent-encoded: \'content\', \'=content\', \'name=content\', \'@file\' or \'name@file\'' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l json -d 'Send DATA as JSON, with POST, and ask for JSON' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l url-query -d 'Add DATA to the query of the URL, percent-encoded as with --data-urlencode; \'+text\' is added unchanged' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s T -l upload-file -d 'Send this file as the content, with PUT; \'-\' is standard input, \'{a,b}\' sends two files' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s u -l user -d 'User name and password; sent with Basic unless --digest or --anyauth is given; a terminal is asked for a password that is left out' -r -f -a "(__fish_complete_users)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s A -l user-agent -d 'Send this User-Agent; \'\' sends none' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s e -l referer -d 'Send this Referer; append \';auto\' to update it on each redirect' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s r -l range -d 'Request only this byte range, such as 0-499' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s F -l form -d 'Send a multipart/form-data field: \'name=content\', \'name=@file,file\' or \'name=<file\', with \';type=\', \';filename=\', \';headers=\' and \';encoder=\'; \'name=(\' and \'=)\' put what is between them into one field' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l form-string -d 'Like --form, but \'@\', \'<\' and \';type=\' have no special meaning' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s b -l cookie -d 'Send these cookies (\'name=value; ...\') or those in this file' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s c -l cookie-jar -d 'Write all cookies to this file at the end; \'-\' is standard output' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l oauth2-bearer -d 'Send this bearer token in Authorization' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l netrc-file -d 'Read user name and password from this netrc file' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s C -l continue-at -d 'Resume the transfer at this byte; \'-\' continues where the output file ends' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s z -l time-cond -d 'Transfer only if changed since this date or the date of this file; \'-DATE\': only if not changed since' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s K -l config -d 'Read options from this file; \'-\' is standard input' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l variable -d 'Set a variable: \'NAME=CONTENT\' or \'NAME@FILE\'; \'%NAME\' imports it from the environment. \'--expand-OPTION\' replaces \'{{NAME}}\' in its value, and \'{{NAME:FUNCTION}}\' with the functions trim, json, url, b64 and 64dec' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l url -d 'Add a URL, as a word without an option does; \'@file\' names a file with a URL on each line' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l request-target -d 'Send this request target in place of the URL\'s path and query' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l send -d 'Send the bytes of FILE (\'-\' is standard input) as they are, in place of a request, and show what comes as --wire does' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l send-escaped -d 'Like --send, with bytes written as \\r, \\n, \\t, \\xNN and \\\\, as --wire writes them; line ends of the file itself are ignored' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l dialect -d 'Speak to one of the original systems' -r -f -a "http\t'HTTP/1.1'
names\t'A dictionary of names behind a query string'
dialog\t'Records under a file name; asks back with a 300 before it writes'
pairs\t'A key-value store with /create and /update; the URL travels in Host'
comma\t'\'METHOD,URL\' is answered with one status text'
banner\t'One record in a CSV file; the server greets'"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l as -d 'Print the request as a command or a program for another tool, secrets masked, and send nothing' -r -f -a "curl\t'A command for curl'
httpkit\t'A command for httpkit'
httpie\t'A command for HTTPie'
python\t'A program in Python, with requests'
javascript\t'A module in JavaScript, with fetch'
http\t'A .http file, as editors run them'"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l print -d 'Print these parts: H request head, B request content, h response head, b response content, m time and sizes' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l trace -d 'Write all bytes that cross the connection to this file, in hexadecimal; \'-\' is standard output, \'%\' standard error' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l trace-ascii -d 'Like --trace, as text' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l trace-config -d 'Switch \'ids\' (--trace-ids), \'time\' (--trace-time) or \'all\' on, or off with \'-\' before it; \',\' between several. The names of curl\'s components are accepted and change nothing' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s o -l output -d 'Write the content to this file; \'-\' is standard output' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l output-dir -d 'Write files into this folder' -r -f -a "(__fish_complete_directories)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l etag-save -d 'Write the entity tag of the response to this file; \'-\' is standard output' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l etag-compare -d 'Transfer only if the entity tag is not the one in this file' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l max-filesize -d 'Fail if the content is larger than SIZE bytes; k, M or G may follow; 0 is no limit' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s D -l dump-header -d 'Write header sections to this file; \'-\' is standard output, \'%\' standard error' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l stderr -d 'Write standard error to this file; \'-\' is standard output' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l wire -d 'Show every byte of the exchange, redirects and proxies included, in place of the content; of each content the first 16 KiB, with \'=all\' all of it. With --explain, which shows the same lines, it adds nothing' -f -a "all\t''"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l timing -d 'Show at the end, on standard error, where the time of each exchange went; with \'=json\' as JSON, in microseconds' -f -a "json\t''"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l har -d 'Write all exchanges to this file as an HTTP Archive (HAR 1.2), secrets masked, also where Ctrl-C ends the run; \'-\' is standard output, in place of the content, and -w then writes to standard error' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l pcap -d 'Capture the connections for Wireshark, with the keys of https, but not HTTP/2; \'-\' is standard output, and all else goes to standard error' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l parallel-max -d 'Run at most NUMBER transfers in parallel (default: 50)' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l explain-message -d 'Explain the request or response in FILE (\'-\' is standard input) line by line, and send nothing' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s w -l write-out -d 'Print FORMAT at the end, with %{variables}: http_code, time_total, size_download, ...' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l color -d 'When to use colors' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l pretty -d 'How to format JSON: indent it, color it, both or neither' -r -f -a "all\t'Colors and indentation'
colors\t'Colors only'
format\t'Indentation only'
none\t'Neither'"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l max-redirs -d 'Follow at most NUMBER redirects; -1 is unlimited (default: 50)' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proto -d 'Allow only these schemes of http, https and file: \'=https\', \'-http\', \'all\'' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proto-redir -d 'Like --proto, for redirects' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proto-default -d 'Scheme of a URL that has none: http, https or file' -r -f -a "http\t''
https\t''
file\t''"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l keepalive-time -d 'Probe a connection that was idle for SECONDS, and again after as many (default: 60)' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l keepalive-cnt -d 'Take a connection for lost after NUMBER probes without an answer (default: 9)' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s m -l max-time -d 'Maximum time for the whole transfer' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l connect-timeout -d 'Connection timeout' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l expect100-timeout -d 'How long to wait for \'100 Continue\' before sending the content' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l rate -d 'Start at most NUMBER transfers per s, m, h or d, such as 10/m or 5/15s' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l limit-rate -d 'Limit the transfer rate to SIZE bytes a second; k, M or G may follow' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s Y -l speed-limit -d 'Fail if the transfer is slower than NUMBER bytes a second for the time of --speed-time (default: 30 s)' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s y -l speed-time -d 'Fail if the transfer is slower than --speed-limit (default: 1 byte a second) for SECONDS' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l resolve -d 'Use these addresses for a host and port' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l connect-to -d 'Connect to host B and its port in place of host A' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l unix-socket -d 'Connect through this Unix domain socket' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l interface -d 'Connect from this network interface, address or host name; \'if!NAME\' and \'host!NAME\' say which it is' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l haproxy-clientip -d 'Like --haproxy-protocol, with ADDRESS as the client\'s' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry -d 'Retry transient failures NUMBER times; a file keeps the content of the last attempt, standard output that of all' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry-delay -d 'Wait SECONDS between retries, instead of 1 s doubling each time' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry-max-time -d 'Start no further retry after SECONDS' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l cacert -d 'Trust the certificate authorities in this file (PEM)' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l capath -d 'Trust the certificate authorities in this folder' -r -f -a "(__fish_complete_directories)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l hsts -d 'Use https with hosts that have asked for it (HSTS): those in this file, which is updated at the end, and those of this run; \'\' keeps no file' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l pinnedpubkey -d 'Accept no other public key than these: \'sha256//HASH\', with \';\' between several, or a file (PEM or DER)' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s E -l cert -d 'Client certificate (PEM); a password is ignored, as encrypted keys are not supported' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l key -d 'Private key of the client certificate (PEM)' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l tls-max -d 'Latest TLS version to use' -r -f -a "default\t''
1.2\t''
1.3\t''"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s x -l proxy -d 'Send requests through this proxy' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s U -l proxy-user -d 'User name and password for the proxy' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-header -d 'Send this field line to the HTTP proxy only; forms as with --header' -r -f -a "(__httpkit_fields)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy1.0 -d 'Send requests through this HTTP proxy, asking for tunnels in HTTP/1.0' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l socks4 -d 'Send requests through this SOCKS4 proxy' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l socks4a -d 'Send requests through this SOCKS4a proxy, which looks names up' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l socks5 -d 'Send requests through this SOCKS5 proxy' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l socks5-hostname -d 'Send requests through this SOCKS5 proxy, which looks names up' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l preproxy -d 'Reach the proxy through this SOCKS proxy' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l noproxy -d 'Connect to these hosts without a proxy; \'*\' means all' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-cacert -d 'Like --cacert, for an https proxy' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-capath -d 'Like --capath, for an https proxy' -r -f -a "(__fish_complete_directories)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-pinnedpubkey -d 'Like --pinnedpubkey, for an https proxy' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-cert -d 'Like --cert, for an https proxy' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-key -d 'Like --key, for an https proxy' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s h -l help -d 'Show help: -h one screen, --help everything, --help WORD about WORD'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s G -l get -d 'Put the data into the query of the URL and use GET'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s I -l head -d 'Fetch the header section only, with HEAD'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l disallow-username-in-url -d 'Refuse URLs with a user name in them'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l form-escape -d 'Put a backslash before quotes in the names of a form, in place of percent-encoding'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s j -l junk-session-cookies -d 'Ignore the session cookies in the cookie file'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l basic -d 'Use Basic authentication: the password is sent encoded, not encrypted (the default)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l digest -d 'Use Digest authentication: the password itself is never sent'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l anyauth -d 'Use the best authentication that the server offers: Digest before Basic'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s n -l netrc -d 'Read user name and password from ~/.netrc'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l netrc-optional -d 'Like --netrc, but other credentials win'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s W -l plain -d 'Ask for plain text (Accept: text/plain): httpkit serve then sends a string without its quotes'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l compressed -d 'Ask for compressed content (gzip, deflate, br or zstd) and decompress it'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l http2 -d 'Use HTTP/2 if the server offers it (https only)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l http2-prior-knowledge -d 'Use HTTP/2 without negotiation'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s g -l globoff -d 'Treat {a,b} and [1-9] in URLs as plain text'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s q -l disable -d 'Do not read ~/.httpkitrc (no such file is read anyway)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s : -l next -d 'Start a new group of options for the URLs that follow'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l path-as-is -d 'Keep /../ and /./ in the path'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s 0 -l http1.0 -d 'Use HTTP/1.0'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l http1.1 -d 'Use HTTP/1.1'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l http0.9 -d 'Accept a response without a header section'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l dry-run -d 'Print the request exactly as it would be sent, and send nothing'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s i -l include -d 'Include the header section of the response in the output'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l echo-headers -d 'Print the header sections of request and response around the content'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s v -l verbose -d 'Show what is sent (\'>\') and received (\'<\') on standard error'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l trace-time -d 'Start each block of a trace and each line of -v with the time'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l trace-ids -d 'Start each block of a trace with the numbers of the transfer and the connection'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s f -l fail -d 'Fail with exit status 22 on a status of 400 or above, and do not print the content'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l fail-with-body -d 'Fail with exit status 22 on a status of 400 or above, but print the content'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l tr-encoding -d 'Ask for a compressed transfer (TE) and decompress it'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l raw -d 'Print the message body as it came, with chunks and content codings'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s O -l remote-name -d 'Write the content to a file named as in the URL'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l out-null -d 'Read the content and discard it'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l remote-name-all -d 'Use --remote-name for all URLs that follow'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l no-remote-name -d 'Do not use --remote-name-all for this URL'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s J -l remote-header-name -d 'With -O, take the file name from Content-Disposition'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l create-dirs -d 'Create missing folders for output files'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l no-clobber -d 'Do not overwrite existing files; append a number to the name instead'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l clobber -d 'Overwrite existing files (the default)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l skip-existing -d 'Skip a transfer whose output file exists'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l remove-on-error -d 'Remove the output file if the transfer fails'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s R -l remote-time -d 'Set the time of the output file to that of Last-Modified'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l pcap-plain -d 'With --pcap, leave TLS out and capture what it carries'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s Z -l parallel -d 'Run transfers in parallel'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l parallel-immediate -d 'Open a new connection rather than wait for one (always on)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l fail-early -d 'Stop at the first transfer that fails'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s '#' -l progress-bar -d 'Show progress as a bar, in files too'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l explain -d 'Explain the exchange line by line, in place of printing the content; with --dry-run the request that would be sent'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l explain-exit -d 'Explain the exit status whose number follows, without one all of them'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s s -l silent -d 'Print no errors and no progress'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s S -l show-error -d 'Print errors even with --silent'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l no-progress-meter -d 'Show no progress bar'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s N -l no-buffer -d 'Write output as it arrives (always on)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l raw-strings -d 'Print content that is a single JSON string without its quotes and escapes'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l show-secrets -d 'Show passwords and cookies on a terminal'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l raw-terminal -d 'Print control characters and binary content on a terminal unchanged'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s L -l location -d 'Follow redirects'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l follow -d 'Follow redirects with the method that each of them asks for, even with -X'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l location-trusted -d 'Follow redirects, and send credentials to other origins too'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l post301 -d 'Keep POST after a 301'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l post302 -d 'Keep POST after a 302'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l post303 -d 'Keep POST after a 303'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l tcp-nodelay -d 'Send small pieces at once (always on)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l no-keepalive -d 'Do not probe idle connections'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l ignore-content-length -d 'Ignore Content-Length: read the content until the connection is closed'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s 4 -l ipv4 -d 'Use IPv4 addresses only'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s 6 -l ipv6 -d 'Use IPv6 addresses only'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l haproxy-protocol -d 'Begin each connection with the line of HAProxy\'s PROXY protocol, which tells the client\'s address'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry-connrefused -d 'Also retry when the connection is refused'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry-all-errors -d 'Retry after any failure'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s 1 -l tlsv1 -d 'Use TLS 1.0 or later (that is 1.2 or later: older versions are not built in)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l tlsv1.2 -d 'Use TLS 1.2 or later'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l tlsv1.3 -d 'Use TLS 1.3'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s k -l insecure -d 'Accept any certificate'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-basic -d 'Use Basic authentication with the proxy (the default)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-digest -d 'Use Digest authentication with the proxy'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-anyauth -d 'Use the safest authentication that the proxy offers'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s p -l proxytunnel -d 'Ask the HTTP proxy for a tunnel (CONNECT) for http:// too'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l suppress-connect-headers -d 'Do not show the response of the proxy to CONNECT'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l socks5-basic -d 'Use the user name and password with a SOCKS5 proxy (always on)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-insecure -d 'Accept any certificate of an https proxy'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-tlsv1 -d 'Use TLS 1.2 or later with an https proxy (always on)'

# What the generators of clap_complete cannot say: methods as the first word, field names with their colon, a file
# after `@`.
function __httpkit_methods
    for method in 'GET:transfer a representation' 'HEAD:as GET, without the content' 'POST:process the content: add something' 'PUT:replace all of it, or create it' 'PATCH:change a part of it' 'DELETE:remove it' 'OPTIONS:ask what is allowed' 'TRACE:have the request echoed'
        string replace ':' \t -- $method
    end
end

function __httpkit_fields
    __httpkit_content
    printf '%s\n' Accept: Accept-Encoding: Accept-Language: Authorization: Cache-Control: Connection: Content-Encoding: Content-Language: Content-Type: Cookie: Expect: Host: If-Match: If-Modified-Since: If-None-Match: If-Range: If-Unmodified-Since: Origin: Prefer: Range: Referer: Transfer-Encoding: User-Agent: X-Forwarded-For: X-Requested-With:
end

function __httpkit_content
    set -l token (commandline -ct)
    if string match -q '*@*' -- $token
        set -l before (string replace -r '[^@]*$' '' -- $token)
        set -l after (string replace -r '^.*@' '' -- $token)
        for path in (__fish_complete_path $after)
            echo $before$path
        end
    end
end

# Which side the words before the cursor are of: that of requests without the word `request`, too. An option that is the
# first word may be one of both.
function __httpkit_side
    set -l words (commandline -opc)
    switch "$words[2]"
        case ''
            string match -q -- '-*' (commandline -ct)
            and echo both
            or echo none
        case serve request
            echo $words[2]
        case help -h --help -V --version '--generate*'
            echo none
        case '*'
            echo request
    end
end

function __fish_httpkit_needs_command
    contains -- (__httpkit_side) none both
end

function __fish_httpkit_using_subcommand
    set -l side (__httpkit_side)
    test $side = both
    and set side request
    contains -- $side $argv
end

function __httpkit_asks_for_exit
    set -l words (commandline -opc)
    test "$words[-1]" = --explain-exit
end

function __httpkit_has_no_method
    set -l words (commandline -opc)
    set -e words[1]
    __httpkit_asks_for_exit
    and return 1
    for word in $words
        contains -- (string upper -- $word) GET HEAD POST PUT PATCH DELETE OPTIONS TRACE
        and return 1
    end
    return 0
end

complete -c httpkit -n '__fish_httpkit_using_subcommand request; and __httpkit_has_no_method' -k -a '(__httpkit_methods)'
complete -c httpkit -n '__fish_httpkit_using_subcommand request; and __httpkit_asks_for_exit' -f -a '0 1 2 3 5 6 7 8 18 22 23 25 26 28 33 35 36 37 42 43 45 47 49 52 55 56 58 60 61 63 65 67 77 90 97 100'
