"""What the measurement of labeling writes and reads in the measured server's database.

Knows tables and statements; knows nothing of how fast anything is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    func,
    insert,
    literal,
    make_url,
    select,
    text,
)
from sqlalchemy.orm import Session

from app import database
from app.tables import Image, Label, Query, Stage
from app.words import Answer, Origin, QueryState, Source, StageKind, StageState

_AT_ONCE = 10_000


@dataclass(frozen=True)
class Truth:
    """What the database holds in the end, and how often it breaks a promise."""

    #: Answers that stand.
    labels: int
    #: Queries that one person's answers stand on twice.
    doubled: int
    #: Queries with more answers than they need, and with another number than they count.
    over: int
    miscounted: int


@contextmanager
def own_database(server_url: str) -> Iterator[str]:
    """Lend a database of one's own on a Postgres server; nothing else there is touched."""
    name = f"cusp_bench_{uuid4().hex[:8]}"
    admin = _admin(server_url)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _admin(url: str) -> Engine:
    return database.connect(url).execution_options(isolation_level="AUTOCOMMIT")


def add_images(
    session: Session, hashes: Sequence[str], *, project_id: int, import_id: int | None
) -> None:
    """Add a pool's images, thousands at once."""
    shared = {"project_id": project_id, "origin": Origin.POOL, "import_id": import_id}
    for begin in range(0, len(hashes), _AT_ONCE):
        rows = [
            {**shared, "sha256": sha256, "row": begin + place}
            for place, sha256 in enumerate(hashes[begin : begin + _AT_ONCE])
        ]
        session.execute(insert(Image), rows)


def add_queries(
    session: Session, count: int, *, project_id: int, round_id: int, overlap: int
) -> None:
    """Ask about the first images of the pool."""
    chosen = select(Image.id).where(Image.project_id == project_id).order_by(Image.id).limit(count)
    shared = {"project_id": project_id, "round_id": round_id, "source": Source.POOL}
    ids = session.scalars(chosen).all()
    for begin in range(0, count, _AT_ONCE):
        rows = [
            {**shared, "image_id": each, "overlap": overlap}
            for each in ids[begin : begin + _AT_ONCE]
        ]
        session.execute(insert(Query), rows)


def trains(session: Session, project_id: int) -> bool:
    """Whether a worker is in the middle of a project's training."""
    under_way = select(Stage.id).where(
        Stage.project_id == project_id,
        Stage.kind == StageKind.LEARN_FEATURES,
        Stage.state == StageState.RUNNING,
        Stage.share > 0,
    )
    return _count(session, under_way) > 0


def settled_down(session: Session, project_id: int) -> bool:
    """Whether the machine has begun and ended what a project needed first."""
    stages = select(Stage.id).where(Stage.project_id == project_id)
    at_work = stages.where(Stage.state.in_((StageState.QUEUED, StageState.RUNNING)))
    return _count(session, stages) > 0 and _count(session, at_work) == 0


def truth(session: Session, project_id: int) -> Truth:
    """Count what stands and what should not be."""
    stands = (Label.project_id == project_id, Label.undone_at.is_(None))
    pairs = select(literal(1)).where(*stands).group_by(Label.query_id, Label.user_id)
    answers = (
        select(func.count())
        .where(Label.query_id == Query.id, Label.undone_at.is_(None), Label.answer != Answer.SKIP)
        .correlate(Query)
        .scalar_subquery()
    )
    full = (Query.state == QueryState.SETTLED) != (Query.accepted == Query.overlap)
    return Truth(
        labels=_count(session, select(Label.id).where(*stands)),
        doubled=_count(session, pairs.having(func.count() > 1)),
        over=_count(session, _queries(project_id, answers > Query.overlap)),
        miscounted=_count(session, _queries(project_id, (answers != Query.accepted) | full)),
    )


def _queries(project_id: int, broken: ColumnElement[bool]) -> Select[tuple[int]]:
    return select(Query.id).where(Query.project_id == project_id, broken)


def _count(session: Session, rows: Select[tuple[int]] | Select[tuple[str]]) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0
