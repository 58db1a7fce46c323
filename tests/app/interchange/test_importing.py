from __future__ import annotations

import errno
import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app import artifacts, database
from app.config import Config
from app.errors import StoreFull
from app.interchange import importing, publishing
from app.interchange.errors import ImportRefused
from app.interchange.schemas import ImportState
from app.tables import Project
from app.words import Origin
from tests.app.interchange import pictures
from tests.app.interchange.conftest import Desk
from tests.app.interchange.pictures import encoded, noise, png
from tests.app.projects.conftest import on_both_databases
from tests.factories import Factory


def labeled(count: int = 10) -> dict[str, bytes]:
    """Files in class folders, all different."""
    fives = {f"five/{n}.png": png(n) for n in range(count)}
    return fives | {f"seven/{n}.png": png(1000 + n) for n in range(count)}


def test_images_come_in_with_what_people_and_the_machine_see(desk: Desk, tmp_path: Path) -> None:
    view = desk.folder(pictures.folder(tmp_path / "images", {"a.png": png(1), "b.png": png(2)}))
    assert (view.state, view.pool_count, view.holdout_count) == (ImportState.DONE, 2, 0)
    rows = desk.images(Origin.POOL)
    assert [(row.name, row.row, row.import_id) for row in rows] == [
        ("a.png", 0, view.id),
        ("b.png", 1, view.id),
    ]
    array = desk.array(view)
    assert (array.dtype, array.shape) == (np.uint8, (2, 1, 28, 28))
    for row, pixels in zip(rows, array, strict=True):
        content = artifacts.read(artifacts.image_name(row.sha256))
        shown = np.asarray(Image.open(io.BytesIO(content)))
        assert np.array_equal(shown, pixels[0])


def test_the_first_import_fixes_the_working_size(
    desk: Desk, session: Session, tmp_path: Path
) -> None:
    desk.folder(pictures.folder(tmp_path / "a", {"a.png": png(1, height=16, width=16)}))
    color = {"b.png": png(2, height=40, width=40, channels=3)}
    view = desk.folder(pictures.folder(tmp_path / "b", color))
    project = session.get(Project, desk.project_id)
    assert (project.channels, project.height, project.width) == (1, 16, 16)
    assert desk.array(view).shape == (1, 1, 16, 16)


def test_every_bad_file_has_its_verdict_and_the_good_ones_are_kept(
    desk: Desk, tmp_path: Path
) -> None:
    files = {
        "good.png": png(1),
        "again.png": png(1),
        "empty.png": b"",
        "cut.png": pictures.truncated_png(),
        "page.png": pictures.HTML,
        "drawing.svg": pictures.SVG,
        "film.gif": pictures.animated_gif(),
        "bomb.png": pictures.bomb_png(),
        "print.jpg": encoded(Image.new("CMYK", (28, 28), (0, 90, 90, 0)), "JPEG"),
    }
    view = desk.folder(pictures.folder(tmp_path / "images", files))
    assert view.verdicts == {
        "ok": 2,
        "duplicate": 1,
        "empty_file": 1,
        "truncated": 1,
        "not_an_image": 2,
        "animated": 1,
        "too_many_pixels": 1,
    }
    assert [each["name"] for each in view.files["not_an_image"]] == ["drawing.svg", "page.png"]
    assert view.files["truncated"][0]["detail"].endswith(".")
    assert view.pool_count == 2


def test_only_the_first_100_names_of_a_verdict_are_kept(desk: Desk, tmp_path: Path) -> None:
    files = {f"{number:03}.png": b"" for number in range(150)} | {"good.png": png(1)}
    view = desk.folder(pictures.folder(tmp_path / "images", files))
    assert view.verdicts["empty_file"] == 150
    assert len(view.files["empty_file"]) == 100


