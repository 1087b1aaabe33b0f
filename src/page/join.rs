//! Sources to what is served: comments and indents left out, modules put into one.
//!
//! It goes by lines, and the sources are written for it. A comment stands on lines of its own, an `import` or `export` at
//! the beginning of one, no text goes over the end of a line, and no two modules declare the same name. The tests in a
//! browser, and the type checker that reads the modules as they are, see to that.

use super::shrink::shrink;

/// The style sheet on one line.
pub(super) fn style(source: &str) -> String {
    let short = [(": ", ":"), (", ", ","), (" {", "{"), (" > ", ">"), (";}", "}")];
    short.iter().fold(kept_lines(source).collect(), |text: String, (long, short)| text.replace(long, short))
}

/// The modules as one: what they import from each other is there already.
pub(super) fn script(modules: &[&str]) -> String {
    let lines = modules.iter().flat_map(|module| kept_lines(module));
    let own = lines.filter(|line| !line.starts_with("import "));
    shrink(&own.map(|line| line.strip_prefix("export ").unwrap_or(line)).collect::<Vec<_>>().join("\n"))
}

/// The document with the style sheet and the script in their places.
pub(super) fn document(html: &str, style: &str, script: &str) -> String {
    let html = kept_lines(html).collect::<Vec<_>>().join("\n");
    html.replacen("</style>", &format!("{style}</style>"), 1).replacen("</script>", &format!("{script}</script>"), 1)
}

/// The lines without indents, empty ones and comments.
fn kept_lines(source: &str) -> impl Iterator<Item = &str> {
    let mut in_comment = false;
    source.lines().map(str::trim).filter(move |line| {
        let starts = line.starts_with("/*");
        let is_comment = in_comment || starts || line.starts_with("//") || line.starts_with("<!--");
        in_comment = (in_comment || starts) && !line.ends_with("*/");
        !is_comment && !line.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indents_are_left_out_and_nothing_else() {
        let source = "/** A sum.\n * @param {number} a\n */\nexport function sum(a, b) {\n    // the sum\n\n    return a + b;\n}\n/* x */\nconst url = \"http://x/*\";\n";
        assert_eq!(script(&[source]), "function e(e,t){return e+t}\nlet t=\"http://x/*\";");
        assert_eq!(style("/* a */\n\nb {\n    c: d;\n}\n"), "b{c:d}");
    }

    #[test]
    fn modules_become_one_script_in_its_place() {
        let modules = ["export const a = 1;\n", "import { a } from \"./a.js\";\nexport const b = a;\n"];
        let script = script(&modules);
        assert_eq!(script, "let e=1,t=e;");
        let html = "<!-- a -->\n<style></style>\n<script type=\"module\"></script>\n";
        let expected = "<style>b{}</style>\n<script type=\"module\">let e=1,t=e;</script>";
        assert_eq!(document(html, "b{}", &script), expected);
    }
}
