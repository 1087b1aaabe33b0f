
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
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}
