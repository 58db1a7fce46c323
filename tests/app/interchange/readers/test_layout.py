from __future__ import annotations

import pytest

from app.interchange.readers import layout
from app.interchange.readers.source import Split


@pytest.mark.parametrize(
    ("folders", "labels"),
    [
        ([()], [None]),
        ([("five",), ("seven",)], ["five", "seven"]),
        ([("five",), ()], ["five", None]),
        ([("digits", "five"), ("digits", "seven")], ["five", "seven"]),
        ([("digits", "five")], ["five"]),
        ([("cats", "a", "b"), ("dogs",)], ["cats", "dogs"]),
        ([("train", "five"), ("test", "five")], ["five", "five"]),
        ([("set", "train", "five"), ("set", "Test", "seven")], ["five", "seven"]),
        ([("train",), ("test",)], [None, None]),
    ],
)
def test_folders_name_classes(folders: list[layout.Folders], labels: list[str | None]) -> None:
    found = layout.of(folders)
    assert [found.label(each) for each in folders] == labels


def test_a_test_folder_beside_a_training_folder_is_the_test_split() -> None:
    found = layout.of([("train", "a"), ("val", "a"), ("test", "a")])
    splits = [found.split((name, "a")) for name in ("train", "val", "test")]
    assert splits == [Split.TRAIN, Split.TRAIN, Split.TEST]


def test_a_class_may_be_called_test() -> None:
    assert layout.of([("test",), ("exam",)]).label(("test",)) == "test"


@pytest.mark.parametrize("path", ["__MACOSX/a.png", ".DS_Store", "a/.git/b", "a/Thumbs.db"])
def test_what_systems_leave_behind_is_hidden(path: str) -> None:
    assert layout.is_hidden(path.split("/"))
