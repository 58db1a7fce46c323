"""A classroom whose queries people answer, some better than others."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app import database
from app.accounts.identification import Actor
from app.labeling import lending_service, service
from app.labeling.lending_service import Wanted
from app.labeling.schemas import AnswerVerdict
from app.tables import Query, User
from app.words import Role, Source
from tests.app.rounds.conftest import (  # noqa: F401
    Classroom,
    classroom,
    imported_data,
    trained,
    trained_data,
)
from tests.factories import Factory


class School:
    """A classroom with annotators who answer as they are told to."""

    def __init__(self, room: Classroom) -> None:
        self.room, self.project = room, room.project
        self.make = Factory(room.session)
        self.people: list[User] = []

    def join(self, count: int, role: Role = Role.ANNOTATOR) -> list[User]:
        """Let people become members."""
        joined = [self.make.member(self.project, role) for _ in range(count)]
        self.people += joined
        return joined

    def set(self, **settings: object) -> None:
        """Change settings."""
        self.project.settings = {**self.project.settings, **settings}
        self.room.session.commit()

    def lent(self, user: User, limit: int = 8) -> list[int]:
        """Ask for queries."""
        self.room.session.rollback()
        with database.writing() as session:
            wanted = _actor(user), Wanted(self.project.id, limit)
            [claims] = lending_service.claim(session, [wanted])
        return [query.id for query in claims.queries]

    def say(self, user: User, query_id: int, class_id: int | None = None) -> AnswerVerdict:
        """Give an answer: a class, or that nobody can tell."""
        self.room.session.rollback()
        said: dict[str, object] = {"id": str(uuid4()), "query_id": query_id, "duration_ms": 900}
        said |= {"answer": "unrecognizable"}
        if class_id is not None:
            said |= {"answer": "class", "class": class_id}
        with database.writing() as session:
            [[verdict]] = service.record(session, [(_actor(user), service.read([said]))])
        return verdict

    def query(self, query_id: int) -> Query:
        """A query as it is now."""
        self.room.session.rollback()
        return self.room.session.get_one(Query, query_id, populate_existing=True)

    def truth(self, query_id: int) -> int:
        """What a query's image shows: of gold it is known, of others its nearest labeled image."""
        query = self.query(query_id)
        if query.source is Source.GOLD:
            return int(query.provenance["truth"])
        return self.room.truth(query)


def _actor(user: User) -> Actor:
    return Actor(user.id, user.email, user.name, user.is_admin, by_token=False)


@pytest.fixture
def school(trained: Classroom) -> School:  # noqa: F811
    """A school with features, a generator and a first learner."""
    return School(trained)
