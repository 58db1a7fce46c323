"""Bring an import's images in; run by a worker or by the command line.

It may be killed at any moment and run again, even twice at once: pictures are stored under their
hash, arrays under a name that no other attempt has, and everything counts from one transaction
on, which only one attempt can make. A label of an image that goes to the pool is not stored.

Knows neither HTTP nor stages: whoever runs it is told how far it is.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from app import artifacts, database
from app.errors import AppError, NotFound
from app.interchange import (
    gathering,
    label_choice,
    notices,
    publishing,
    readers,
    store,
    working_size,
)
from app.interchange.errors import ImportMoved, ImportRefused
from app.interchange.gathering import Progress
from app.interchange.label_choice import LabelChoice
from app.interchange.publishing import Publication
from app.interchange.readers.source import Source
from app.interchange.schemas import ImportRequest, UploadSource
from app.interchange.selection import HoldoutWish, Selection, select
from app.interchange.spool import Spool
from app.interchange.verdicts import Tally, Verdict
from app.interchange.working_size import WorkingSize
from app.projects.settings import ProjectSettings
from app.tables import Import

#: Share of the work that reading is.
_READING = 0.9
#: How often an import starts again because the project changed under it.
_TRIES = 5


@dataclass(frozen=True)
class _Setting:
    """What an attempt begins with."""

    import_id: int
    project_id: int
    request: ImportRequest
    #: None before the project's first import.
    size: WorkingSize | None
    largest: int
    seed: int
    #: Names of the project's classes, and of those that occur in its holdout.
    classes: tuple[str, ...]
    measured: frozenset[str]
    pool_count: int
    #: Images that are newer came in under way.
    newest_image: int


def run(import_id: int, progress: Progress) -> None:
    """Bring an import in, once; raises an `AppError` that says what to do where it cannot."""
    tally = Tally()
    try:
        _run(import_id, progress, tally)
    except AppError as error:
        if not _note(import_id, error, tally):
            raise
    _conclude(import_id)


def _run(import_id: int, progress: Progress, tally: Tally) -> None:
    for _ in range(_TRIES):
        setting = _begin(import_id)
        if setting is None:
            return
        try:
            tally.clear()
            _attempt(setting, progress, tally)
        except ImportMoved:
            continue
        progress(1.0, {"step": "done"})
        return
    raise ImportMoved


def _begin(import_id: int) -> _Setting | None:
    """Read what an attempt needs, or None when the import is over."""
    with database.reading() as session:
        found = store.find_import(session, import_id)
        project = store.project(session, found.project_id) if found else None
        if found is None or project is None:
            raise NotFound("This import is gone, and its project with it.")
        if found.done_at is not None:
            return None
        request = ImportRequest.model_validate(found.request)
        settings = ProjectSettings(**project.settings)
        return _Setting(
            import_id,
            project.id,
            request,
            WorkingSize.of(project.channels, project.height, project.width),
            largest=settings.image_size,
            seed=settings.seed if request.seed is None else request.seed,
            classes=tuple(each.name for each in store.classes(session, project.id)),
            measured=frozenset(store.measured_classes(session, project.id)),
            pool_count=store.pool_count(session, project.id),
            newest_image=store.newest_image(session, project.id),
        )


def _attempt(setting: _Setting, progress: Progress, tally: Tally) -> None:
    """Read everything, share it out, store it."""
    began = time.monotonic()
    with readers.opened(setting.request.source) as source:
        choice, size = _choose(setting, source)
        with Spool(size) as spool:
            gathering.gather(
                source, choice, spool, size=size, tally=tally, progress=_reading(progress)
            )
            selection = _select(setting, spool, tally)
            holdout = _holdout_by_class(choice, spool, selection)
            _require_two_classes(setting, holdout)
            progress(_READING, {"step": "storing"})
            Publication(
                setting.import_id,
                setting.project_id,
                spool=spool,
                pool=selection.pool,
                holdout=selection.holdout,
                gold=selection.gold,
                size=size,
                class_names=choice.names,
                newest_image=setting.newest_image,
            ).publish(
                {
                    "verdicts": tally.counts,
                    "files": tally.files,
                    "notices": _notices(setting, choice, spool, selection),
                    "holdout": holdout,
                    "seconds": round(time.monotonic() - began, 1),
                }
            )


def _reading(progress: Progress) -> Progress:
    """Make the share of what is read a share of the whole."""
    return lambda share, facts: progress(share * _READING, {"step": "reading", **facts})


def _choose(setting: _Setting, source: Source) -> tuple[LabelChoice, WorkingSize]:
    """Choose the labels, and the working size if this is the project's first import."""
    request = setting.request
    choice = label_choice.choose(
        source.labels, request.classes, setting.classes, create=request.create_classes
    )
    wanted = request.holdout.share or request.holdout.count or request.gold_share
    if wanted and not choice.classes:
        what = "Gold" if request.gold_share else "A holdout"
        raise ImportRefused(f"{what} needs labels. {choice.notice or 'These images have none.'}")
    if setting.size is not None:
        return choice, setting.size
    glances = gathering.first_glances(source, choice)
    return choice, working_size.choose(glances, largest=setting.largest)


