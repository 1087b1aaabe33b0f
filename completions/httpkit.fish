# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_httpkit_global_optspecs
    string join \n generate= h/help V/version
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
complete-zsh\t'Completions for zsh, a file for a folder of `$fpath`'
complete-fish\t'Completions for fish'
complete-powershell\t'Completions for PowerShell, to be sourced from the profile'
complete-elvish\t'Completions for elvish'
man\t'The page httpkit(1)'
man-request\t'The page httpkit-request(1)'
man-serve\t'The page httpkit-serve(1)'"
complete -c httpkit -n "__fish_httpkit_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c httpkit -n "__fish_httpkit_needs_command" -s V -l version -d 'Print version'
complete -c httpkit -n "__fish_httpkit_needs_command" -f -a "serve" -d 'Serve a JSON or CSV file as an HTTP API'
complete -c httpkit -n "__fish_httpkit_needs_command" -f -a "request" -d 'Send a request and print the response'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -s p -l port -d 'Listen on this port; 0 takes a free one' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l host -d 'Listen on this address or name' -r -f -a "(__fish_print_hostnames)"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l key -d 'Find records by this member or column instead of \'id\'; COLLECTION=NAME for one collection' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l types -d 'How CSV cells are shown: all as strings, or numbers, booleans and nothing as what they look like' -r -f -a "text\t'Every cell is a string'
auto\t'Canonical numbers, true, false and empty cells are shown as JSON numbers, booleans and null'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l sync -d 'What a write waits for: its own place on the disk, that of a batch, or nothing' -r -f -a "each\t'Every write is on the disk before it is answered'
batch\t'Writes are on the disk within a moment after they are answered'
off\t'The operating system decides'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l dialect -d 'Speak as one of the original systems did' -r -f -a "http\t'HTTP/1.1'
names\t'A dictionary of names behind a query string'
dialog\t'Records under a file name; asks back with a 300 before it writes'
pairs\t'A key-value store with /create and /update; the URL travels in Host'
comma\t'\'METHOD,URL\' is answered with one status text'
banner\t'One record in a CSV file; the server greets'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l site -d 'The site whose URLs the dialect \'comma\' knows, instead of test.com' -r -f -a "(__fish_print_hostnames)"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l allow-host -d 'Answer to this host name too, besides IP addresses and localhost' -r -f -a "(__fish_print_hostnames)"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l cors -d 'Let pages of this origin read and write, besides those of this machine; \'*\' for all' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l token -d 'Ask every request for \'Authorization: Bearer TOKEN\'' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-head -d 'Most octets of a request\'s head' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-target -d 'Most octets of a request target' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-fields -d 'Most field lines of a request' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-body -d 'Most octets of a request\'s body' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l max-connections -d 'Most connections at once; further ones wait' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l head-timeout -d 'Time for a request\'s head to arrive' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l body-timeout -d 'Time that a request\'s body may fall behind a slow but steady pace' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l idle-timeout -d 'Time that a connection may be idle between requests' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l write-timeout -d 'Time that a peer may leave its answers unread' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l log -d 'How each request is logged on standard error' -r -f -a "none\t'No lines'
common\t'The common log format'
json\t'A JSON object a line'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l create -d 'Make a named file that does not exist'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l no-save -d 'Keep changes in memory only'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l read-only -d 'Refuse every write'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -l echo-headers -d 'Log the header section of each request and response'
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s X -l request -d 'Use this method' -r -f -a "(__httpkit_methods)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s H -l header -d 'Send this field; \'Name:\' removes a default, \'Name;\' sends it empty, \'@file\' reads lines' -r -f -a "(__httpkit_fields)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s d -l data -d 'Send data, with POST; \'@file\' reads it, \'@-\' from standard input, line ends removed' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l data-ascii -d 'The same' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l data-raw -d 'The same, \'@\' has no meaning' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l data-binary -d 'The same, with \'@file\' as it is' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l data-urlencode -d 'The same, percent-encoded: \'content\', \'=content\', \'name=content\', \'@file\', \'name@file\'' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l json -d 'Send JSON, with POST, and ask for JSON' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l url-query -d 'Add to the query of the URL, percent-encoded as with --data-urlencode; \'+text\' as it is' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s T -l upload-file -d 'Send this file, with PUT; \'-\' is standard input' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s u -l user -d 'Name and password, for Basic authentication' -r -f -a "(__fish_complete_users)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s A -l user-agent -d 'Send this User-Agent; \'\' sends none' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s e -l referer -d 'Send this Referer; \';auto\' behind it sets it when a redirect is followed' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s r -l range -d 'Ask for these octets only' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s F -l form -d 'Send a form field, as multipart/form-data: \'name=content\', \'name=@file\', \'name=<file\', \';type=\', \';filename=\'' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l form-string -d 'The same, \'@\', \'<\' and \';type=\' have no meaning' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s b -l cookie -d 'Send these cookies, \'name=value; ...\', or those of this file' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s c -l cookie-jar -d 'Write all cookies to this file afterwards; \'-\' is standard output' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l oauth2-bearer -d 'Send this token' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l netrc-file -d 'Take name and password from this file' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s C -l continue-at -d 'Go on from this octet; \'-\' is where the output file ends' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s z -l time-cond -d 'Only if newer than this date or file (\'-\' before it: older)' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s K -l config -d 'Read options from this file; \'-\' is standard input' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l variable -d 'Set a variable: \'NAME=CONTENT\', \'NAME@FILE\'; \'%NAME\' takes it from the environment. \'{{NAME}}\' in the value of an option that is called --expand-OPTION stands for it, \'{{NAME:FUNCTION}}\' with trim, json, url, b64 or 64dec' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l url -d 'A URL, as if it stood alone' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l request-target -d 'Put this into the request line instead of the URL\'s path and query' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l dialect -d 'Speak to one of the original systems' -r -f -a "http\t'HTTP/1.1'
names\t'A dictionary of names behind a query string'
dialog\t'Records under a file name; asks back with a 300 before it writes'
pairs\t'A key-value store with /create and /update; the URL travels in Host'
comma\t'\'METHOD,URL\' is answered with one status text'
banner\t'One record in a CSV file; the server greets'"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l print -d 'Print these parts: H request head, B request content, h response head, b content, m time and sizes' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l trace -d 'Write all octets that cross the connection to this file, in hexadecimal; \'-\' is standard output, \'%\' standard error' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l trace-ascii -d 'The same, as text' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s o -l output -d 'Write the content to this file; \'-\' is standard output' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l output-dir -d 'Put files into this folder' -r -f -a "(__fish_complete_directories)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l max-filesize -d 'Fail if the content is larger; k, M, G may follow' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s D -l dump-header -d 'Write header sections to this file; \'-\' is standard output' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l stderr -d 'Write what goes to standard error to this file; \'-\' is standard output' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l parallel-max -d 'At most so many at once (50)' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s w -l write-out -d 'Print this at the end, with %{variables}: http_code, time_total, size_download, ...' -r -f -a "(__httpkit_content)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l pretty -d 'What to do for the eye: indent and colour JSON' -r -f -a "all\t'Colours and indentation'
colors\t'Colours only'
format\t'Indentation only'
none\t'Neither'"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l max-redirs -d 'Follow at most so many redirects; -1 is without end' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proto -d 'Speak these only, of http and https; \'=https\', \'-http\', \'all\'' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proto-redir -d 'The same, for redirects' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proto-default -d 'The scheme of a URL without one' -r -f -a "http\t''
https\t''"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s m -l max-time -d 'The most time for the whole transfer' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l connect-timeout -d 'The most time until a connection stands' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l expect100-timeout -d 'How long content waits for \'100 Continue\'' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l limit-rate -d 'Receive and send at most so many octets of content a second; k, M, G may follow' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s Y -l speed-limit -d 'Fail if it is slower than this, octets a second, for the time that -y says (30 s)' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s y -l speed-time -d 'Fail if it is slower than -Y says (1 octet a second) for so long' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l resolve -d 'Use these addresses for a host and port' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l connect-to -d 'Connect to host B and its port for what goes to host A' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l unix-socket -d 'Connect to this socket file' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l interface -d 'Connect from this network interface, address or host name; \'if!NAME\' and \'host!NAME\' say which it is' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry -d 'Try again so often after a failure that may pass' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry-delay -d 'Wait so long before each, not 1 s doubling' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry-max-time -d 'Begin no further attempt after so long' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s x -l proxy -d 'Send through this proxy' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s U -l proxy-user -d 'Name and password for the proxy' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l noproxy -d 'Send to these hosts without a proxy; \'*\' is all' -r
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l cacert -d 'Take certificates of these authorities (PEM)' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l capath -d 'Take certificates of the authorities in this folder' -r -f -a "(__fish_complete_directories)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s E -l cert -d 'Show this client certificate (PEM)' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l key -d 'The key of the client certificate (PEM)' -r -F
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l tls-max -d 'The latest version of TLS to speak' -r -f -a "default\t''
1.2\t''
1.3\t''"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s h -l help -d 'Print this help'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s G -l get -d 'Put the data into the query of the URL instead'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s I -l head -d 'Ask for the header section only, with HEAD'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s j -l junk-session-cookies -d 'Leave out the file\'s cookies that end with the session'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l basic -d 'Send the password as it is, coded (the default)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l digest -d 'Answer a challenge, so that the password is not sent'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s n -l netrc -d 'Take name and password from ~/.netrc'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l netrc-optional -d 'Take name and password from ~/.netrc if it is there'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l compressed -d 'Ask for compressed content, and decompress it'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l http2 -d 'Speak HTTP/2 where the server does (https)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l http2-prior-knowledge -d 'Speak HTTP/2 without asking'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s g -l globoff -d 'A URL\'s {a,b} and [1-9] have no meaning'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s q -l disable -d 'Read no ~/.httpkitrc (there is none)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s : -l next -d 'Begin anew: other options for the URLs that follow'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l path-as-is -d 'Keep /../ and /./ in the path'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s 0 -l http1.0 -d 'Speak HTTP/1.0'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l http1.1 -d 'Speak HTTP/1.1'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l http0.9 -d 'Take a response without a header section'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l dry-run -d 'Print the request as it would be sent, and send nothing'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s i -l include -d 'Put the response\'s header section before the content'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l echo-headers -d 'Print the header sections of request and response around the content'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s v -l verbose -d 'Say what goes out (\'>\') and comes in (\'<\') on standard error'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l trace-time -d 'Put the time before each block of a trace, and each line of -v'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l trace-ids -d 'Put the numbers of transfer and connection before each block of a trace'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s f -l fail -d 'Fail, with status 22 and without content, on 400 and above'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l fail-with-body -d 'Fail, with status 22, on 400 and above, and print the content all the same'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l raw -d 'Hand out the message body with its chunk framing'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s O -l remote-name -d 'Name the file as the URL does'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l remote-name-all -d 'Name all files as their URLs do'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s J -l remote-header-name -d 'With -O, name the file as Content-Disposition does'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l create-dirs -d 'Make the folders that are missing'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l no-clobber -d 'Leave files that are there alone, and take another name'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l remove-on-error -d 'Remove the file if the transfer fails'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s R -l remote-time -d 'Give the file the time that the server says'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s Z -l parallel -d 'Run several transfers at once'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l parallel-immediate -d 'Rather open a connection than wait for another transfer\'s (always so)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l fail-early -d 'End at the first transfer that fails'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s '#' -l progress-bar -d 'Show progress as a bar (always so)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s s -l silent -d 'Say nothing of failures and progress'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s S -l show-error -d 'Say failures even with -s'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l no-progress-meter -d 'Show no progress bar'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s N -l no-buffer -d 'Write each piece at once (always so)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l show-secrets -d 'Show passwords and cookies on a terminal'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l raw-terminal -d 'Print control characters and binary content on a terminal as they are'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s L -l location -d 'Follow redirects'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l location-trusted -d 'Follow redirects, and send secrets to other origins too'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l post301 -d 'Keep POST on 301'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l post302 -d 'Keep POST on 302'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l post303 -d 'Keep POST on 303'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l tcp-nodelay -d 'Send small pieces at once (always so)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s 4 -l ipv4 -d 'Use IPv4 addresses only'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s 6 -l ipv6 -d 'Use IPv6 addresses only'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry-connrefused -d 'Try again also if the connection is refused'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l retry-all-errors -d 'Try again after any failure'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l proxy-basic -d 'Send the proxy\'s password as it is, coded (always so)'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s 1 -l tlsv1 -d 'Speak TLS 1.0 or later: the same, as older versions than 1.2 are not built in'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l tlsv1.2 -d 'Speak TLS 1.2 or later'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -l tlsv1.3 -d 'Speak TLS 1.3'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s k -l insecure -d 'Take any certificate'

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

function __httpkit_has_no_method
    set -l words (commandline -opc)
    set -e words[1..2]
    for word in $words
        contains -- $word GET HEAD POST PUT PATCH DELETE OPTIONS TRACE
        and return 1
    end
    return 0
end

complete -c httpkit -n '__fish_httpkit_using_subcommand request; and __httpkit_has_no_method' -k -a '(__httpkit_methods)'
