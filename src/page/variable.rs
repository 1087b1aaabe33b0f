//! Short names for the variables of a script.

use super::scope::{Variable, Variables};
use super::token::Token;

/// The short name for each token that names a variable. One name serves as many variables as cannot be mistaken for each
/// other. Those of functions have theirs in the order of declaration, so that what is alike is written alike and compresses
/// well; of those of the module the most frequent have the shortest.
pub(super) fn short_names(tokens: &[Token<'_>]) -> Vec<Option<String>> {
    let variables = Variables::of(tokens);
    let mut order: Vec<&Variable> = variables.all.iter().collect();
    order.sort_by_key(|variable| if variable.is_outer() { usize::MAX - variable.places.len() } else { 0 });
    let mut fresh = (0..).map(spelled).filter(|name| !variables.is_taken(name));
    let mut given: Vec<(String, Vec<&Variable>)> = Vec::new();
    let mut names = vec![None; tokens.len()];
    for variable in order {
        let is_free = |others: &[&Variable]| !others.iter().any(|other| variables.clash(variable, other));
        if !given.iter().any(|(_, others)| is_free(others)) {
            given.extend(fresh.next().map(|name| (name, Vec::new())));
        }
        if let Some((name, others)) = given.iter_mut().find(|(_, others)| is_free(others)) {
            variable.places.iter().for_each(|place| names[*place] = Some(name.clone()));
            others.push(variable);
        }
    }
    names
}

/// The names e, t, ... Z, ee, te, ...: letters that the words of the language have, too, take fewer bits.
fn spelled(mut number: usize) -> String {
    const LETTERS: &[u8] = b"etnraoisldcupmfhgbywvkxjqzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        match number / LETTERS.len() {
            0 => return name,
            more => number = more - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_names_enough() {
        let names: Vec<String> = (0..5000).map(spelled).collect();
        assert_eq!((&*names[0], &*names[51], &*names[52], &*names[53]), ("e", "Z", "ee", "te"));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 5000);
    }
}
