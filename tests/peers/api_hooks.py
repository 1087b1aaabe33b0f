"""What a description cannot say of nested data, left out of what is sent: names to which no URL leads, and collections in
members of which nothing is known, which stay what they are once they are there."""

import schemathesis

KNOWN = {"posts", "comments", "people"}


def is_named(value):
    if isinstance(value, dict):
        return not {".", ".."} & value.keys() and all(is_named(inner) for inner in value.values())
    return not isinstance(value, list) or all(is_named(inner) for inner in value)


def is_free(value):
    """No collection is in it."""
    if isinstance(value, dict):
        are_records = bool(value) and all(isinstance(inner, dict) for inner in value.values())
        return not are_records and all(is_free(inner) for inner in value.values())
    return not isinstance(value, list) or all(not isinstance(inner, dict) and is_free(inner) for inner in value)


@schemathesis.hook
def filter_body(context, body):
    members = body.items() if isinstance(body, dict) else ()
    return is_named(body) and all(name in KNOWN or is_free(value) for name, value in members)
