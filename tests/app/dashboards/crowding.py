"""A project with very many queries, for seeing that the lead's page does not slow down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app.tables import Image, Label, Project, Query, Round, now
from app.words import Answer, Origin, Outcome, QueryState, Source
from tests.factories import Factory


def crowded(make: Factory, *, queries: int = 100_000) -> Project:
    """A project with very many queries, labels, images and rounds, written in bulk."""
    session = make.session
    project = make.project(name="Crowded", classes=["five", "seven"])
    classes = make.classes(project)
    people = [make.member(project) for _ in range(20)]
    size = 50
    numbers = range(queries)
    session.execute(
        insert(Round.__table__),
        [_crowded_round(project, number + 1, size) for number in range(queries // size)],
    )
    rounds = list(session.scalars(_ids(Round, project)))
    session.execute(
        insert(Image.__table__),
        [
            {
                "project_id": project.id,
                "sha256": f"{number:064x}",
                "origin": Origin.SYNTHESIZED if number % 3 == 0 else Origin.POOL,
            }
            for number in numbers
        ],
    )
    images = list(session.scalars(_ids(Image, project)))
    session.execute(
        insert(Query.__table__),
        [
            _crowded_query(project, number, images[number], rounds[number // size], classes)
            for number in numbers
        ],
    )
    asked = list(session.scalars(_ids(Query, project)))
    session.execute(
        insert(Label.__table__),
        [
            {
                "id": str(UUID(int=query)),
                "project_id": project.id,
                "query_id": query,
                "user_id": people[query % len(people)].id,
                "answer": Answer.CLASS if query % 7 else Answer.UNRECOGNIZABLE,
                "duration_ms": 900,
                "received_at": now() - timedelta(seconds=queries - query),
            }
            for query in asked[: -size // 2]
        ],
    )
    session.commit()
    return project


def _ids(table: Any, project: Project) -> Any:
    return (
        table.__table__.select()
        .with_only_columns(table.id)
        .where(table.project_id == project.id)
        .order_by(table.id)
    )


def _crowded_round(project: Project, number: int, size: int) -> dict[str, Any]:
    return {
        "project_id": project.id,
        "number": number,
        "settings_version": 1,
        "seed": number,
        "answers": (number - 1) * size,
        "labeled": (number - 1) * size,
        "refused": 0,
        "mix": {"posed": {"pool": size}},
        "facts": {
            "agreement": 0.99,
            "kappa": 0.98,
            "compared": 2000,
            "posing": {"synthesized": {"starts": 256, "near_asked": 20, "refused": 4, "rare": 3}},
        },
        "holdout_right": min(950, 500 + number),
        "holdout_count": 1000,
    }


def _crowded_query(
    project: Project, number: int, image: int, round_id: int, classes: list[Any]
) -> dict[str, Any]:
    refused = number % 7 == 0
    return {
        "project_id": project.id,
        "round_id": round_id,
        "image_id": image,
        "source": Source.SYNTHESIZED if number % 3 == 0 else Source.POOL,
        "accepted": 1,
        "state": QueryState.SETTLED,
        "outcome": Outcome.UNRECOGNIZABLE if refused else Outcome.CLASS,
        "outcome_class_id": None if refused else classes[number % 2].id,
        "settled_at": now(),
        "provenance": {"latent": [0.1] * 24},
    }
