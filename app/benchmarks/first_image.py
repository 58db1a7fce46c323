"""How long a newcomer waits: from `cusp run` on an empty folder to an image that can be labeled."""

from __future__ import annotations

import time
from typing import Any

import httpx

from app.benchmarks.plan import Plan, Say
from app.benchmarks.report import Table, spoken
from app.benchmarks.server import Server, fresh


def measure(_plan: Plan, say: Say) -> Table:
    """Start from nothing, sign in by the printed link, and ask for queries until there are some."""
    with fresh() as server:
        began = time.perf_counter()
        server.start()
        link = server.ready()
        ready = time.perf_counter() - began
        say(f"ready after {spoken(ready)}")
        with httpx.Client(headers={"Origin": server.url}, timeout=30) as client:
            client.post(link)
            _first_image(server, client)
        first = time.perf_counter() - began
    say(f"first image after {spoken(first)}")
    return Table(
        "From nothing to the first image",
        ("Since `cusp run`", "Seconds"),
        (
            ("The admin's sign-in link is printed", f"{ready:.1f}"),
            ("An annotator is lent queries and the first image is loaded", f"{first:.1f}"),
        ),
        "An empty data folder; the demo project of 1,797 digits is made, imported and posed.",
    )


def _first_image(server: Server, client: httpx.Client) -> None:
    def claim() -> Any:
        reply = client.post(f"{server.url}/api/v1/projects/1/claims", params={"limit": 8})
        return reply.raise_for_status().json()["queries"] or None

    queries = server.eventually(claim, "lend a query")
    client.get(server.url + queries[0]["image_url"]).raise_for_status()
