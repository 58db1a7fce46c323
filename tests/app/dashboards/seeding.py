"""A project in the middle of its life, for looking at the lead's page: rounds, queries, people."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app import artifacts
from app.tables import (
    Budget,
    Image,
    Label,
    ModelCheckpoint,
    Project,
    Query,
    Round,
    Stage,
    User,
    Worker,
    now,
)
from app.words import (
    Answer,
    Origin,
    Outcome,
    QueryState,
    Role,
    Source,
    StageKind,
    StageState,
)
from tests.factories import Factory

BATCH = 10
HOLDOUT = 600


def add_round(make: Factory, project: Project, number: int, **columns: Any) -> Round:
    """A measured round on a plausible curve."""
    answers = (number - 1) * BATCH
    accuracy = 0.965 - 0.9 * (answers + 4) ** -0.62 + 0.004 * np.sin(number * 2.3)
    measured = number > 1
    return make.round(
        project,
        number,
        answers=answers,
        labeled=round(answers * 0.86),
        refused=answers - round(answers * 0.86),
        holdout_right=round(accuracy * HOLDOUT) if measured else None,
        holdout_count=HOLDOUT if measured else None,
        mix=_mix(number),
        facts={
            "strategies": {"cold_start": "medoids"}
            if number == 1
            else {"synthesized": "band", "pool": "diverse_margin", "explore": "random"},
            "seconds": {"read": 0.03, "fit": 0.21, "pose": 0.94, "write": 0.02},
            "posing": _posing(number),
            **_compared(number),
        },
        created_at=now() - timedelta(minutes=3 * (40 - number)),
        **columns,
    )


def _compared(number: int) -> dict[str, float]:
    agreement = min(0.998, 0.8 + 0.19 * (1 - np.exp(-number / 8)))
    compared = {"agreement": agreement, "kappa": agreement - 0.004, "compared": 1797}
    return compared if number > 2 else {}


def _posing(number: int) -> dict[str, dict[str, int]]:
    near, rare = min(4 * number, 30), 6
    searched = {"starts": 64, "in_band": 60, "near_asked": near, "refused": 2, "rare": rare}
    return (
        {"synthesized": {**searched, "repeated": 2 if number % 7 == 0 else 0}} if number > 3 else {}
    )


def _mix(number: int) -> dict[str, Any]:
    if number == 1:
        return {"planned": {"cold_start": BATCH}, "posed": {"cold_start": BATCH}, "why": ""}
    if number < 4:
        return {
            "planned": {"synthesized": 4, "pool": 5, "explore": 1},
            "posed": {"pool": 9, "explore": 1},
            "why": "The generator is still training.",
        }
    posed = {"synthesized": 4, "pool": 5, "explore": 1}
    return {"planned": posed, "posed": posed, "why": ""}


def lively(make: Factory, *, rounds: int = 24) -> Project:
    """A running project on handwritten digits, with a generator in training."""
    session = make.session
    project = make.project(name="Digits", classes=[str(digit) for digit in range(10)])
    budget = session.get_one(Budget, project.id)
    budget.max_answers, budget.price_per_answer = 500, Decimal("0.04")
    people = [_person(make, project, name) for name in ("Ada Byron", "Emmy Noether", "Sofia K.")]
    checkpoints = _checkpoints(session, project)
    pictures = _Pictures()
    for number in range(1, rounds + 1):
        row = add_round(make, project, number, **checkpoints)
        _pose(session, project, row, pictures, people, settled=number < rounds)
    _holdout(make, project, pictures)
    budget.answers_spent = (rounds - 1) * BATCH
    budget.cost_spent = budget.answers_spent * budget.price_per_answer
    _machine(session, project, pictures)
    session.commit()
    return project


def _person(make: Factory, project: Project, name: str) -> User:
    user = make.user(f"{name.split()[0].lower()}@example.org", name=name)
    return make.member(project, Role.ANNOTATOR, user)


def _checkpoints(session: Session, project: Project) -> dict[str, int]:
    ids = {}
    for kind, name in (
        ("features", "discriminator"),
        ("generator", "vae"),
        ("learner", "linear_svm"),
        ("recognizability", "logistic"),
    ):
        row = ModelCheckpoint(
            project_id=project.id, kind=kind, name=name, version=1, artifact="", facts={}
        )
        session.add(row)
        session.flush()
        ids[f"{kind}_id"] = row.id
    return ids


class _Pictures:
    """Digits, and blends of digits where a generator would imagine them."""

    def __init__(self) -> None:
        digits = load_digits()
        self.pixels: NDArray[np.uint8] = (digits.images * 15.9).astype(np.uint8)
        self.classes = digits.target
        self.order = np.random.default_rng(5).permutation(len(digits.target))
        self.next = 0

    def real(self) -> tuple[NDArray[np.uint8], int]:
        self.next += 1
        place = self.order[self.next % len(self.order)]
        return self.pixels[place], int(self.classes[place])

    def imagined(self) -> tuple[NDArray[np.uint8], int]:
        (first, digit), (second, _) = self.real(), self.real()
        return (first // 2 + second // 2).astype(np.uint8), digit

    def sheet(self, *, sharp: float) -> bytes:
        noise = np.random.default_rng(3).integers(0, 255, (8, 8, 8, 8))
        cells = [
            [self.real()[0] * sharp + noise[row, column] * (1 - sharp) for column in range(8)]
            for row in range(8)
        ]
        return png(np.block(cells).astype(np.uint8))


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Write pixels as a PNG."""
    file = BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _image(session: Session, project: Project, origin: Origin, pixels: NDArray[np.uint8]) -> int:
    sha256 = artifacts.write_image(png(pixels))
    known = session.query(Image).filter_by(project_id=project.id, sha256=sha256).first()
    if known is not None:
        # A pixel nobody sees makes it an image of its own.
        changed = pixels.copy()
        changed[0, 0] += 1
        return _image(session, project, origin, changed)
    image = Image(project_id=project.id, sha256=sha256, origin=origin)
    session.add(image)
    session.flush()
    return image.id


