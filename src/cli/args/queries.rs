//! What can be asked of a collection, as the help text and the man page list it.

/// A parameter, or some of a kind, and what it does. Where there are several in one term, a comma parts them.
pub const QUERIES: &[(&str, &str)] = &[
    ("name=Kim", "records whose name is Kim; a number by its value. The same name again is OR, other names are AND"),
    ("author.name=Kim", "a nested member; author[name]=Kim is the same, id[]=1 and id[0]=1 are id=1"),
    ("age:gte=18, age_gte=18", "with an operator, in either spelling; a member really named age_gte is a plain one"),
    (":eq, :ne", "equal or not equal"),
    (":lt, :lte, :gt, :gte", "less or greater, by value where both look like numbers"),
    (":in, :nin", "one of a list or none of it: id:in=1,4"),
    (":contains, :like, :startsWith, :endsWith", "parts of a text, in any case"),
    (":exists", "true or false: whether there is such a member"),
    ("q=kim", "records with the text in any value, in any case"),
    ("_where={\"or\":[{\"age\":{\"gt\":18}},{\"name\":\"Kim\"}]}", "a condition with OR, in place of the filters"),
    ("_sort=grade,-name", "in order, - downwards; or with _order=asc,desc"),
    ("_page=2&_limit=10", "a page as an array, with X-Total-Count and Link"),
    ("_page=2&_per_page=10", "a page as an object: first, prev, next, last, pages, items, data"),
    ("_start=10&_end=20", "records 10 to 19, counted from 0; or _start=10&_limit=10"),
    ("_fields=id,author.name", "only these members; a nested one is the column author.name of CSV"),
    ("_embed=comments", "with the comments that point at each record (postId at one of posts)"),
    ("_expand=post", "with the record that postId points at"),
    ("/posts/1/comments", "the comments whose postId is 1"),
    ("_format=csv", "json, csv or ndjson, for a link; Accept says it otherwise"),
    (
        "_dependent=comments",
        "with DELETE: remove the comments that point at the record too; a write takes no other parameter",
    ),
    ("_=123", "ignored; a new number gets past caches"),
];
