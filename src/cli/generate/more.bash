# What the function above cannot say: methods as the first word, field names with their colon, a file after `@`, the
# value of `--option=value`; and options only where a `-` has been typed.
_httpkit_methods() {
    compgen -W "@METHODS@" -- "$1"
}

_httpkit_fields() {
    compgen -W "@FIELDS@" -- "$1"
}

# Content is anything, so nothing is offered; `@FILE` is seen to below.
_httpkit_content() {
    :
}

_httpkit_has_method() {
    local word
    ((COMP_CWORD > 1)) || return 1
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ " @METHODS@ @LOWER@ " == *" ${word} "* ]] && return 0
    done
    return 1
}

# What fits the words, where it is known that they are those of a request or not.
_httpkit_asked() {
    local first=${COMP_WORDS[1]}
    local COMP_WORDS=("${COMP_WORDS[@]}") COMP_CWORD=$COMP_CWORD
    case $first in
        serve | request | help | -h | --help | -V | --version | --generate) _httpkit "$@" ;;
        *)
            local own=()
            if ((COMP_CWORD == 1)); then
                _httpkit "$@"
                [[ $2 == -* ]] || return
                own=("${COMPREPLY[@]}")
            fi
            # Without the word `request` it is a request all the same.
            COMP_WORDS=("${COMP_WORDS[0]}" request "${COMP_WORDS[@]:1}") COMP_CWORD=$((COMP_CWORD + 1))
            _httpkit "$@"
            COMPREPLY+=("${own[@]}")
            ;;
    esac
}

_httpkit_complete() {
    local cur="$2" prev="$3" word IFS=$'\n'
    # bash splits words at `=` and `@` too. What follows a `@` comes with it, and alone a `=` is itself the current word.
    if [[ $cur == @* ]]; then
        COMPREPLY=($(compgen -P @ -f -- "${cur#@}"))
        [[ ${#COMPREPLY[@]} -eq 1 && -d ${COMPREPLY[0]#@} ]] && COMPREPLY[0]+=/ && compopt -o nospace 2>/dev/null
        # As file names they are quoted where they must be, but the `@` is too; so only then.
        [[ ${COMPREPLY[*]//[-@.,_\/:+%=]/} == *[[:blank:][:punct:]]* ]] && compopt -o filenames 2>/dev/null
        return 0
    fi
    IFS=$' \t\n'
    if [[ $prev == --explain-exit ]]; then
        COMPREPLY=($(compgen -W "@EXITS@" -- "$cur"))
        return 0
    fi
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev="${COMP_WORDS[COMP_CWORD - 2]}"
    elif [[ " @INLINE@ " == *" $prev "* ]]; then
        # The next word is no value of these.
        prev=
    fi
    _httpkit_asked "$1" "$cur" "$prev"
    if [[ $cur != -* ]]; then
        local offered=("${COMPREPLY[@]}")
        COMPREPLY=()
        for word in "${offered[@]}"; do
            [[ $word == -* ]] && continue
            _httpkit_has_method && [[ " @METHODS@ " == *" $word "* ]] && continue
            COMPREPLY+=("$word")
        done
    fi
    [[ ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
    return 0
}

complete -F _httpkit_complete -o bashdefault -o default httpkit
