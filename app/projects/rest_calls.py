"""The REST call that does what a form does, ready to paste into a terminal.

Pure text. Knows nothing of routes: callers name them.
"""

from __future__ import annotations

import json
import shlex

from pydantic import JsonValue


def curl(method: str, address: str, body: JsonValue = None) -> str:
    """Write a curl command; the token comes from the environment, never from the page."""
    lines = [f"curl -X {method} {shlex.quote(address)}", '  -H "Authorization: Bearer $CUSP_TOKEN"']
    if body is not None:
        text = json.dumps(body, ensure_ascii=False, indent=2)
        lines += ["  -H 'Content-Type: application/json'", f"  -d {shlex.quote(text)}"]
    return " \\\n".join(lines)
