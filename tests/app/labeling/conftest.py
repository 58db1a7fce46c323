"""A small project with two annotators, and answers without ceremony."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import database
from app.accounts.auth import Actor
from app.labeling import lending_service, service
from app.labeling.lending_service import Wanted
from app.labeling.schemas import AnswerVerdict, Claims, Undone
from app.tables import Budget, Claim, Query, User
from app.words import Answer
from tests.factories import Factory

on_both_databases = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgres", marks=pytest.mark.services)],
    indirect=True,
)


def actor_of(user: User) -> Actor:
    """The person as the policies would find them."""
    return Actor(user.id, user.email, user.name, user.is_admin, by_token=False)


class Desk:
    """One project, and people who label in it, each step in a transaction of its own."""

    def __init__(self, make: Factory, **settings: Any) -> None:
        self.make = make
        self.project = make.project(settings=settings)
        self.classes = [each.id for each in make.classes(self.project)]
        self.ann, self.bob = make.member(self.project), make.member(self.project)

    def queries(self, count: int, **columns: Any) -> list[int]:
        """Pose queries, the first to be lent first."""
        return [
            self.make.query(self.project, priority=float(-rank), **columns).id
            for rank in range(count)
        ]

    def claim(self, user: User, limit: int = 8) -> Claims:
        """Ask for queries."""
        [claims] = self.claim_together(user, limit=limit)
        return claims

    def claim_together(self, *users: User, limit: int = 8) -> list[Claims]:
        """Ask for queries, several people in one transaction."""
        wanted = [(actor_of(user), Wanted(self.project.id, limit)) for user in users]
        with database.writing() as session:
            return lending_service.claim(session, wanted)

    def lent(self, user: User, limit: int = 8) -> list[int]:
        """Ask for queries and name them."""
        return [query.id for query in self.claim(user, limit).queries]

    def release(self, user: User, query_ids: list[int]) -> int:
        """Give queries back."""
        with database.writing() as session:
            return lending_service.release(
                session, actor_of(user), self.project.id, query_ids=query_ids
            )

    def answer(self, query_id: int, answer: Answer = Answer.CLASS, **fields: Any) -> dict[str, Any]:
        """One answer as a browser sends it: the first class, unless told otherwise."""
        written = {"id": str(uuid4()), "query_id": query_id, "answer": answer.value, **fields}
        if answer is Answer.CLASS:
            written.setdefault("class", self.classes[0])
        return written

    def send(self, user: User, *answers: object) -> list[AnswerVerdict]:
        """Send answers."""
        with database.writing() as session:
            [verdicts] = service.record(session, [(actor_of(user), service.read(answers))])
            return verdicts

    def say(self, user: User, query_id: int, answer: Answer = Answer.CLASS, **fields: Any) -> str:
        """Send one answer and return its verdict, or the reason of its refusal."""
        (verdict,) = self.send(user, self.answer(query_id, answer, **fields))
        refused = verdict.verdict == "refused" and verdict.problem
        return refused.slug if refused else verdict.verdict.value

    def undo(self, user: User, label_id: str) -> Undone:
        """Take an answer back."""
        with database.writing() as session:
            return service.undo(session, actor_of(user), label_id)

    def query(self, query_id: int) -> Query:
        """A query as it is now."""
        with database.reading() as session:
            return session.get_one(Query, query_id)

    def budget(self) -> Budget:
        """The budget as it is now."""
        with database.reading() as session:
            return session.get_one(Budget, self.project.id)

    def cap(self, answers: int | None, price: str = "0", cost: str | None = None) -> None:
        """Set the budget's caps."""
        caps = {
            "max_answers": answers,
            "price_per_answer": Decimal(price),
            "max_cost": None if cost is None else Decimal(cost),
        }
        with self.writing() as session:
            session.execute(update(Budget).values(caps))

    def change(self, row: object, **columns: Any) -> None:
        """Change a row behind the services' back."""
        with self.writing() as session:
            merged = session.merge(row)
            for name, value in columns.items():
                setattr(merged, name, value)

    def let_time_pass(self, **span: float) -> None:
        """Let claims be older than they are."""
        with self.writing() as session:
            for claim in session.scalars(select(Claim).where(Claim.expires_at.is_not(None))):
                assert claim.expires_at is not None
                claim.expires_at -= timedelta(**span)

    def claims(self) -> list[tuple[int, int, int, bool]]:
        """Every claim as (query, slot, user, answered)."""
        with database.reading() as session:
            rows = session.scalars(select(Claim).order_by(Claim.query_id, Claim.slot))
            return [(row.query_id, row.slot, row.user_id, row.expires_at is None) for row in rows]

    def writing(self) -> AbstractContextManager[Session]:
        """Open a transaction."""
        return database.writing()


@pytest.fixture
def desk(make: Factory) -> Desk:
    """A project where each query needs one label."""
    return Desk(make)


@pytest.fixture
def open_desk(make: Factory) -> Callable[..., Desk]:
    """Make a project with settings of one's own."""
    return lambda **settings: Desk(make, **settings)