@on_both_databases
def test_a_share_becomes_gold_that_the_machine_never_sees(desk: Desk, tmp_path: Path) -> None:
    view = desk.folder(
        pictures.folder(tmp_path / "images", labeled()), holdout={"share": 0.2}, gold_share=0.25
    )
    assert (view.pool_count, view.holdout_count) == (12, 4)
    gold = desk.images(Origin.GOLD)
    assert len(gold) == 4
    assert {(row.row, row.class_id is None) for row in gold} == {(None, False)}
    assert len(desk.array(view, "pool_array")) == 12
    assert any("4 labeled images became gold" in notice for notice in view.notices)


@on_both_databases
def test_a_share_becomes_the_holdout_and_no_other_label_is_stored(
    desk: Desk, make: Factory, tmp_path: Path
) -> None:
    view = desk.folder(pictures.folder(tmp_path / "images", labeled()), holdout={"share": 0.2})
    assert (view.pool_count, view.holdout_count) == (16, 4)
    assert view.holdout == {"five": 2, "seven": 2}
    assert {row.class_id for row in desk.images(Origin.POOL)} == {None}
    names = {
        each.id: each.name for each in make.classes(make.session.get(Project, desk.project_id))
    }
    for row in desk.images(Origin.HOLDOUT):
        assert row.class_id is not None
        expected = png(int(Path(row.name).stem) + (1000 if names[row.class_id] == "seven" else 0))
        assert np.array_equal(
            desk.array(view, "holdout_array")[row.row, 0],
            np.asarray(Image.open(io.BytesIO(expected))),
        )
    assert all("/" not in row.name for row in desk.images(Origin.POOL))


def test_the_same_seed_draws_the_same_holdout(make: Factory, tmp_path: Path) -> None:
    folder = pictures.folder(tmp_path / "images", labeled())
    drawn = []
    for seed in (1, 1, 2):
        desk = Desk(make.project())
        desk.folder(folder, holdout={"share": 0.3}, seed=seed)
        drawn.append({row.sha256 for row in desk.images(Origin.HOLDOUT)})
    assert drawn[0] == drawn[1] != drawn[2]


@on_both_databases
def test_holdout_and_pool_never_overlap_across_imports(desk: Desk, tmp_path: Path) -> None:
    first = pictures.folder(tmp_path / "a", labeled())
    desk.folder(first, holdout={"share": 0.5})
    again = labeled() | {"five/new.png": png(5000), "seven/new.png": png(5001)}
    view = desk.folder(pictures.folder(tmp_path / "b", again), holdout={"count": 2})
    assert view.verdicts == {"ok": 2, "duplicate": 10, "in_holdout": 10}
    pool = {row.sha256 for row in desk.images(Origin.POOL)}
    holdout = {row.sha256 for row in desk.images(Origin.HOLDOUT)}
    assert not pool & holdout
    assert (len(pool), len(holdout)) == (10 + 0 + 2 - len(view.holdout), 10 + len(view.holdout))


def test_a_test_picture_that_is_in_the_pool_already_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.folder(pictures.folder(tmp_path / "a", {"x.png": png(1)}))
    files = {"train/five/a.png": png(2), "test/five/x.png": png(1), "test/five/y.png": png(3)}
    files["test/seven/z.png"] = png(4)
    view = desk.folder(pictures.folder(tmp_path / "b", files))
    assert view.verdicts == {"ok": 3, "in_pool": 1}
    assert (view.pool_count, view.holdout_count) == (1, 2)


@on_both_databases
def test_labels_can_be_mapped_and_missing_classes_made(make: Factory, tmp_path: Path) -> None:
    project = make.project(classes=())
    files = {f"{label}/{n}.png": png(10 * label + n) for label in (5, 6, 7) for n in range(4)}
    view = Desk(project).folder(
        pictures.folder(tmp_path / "images", files),
        classes={"5": "five", "7": "seven"},
        create_classes=True,
        holdout={"share": 0.5},
    )
    assert view.verdicts == {"ok": 8, "class_left_out": 4}
    assert [(each.name, each.key) for each in make.classes(project)] == [
        ("five", "1"),
        ("seven", "2"),
    ]


