"""What all annotators do all the time: claims, answers and images, many in one transaction.

Each function is the work of a group; it commits before anybody gets a result, so an acknowledgment
always means that the answer is on disk. The rules are in the services.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError

from app import database
from app.accounts.identification import Actor
from app.grouping import Group
from app.labeling import images, lending_service, service
from app.labeling.schemas import AnswerVerdict, Claims
from app.labeling.service import Sent


@dataclass(frozen=True)
class Wanted:
    """Queries that somebody asks for."""

    actor: Actor
    project_id: int
    limit: int


@dataclass(frozen=True)
class Viewed:
    """An image that somebody asks for, by the hash of its bytes."""

    actor: Actor
    sha256: str


def _record(lists: Sequence[Sent]) -> list[list[AnswerVerdict] | Exception]:
    with database.writing() as session:
        return [*service.record(session, lists)]


def _claim(wanted: Sequence[Wanted]) -> list[Claims | Exception]:
    with database.writing() as session:
        return [
            lending_service.claim(session, each.actor, each.project_id, limit=each.limit)
            for each in wanted
        ]


def _look(viewed: Sequence[Viewed]) -> list[bool | Exception]:
    with database.reading() as session:
        reach = images.within_reach(session, [(each.actor, each.sha256) for each in viewed])
    return [(each.actor.user_id, each.sha256) in reach for each in viewed]


recording = Group(_record, concerns_all=(OperationalError,))
lending = Group(_claim, concerns_all=(OperationalError,))
looking = Group(_look, concerns_all=(OperationalError,))
