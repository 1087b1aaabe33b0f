//! Whether it is clear which node a name or a key means.

use super::{Node, Part};
use crate::text::json::walk::{self, Sort};
use crate::text::key;

impl Node<'_> {
    /// The name or key that makes it unclear what a write would be meant for: a member name that this object holds more
    /// than once, or `own`, by which the node was found, if that occurs more than once.
    pub fn ambiguous(&self, own: &str) -> Option<String> {
        let within = match self.part {
            Part::Large(container) if container.has_names() => container.ambiguous_name().map(|name| name.to_string()),
            Part::Text { text, .. } => duplicate_member(text),
            _ => None,
        };
        within.or_else(|| (self.twice || self.is_twice_in_parent()).then(|| own.to_owned()))
    }

    fn is_twice_in_parent(&self) -> bool {
        let (Some((parent, key_name)), Part::Text { text, .. }) = (self.parent, self.part) else { return false };
        let own = text.as_ptr().addr() - parent.as_ptr().addr();
        if walk::sort(parent) == Sort::Object {
            let name = |member: &walk::Member| walk::decode(&parent[member.start..member.name_end]);
            let Some(this) = walk::members(parent).find(|member| member.value == own) else { return false };
            return walk::members(parent).filter(|member| name(member) == name(&this)).count() > 1;
        }
        let key = |text| walk::member(text, key_name).and_then(key::text_of);
        key(text).is_some_and(|own| {
            let same = |&(start, end): &(usize, usize)| key(&parent[start..end]).as_ref() == Some(&own);
            walk::elements(parent).filter(same).count() > 1
        })
    }
}

/// A member name that the object `text` holds more than once.
fn duplicate_member(text: &[u8]) -> Option<String> {
    if walk::sort(text) != Sort::Object {
        return None;
    }
    let mut names: Vec<_> =
        walk::members(text).map(|member| walk::decode(&text[member.start..member.name_end])).collect();
    names.sort_unstable();
    names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone().into_owned())
}
