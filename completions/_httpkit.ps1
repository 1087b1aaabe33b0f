
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
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
