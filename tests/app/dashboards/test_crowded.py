"""The lead's page asks little of the database with 100,000 images, queries and labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.dashboards import mosaic, service
from app.dashboards.schemas import QueryList
from app.dashboards.store import Filter
from app.words import Outcome, Source
from tests.app.dashboards import crowding
from tests.factories import Factory

pytestmark = pytest.mark.services

QUERIES = 100_000
#: Instructions that SQLite may spend on each query: a few passes over all of them for the whole
#: page (60), less than one for what is asked again and again (5). Without any of the indexes that
#: the page uses it takes 70 and more.
WHOLE_PAGE, AGAIN = 66, 6
#: Instructions that are counted as one.
STEP = 1000


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_a_hundred_thousand_queries_are_all_counted(make: Factory) -> None:
    project = crowding.crowded(make)
    found = service.dashboard(make.session, project.id)
    assert sum(source.posed for source in found.sources) == QUERIES
    assert len(found.curve) == service.CURVE_POINTS
    newest = _page(make.session, project.id, Filter()).items
    imagined = _page(make.session, project.id, Filter(source=Source.SYNTHESIZED)).items
    assert {each.source for each in imagined} == {Source.SYNTHESIZED} < {e.source for e in newest}
    assert [each.id for each in newest] == sorted((each.id for each in newest), reverse=True)
    assert len(newest) == len(imagined) == 60


def test_a_hundred_thousand_queries_are_watched_with_little_effort(make: Factory) -> None:
    project = crowding.crowded(make)
    make.session.execute(text("ANALYZE"))
    make.session.commit()
    effort = partial(_effort, make.session)
    assert effort(lambda: service.dashboard(make.session, project.id)) < WHOLE_PAGE
    assert effort(lambda: service.snapshot(make.session, project.id)) < AGAIN
    for wanted in (Filter(), Filter(source=Source.EXPLORE), Filter(outcome=Outcome.DISPUTED)):
        assert effort(partial(_page, make.session, project.id, wanted)) < AGAIN


def _page(session: Session, project_id: int, wanted: Filter) -> QueryList:
    return mosaic.page(session, project_id, wanted, after=90_000)


def _effort(session: Session, work: Callable[[], object]) -> float:
    """How many instructions SQLite carries out for each query, on whatever machine."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = session.connection().connection.driver_connection
    connection.set_progress_handler(count, STEP)
    work()
    connection.set_progress_handler(None, STEP)
    return steps * STEP / QUERIES
