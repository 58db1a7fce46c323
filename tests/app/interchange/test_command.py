from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app import database
from app.errors import NotFound
from app.interchange import command
from app.interchange.errors import ImportRefused
from app.interchange.schemas import Holdout
from app.tables import Worker, now
from tests.app.interchange import pictures
from tests.app.interchange.pictures import noise, png
from tests.factories import Factory


def test_a_folder_is_imported_and_told_about(make: Factory, tmp_path: Path) -> None:
    files = {f"five/{n}.png": png(n) for n in range(10)} | {
        "seven/1.png": png(50),
        "seven/2.png": png(51),
    }
    folder = pictures.folder(
        tmp_path / "images", files | {"seven/cut.png": pictures.truncated_png()}
    )
    said = list(command.import_from(make.project().id, str(folder), holdout="0.5"))
    assert "Imported images: 6 images to the pool, 6 to the holdout." in said
    assert "  1 truncated, such as seven/cut.png" in said


@pytest.mark.parametrize(
    ("text", "holdout"),
    [
        ("0", Holdout()),
        ("test", Holdout()),
        ("0.25", Holdout(share=0.25)),
        ("500", Holdout(count=500)),
        ("1", Holdout(count=1)),
    ],
)
def test_a_holdout_is_read(text: str, holdout: Holdout) -> None:
    assert command.read_holdout(text) == holdout


@pytest.mark.parametrize("text", ["", "some", "0.95", "-1", "1.5", "nan", "1e9", "inf"])
def test_what_is_no_holdout_is_refused(text: str) -> None:
    with pytest.raises(ImportRefused, match="neither a share"):
        command.read_holdout(text)


def test_classes_are_read() -> None:
    assert command.read_classes("5=five, 7 = seven,cat") == {
        "5": "five",
        "7": "seven",
        "cat": "cat",
    }
    assert command.read_classes("") == {}


@pytest.mark.parametrize("text", ["=", "5=" + "x" * 101])
def test_what_is_no_class_is_refused(text: str) -> None:
    with pytest.raises(ImportRefused, match="5=five"):
        command.read_classes(text)


def test_sources_are_told_by_their_names(tmp_path: Path) -> None:
    for name in ("a.zip", "a.npz", "a.npy", "train-images-idx3-ubyte.gz", "a.txt"):
        (tmp_path / name).write_bytes(b"")
    kinds = [
        command.read_source(str(tmp_path / name)).kind
        for name in ("", "a.zip", "a.npz", "a.npy", "train-images-idx3-ubyte.gz")
    ]
    assert kinds == ["folder", "zip", "npz", "npy", "idx"]
    assert command.read_source("torchvision:MNIST").kind == "torchvision"
    assert command.read_source("digits").kind == "digits"
    for wrong in (
        str(tmp_path / "a.txt"),
        str(tmp_path / "absent"),
        "torchvision:a/b",
        "~nobody-x/a",
    ):
        with pytest.raises(ImportRefused):
            command.read_source(wrong)


def test_a_refused_import_is_told_in_a_sentence(make: Factory, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportRefused, match="no images"):
        list(command.import_from(make.project().id, str(tmp_path / "empty")))


def test_an_unknown_project_is_told(config: object, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no project 99"):
        list(command.import_from(99, str(tmp_path)))
    with pytest.raises(NotFound, match="no project 99"):
        command.export_to(99, tmp_path / "a.csv")


def test_an_import_is_left_to_a_worker_that_is_alive(
    make: Factory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make.project()
    np.savez(tmp_path / "a.npz", x=noise(1)[None])
    with database.writing() as session:
        session.add(Worker(id="w", host="h", pid=1, seen_at=now()))
    asked: list[float] = []

    def worker_works(seconds: float) -> None:
        asked.append(seconds)
        command.importing.run(1, lambda *_: None)

    monkeypatch.setattr(command.time, "sleep", worker_works)
    said = list(command.import_from(project.id, str(tmp_path / "a.npz")))
    assert asked
    assert "Imported a.npz: 1 image to the pool, 0 to the holdout." in said


def test_labels_are_written_to_a_file(make: Factory, tmp_path: Path) -> None:
    project = make.project()
    make.label(make.query(project), make.member(project))
    assert command.export_to(project.id, tmp_path / "a.csv").startswith("Wrote 1 labels to")
    assert (tmp_path / "a.csv").read_text().startswith("label_id,")
    assert command.export_to(project.id, tmp_path / "a.jsonl").startswith("Wrote 1 labels to")


def test_labels_cannot_be_written_elsewhere(make: Factory, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"\.csv or \.jsonl"):
        command.export_to(make.project().id, tmp_path / "a.xlsx")
    with pytest.raises(ImportRefused, match="cannot be written"):
        command.export_to(make.project().id, tmp_path / "absent" / "a.csv")


def test_the_web_side_loads_neither_torch_nor_readers() -> None:
    code = (
        "import sys, app.interchange.routes, app.interchange.demo;"
        "print([m for m in ('torch', 'torchvision', 'sklearn', 'app.interchange.readers')"
        " if m in sys.modules])"
    )
    root = Path(__file__).parents[3]
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert said.stdout.strip() == "[]", said.stderr
