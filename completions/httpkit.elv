
use builtin;
use str;

set edit:completion:arg-completer[httpkit] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'httpkit'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
        if (has-value [request serve] $word) {
            break
        }
    }
    var completions = [
        &'httpkit'= {
            cand --generate 'Print completions for a shell, or a man page, and do nothing else'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand serve 'Serve a JSON or CSV file as an HTTP API'
            cand request 'Send a request and print the response'
        }
        &'httpkit;serve'= {
            cand -p 'The port to listen on; 0 takes a free one'
            cand --port 'The port to listen on; 0 takes a free one'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'httpkit;request'= {
            cand GET 'transfer a representation'
            cand HEAD 'as GET, without the content'
            cand POST 'process the content: add something'
            cand PUT 'replace all of it, or create it'
            cand PATCH 'change a part of it'
            cand DELETE 'remove it'
            cand OPTIONS 'ask what is allowed'
            cand TRACE 'have the request echoed'
            cand -X 'Use this method'
            cand --request 'Use this method'
            cand -H 'Send this field; ''Name:'' removes a default, ''Name;'' sends it empty, ''@file'' reads lines'
            cand --header 'Send this field; ''Name:'' removes a default, ''Name;'' sends it empty, ''@file'' reads lines'
            cand -d 'Send data, with POST; ''@file'' reads it, ''@-'' from standard input, line ends removed'
            cand --data 'Send data, with POST; ''@file'' reads it, ''@-'' from standard input, line ends removed'
            cand --data-ascii 'The same'
            cand --data-raw 'The same, ''@'' has no meaning'
            cand --data-binary 'The same, with ''@file'' as it is'
            cand --data-urlencode 'The same, percent-encoded: ''content'', ''=content'', ''name=content'', ''@file'', ''name@file'''
            cand --json 'Send JSON, with POST, and ask for JSON'
            cand --url-query 'Add to the query of the URL, percent-encoded as with --data-urlencode; ''+text'' as it is'
            cand -T 'Send this file, with PUT; ''-'' is standard input'
            cand --upload-file 'Send this file, with PUT; ''-'' is standard input'
            cand -u 'Name and password, for Basic authentication'
            cand --user 'Name and password, for Basic authentication'
            cand -A 'Send this User-Agent; '''' sends none'
            cand --user-agent 'Send this User-Agent; '''' sends none'
            cand -e 'Send this Referer; '';auto'' behind it sets it when a redirect is followed'
            cand --referer 'Send this Referer; '';auto'' behind it sets it when a redirect is followed'
            cand -r 'Ask for these octets only'
            cand --range 'Ask for these octets only'
            cand --url 'A URL, as if it stood alone'
            cand --request-target 'Put this into the request line instead of the URL''s path and query'
            cand --dialect 'Speak to one of the original systems'
            cand -o 'Write the content to this file; ''-'' is standard output'
            cand --output 'Write the content to this file; ''-'' is standard output'
            cand -w 'Print this at the end, with %{variables}: http_code, time_total, size_download, ...'
            cand --write-out 'Print this at the end, with %{variables}: http_code, time_total, size_download, ...'
            cand --color 'When to use colours'
            cand --pretty 'What to do for the eye: indent and colour JSON'
            cand --max-redirs 'Follow at most so many redirects; -1 is without end'
            cand -m 'The most time for the whole transfer'
            cand --max-time 'The most time for the whole transfer'
            cand --connect-timeout 'The most time until a connection stands'
            cand --expect100-timeout 'How long content waits for ''100 Continue'''
            cand --resolve 'Use these addresses for a host and port'
            cand --connect-to 'Connect to another host and port'
            cand --unix-socket 'Connect to this socket file'
            cand --interface 'Connect from this address'
            cand -h 'Print this help'
            cand --help 'Print this help'
            cand -G 'Put the data into the query of the URL instead'
            cand --get 'Put the data into the query of the URL instead'
            cand -I 'Ask for the header section only, with HEAD'
            cand --head 'Ask for the header section only, with HEAD'
            cand --path-as-is 'Keep /../ and /./ in the path'
            cand -0 'Speak HTTP/1.0'
            cand --http1.0 'Speak HTTP/1.0'
            cand --http1.1 'Speak HTTP/1.1'
            cand --http0.9 'Take a response without a header section'
            cand --dry-run 'Print the request as it would be sent, and send nothing'
            cand -i 'Put the response''s header section before the content'
            cand --include 'Put the response''s header section before the content'
            cand --echo-headers 'Print the header sections of request and response around the content'
            cand -v 'Say what goes out (''>'') and comes in (''<'') on standard error'
            cand --verbose 'Say what goes out (''>'') and comes in (''<'') on standard error'
            cand -f 'Fail, with status 22 and without content, on 400 and above'
            cand --fail 'Fail, with status 22 and without content, on 400 and above'
            cand --fail-with-body 'Fail, with status 22, on 400 and above, and print the content all the same'
            cand --raw 'Hand out the message body with its chunk framing'
            cand -s 'Say nothing of failures and progress'
            cand --silent 'Say nothing of failures and progress'
            cand -S 'Say failures even with -s'
            cand --show-error 'Say failures even with -s'
            cand --no-progress-meter 'Show no progress bar'
            cand -N 'Write each piece at once (always so)'
            cand --no-buffer 'Write each piece at once (always so)'
            cand --show-secrets 'Show passwords and cookies on a terminal'
            cand --raw-terminal 'Print control characters and binary content on a terminal as they are'
            cand -L 'Follow redirects'
            cand --location 'Follow redirects'
            cand --location-trusted 'Follow redirects, and send secrets to other origins too'
            cand --post301 'Keep POST on 301'
            cand --post302 'Keep POST on 302'
            cand --post303 'Keep POST on 303'
            cand -4 'Use IPv4 addresses only'
            cand --ipv4 'Use IPv4 addresses only'
            cand -6 'Use IPv6 addresses only'
            cand --ipv6 'Use IPv6 addresses only'
            cand -k 'Take any certificate'
            cand --insecure 'Take any certificate'
        }
    ]
    $completions[$command]
}
