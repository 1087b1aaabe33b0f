//! The short texts: what fits one screen of 24 lines and 80 columns.

use crate::cli::args::{Side, brief};

/// What `httpkit` alone says.
pub(super) const START: &str = "\
httpkit shows HTTP: it sends requests, and serves a JSON or CSV file as an API.

  httpkit serve db.json                        serve the file on port 8080
  httpkit :8080/posts                          GET http://localhost:8080/posts
  httpkit post :8080/posts title=Hi stars:=5   send JSON with POST

httpkit -h fits one screen, --help shows everything, --help WORD explains WORD:
an option, a topic, a status code, a method, or the name of a field.
";

const REQUEST: &str = "\
httpkit [METHOD] URL [ITEM...] [OPTIONS]    send a request, print the response

  httpkit :8080/posts                          GET http://localhost:8080/posts
  httpkit post :8080/posts title=Hi stars:=5   JSON: = for text, := for the rest
  httpkit :8080/posts stars==5 X-Tag:news      == for the query, : for a field
  httpkit put :8080/photo @photo.png           send a file
  httpkit -v https://example.com/              show what goes both ways

";

const SERVE: &str = "\
httpkit serve [FILE...] [OPTIONS]    serve JSON and CSV files as an HTTP API

  httpkit serve db.json                        on http://127.0.0.1:8080/
  httpkit serve people.csv --port 0            on a free port, which is printed
  httpkit serve posts.json users.csv           at /posts and /users
  httpkit serve --create notes.json            begin with a new file
  httpkit serve db.json --cors '*'             for pages of other origins

";

const END: &str = "\nOptions are curl's. --help shows all of them, --help WORD explains one.\n";
const SERVE_END: &str = "\n--help shows everything, --help WORD explains WORD.\n";

/// The screen of a side; that of the program is that of requests, with the other side named.
pub(super) fn of(side: Option<Side>) -> String {
    match side {
        Some(Side::Serve) => format!("{SERVE}{}{SERVE_END}", columns(&brief(Side::Serve))),
        Some(Side::Request) => format!("{REQUEST}{}{END}", columns(&brief(Side::Request))),
        None => {
            let serve = "httpkit serve [FILE...]                     serve a file; see httpkit serve -h\n";
            let request = REQUEST.replacen("\n\n", &format!("\n{serve}\n"), 1);
            format!("{request}{}{END}", columns(&brief(Side::Request)))
        }
    }
}

/// The options in two columns, downwards.
fn columns(options: &[(String, &str)]) -> String {
    let half = options.len().div_ceil(2);
    let cell = |(form, what): &(String, &str)| format!("  {form:<17} {what}");
    let row = |at: usize| {
        let right = options.get(half + at).map(cell).unwrap_or_default();
        format!("{}\n", format!("{:<39}{right}", cell(&options[at])).trim_end())
    };
    (0..half).map(row).collect()
}
