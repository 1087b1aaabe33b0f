# Completions for nushell 0.108 and newer. Nothing is declared but where candidates come from: a signature would refuse
# what nushell cannot name (--http1.0) and values behind = (--wire=all).
def "nu-complete httpkit options" [] {
    [
        [side, names, help, value, inline];
@OPTIONS@
    ]
}

def "nu-complete httpkit methods" [] {
    [
@METHODS@
    ]
}

def "nu-complete httpkit files" [before: string, path: string] {
    let found = try { ls ($"($path)*" | into glob) } catch { [] }
    $found | each {|file| $before + $file.name + (if $file.type == dir { "/" } else { "" }) }
}

# Candidates for the value of an option; null is nushell's own: files.
def "nu-complete httpkit value" [value: any, typed: string] {
    match $value {
        "path" => null
        "any" => []
        "methods" => (nu-complete httpkit methods)
        "fields" if not ($typed starts-with "@") => [@FIELDS@]
        "content" | "fields" => {
            if "@" not-in $typed { return [] }
            let at = $typed | str index-of "@"
            nu-complete httpkit files ($typed | str substring ..$at) ($typed | str substring ($at + 1)..)
        }
        _ => $value
    }
}

# All candidates, whatever they begin with.
def "nu-complete httpkit candidates" [typed: string, before: list<string>] {
    let is_first = ($before | get 1?) == null
    let side = match ($before | get 1?) {
        null => (if ($typed starts-with "-") { "httpkit" } else { return [request serve] })
        "serve" => "serve"
        $word => (if $word == "--generate" { "httpkit" } else { "request" })
    }
    # Without the word `request` it is a request all the same.
    let options = nu-complete httpkit options | where {|option| $option.side == $side or ($is_first and $option.side == "request") }
    let asking = $options | where {|option| ($before | last) in $option.names and $option.value != null }
    if ($asking | is-not-empty) {
        return (nu-complete httpkit value $asking.0.value $typed)
    }
    if ($typed starts-with "--") and "=" in $typed {
        let parts = $typed | split row --number 2 "="
        let asking = $options | where {|option| $parts.0 in $option.names and ($option.value != null or $option.inline != null) }
        if ($asking | is-empty) { return null }
        let kind = if $asking.0.inline != null { $asking.0.inline } else { $asking.0.value }
        let values = nu-complete httpkit value $kind $parts.1
        let values = if $values == null { nu-complete httpkit files "" $parts.1 } else { $values }
        return ($values | each {|value| $"($parts.0)=(if ($value | describe) == string { $value } else { $value.value })" })
    }
    if ($typed starts-with "-") {
        return ($options | each {|option| $option.names | each {|name| { value: $name, description: $option.help } } } | flatten)
    }
    let methods = nu-complete httpkit methods
    if $side == "serve" { return null }
    if ($before | last) == "--explain-exit" { return [@EXITS@] }
    if "@" in $typed { return (nu-complete httpkit value "content" $typed) }
    if ($before | skip 1 | any {|word| ($word | str upcase) in $methods.value }) { return [] }
    $methods
}

def "nu-complete httpkit" [spans: list<string>] {
    let typed = $spans | last
    let all = nu-complete httpkit candidates $typed ($spans | drop 1)
    if $all == null { return null }
    $all | where {|word| (if ($word | describe) == "string" { $word } else { $word.value }) starts-with $typed }
}

@complete "nu-complete httpkit"
export extern httpkit []
