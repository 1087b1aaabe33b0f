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
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -s p -l port -d 'The port to listen on; 0 takes a free one' -r -f
complete -c httpkit -n "__fish_httpkit_using_subcommand serve" -s h -l help -d 'Print help'
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s X -l request -d 'Use this method' -r -f -a "(__httpkit_methods)"
complete -c httpkit -n "__fish_httpkit_using_subcommand request" -s h -l help -d 'Print help'

# What the generators of clap_complete cannot say: methods as the first word, field names with their colon, a file
# after `@`.
function __httpkit_methods
    for method in 'GET:transfer a representation' 'HEAD:as GET, without the content' 'POST:process the content: add something' 'PUT:replace all of it, or create it' 'PATCH:change a part of it' 'DELETE:remove it' 'OPTIONS:ask what is allowed' 'TRACE:have the request echoed'
        string replace ':' \t -- $method
    end
end

function __httpkit_fields
    __httpkit_content
    printf '%s\n' Accept: Accept-Charset: Accept-Encoding: Accept-Language: Authorization: Cache-Control: Connection: Content-Encoding: Content-Language: Content-Length: Content-Type: Cookie: DNT: Date: Expect: Forwarded: From: Host: Idempotency-Key: If-Match: If-Modified-Since: If-None-Match: If-Range: If-Unmodified-Since: Last-Event-ID: Max-Forwards: Origin: Pragma: Prefer: Proxy-Authorization: Range: Referer: Sec-Fetch-Site: TE: Trailer: Transfer-Encoding: Upgrade: User-Agent: Via: X-Forwarded-For: X-Forwarded-Host: X-Forwarded-Proto: X-HTTP-Method-Override: X-Requested-With:
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
