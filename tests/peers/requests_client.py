"""Python's requests: lists as it writes them, and a write with the tag of the compressed answer. The argument is the URL of
a server that holds posts 1 to 3."""
import sys

import requests

url = sys.argv[1].rstrip("/")


def ids(**parameters):
    return [post["id"] for post in requests.get(f"{url}/posts", params=parameters, timeout=30).json()]


assert ids(id=[1, 3]) == [1, 3]
assert ids(**{"id[]": [1, 3]}) == [1, 3]
assert ids(**{"author[name]": "Lee"}) == [2]
refused = requests.get(f"{url}/posts", params={"_order": "up", "_sort": "id"}, timeout=30)
assert refused.status_code == 400 and refused.json()["code"] == "bad-query", refused.text

read = requests.get(f"{url}/long", headers={"Accept-Encoding": "gzip"}, timeout=30)
assert read.headers["Content-Encoding"] == "gzip" and read.headers["ETag"].endswith('-gzip"'), read.headers
written = requests.patch(f"{url}/long", json={"a": "b"}, headers={"If-Match": read.headers["ETag"]}, timeout=30)
assert written.status_code == 200, written.text
again = requests.patch(f"{url}/long", json={"a": "c"}, headers={"If-Match": read.headers["ETag"]}, timeout=30)
assert again.status_code == 412, again.text

made = requests.post(f"{url}/posts", json={"title": "n"}, timeout=30)
assert requests.get(made.headers["Location"], timeout=30).json() == made.json()
