"""The parts that runs share: features, generators and oracles, trained once and kept in a folder.

Every arm of a comparison gets the same ones. Knows nothing of strategies.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from models import catalog, simulation
from models.checkpoints import from_blob, to_blob
from models.experiments.tasks import LabeledImages, Task
from models.interfaces import Checkpoint, Facts, Features, Generator, Images
from models.parts.declaring import Kind
from models.presets import Choice
from models.simulation import Oracle, digest, train_oracle

#: Steps that an oracle learns for at least; its images are few and varied.
ORACLE_STEPS = 4000
_BATCH = 64

#: Takes one line about how far an experiment is.
Say = Callable[[str], None]


class _Part(Protocol):
    def checkpoint(self) -> Checkpoint: ...


@dataclass(frozen=True)
class Parts:
    """Trains what is not in the folder yet. Deleting the folder costs time and nothing else."""

    folder: Path
    say: Say

    def features(self, task: Task, choice: Choice, *, seed: int) -> Features:
        """Learn features from the task's pool, or load them."""
        return cast(Features, self._trained(Kind.FEATURES, task, choice, seed))

    def generator(self, task: Task, choice: Choice, *, seed: int) -> Generator:
        """Train a generator on the task's pool, or load it."""
        return cast(Generator, self._trained(Kind.GENERATOR, task, choice, seed))

    def oracle(self, task: Task, *, fold: int, seed: int) -> Oracle:
        """Teach an oracle on one fold of the lessons, or load it; it knows what is in the pool."""
        lessons = task.lessons[fold]
        key = f"{lessons.sha256}:{ORACLE_STEPS}:{seed}"
        oracle = cast(
            Oracle,
            self._kept(
                "oracle",
                "lessons",
                key,
                train=lambda: self._taught(task, lessons, seed),
                load=simulation.load,
            ),
        )
        truth = {
            digest(image): task.class_names[place]
            for image, place in zip(task.pool.images, task.pool.classes, strict=True)
        }
        return replace(oracle, truth=truth)

    def _taught(self, task: Task, lessons: LabeledImages, seed: int) -> Oracle:
        epochs = max(1, ORACLE_STEPS * _BATCH // len(lessons))
        return train_oracle(
            lessons.images,
            lessons.classes,
            task.lesson_names,
            seed=seed,
            progress=_silent,
            epochs=epochs,
            augment=True,
        )

    def _trained(self, kind: Kind, task: Task, choice: Choice, seed: int) -> _Part:
        options = catalog.read_options(kind, choice.name, choice.options)
        module = catalog.module(kind, choice.name)
        told = json.dumps(asdict(options), sort_keys=True)
        pool = hashlib.sha256(np.ascontiguousarray(task.pool.images).tobytes()).hexdigest()
        return self._kept(
            f"{kind}-{choice.name}",
            task.name,
            f"{pool}:{told}:{seed}",
            train=lambda: module.train(task.pool.images, options, seed=seed, progress=_silent),
            # By its own name: another part may have stood in for the one that was asked for.
            load=lambda kept: catalog.module(kind, kept.name).load(kept),
        )

    def _kept(
        self,
        part: str,
        task: str,
        key: str,
        *,
        train: Callable[[], _Part],
        load: Callable[[Checkpoint], Any],
    ) -> _Part:
        short = hashlib.sha256(key.encode()).hexdigest()[:16]
        path = self.folder / f"{task}-{part}-{short}.safetensors"
        if not path.is_file():
            self.say(f"{task}: {part} is being trained")
            began = time.process_time()
            trained = train()
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".unfinished")
            unfinished.write_bytes(to_blob(trained.checkpoint()))
            unfinished.rename(path)
            self.say(f"{task}: {part} took {time.process_time() - began:.0f} CPU-s")
        # Loaded even when just trained, so that a first run and a repeated one are alike.
        return cast(_Part, load(from_blob(path.read_bytes())))


def _silent(share: float, facts: Facts, samples: Images | None = None) -> None:
    """Say nothing of how training goes."""