def test_an_archive_is_brought_in_entry_by_entry(desk: Desk, tmp_path: Path) -> None:
    files = labeled(3) | {"../evil.png": png(1), "five/bomb.png": bytes(60_000_000)}
    view = desk.file(pictures.archive(tmp_path / "a.zip", files), holdout={"share": 0.4})
    assert view.verdicts == {"ok": 6, "unsafe_path": 1, "too_large": 1}
    assert (view.pool_count, view.holdout_count) == (4, 2)


def test_a_pool_of_three_is_taken_with_a_notice(desk: Desk, tmp_path: Path) -> None:
    view = desk.folder(pictures.folder(tmp_path / "images", {f"{n}.png": png(n) for n in range(3)}))
    assert view.pool_count == 3
    assert any("only 3 images" in notice for notice in view.notices)
    assert any("no holdout" in notice for notice in view.notices)


def test_a_pool_of_one_class_is_taken_with_a_notice(desk: Desk, tmp_path: Path) -> None:
    view = desk.folder(
        pictures.folder(tmp_path / "images", {f"five/{n}.png": png(n) for n in range(5)})
    )
    assert view.pool_count == 5
    assert any("of the class five" in notice for notice in view.notices)


def refused(desk: Desk, source: dict[str, Any], **choices: Any) -> str:
    """Run an import that must be refused, and see that everybody is told the same."""
    import_id = desk.ask(source, **choices)
    with pytest.raises(ImportRefused) as refusal:
        importing.run(import_id, lambda *_: None)
    view = desk.view(import_id)
    assert view.state is ImportState.FAILED
    assert view.problem == refusal.value.detail
    with pytest.raises(ImportRefused, match=r"\w"):
        importing.run(import_id, lambda *_: None)
    assert not desk.images(Origin.POOL)
    return view.problem


def test_a_holdout_of_one_class_is_refused(desk: Desk, tmp_path: Path) -> None:
    folder = pictures.folder(tmp_path / "images", {f"five/{n}.png": png(n) for n in range(10)})
    problem = refused(desk, {"kind": "folder", "path": str(folder)}, holdout={"share": 0.5})
    assert "at least two classes" in problem


def test_a_holdout_without_labels_is_refused(desk: Desk, tmp_path: Path) -> None:
    folder = pictures.folder(tmp_path / "images", {"a.png": png(1)})
    problem = refused(desk, {"kind": "folder", "path": str(folder)}, holdout={"share": 0.5})
    assert "needs labels" in problem


def test_an_empty_folder_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    problem = refused(desk, {"kind": "folder", "path": str(tmp_path / "empty")})
    assert "no images" in problem


def test_a_folder_without_a_readable_image_is_refused_with_the_reasons(
    desk: Desk, tmp_path: Path
) -> None:
    files = {"a.png": b"", "b.png": b"", "c.txt": b"hello", "d.png": pictures.truncated_png()}
    folder = pictures.folder(tmp_path / "images", files)
    problem = refused(desk, {"kind": "folder", "path": str(folder)})
    assert (
        problem == "None of the images could be taken: 2 empty file, 1 truncated, 1 not an image."
    )


def test_a_missing_path_is_refused(desk: Desk, tmp_path: Path) -> None:
    absent = str(tmp_path / "absent")
    assert "check the path" in refused(desk, {"kind": "folder", "path": absent})
    assert "check the path" in refused(desk, {"kind": "npz", "path": absent})


def test_a_path_that_cannot_be_read_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.zip").symlink_to("a.zip")
    problem = refused(desk, {"kind": "zip", "path": str(tmp_path / "a.zip")})
    assert problem.endswith(".")


def test_object_arrays_are_refused(desk: Desk, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}, {}]), allow_pickle=True)
    assert "Python objects" in refused(desk, {"kind": "npy", "path": str(tmp_path / "a.npy")})


def test_labels_of_another_length_are_refused(desk: Desk, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.stack([noise(1), noise(2)]), y=[1, 2, 3])
    problem = refused(desk, {"kind": "npz", "path": str(tmp_path / "a.npz")})
    assert "exactly one label per image" in problem


