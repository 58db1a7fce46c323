"""Who did what, in words and in order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.projects.audit import in_words
from app.tables import Project
from tests.app.projects.conftest import Api, on_both_databases
from tests.factories import Factory


@pytest.mark.parametrize(
    ("action", "facts", "words"),
    [
        ("project.started", {}, "started the project"),
        ("class.added", {"name": "{name} </script>"}, "added the class {name} </script>"),
        ("class.added", {}, "added the class …"),
        ("import.done", {}, "import done"),
    ],
)
def test_entries_are_told_in_words(action: str, facts: dict[str, str], words: str) -> None:
    assert in_words(action, facts) == words


@on_both_databases
def test_entries_come_newest_first_and_page_by_page(
    make: Factory, as_lead: Callable[[Project], Api]
) -> None:
    api = as_lead(make.project())
    for name in ("one", "two", "three"):
        api.ask("POST", "/classes", {"name": name})
    newest = api.ask("GET", "/audit?limit=2").json()
    oldest = api.ask("GET", f"/audit?limit=2&after={newest['next']}").json()
    names = [each["facts"]["name"] for each in newest["items"] + oldest["items"]]
    assert names == ["three", "two", "one"]
    assert oldest["next"] is None
    assert newest["items"][0]["by"]["name"]
