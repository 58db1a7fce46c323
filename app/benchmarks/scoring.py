"""How long it takes to choose from large pools: scores of millions, batches out of 60,000.

Vectors are drawn at random, since only their number and length matter here.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, cast

import numpy as np
import torch
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import Badge, CoreSet
from sklearn.linear_model import LogisticRegression

from app.benchmarks.plan import Plan, Say
from app.benchmarks.report import Table, mebibytes, spoken
from app.benchmarks.timing import REST, by_turns
from app.benchmarks.usage import Process
from models import catalog
from models.features import pixels
from models.interfaces import Images, ImageShape, Situation, Strategy, Vectors
from models.parts.declaring import Kind
from models.parts.features import PixelsOptions
from models.rounds.fitting import fit_learner
from models.strategies.pool_batches import margins_of_rows

SHAPE = ImageShape(1, 28, 28)
LABELS, QUERIES = 350, 10
LARGE, LARGER = 1_000_000, 10_000_000
POOL = 60_000
_REPEATS = 3
_TURNS = 7
_LOOK_EVERY = 0.01


def measure(plan: Plan, say: Say) -> list[Table]:
    """Time scores in memory and from a file, then batches beside scikit-activeml's."""
    del plan
    return [_scores(say), _batches(say)]


def _scores(say: Say) -> Table:
    say(f"scores of {LARGE:,} images in memory")
    rows = [(f"{LARGE:,} in memory", *_scored(_drawn(LARGE)))]
    say(f"scores of {LARGER:,} images in a file")
    with tempfile.TemporaryDirectory() as folder:
        # A file of holes: it is read and mapped like any other, without filling the disk.
        shape = (LARGER, SHAPE.pixels)
        path = Path(folder) / "vectors"
        kept = np.memmap(path, dtype=np.float32, mode="w+", shape=shape)
        rows.append((f"{LARGER:,} in a file", *_scored(kept)))
    return Table(
        "Scoring a pool",
        ("Images", "Time", "Memory beside the vectors"),
        tuple(rows),
        f"Margins of {SHAPE.pixels} numbers an image, two classes; medians of {_REPEATS}. The file "
        "is mapped to memory and consists of zeros that take no place on the disk.",
    )


def _scored(vectors: Vectors) -> tuple[str, str]:
    situation = _situation(vectors, _black(len(vectors)))
    before = _own_memory()
    seconds = []
    with _most_memory() as most:
        for _ in range(_REPEATS):
            began = time.perf_counter()
            margins_of_rows(situation, situation.candidates)
            seconds.append(time.perf_counter() - began)
    return spoken(median(seconds)), mebibytes(max(0, max(most) - before))


def _batches(say: Say) -> Table:
    vectors = _drawn(POOL)
    situation = _situation(vectors, _shown(vectors))
    rows = []
    for name, theirs in (("badge", Badge(random_state=0)), ("k_center", CoreSet(random_state=0))):
        say(f"{name} beside scikit-activeml's")
        doing = (
            partial(_ours(name).pose, situation, QUERIES, seed=0),
            partial(_library, theirs, situation),
        )
        with _every_core():
            ours, library = by_turns(doing, _TURNS, rest=REST)
        title = catalog.entry(Kind.STRATEGY, name).title
        rows.append((title, spoken(ours), spoken(library), f"{library / ours:.0f}"))
    return Table(
        "Batches beside scikit-activeml's",
        ("Strategy", "Ours", "Library", "Times as fast"),
        tuple(rows),
        f"Time for {QUERIES} queries of {POOL:,} images after {LABELS} labels, {SHAPE.pixels} "
        f"numbers an image, two classes; medians of {_TURNS}, by turns, all cores for each.",
    )


def _ours(name: str) -> Strategy:
    options = catalog.read_options(Kind.STRATEGY, name, {})
    return cast(Strategy, catalog.module(Kind.STRATEGY, name).build(options))


def _library(strategy: Any, situation: Situation) -> None:
    labels = np.concatenate(
        [np.full(len(situation.candidates), np.nan), situation.labeled_classes.astype(float)]
    )
    vectors = np.concatenate([situation.pool_vectors, situation.labeled_vectors])
    told = {"X": vectors, "y": labels, "batch_size": QUERIES}
    if isinstance(strategy, Badge):
        told["clf"] = SklearnClassifier(LogisticRegression(max_iter=100), classes=[0, 1])
    strategy.query(**told)


def _situation(vectors: Vectors, images: Images) -> Situation:
    """Gather what a strategy sees that looks at vectors alone."""
    labeled = np.random.default_rng(1).random((LABELS, SHAPE.pixels), dtype=np.float32)
    classes = np.arange(LABELS) % 2
    labeled[:, 0] += classes
    return Situation(
        pool_images=images,
        pool_vectors=vectors,
        candidates=np.arange(len(vectors)),
        labeled_vectors=labeled,
        labeled_classes=classes,
        asked_vectors=labeled,
        features=pixels.train(_black(2), PixelsOptions(), seed=0, progress=_silent),
        learner=fit_learner("linear_svm", {"strength": 0.001}, labeled, classes, count=2, seed=0),
    )


def _drawn(count: int) -> Vectors:
    return np.random.default_rng(0).random((count, SHAPE.pixels), dtype=np.float32)


def _black(count: int) -> Images:
    """Return so many black images that take no memory."""
    image = np.zeros((1, SHAPE.channels, SHAPE.height, SHAPE.width), dtype=np.uint8)
    return np.broadcast_to(image, (count, *image.shape[1:]))


def _shown(vectors: Vectors) -> Images:
    """Return the images that the vectors (n, d) are the pixels of."""
    return (vectors * 255).astype(np.uint8).reshape(len(vectors), *_black(1).shape[1:])


def _silent(*_: object) -> None:
    """Say nothing of progress."""


@contextmanager
def _every_core() -> Iterator[None]:
    """Have torch take all cores, as the library does, and not those that a worker leaves it."""
    before = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _own_memory() -> int:
    return Process(os.getpid(), "").own_memory


@contextmanager
def _most_memory() -> Iterator[list[int]]:
    """Look at this process's memory every hundredth of a second while something runs."""
    found, done = [_own_memory()], threading.Event()

    def look() -> None:
        while not done.wait(_LOOK_EVERY):
            found.append(_own_memory())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        done.set()
        looking.join()
