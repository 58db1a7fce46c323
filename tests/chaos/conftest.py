"""A deployment with a small project that has real images and two annotators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Config
from app.interchange import demo
from app.tables import Project, Query, Stage
from app.words import Role, StageKind, StageState
from tests.deployment import Deployment, deployment
from tests.factories import Factory

#: Training that is long enough to be interrupted, and no longer.
BRIEFLY = {
    "features": {"name": "discriminator", "options": {"epochs": 1, "least_steps": 60}},
    "generator": {"name": "vae", "options": {"epochs": 1, "least_steps": 60}},
}


@dataclass
class Stand:
    """A running project, the database behind it, and somebody who answers."""

    deployment: Deployment
    session: Session
    project_id: int
    token: str

    def fresh(self) -> Session:
        """The database as it is now."""
        self.session.rollback()
        return self.session

    def stage(self, kind: StageKind, *states: StageState) -> Stage | None:
        """The newest stage of a kind, if it is in one of these states."""
        return self.fresh().scalar(
            select(Stage)
            .where(Stage.kind == kind, Stage.state.in_(states))
            .order_by(Stage.id.desc())
            .limit(1)
        )

    def count(self, table: type[Query], *conditions: object) -> int:
        """Count rows."""
        statement = select(func.count()).select_from(table).where(*conditions)  # type: ignore[arg-type]
        return self.fresh().scalar(statement) or 0

    def answer(self, limit: int = 8) -> int:
        """Claim queries and answer each with the first class or the second in turn."""
        with self.deployment.client(self.token) as client:
            claims = (
                client.post(f"/api/v1/projects/{self.project_id}/claims", params={"limit": limit})
                .raise_for_status()
                .json()
            )
            answers = [
                {
                    "id": str(uuid4()),
                    "query_id": query["id"],
                    "answer": "class",
                    "class": query["class_ids"][query["id"] % 2],
                    "duration_ms": 500,
                }
                for query in claims["queries"]
            ]
            if not answers:
                return 0
            verdicts = client.post("/api/v1/labels", json=answers).raise_for_status().json()
        return sum(each["verdict"] == "stored" for each in verdicts["verdicts"])


@pytest.fixture
def stand(
    config: Config, session: Session, make: Factory, database_url: str, tmp_path: Path
) -> Iterator[Stand]:
    """The digits demo on processes of its own; the test starts and ends them."""
    project = session.get_one(Project, demo.create_demo(session))
    project.settings = {**project.settings, **BRIEFLY}
    session.commit()
    annotator = make.member(project, Role.ANNOTATOR)
    with deployment(config.data, database_url) as made:
        yield Stand(made, session, project.id, make.token(annotator))
