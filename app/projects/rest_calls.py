"""The REST calls that do what the forms of the settings do, ready to paste into a terminal.

Pure text. The token comes from the environment of whoever pastes, never from the page.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

from pydantic import JsonValue


@dataclass(frozen=True)
class RestCall:
    """A curl command in three parts, so that a page may renew the body while somebody types."""

    title: str
    #: Up to the opening quote of the body, if there is one.
    head: str
    body: str = ""
    tail: str = ""

    @property
    def command(self) -> str:
        """The whole command."""
        return self.head + self.body + self.tail


def curl(title: str, method: str, address: str, *, body: JsonValue = None) -> RestCall:
    """Write a curl command."""
    lines = [
        f"curl -X {method} {shlex.quote(address)}",
        '  -H "Authorization: Bearer $CUSP_TOKEN"',
    ]
    if body is None:
        return RestCall(title, " \\\n".join(lines))
    lines += ["  -H 'Content-Type: application/json'", "  -d '"]
    return RestCall(title, " \\\n".join(lines), quoted(body), "'")


def upload(title: str, address: str, file: str, *, choices: JsonValue) -> RestCall:
    """Write a curl command that sends a file and what to keep of it."""
    told = json.dumps(choices, ensure_ascii=False)
    lines = [
        f"curl -X POST {shlex.quote(address)}",
        '  -H "Authorization: Bearer $CUSP_TOKEN"',
        f"  -F {shlex.quote(f'file=@{file}')}",
        f"  -F {shlex.quote(f'choices={told}')}",
    ]
    return RestCall(title, " \\\n".join(lines))


def quoted(body: JsonValue) -> str:
    """Write JSON as it may stand between single quotes of a shell."""
    text = json.dumps(body, ensure_ascii=False, indent=2)
    return text.replace("'", "'\"'\"'")
