//! What a shell offers for a value, where clap's own words (a fixed list, a path) cannot say it.

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// A method or a URL: the words of `request`.
    Words,
    /// A method.
    Methods,
    /// The name of a field with its colon, or a file behind `@`.
    Fields,
    /// Nothing, as content is anything; behind `@` a file.
    Content,
}

impl Completion {
    /// All there are.
    pub const ALL: [Completion; 4] = [Completion::Words, Completion::Methods, Completion::Fields, Completion::Content];

    /// The mark that stands for it in what clap_complete makes; without the signs around it, the end of the name of the
    /// function in the shell's language that offers it.
    pub fn mark(self) -> &'static str {
        match self {
            Completion::Words => "@words@",
            Completion::Methods => "@methods@",
            Completion::Fields => "@fields@",
            Completion::Content => "@content@",
        }
    }
}
