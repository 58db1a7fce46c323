"""What all annotators do all the time: claims, answers and images, many in one transaction.

Each function is the work of a group; it commits before anybody gets a result, so an acknowledgment
always means that the answer is on disk. The rules are in the services.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import OperationalError

from app import database
from app.accounts import auth
from app.accounts.auth import Actor
from app.grouping import Group
from app.labeling import images, lending_service, service
from app.labeling.images import Look
from app.labeling.lending_service import Wanted
from app.labeling.schemas import AnswerVerdict, Claims
from app.labeling.service import Sent


def _record(lists: Sequence[tuple[Actor, Sent]]) -> list[list[AnswerVerdict] | Exception]:
    with database.writing() as session:
        return [*service.record(session, lists)]


def _claim(wanted: Sequence[tuple[Actor, Wanted]]) -> list[Claims | Exception]:
    with database.writing() as session:
        given = lending_service.claim(session, wanted)
    images.put_small_ones_in(given)
    return [*given]


def _look(looks: Sequence[Look]) -> list[bytes | Exception]:
    with database.reading() as session:
        reach = images.within_reach(session, looks)
    return images.contents(looks, reach)


recording = Group(auth.admitting(_record), concerns_all=(OperationalError,))
lending = Group(auth.admitting(_claim), concerns_all=(OperationalError,))
looking = Group(_look, concerns_all=(OperationalError,))
