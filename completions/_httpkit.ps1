
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'httpkit' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'httpkit'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
        if ($element.Value -in 'request', 'serve') { break }
    }) -join ';'

    $completions = @(switch ($command) {
        'httpkit' {
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Print completions for a shell, or a man page, and do nothing else')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a JSON or CSV file as an HTTP API')
            [CompletionResult]::new('request', 'request', [CompletionResultType]::ParameterValue, 'Send a request and print the response')
            break
        }
        'httpkit;serve' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The port to listen on; 0 takes a free one')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port to listen on; 0 takes a free one')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'httpkit;request' {
            [CompletionResult]::new('GET', 'GET', [CompletionResultType]::ParameterValue, 'transfer a representation')
            [CompletionResult]::new('HEAD', 'HEAD', [CompletionResultType]::ParameterValue, 'as GET, without the content')
            [CompletionResult]::new('POST', 'POST', [CompletionResultType]::ParameterValue, 'process the content: add something')
            [CompletionResult]::new('PUT', 'PUT', [CompletionResultType]::ParameterValue, 'replace all of it, or create it')
            [CompletionResult]::new('PATCH', 'PATCH', [CompletionResultType]::ParameterValue, 'change a part of it')
            [CompletionResult]::new('DELETE', 'DELETE', [CompletionResultType]::ParameterValue, 'remove it')
            [CompletionResult]::new('OPTIONS', 'OPTIONS', [CompletionResultType]::ParameterValue, 'ask what is allowed')
            [CompletionResult]::new('TRACE', 'TRACE', [CompletionResultType]::ParameterValue, 'have the request echoed')
            [CompletionResult]::new('-X', '-X ', [CompletionResultType]::ParameterName, 'Use this method')
            [CompletionResult]::new('--request', '--request', [CompletionResultType]::ParameterName, 'Use this method')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Send this field; ''Name:'' removes a default, ''Name;'' sends it empty, ''@file'' reads lines')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this field; ''Name:'' removes a default, ''Name;'' sends it empty, ''@file'' reads lines')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Send data, with POST; ''@file'' reads it, ''@-'' from standard input, line ends removed')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Send data, with POST; ''@file'' reads it, ''@-'' from standard input, line ends removed')
            [CompletionResult]::new('--data-ascii', '--data-ascii', [CompletionResultType]::ParameterName, 'The same')
            [CompletionResult]::new('--data-raw', '--data-raw', [CompletionResultType]::ParameterName, 'The same, ''@'' has no meaning')
            [CompletionResult]::new('--data-binary', '--data-binary', [CompletionResultType]::ParameterName, 'The same, with ''@file'' as it is')
            [CompletionResult]::new('--data-urlencode', '--data-urlencode', [CompletionResultType]::ParameterName, 'The same, percent-encoded: ''content'', ''=content'', ''name=content'', ''@file'', ''name@file''')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Send JSON, with POST, and ask for JSON')
            [CompletionResult]::new('--url-query', '--url-query', [CompletionResultType]::ParameterName, 'Add to the query of the URL, percent-encoded as with --data-urlencode; ''+text'' as it is')
            [CompletionResult]::new('-T', '-T ', [CompletionResultType]::ParameterName, 'Send this file, with PUT; ''-'' is standard input')
            [CompletionResult]::new('--upload-file', '--upload-file', [CompletionResultType]::ParameterName, 'Send this file, with PUT; ''-'' is standard input')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Name and password, for Basic authentication')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Name and password, for Basic authentication')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Send this User-Agent; '''' sends none')
            [CompletionResult]::new('--user-agent', '--user-agent', [CompletionResultType]::ParameterName, 'Send this User-Agent; '''' sends none')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Send this Referer; '';auto'' behind it sets it when a redirect is followed')
            [CompletionResult]::new('--referer', '--referer', [CompletionResultType]::ParameterName, 'Send this Referer; '';auto'' behind it sets it when a redirect is followed')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Ask for these octets only')
            [CompletionResult]::new('--range', '--range', [CompletionResultType]::ParameterName, 'Ask for these octets only')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'A URL, as if it stood alone')
            [CompletionResult]::new('--request-target', '--request-target', [CompletionResultType]::ParameterName, 'Put this into the request line instead of the URL''s path and query')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'Speak to one of the original systems')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the content to this file; ''-'' is standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the content to this file; ''-'' is standard output')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Print this at the end, with %{variables}: http_code, time_total, size_download, ...')
            [CompletionResult]::new('--write-out', '--write-out', [CompletionResultType]::ParameterName, 'Print this at the end, with %{variables}: http_code, time_total, size_download, ...')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--pretty', '--pretty', [CompletionResultType]::ParameterName, 'What to do for the eye: indent and colour JSON')
            [CompletionResult]::new('--max-redirs', '--max-redirs', [CompletionResultType]::ParameterName, 'Follow at most so many redirects; -1 is without end')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The most time for the whole transfer')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'The most time for the whole transfer')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'The most time until a connection stands')
            [CompletionResult]::new('--expect100-timeout', '--expect100-timeout', [CompletionResultType]::ParameterName, 'How long content waits for ''100 Continue''')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Use these addresses for a host and port')
            [CompletionResult]::new('--connect-to', '--connect-to', [CompletionResultType]::ParameterName, 'Connect to another host and port')
            [CompletionResult]::new('--unix-socket', '--unix-socket', [CompletionResultType]::ParameterName, 'Connect to this socket file')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'Connect from this address')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print this help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print this help')
            [CompletionResult]::new('-G', '-G ', [CompletionResultType]::ParameterName, 'Put the data into the query of the URL instead')
            [CompletionResult]::new('--get', '--get', [CompletionResultType]::ParameterName, 'Put the data into the query of the URL instead')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'Ask for the header section only, with HEAD')
            [CompletionResult]::new('--head', '--head', [CompletionResultType]::ParameterName, 'Ask for the header section only, with HEAD')
            [CompletionResult]::new('--path-as-is', '--path-as-is', [CompletionResultType]::ParameterName, 'Keep /../ and /./ in the path')
            [CompletionResult]::new('-0', '-0', [CompletionResultType]::ParameterName, 'Speak HTTP/1.0')
            [CompletionResult]::new('--http1.0', '--http1.0', [CompletionResultType]::ParameterName, 'Speak HTTP/1.0')
            [CompletionResult]::new('--http1.1', '--http1.1', [CompletionResultType]::ParameterName, 'Speak HTTP/1.1')
            [CompletionResult]::new('--http0.9', '--http0.9', [CompletionResultType]::ParameterName, 'Take a response without a header section')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request as it would be sent, and send nothing')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Put the response''s header section before the content')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Put the response''s header section before the content')
            [CompletionResult]::new('--echo-headers', '--echo-headers', [CompletionResultType]::ParameterName, 'Print the header sections of request and response around the content')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say what goes out (''>'') and comes in (''<'') on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say what goes out (''>'') and comes in (''<'') on standard error')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Fail, with status 22 and without content, on 400 and above')
            [CompletionResult]::new('--fail', '--fail', [CompletionResultType]::ParameterName, 'Fail, with status 22 and without content, on 400 and above')
            [CompletionResult]::new('--fail-with-body', '--fail-with-body', [CompletionResultType]::ParameterName, 'Fail, with status 22, on 400 and above, and print the content all the same')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Hand out the message body with its chunk framing')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Say nothing of failures and progress')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Say nothing of failures and progress')
            [CompletionResult]::new('-S', '-S ', [CompletionResultType]::ParameterName, 'Say failures even with -s')
            [CompletionResult]::new('--show-error', '--show-error', [CompletionResultType]::ParameterName, 'Say failures even with -s')
            [CompletionResult]::new('--no-progress-meter', '--no-progress-meter', [CompletionResultType]::ParameterName, 'Show no progress bar')
            [CompletionResult]::new('-N', '-N ', [CompletionResultType]::ParameterName, 'Write each piece at once (always so)')
            [CompletionResult]::new('--no-buffer', '--no-buffer', [CompletionResultType]::ParameterName, 'Write each piece at once (always so)')
            [CompletionResult]::new('--show-secrets', '--show-secrets', [CompletionResultType]::ParameterName, 'Show passwords and cookies on a terminal')
            [CompletionResult]::new('--raw-terminal', '--raw-terminal', [CompletionResultType]::ParameterName, 'Print control characters and binary content on a terminal as they are')
            [CompletionResult]::new('-L', '-L ', [CompletionResultType]::ParameterName, 'Follow redirects')
            [CompletionResult]::new('--location', '--location', [CompletionResultType]::ParameterName, 'Follow redirects')
            [CompletionResult]::new('--location-trusted', '--location-trusted', [CompletionResultType]::ParameterName, 'Follow redirects, and send secrets to other origins too')
            [CompletionResult]::new('--post301', '--post301', [CompletionResultType]::ParameterName, 'Keep POST on 301')
            [CompletionResult]::new('--post302', '--post302', [CompletionResultType]::ParameterName, 'Keep POST on 302')
            [CompletionResult]::new('--post303', '--post303', [CompletionResultType]::ParameterName, 'Keep POST on 303')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4 addresses only')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Use IPv4 addresses only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6 addresses only')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Use IPv6 addresses only')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Take any certificate')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Take any certificate')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
