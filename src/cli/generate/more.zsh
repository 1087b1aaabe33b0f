# What the generators of clap_complete cannot say: methods as the first word, field names with their colon, a file
# after `@`.
(( $+functions[_httpkit_methods] )) ||
_httpkit_methods() {
    local -a methods
    methods=(@DESCRIBED@)
    _describe -t methods 'method' methods
}

(( $+functions[_httpkit_urls] )) ||
_httpkit_urls() {
    compadd -S '' http:// https:// localhost: :8080/
}

(( $+functions[_httpkit_words] )) ||
_httpkit_words() {
    local -a methods
    methods=(@METHODS@)
    if [[ $words[CURRENT-1] == --explain-exit ]]; then
        compadd @EXITS@
    # Those of the words before the cursor that are methods: one is enough.
    elif (( ${#${(M)${(U)words[2,CURRENT-1]}:#(${(~j:|:)methods})}} == 0 )); then
        _alternative 'methods:method:_httpkit_methods' 'urls:URL:_httpkit_urls'
    else
        _httpkit_urls
    fi
}

(( $+functions[_httpkit_fields] )) ||
_httpkit_fields() {
    local -a fields
    fields=(@FIELDS@)
    if compset -P '@'; then
        _files
    else
        compadd -S '' -a fields
    fi
}

(( $+functions[_httpkit_content] )) ||
_httpkit_content() {
    if compset -P '*@'; then
        _files
    else
        _message 'content, or @FILE'
    fi
}

# Without the word `request` it is a request all the same; an option that is the first word may be one of the program.
_httpkit() {
    local ret=1
    case $words[2] in
        (serve|request|help|-h|--help|-V|--version|--generate|--generate=*)
            _httpkit_made && ret=0
            return ret
            ;;
    esac
    if (( CURRENT == 2 )); then
        _httpkit_made && ret=0
        [[ $words[2] == -* ]] || return ret
    fi
    words=($words[1] request "${(@)words[2,-1]}")
    (( CURRENT += 1 ))
    _httpkit_made && ret=0
    return ret
}
