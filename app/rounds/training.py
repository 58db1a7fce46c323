"""The long stages: learn features from the pool, train a generator on it.

They run in a process of their own and may be canceled at any moment. Knows no answers: both see
the pool only.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from app import artifacts, database
from app.projects.settings import Part, ProjectSettings
from app.rounds import materials, store
from app.rounds.devices import device
from app.rounds.materials import Saved, Shelf
from app.rounds.sheets import picture, sheet
from app.rounds.stages import Turn
from models import catalog
from models.checkpoints import to_blob
from models.interfaces import Checkpoint, Facts, Features, Generator, Images, Progress
from models.parts.declaring import Kind
from models.rounds.seeds import seed_of

#: Least time between two sheets of samples.
SHEET_SECONDS = 10


@dataclass(frozen=True)
class _Brief:
    part: Part
    pool: Shelf
    seed: int


def learn_features(turn: Turn) -> None:
    """Learn features and map the pool, so that no fit has to wait for the vectors."""
    brief = _read(turn, Kind.FEATURES)
    features: Features = _train(turn, Kind.FEATURES, brief, share=0.85)
    artifact = _store(turn, features.checkpoint())
    turn.report(0.9, {"message": "mapping the pool"})
    materials.vectors(brief.pool, Saved(0, brief.part.name, artifact))
    _publish(turn, features.checkpoint(), artifact, brief.part)


def train_generator(turn: Turn) -> None:
    """Train a generator and draw a sheet of what it imagines."""
    brief = _read(turn, Kind.GENERATOR)
    generator: Generator = _train(turn, Kind.GENERATOR, brief, share=0.98)
    drawn = artifacts.write_image(sheet(generator, seed=brief.seed))
    artifact = _store(turn, generator.checkpoint())
    _publish(turn, generator.checkpoint(), artifact, brief.part, sheet=drawn)


def _read(turn: Turn, kind: Kind) -> _Brief:
    with database.reading() as session:
        project = store.require_project(session, turn.project_id)
        settings = ProjectSettings(**project.settings)
        pool = materials.pool_shelf(session, turn.project_id)
    part = settings.features if kind is Kind.FEATURES else settings.generator
    return _Brief(part, pool, seed_of(settings.seed, kind, turn.number))


def _train(turn: Turn, kind: Kind, brief: _Brief, *, share: float) -> Any:
    options = catalog.read_options(kind, brief.part.name, brief.part.options)
    images = np.asarray(materials.images(brief.pool))
    return catalog.module(kind, brief.part.name).train(
        images,
        options,
        seed=brief.seed,
        progress=_reporter(turn, share),
        device=device(),
    )


def _reporter(turn: Turn, share: float) -> Progress:
    """Report progress with the loss of each epoch, and now and then with a sheet of samples."""
    losses: dict[Any, Any] = {}
    drawn_at = time.monotonic()

    def report(done: float, facts: Facts, samples: Images | None = None, /) -> None:
        nonlocal drawn_at
        losses[facts.get("epoch")] = facts.get("loss")
        told: dict[str, Any] = {**facts, "losses": list(losses.values())}
        if samples is not None and time.monotonic() - drawn_at >= SHEET_SECONDS:
            drawn_at = time.monotonic()
            told["sheet"] = artifacts.write_image(picture(samples))
        turn.report(done * share, told)

    return report


def _store(turn: Turn, checkpoint: Checkpoint) -> str:
    """Write a checkpoint where only this attempt writes; its row makes it count."""
    name = (
        f"projects/{turn.project_id}/checkpoints/"
        f"{checkpoint.kind}-{turn.number}-{turn.stage_id}-{turn.begun}.safetensors"
    )
    artifacts.write(name, to_blob(checkpoint))
    return name


def _publish(turn: Turn, checkpoint: Checkpoint, artifact: str, asked: Part, **facts: Any) -> None:
    with database.writing() as session:
        turn.finish(session, **facts)
        store.add_checkpoint(
            session,
            turn.project_id,
            kind=checkpoint.kind,
            name=checkpoint.name,
            version=turn.number,
            artifact=artifact,
            facts={"asked": asked.model_dump(), **facts},
        )
