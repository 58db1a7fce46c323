from __future__ import annotations

from pathlib import Path

import pytest

from app.interchange.errors import ImportRefused
from app.interchange.readers.folder import FolderSource
from app.interchange.readers.source import Split
from app.interchange.verdicts import Refused, Verdict
from tests.app.interchange import pictures


def source(path: Path) -> FolderSource:
    return FolderSource(str(path), limit_bytes=10**6)


def test_class_folders_become_labels(tmp_path: Path) -> None:
    files = {"five/b.png": b"1", "five/a.png": b"2", "seven/a.png": b"3", "loose.png": b"4"}
    found = list(source(pictures.folder(tmp_path, files)))
    assert [(each.name, each.label) for each in found] == [
        ("loose.png", None),
        ("five/a.png", "five"),
        ("five/b.png", "five"),
        ("seven/a.png", "seven"),
    ]
    assert [each.read() for each in found] == [b"4", b"2", b"1", b"3"]


def test_labels_and_count_are_known_before_reading(tmp_path: Path) -> None:
    found = source(pictures.folder(tmp_path, {"b/1": b"", "a/2": b"", "a/.DS_Store": b""}))
    assert found.labels == ["a", "b"]
    assert found.count == 2


def test_the_lasting_name_does_not_tell_the_label(tmp_path: Path) -> None:
    files = {"train/five/a.png": b"1", "test/seven/b.png": b"2"}
    found = list(source(pictures.folder(tmp_path, files)))
    assert [each.lasting_name for each in found] == ["b.png", "a.png"]
    assert [each.split for each in found] == [Split.TEST, Split.TRAIN]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    inside = pictures.folder(tmp_path / "images", {"a.png": b"1"})
    (inside / "out.png").symlink_to(tmp_path / "secret")
    (inside / "in.png").symlink_to(inside / "a.png")
    (inside / "folder").symlink_to(tmp_path)
    found = {each.name: each for each in source(inside)}
    assert set(found) == {"a.png", "in.png", "out.png"}
    assert found["in.png"].read() == b"1"
    with pytest.raises(Refused) as refusal:
        found["out.png"].read()
    assert refusal.value.verdict is Verdict.LINK


def test_a_link_in_circles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for each in source(tmp_path):
        with pytest.raises(Refused):
            each.read()


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="There is no folder"):
        source(tmp_path / "absent")


def test_a_name_that_is_no_text_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "a\udcff.png").write_bytes(b"1")
    (found,) = source(tmp_path)
    found.name.encode()
    assert found.read() == b"1"


def test_no_more_is_read_than_an_image_may_have(tmp_path: Path) -> None:
    pictures.folder(tmp_path, {"a.png": b"x" * 5000})
    (found,) = FolderSource(str(tmp_path), limit_bytes=100)
    assert len(found.read()) == 101