def _pose(
    session: Session,
    project: Project,
    row: Round,
    pictures: _Pictures,
    people: list[User],
    *,
    settled: bool,
) -> None:
    classes = {each.name: each.id for each in Factory(session).classes(project)}
    sources = [Source(source) for source, n in row.mix["posed"].items() for _ in range(n)]
    for place, source in enumerate(sources):
        imagined = source is Source.SYNTHESIZED
        pixels, digit = pictures.imagined() if imagined else pictures.real()
        origin = Origin.SYNTHESIZED if imagined else Origin.POOL
        refused = settled and imagined and (row.number + place) % 3 == 0
        at = row.created_at + timedelta(seconds=9 * place + 4)
        outcome = Outcome.UNRECOGNIZABLE if refused else Outcome.CLASS
        query = Query(
            project_id=project.id,
            round_id=row.id,
            image_id=_image(session, project, origin, pixels),
            source=source,
            accepted=1 if settled else 0,
            state=QueryState.SETTLED if settled else QueryState.OPEN,
            outcome=outcome if settled else None,
            outcome_class_id=classes[str(digit)] if settled and not refused else None,
            settled_at=at if settled else None,
            utility=0.93,
            margin=0.031 * place,
            recognizability=0.71 if imagined else 0.97,
            provenance={
                "strategy": row.facts["strategies"].get(source, "random"),
                "seed": 11 * row.number + place,
                "latent": [0.1 * k for k in range(24)] if imagined else None,
                "options": {"restarts": 64, "steps": 40},
            },
        )
        session.add(query)
        session.flush()
        if settled:
            session.add(
                Label(
                    id=str(UUID(int=query.id)),
                    project_id=project.id,
                    query_id=query.id,
                    user_id=people[(place * row.number) % len(people)].id,
                    answer=Answer.UNRECOGNIZABLE if refused else Answer.CLASS,
                    class_id=query.outcome_class_id,
                    duration_ms=700 + 130 * place,
                    received_at=at,
                )
            )


def _holdout(make: Factory, project: Project, pictures: _Pictures) -> None:
    classes = make.classes(project)
    rows = [
        {
            "project_id": project.id,
            "sha256": f"{number:064x}",
            "origin": Origin.HOLDOUT if number < HOLDOUT else Origin.POOL,
            "class_id": classes[number % 10].id if number < HOLDOUT else None,
        }
        for number in range(1797)
    ]
    make.session.execute(insert(Image), rows)


def _machine(session: Session, project: Project, pictures: _Pictures) -> None:
    session.add(Worker(id="lab-3:4711:k2", host="lab-3", pid=4711, started_at=_ago(hours=3)))
    sheets = [artifacts.write_image(pictures.sheet(sharp=sharp)) for sharp in (0.2, 0.5, 0.9)]
    session.add_all(
        [
            _stage(project, StageKind.IMPORT_POOL, 1, minutes=130, message="1,797 images"),
            _stage(project, StageKind.LEARN_FEATURES, 1, minutes=128, loss=0.214, epoch=14),
            _stage(project, StageKind.TRAIN_GENERATOR, 1, minutes=126, sheet=sheets[0]),
            _stage(project, StageKind.TRAIN_GENERATOR, 2, minutes=60, sheet=sheets[1]),
            Stage(
                project_id=project.id,
                kind=StageKind.TRAIN_GENERATOR,
                number=3,
                state=StageState.FAILED,
                attempt=1,
                problem="The disk or the artifact store is full; free some space, then try again.",
                queued_at=_ago(minutes=8),
                started_at=_ago(minutes=8),
                finished_at=_ago(minutes=7),
            ),
            Stage(
                project_id=project.id,
                kind=StageKind.TRAIN_GENERATOR,
                number=3,
                state=StageState.RUNNING,
                attempt=2,
                share=0.42,
                worker_id="lab-3:4711:k2",
                facts={
                    "epoch": 5,
                    "epochs": 12,
                    "loss": 0.0312,
                    "sheet": sheets[2],
                    "losses": [0.21, 0.12, 0.074, 0.049, 0.0312],
                },
                queued_at=_ago(minutes=2),
                started_at=_ago(minutes=2),
            ),
        ]
    )


def _stage(project: Project, kind: StageKind, number: int, *, minutes: int, **facts: Any) -> Stage:
    return Stage(
        project_id=project.id,
        kind=kind,
        number=number,
        state=StageState.DONE,
        share=1.0,
        facts=facts,
        worker_id="lab-3:4711:k2",
        queued_at=_ago(minutes=minutes),
        started_at=_ago(minutes=minutes),
        finished_at=_ago(minutes=minutes - 1),
    )


def _ago(**span: float) -> datetime:
    return now() - timedelta(**span)
