"""The curl commands do what they say, whatever the names in them."""

import json
import shlex

from app.projects.rest_calls import curl


def test_a_call_survives_a_shell_with_any_name() -> None:
    body = {"name": 'it\'s `$HOME` "</script>" 🦊'}
    words = shlex.split(
        curl("Add", "POST", "http://x/api?a=1&b=2", body=body).command.replace("\\\n", "")
    )
    assert words[:4] == ["curl", "-X", "POST", "http://x/api?a=1&b=2"]
    assert json.loads(words[-1]) == body


def test_a_call_without_a_body_sends_none() -> None:
    words = shlex.split(curl("List", "GET", "http://x/api").command.replace("\\\n", ""))
    assert words == ["curl", "-X", "GET", "http://x/api", "-H", "Authorization: Bearer $CUSP_TOKEN"]
