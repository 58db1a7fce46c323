"""The long stages: learn features from the pool, train a generator on it.

They run in a process of their own and may be canceled at any moment. Both see
the pool; only a generator that makes images by class is told answers.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from app import artifacts, database
from app.projects.settings import Part, ProjectSettings
from app.rounds import continuing, known_classes, materials, store, weights
from app.rounds.devices import device
from app.rounds.known_classes import Told
from app.rounds.materials import Saved, Shelf
from app.rounds.sheets import picture, sheet
from app.rounds.stages import Turn
from models import catalog
from models.checkpoints import to_blob
from models.interfaces import (
    Checkpoint,
    CheckpointMismatch,
    Facts,
    Features,
    Generator,
    Images,
    PoolTooSmall,
    Progress,
)
from models.parts.declaring import Kind
from models.quality import examine
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
    told = _told(turn, brief.part)
    generator = _go_on(turn, brief, share=0.98, **_classes(told))
    checkpoint = generator.checkpoint()
    drawn = artifacts.write_image(sheet(generator, seed=brief.seed))
    artifact = _store(turn, checkpoint)
    turn.report(0.99, {"message": "comparing with the pool"})
    quality = _quality(turn, brief, generator)
    facts: dict[str, Any] = {"sheet": drawn, "quality": quality}
    why = told.why if told else checkpoint.facts.get("why")
    _publish(turn, checkpoint, artifact, brief.part, **facts, message=why or "")
    continuing.forget(turn)


def _read(turn: Turn, kind: Kind) -> _Brief:
    with database.reading() as session:
        project = store.require_project(session, turn.project_id)
        settings = ProjectSettings(**project.settings)
        pool = materials.pool_shelf(session, turn.project_id)
    part = settings.features if kind is Kind.FEATURES else settings.generator
    return _Brief(part, pool, seed_of(settings.seed, kind, turn.number))


def _told(turn: Turn, part: Part) -> Told | None:
    """Read the answers so far, where the generator can be told classes."""
    if part.name not in known_classes.LEARN_CLASSES:
        return None
    with database.reading() as session:
        return known_classes.read(session, turn.project_id)


def _classes(told: Told | None) -> dict[str, Any]:
    return {} if told is None else {"classes": told.classes}


def _go_on(turn: Turn, brief: _Brief, *, share: float, **further: Any) -> Generator:
    """Train a generator, from where an attempt that was cut off left off."""
    keep, found = continuing.keeper(turn), continuing.kept(turn)
    try:
        made = _train(turn, Kind.GENERATOR, brief, share=share, keep=keep, resume=found, **further)
    except CheckpointMismatch:
        # The settings or the pool have changed since.
        made = _train(turn, Kind.GENERATOR, brief, share=share, keep=keep, **further)
    return cast(Generator, made)


def _quality(turn: Turn, brief: _Brief, generator: Generator) -> Facts | None:
    """Compare what the generator makes with real images, in the newest features there are."""
    with database.reading() as session:
        features = store.newest_checkpoint(session, turn.project_id, Kind.FEATURES)
        holdout = materials.holdout_shelf(session, turn.project_id)
    try:
        report = examine(
            generator,
            materials.features(Saved.of(features) if features else None, brief.pool),
            np.asarray(materials.images(brief.pool)),
            held_out=np.asarray(materials.images(holdout)) if holdout.arrays else None,
            seed=brief.seed,
        )
    except PoolTooSmall:
        return None
    return {**report.facts(), "features": features.name if features else "pixels"}


def _train(turn: Turn, kind: Kind, brief: _Brief, *, share: float, **further: Any) -> Any:
    options = _options(kind, brief.part)
    images = np.asarray(materials.images(brief.pool))
    return catalog.module(kind, brief.part.name).train(
        images,
        options,
        seed=brief.seed,
        progress=_reporter(turn, share),
        device=device(),
        **further,
    )


def _options(kind: Kind, part: Part) -> Any:
    """Read a part's options; files of weights come from their folder alone."""
    named = part.options.get("weights")
    found = {"weights": weights.path(named)} if isinstance(named, str) else {}
    return catalog.read_options(kind, part.name, {**part.options, **found})


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
