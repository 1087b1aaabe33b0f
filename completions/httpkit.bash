_httpkit() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="httpkit"
                ;;
            httpkit,request)
                cmd="httpkit__subcmd__request"
                ;;
            httpkit,serve)
                cmd="httpkit__subcmd__serve"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        httpkit)
            opts="-h -V --generate --help --version serve request"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --generate)
                    COMPREPLY=($(compgen -W "complete-bash complete-zsh complete-fish complete-powershell complete-elvish man man-request man-serve" -- "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        httpkit__subcmd__request)
            opts="-X -h --request --help GET HEAD POST PUT PATCH DELETE OPTIONS TRACE"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --request)
                    COMPREPLY=($(_httpkit_methods "${cur}"))
                    return 0
                    ;;
                -X)
                    COMPREPLY=($(_httpkit_methods "${cur}"))
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        httpkit__subcmd__serve)
            opts="-p -h --port --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --port)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                -p)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _httpkit -o nosort -o bashdefault -o default httpkit
else
    complete -F _httpkit -o bashdefault -o default httpkit
fi

# What the function above cannot say: methods as the first word, field names with their colon, a file after `@`, the
# value of `--option=value`; and options only where a `-` has been typed.
_httpkit_methods() {
    compgen -W "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE" -- "$1"
}

_httpkit_fields() {
    compgen -W "Accept: Accept-Charset: Accept-Encoding: Accept-Language: Authorization: Cache-Control: Connection: Content-Encoding: Content-Language: Content-Length: Content-Type: Cookie: DNT: Date: Expect: Forwarded: From: Host: Idempotency-Key: If-Match: If-Modified-Since: If-None-Match: If-Range: If-Unmodified-Since: Last-Event-ID: Max-Forwards: Origin: Pragma: Prefer: Proxy-Authorization: Range: Referer: Sec-Fetch-Site: TE: Trailer: Transfer-Encoding: Upgrade: User-Agent: Via: X-Forwarded-For: X-Forwarded-Host: X-Forwarded-Proto: X-HTTP-Method-Override: X-Requested-With:" -- "$1"
}

# Content is anything, so nothing is offered; `@FILE` is seen to below.
_httpkit_content() {
    :
}

_httpkit_has_method() {
    local word
    ((COMP_CWORD > 2)) || return 1
    for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
        [[ " GET HEAD POST PUT PATCH DELETE OPTIONS TRACE " == *" ${word} "* ]] && return 0
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
            _httpkit_has_method && [[ " GET HEAD POST PUT PATCH DELETE OPTIONS TRACE " == *" $word "* ]] && continue
            COMPREPLY+=("$word")
        done
    fi
    [[ ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
    return 0
}

complete -F _httpkit_complete -o bashdefault -o default httpkit