def test_images_beyond_the_limit_are_left_out(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSP_IMPORT_LIMIT_IMAGES", "3")
    importing.gathering.config.cache_clear()
    view = desk.folder(pictures.folder(tmp_path / "images", {f"{n}.png": png(n) for n in range(5)}))
    assert view.verdicts == {"ok": 3, "over_limit": 2}


def test_a_full_disk_is_said_and_trying_again_helps(
    desk: Desk, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = pictures.folder(tmp_path / "images", {"a.png": png(1), "b.png": png(2)})
    import_id = desk.ask({"kind": "folder", "path": str(folder)})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("app.artifacts.os.fsync", full)
        with pytest.raises(StoreFull):
            importing.run(import_id, lambda *_: None)
    assert "free some space" in desk.view(import_id).problem
    importing.run(import_id, lambda *_: None)
    view = desk.view(import_id)
    assert (view.state, view.pool_count, view.problem) == (ImportState.DONE, 2, "")
    assert list((config.data / "passing").iterdir()) == []


def test_running_twice_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    view = desk.folder(pictures.folder(tmp_path / "images", {"a.png": png(1)}))
    importing.run(view.id, lambda *_: None)
    assert desk.view(view.id) == view
    assert len(desk.images(Origin.POOL)) == 1


@on_both_databases
def test_two_attempts_at_once_count_once(desk: Desk, tmp_path: Path) -> None:
    folder = pictures.folder(tmp_path / "images", {f"{n}.png": png(n) for n in range(50)})
    import_id = desk.ask({"kind": "folder", "path": str(folder)})
    together = threading.Barrier(2)
    problems: list[BaseException] = []

    def attempt() -> None:
        together.wait()
        try:
            importing.run(import_id, lambda *_: None)
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    view = desk.view(import_id)
    assert view.pool_count == len(desk.images(Origin.POOL)) == len(desk.array(view)) == 50
    assert len(artifacts.children(publishing.import_folder(import_id))) == 1


@on_both_databases
def test_a_picture_that_came_in_under_way_starts_the_import_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b").mkdir()
    other = desk.ask({"kind": "folder", "path": str(tmp_path / "b")})
    (tmp_path / "b" / "a.png").write_bytes(png(1))
    folder = pictures.folder(tmp_path / "a", {"a.png": png(1), "b.png": png(2)})
    import_id = desk.ask({"kind": "folder", "path": str(folder)})
    between: Callable[[], None] | None = lambda: importing.run(other, lambda *_: None)  # noqa: E731

    def progress(share: float, facts: dict[str, Any]) -> None:
        nonlocal between
        if facts.get("step") == "storing" and between:
            meanwhile, between = between, None
            meanwhile()

    importing.run(import_id, progress)
    assert desk.view(import_id).verdicts == {"ok": 1, "duplicate": 1}
    assert len(desk.images(Origin.POOL)) == 2


def test_progress_rises_to_one(desk: Desk, tmp_path: Path) -> None:
    desk.folder(pictures.folder(tmp_path / "images", {f"{n}.png": png(n) for n in range(5)}))
    shares = [share for share, _ in desk.told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_what_progress_raises_ends_the_import_and_nothing_counts(
    desk: Desk, tmp_path: Path
) -> None:
    class Superseded(Exception): ...

    def progress(*_: object) -> None:
        raise Superseded

    folder = pictures.folder(tmp_path / "images", {"a.png": png(1)})
    import_id = desk.ask({"kind": "folder", "path": str(folder)})
    with pytest.raises(Superseded):
        importing.run(import_id, progress)
    assert not desk.images(Origin.POOL)
    importing.run(import_id, lambda *_: None)
    assert len(desk.images(Origin.POOL)) == 1


def test_the_digits_need_no_file(make: Factory) -> None:
    desk = Desk(make.project(classes=[str(digit) for digit in range(10)]))
    view = desk.run({"kind": "digits"}, holdout={"share": 0.2})
    assert (view.pool_count, view.holdout_count) == (1438, 359)
    assert desk.array(view).shape == (1438, 1, 8, 8)
    with database.reading() as session:
        assert session.get(Project, desk.project_id).height == 8
