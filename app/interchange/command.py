"""Imports and exports from the command line: texts in, lines to print out.

Where a worker is alive, it does the import and this follows; else this process does it itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from app import database
from app.interchange import exporting, importing, service, store
from app.interchange.errors import ImportRefused
from app.interchange.exporting import ExportFormat
from app.interchange.schemas import (
    DigitsSource,
    Holdout,
    ImportRequest,
    ImportState,
    ImportView,
    ServerSource,
    TorchvisionSource,
)
from app.tables import now

_TORCHVISION = "torchvision:"
#: A worker that was seen within this time is alive.
_ALIVE = timedelta(seconds=10)
_LOOK_SECONDS = 0.5


def import_from(
    project_id: int,
    source: str,
    *,
    holdout: str = "0",
    classes: str = "",
    create_classes: bool = False,
    root: Path | None = None,
    download: bool = False,
) -> Iterator[str]:
    """Import images and say how it goes; ends with what became of every file."""
    request = ImportRequest(
        source=read_source(source, root=root, download=download),
        classes=read_classes(classes),
        create_classes=create_classes,
        holdout=read_holdout(holdout),
    )
    with database.writing() as session:
        import_id = service.request_import(session, project_id, request).id
        worker = store.worker_seen(session, now() - _ALIVE)
    yield from _follow(project_id, import_id) if worker else _run(import_id)
    with database.reading() as session:
        view = service.view(session, project_id, import_id)
    if view.state is not ImportState.DONE:
        raise ImportRefused(view.problem or _abandoned(import_id))
    yield from summary(view)


def read_source(text: str, *, root: Path | None = None, download: bool = False) -> ServerSource:
    """Read `digits`, `torchvision:NAME` or a path."""
    if text == "digits":
        return DigitsSource(kind="digits")
    if not text.startswith(_TORCHVISION):
        return service.source_of(text)
    name = text.removeprefix(_TORCHVISION)
    if not name.isalnum():
        raise ImportRefused("Name a dataset as torchvision has it, such as torchvision:MNIST.")
    folder = "" if root is None else str(root.expanduser().resolve())
    return TorchvisionSource(kind="torchvision", name=name, root=folder, download=download)


def read_holdout(text: str) -> Holdout:
    """Read a share such as 0.2, a count such as 500, or `test` for the source's own test split."""
    if text == "test":
        return Holdout()
    try:
        number = float(text)
    except ValueError:
        number = -1
    if 0 <= number <= 0.9:
        return Holdout(share=number)
    if number >= 1 and number.is_integer() and number <= 1_000_000:
        return Holdout(count=int(number))
    raise ImportRefused(
        f"The holdout {text!r} is neither a share up to 0.9, a count of images, nor `test`."
    )


def read_classes(text: str) -> dict[str, str]:
    """Read `5=five,7=seven`; a label alone names its class."""
    chosen = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        label, _, name = pair.partition("=")
        chosen[label.strip()] = (name or label).strip()
    if any(not name or len(name) > 100 for name in chosen.values()):
        raise ImportRefused("Say which label means which class like this: 5=five,7=seven.")
    return chosen


def _run(import_id: int) -> Iterator[str]:
    """Import in this process, beside a thread that waits for what it tells."""
    told: SimpleQueue[str | BaseException | None] = SimpleQueue()

    def work() -> None:
        try:
            importing.run(import_id, lambda share, facts: told.put(_line(share, facts)))
            told.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            told.put(error)

    Thread(target=work, daemon=True).start()
    shown = ""
    while (each := told.get()) is not None:
        if isinstance(each, BaseException):
            raise each
        if each and each != shown:
            shown = each
            yield each


def _follow(project_id: int, import_id: int) -> Iterator[str]:
    """Tell what a worker is doing until it is done, or none is alive."""
    shown = ""
    while True:
        with database.reading() as session:
            view = service.view(session, project_id, import_id)
            alive = store.worker_seen(session, now() - _ALIVE)
        line = _line(view.share, view.facts)
        if line and line != shown:
            shown = line
            yield line
        if view.state in (ImportState.DONE, ImportState.FAILED) or not alive:
            return
        time.sleep(_LOOK_SECONDS)


def _line(share: float, facts: dict[str, Any]) -> str:
    """Say how far it is, in steps of a tenth."""
    if facts.get("step") != "reading" or share < 0.1:
        return ""
    return f"{int(share * 10) * 10} % read"


def _abandoned(import_id: int) -> str:
    return f"The worker that did import {import_id} has stopped; it goes on when one starts again."


def summary(view: ImportView) -> Iterator[str]:
    """Say what became of an import."""
    images = "image" if view.pool_count == 1 else "images"
    yield (
        f"Imported {view.source}: {view.pool_count:,} {images} to the pool,"
        f" {view.holdout_count:,} to the holdout."
    )
    for name, count in view.holdout.items():
        yield f"  holdout {name}: {count:,}"
    for verdict, count in sorted(view.verdicts.items()):
        if verdict != "ok":
            yield f"  {count:,} {verdict.replace('_', ' ')}{_examples(view, verdict)}"
    yield from view.notices


def _examples(view: ImportView, verdict: str) -> str:
    names = [each["name"] for each in view.files.get(verdict, [])[:3]]
    return f", such as {', '.join(names)}" if names else ""


def export_to(project_id: int, to: Path) -> str:
    """Write a project's labels to a `.csv` or `.jsonl` file and say how many there were."""
    try:
        chosen = ExportFormat(to.suffix.lower().removeprefix("."))
    except ValueError:
        raise ImportRefused(f"{to} must end in .csv or .jsonl.") from None
    with database.reading() as session:
        service.require_project(session, project_id)
    lines = 0
    try:
        with to.open("wb") as file:
            for piece in exporting.labels(project_id, chosen):
                file.write(piece.content)
                lines += piece.labels
    except OSError as error:
        raise ImportRefused(f"{to} cannot be written; the system says: {error.strerror}.") from None
    return f"Wrote {lines:,} labels to {to}."
