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

function __httpkit_has_no_method
    set -l words (commandline -opc)
    set -e words[1..2]
    for word in $words
        contains -- $word @METHODS@
        and return 1
    end
    return 0
end

complete -c httpkit -n '__fish_httpkit_using_subcommand request; and __httpkit_has_no_method' -k -a '(__httpkit_methods)'
