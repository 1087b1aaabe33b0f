"""The retries of requests and urllib3 against faults. The argument is the URL of a server that is started with
`--fault '/posts/1 503:Retry-After=0 x2' --fault '/posts/2 reset x2' --fault '/posts empty x1' --fault 'PATCH 500 x1'
--fault '/profile 503'`. Any difference ends with a traceback and status 1."""

import sys

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

url = sys.argv[1].rstrip("/")
session = requests.Session()
session.trust_env = False
retry = Retry(total=3, backoff_factor=0.01, status_forcelist=[500, 503], allowed_methods=None)
session.mount("http://", HTTPAdapter(max_retries=retry))


def history(answer):
    return [attempt.status for attempt in answer.raw.retries.history]


first = session.get(url + "/posts/1", timeout=20)
assert (first.status_code, first.json()["title"]) == (200, "a"), first
assert history(first) == [503, 503], history(first)

second = session.get(url + "/posts/2", timeout=20)
assert second.json()["title"] == "b", second.text
assert [attempt.error is not None for attempt in second.raw.retries.history] == [True, True], second.raw.retries

posts = session.get(url + "/posts", timeout=20)
assert len(posts.json()) == 2 and len(posts.raw.retries.history) == 1, posts.text

# The attempt that failed has changed nothing, so that the next one changes it once.
patched = session.patch(url + "/posts/1", json={"title": "c"}, timeout=20)
assert (patched.status_code, history(patched)) == (200, [500]), patched.text

try:
    session.get(url + "/profile", timeout=20)
except requests.exceptions.RetryError as error:
    assert "too many 503 error responses" in str(error), error
else:
    raise AssertionError("a fault without end was overcome")
