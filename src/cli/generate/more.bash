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
    ((COMP_CWORD > 2)) || return 1
    for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
        [[ " @METHODS@ " == *" ${word} "* ]] && return 0
    done
    return 1
}

_httpkit_complete() {
    local cur="$2" prev="$3" word="${COMP_WORDS[COMP_CWORD]}" IFS=$'\n'
    # bash splits words at `=` and `@` too; alone, such a sign is itself the current word.
    [[ $word == *@ ]] && prev=@ cur=
    [[ $word == = ]] && cur=
    [[ $prev == = ]] && prev="${COMP_WORDS[COMP_CWORD - 2]}"
    if [[ $prev == *@ ]]; then
        COMPREPLY=($(compgen -f -- "$cur"))
        compopt -o filenames 2>/dev/null
        return 0
    fi
    IFS=$' \t\n'
    _httpkit "$1" "$cur" "$prev"
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
