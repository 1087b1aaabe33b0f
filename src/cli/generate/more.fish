# What the generators of clap_complete cannot say: methods as the first word, field names with their colon, a file
# after `@`.
function __httpkit_methods
    for method in @DESCRIBED@
        string replace ':' \t -- $method
    end
end

function __httpkit_fields
    __httpkit_content
    printf '%s\n' @FIELDS@
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
        contains -- (string upper -- $word) @METHODS@
        and return 1
    end
    return 0
end

complete -c httpkit -n '__fish_httpkit_using_subcommand request; and __httpkit_has_no_method' -k -a '(__httpkit_methods)'
complete -c httpkit -n '__fish_httpkit_using_subcommand request; and __httpkit_asks_for_exit' -f -a '@EXITS@'