def _select(setting: _Setting, spool: Spool, tally: Tally) -> Selection:
    """Share out what was read, and count what is left out."""
    wish = setting.request.holdout
    hashes = (spool.sha256(row) for row in range(len(spool)))
    with database.reading() as session:
        there = store.origins(session, setting.project_id, hashes if setting.newest_image else ())
    selection = select(
        spool.gathered(),
        HoldoutWish(
            wish.share, wish.count, wish.test_split, setting.seed, setting.request.gold_share
        ),
        {bytes.fromhex(sha256): origin for sha256, origin in there.items()},
    )
    for row, verdict in sorted(selection.refused.items()):
        tally.add(verdict, spool.name(row))
    tally.taken(len(selection.pool) + len(selection.holdout) + len(selection.gold))
    if not tally.counts:
        raise ImportRefused("There are no images in it; check that you named the right one.")
    if not tally.counts.get(Verdict.OK):
        raise ImportRefused(f"None of the images could be taken: {tally.in_words}.")
    return selection


def _holdout_by_class(choice: LabelChoice, spool: Spool, selection: Selection) -> dict[str, int]:
    """Count the new holdout by class."""
    counts = Counter(choice.names[spool.label(row)] for row in selection.holdout.tolist())
    return {name: counts[name] for name in choice.names if counts[name]}


def _require_two_classes(setting: _Setting, holdout: dict[str, int]) -> None:
    """Refuse a holdout on which every learner would be right."""
    names = setting.measured | holdout.keys()
    if holdout and len(names) < 2:
        raise ImportRefused(
            f"The holdout would have images of {', '.join(names)} alone, and every learner would"
            " look perfect. Import images of at least two classes, or without a holdout."
        )


def _notices(
    setting: _Setting, choice: LabelChoice, spool: Spool, selection: Selection
) -> list[str]:
    """Tell what the person should know though all went well."""
    pool = setting.pool_count + len(selection.pool)
    labels = spool.gathered().labels
    dropped = int((labels[selection.pool] >= 0).sum())
    told = [
        choice.notice,
        notices.small_pool(pool),
        notices.one_class(choice.names),
        notices.labels_dropped(dropped),
        notices.gold(len(selection.gold)),
        notices.no_holdout(measured=bool(setting.measured or len(selection.holdout))),
    ]
    return [notice for notice in told if notice]


def _note(import_id: int, error: AppError, tally: Tally) -> bool:
    """Keep the reason with the import and return whether the import is over: because no
    repetition can help, or because another attempt was faster.
    """
    report: dict[str, Any] = {
        "problem": error.detail,
        "verdicts": tally.counts,
        "files": tally.files,
    }
    with database.writing() as session:
        store.set_problem(session, import_id, report, over=isinstance(error, ImportRefused))
        found = store.find_import(session, import_id)
        return found is not None and found.done_at is not None


def _conclude(import_id: int) -> None:
    """Remove the upload and what killed attempts left behind; raise if the import was refused."""
    with database.reading() as session:
        found = store.find_import(session, import_id)
    if found is None or found.done_at is None:
        return
    _delete_uploads(found)
    publishing.clear_up(import_id, found.pool_array)
    if found.report.get("problem"):
        raise ImportRefused(str(found.report["problem"]))


def _delete_uploads(found: Import) -> None:
    source = ImportRequest.model_validate(found.request).source
    if isinstance(source, UploadSource):
        for name in (source.artifact, source.labels_artifact):
            if name:
                artifacts.delete(name)
