"""Features, generators and learners to measure with, trained once and kept for what follows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from app.benchmarks.plan import Say
from app.benchmarks.pools import Pool
from app.benchmarks.report import spoken
from app.rounds.devices import device
from models import catalog
from models.interfaces import Facts, Features, Generator, Images, Indices, Learner, Vectors
from models.parts.declaring import Kind

#: How many labels a learner is fitted on.
LABELS = 350


@dataclass(frozen=True)
class Trained:
    """A part, loaded on the processor as for posing, and how long its training took."""

    part: Any
    seconds: float


@lru_cache
def trained(kind: Kind, name: str, pool: Pool, say: Say) -> Trained:
    """Train a part with its default options, as a stage would."""
    told = 0.0

    def progress(share: float, _facts: Facts, _samples: Images | None = None) -> None:
        nonlocal told
        if share - told >= 0.25 and share < 1:
            told = share
            say(f"{entry.title} on {pool.name}: {share:.0%}")

    entry = catalog.entry(kind, name)
    began = time.perf_counter()
    module = catalog.module(kind, name)
    part = module.train(
        pool.images,
        catalog.read_options(kind, name, {}),
        seed=0,
        progress=progress,
        device=device(),
    )
    seconds = time.perf_counter() - began
    say(f"{entry.title} on {pool.name}: {spoken(seconds)}")
    return Trained(module.load(part.checkpoint()), seconds)


def features(name: str, pool: Pool, say: Say) -> Features:
    """Return trained features."""
    return cast(Features, trained(Kind.FEATURES, name, pool, say).part)


def generator(pool: Pool, say: Say) -> Generator:
    """Return the trained generator of the default preset."""
    return cast(Generator, trained(Kind.GENERATOR, "vae", pool, say).part)


def fit(vectors: Vectors, classes: Indices, count: int) -> Learner:
    """Fit the learner of the default preset on vectors (n, d) with classes (n,)."""
    options = catalog.read_options(Kind.LEARNER, "linear_svm", {})
    module = catalog.module(Kind.LEARNER, "linear_svm")
    return cast(Learner, module.fit(vectors, classes, options, count=count, seed=0))
