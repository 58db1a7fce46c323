"""Make an import count: its arrays first, then all its rows in one transaction.

Knows nothing of sources or pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import artifacts, database
from app.interchange import store
from app.interchange.errors import ImportMoved
from app.interchange.selection import Rows
from app.interchange.spool import Spool
from app.interchange.store import Published
from app.interchange.working_size import WorkingSize
from app.projects import classes
from app.projects.schemas import NewClass
from app.projects.texts import same
from app.tables import Project
from app.words import Origin


class Publication:
    """What is to count, of one attempt at one import."""

    def __init__(
        self,
        import_id: int,
        project_id: int,
        *,
        spool: Spool,
        pool: Rows,
        holdout: Rows,
        gold: Rows,
        size: WorkingSize,
        class_names: Sequence[str],
        newest_image: int,
    ) -> None:
        self._import_id, self._project_id = import_id, project_id
        self._spool, self._pool, self._holdout, self._gold = spool, pool, holdout, gold
        self._size, self._class_names = size, class_names
        #: Images of the project that came later are not yet known to be others.
        self._newest_image = newest_image

    def publish(self, report: dict[str, Any]) -> None:
        """Store the arrays and the rows; nothing happens if another attempt was faster."""
        folder = f"{import_folder(self._import_id)}/{uuid4().hex}"
        published = Published(
            f"{folder}/pool.npy",
            f"{folder}/holdout.npy",
            len(self._pool),
            len(self._holdout),
            report,
        )
        try:
            artifacts.write_stream(published.pool_array, self._spool.as_npy(self._pool))
            artifacts.write_stream(published.holdout_array, self._spool.as_npy(self._holdout))
            artifacts.sync()
            with database.writing() as session:
                if store.publish(session, self._import_id, published):
                    self._add(session)
        except (IntegrityError, FileNotFoundError):
            # The same picture came in meanwhile; or a faster attempt cleared our folder away.
            raise ImportMoved from None

    def _add(self, session: Session) -> None:
        project = store.lock_project(session, self._project_id)
        _fix_size(project, self._size)
        self._require_new(session)
        ids = _class_ids(session, self._project_id, self._class_names)
        store.add_images(session, self._rows(ids))

    def _require_new(self, session: Session) -> None:
        """Start again if a picture of ours came into the project under way."""
        if store.newest_image(session, self._project_id) == self._newest_image:
            return
        taken = (self._spool.sha256(row) for row in _each(self._pool, self._holdout, self._gold))
        if store.origins(session, self._project_id, taken, after=self._newest_image):
            raise ImportMoved

    def _rows(self, class_ids: Mapping[int, int]) -> Iterator[dict[str, Any]]:
        everything = {
            Origin.POOL: self._pool,
            Origin.HOLDOUT: self._holdout,
            Origin.GOLD: self._gold,
        }
        for origin, rows in everything.items():
            for place, row in enumerate(rows.tolist()):
                label = None if origin is Origin.POOL else self._spool.label(row)
                yield {
                    "project_id": self._project_id,
                    "sha256": self._spool.sha256(row),
                    "name": self._spool.name(row),
                    "origin": origin,
                    "import_id": self._import_id,
                    # The machine never looks at gold, so it is in no array.
                    "row": None if origin is Origin.GOLD else place,
                    "class_id": None if label is None else class_ids[label],
                }


def import_folder(import_id: int) -> str:
    """Name the folder of an import's artifacts; each attempt has its own below."""
    return f"imports/{import_id}"


def clear_up(import_id: int, published: str) -> None:
    """Remove what other attempts left behind; one that is still at work will notice."""
    for attempt in artifacts.children(import_folder(import_id)):
        if not published.startswith(f"{attempt}/"):
            with suppress(OSError):  # it may be clearing up as well
                artifacts.delete(attempt)


def _each(*several: Rows) -> Iterator[int]:
    for rows in several:
        yield from rows.tolist()


def _fix_size(project: Project, size: WorkingSize) -> None:
    """Fix the project's working size; start again if another import fixed a different one."""
    fixed = (project.channels, project.height, project.width)
    ours = (size.channels, size.height, size.width)
    if None not in fixed and fixed != ours:
        raise ImportMoved
    project.channels, project.height, project.width = ours


def _class_ids(session: Session, project_id: int, names: Sequence[str]) -> dict[int, int]:
    """Map the labels' numbers to classes, making those that are missing."""
    present = list(store.classes(session, project_id))
    missing = [name for name in names if not any(same(name, each.name) for each in present)]
    if missing:
        present += classes.add_all(session, project_id, [NewClass(name=name) for name in missing])
    return {
        number: each.id
        for number, name in enumerate(names)
        for each in present
        if same(name, each.name)
    }
