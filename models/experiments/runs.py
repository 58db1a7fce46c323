"""One run: a project's whole life on plain arrays, with simulated people, measured on the way.

Fits, composes and poses by the same functions as the application. The bookkeeping rules that make
a figure honest are checked here on every round. Knows nothing of tables or plots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from models import catalog
from models.experiments.arms import Arm
from models.experiments.people import People
from models.experiments.tasks import LabeledImages
from models.interfaces import (
    Features,
    Generator,
    Images,
    Indices,
    Learner,
    ModelError,
    QueryBatch,
    Situation,
    Strategy,
    Vectors,
)
from models.parts.declaring import Kind
from models.propagation import Around, Graph
from models.recognizability import Recognizability
from models.rounds.batches import Filled, Order, compose
from models.rounds.fitting import Judged, fit_learner, fit_recognizer
from models.rounds.refusals import give_way
from models.rounds.seeds import seed_of
from models.rounds.slots import is_random_round, share_out
from models.strategies.starts import encoded


class DishonestRun(ModelError):
    """A run broke a rule that makes its figure honest."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What every arm of a comparison shares: the pool, its vectors, parts, people and tests.

    `tests` holds vectors (n, d) with classes (n,) per test name.
    """

    pool: LabeledImages
    pool_vectors: Vectors
    features: Features
    generator: Generator | None
    people: People
    tests: Mapping[str, tuple[Vectors, Indices]]
    class_count: int
    #: Where labels spread, if a preset lets them: the pool's graph in the generator's latent space.
    graph: Graph | None = None


@dataclass(frozen=True)
class Point:
    """What the learner knew after so many answers, refusals included."""

    answers: int
    labels: int
    #: Test name -> share of images it got right; NaN before there was a learner.
    accuracy: Mapping[str, float]


@dataclass
class Tally:
    """Queries and refusals by source."""

    posed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    #: What people would have refused who name an image that they are 60 % sure of.
    refused_if_bold: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Curve:
    """A whole run."""

    points: tuple[Point, ...]
    tally: Tally


@dataclass(eq=False)
class _Asked:
    """Everything put to people so far, in order; the lists are of one length."""

    vectors: list[Vectors] = field(default_factory=list)
    #: Class index, or -1 for *unrecognizable*.
    answers: list[int] = field(default_factory=list)
    #: Pool row, or -1 for a synthesized image.
    rows: list[int] = field(default_factory=list)
    images: list[Images] = field(default_factory=list)
    #: Whether it was chosen without regard to the learner.
    fair: list[bool] = field(default_factory=list)

    def stacked(self, dimension: int) -> Vectors:
        return np.concatenate([np.empty((0, dimension), np.float32), *self.vectors])

    def named(self) -> Indices:
        return np.flatnonzero(np.array(self.answers, dtype=np.int64) >= 0)

    def classes(self) -> Indices:
        return np.array(self.answers, dtype=np.int64)[self.named()]


def run(ground: Ground, arm: Arm, *, answers: int, seed: int) -> Curve:
    """Ask until so many answers are in; the curve has a point for each round."""
    if arm.supervised:
        return _supervised(ground, arm, answers=answers, seed=seed)
    going, points = _Run(ground, arm, seed), []
    while len(going.asked.answers) < answers:
        filled = going.pose(answers - len(going.asked.answers))
        if not any(len(each.batch) for each in filled):
            break
        for each in filled:
            going.ask(each)
        going.fit()
        labels = len(going.asked.named())
        points.append(Point(len(going.asked.answers), labels, _accuracy(ground, going.learner)))
    return Curve(tuple(points), going.tally)


def _supervised(ground: Ground, arm: Arm, *, answers: int, seed: int) -> Curve:
    learner = _learner(ground, arm, ground.pool_vectors, ground.pool.classes, seed=seed)
    accuracy = _accuracy(ground, learner)
    ends = (arm.preset.batch_size, answers)
    return Curve(tuple(Point(end, len(ground.pool), accuracy) for end in ends), Tally())


class _Run:
    """A project while it lasts: what was asked, and the learner of it."""

    def __init__(self, ground: Ground, arm: Arm, seed: int) -> None:
        self.ground, self.arm, self.seed = ground, arm, seed
        self.asked, self.tally = _Asked(), Tally()
        self.learner: Learner | None = None
        self.number = 0
        self._judged: list[tuple[Images, Vectors, float, bool]] = []
        self._seen: set[bytes] = set()

    def pose(self, most: int) -> list[Filled]:
        """Compose the next batch, of at most so many."""
        self.number += 1
        preset = self.arm.preset
        count = min(most, preset.batch_size if self.asked.answers else preset.cold_start_size)
        last = "pool" if self.learner is not None else "cold_start"
        return compose(
            self._situation(), list(self._orders(count)), fallback=self._order(last, count)
        )

    def ask(self, filled: Filled) -> None:
        """Put a source's queries to people and keep their answers."""
        batch, asked = filled.batch, self.asked
        self._require_new(batch)
        rng = np.random.default_rng(self._seed(f"people {filled.order.source}"))
        answers = self.ground.people.answer(batch.images, rng=rng)
        asked.vectors.append(_vectors(self.ground, batch))
        asked.images.append(batch.images)
        asked.fair += [filled.order.source in ("cold_start", "explore")] * len(batch)
        self._count(filled, answers)
        for place, answer in enumerate(answers):
            asked.rows.append(int(batch.rows[place]))
            asked.answers.append(-1 if answer is None else answer)
            if batch.rows[place] < 0 and batch.latents is not None:
                margin, named = float(batch.margins[place]), answer is not None
                self._judged.append((batch.images[place], batch.latents[place], margin, named))

    def _count(self, filled: Filled, answers: list[int | None]) -> None:
        source, bold = filled.order.source, self.ground.people.bold()
        told = bold.answer(filled.batch.images, rng=np.random.default_rng(0))
        self.tally.posed[source] += len(answers)
        self.tally.refused[source] += answers.count(None)
        self.tally.refused_if_bold[source] += told.count(None)

    def fit(self) -> None:
        """Fit the learner on every answer so far."""
        vectors = self.asked.stacked(self.ground.features.dimension)[self.asked.named()]
        self.learner = _learner(
            self.ground,
            self.arm,
            vectors,
            self.asked.classes(),
            seed=self._seed("learner"),
            around=self._around(),
        )

    def _around(self) -> Around | None:
        """Let labels spread over the pool, where the preset does."""
        ground, named = self.ground, self.asked.named()
        if not self.arm.preset.propagate or ground.graph is None or ground.generator is None:
            return None
        images = np.concatenate(self.asked.images)[named]
        latents, fair = encoded(ground.generator, images), np.array(self.asked.fair)[named]
        return Around(ground.graph, ground.pool_vectors, latents, fair)

    def _situation(self) -> Situation:
        vectors = self.asked.stacked(self.ground.features.dimension)
        free = np.ones(len(self.ground.pool), dtype=bool)
        free[[row for row in self.asked.rows if row >= 0]] = False
        return Situation(
            pool_images=self.ground.pool.images,
            pool_vectors=self.ground.pool_vectors,
            candidates=np.flatnonzero(free),
            labeled_vectors=vectors[self.asked.named()],
            labeled_classes=self.asked.classes(),
            asked_vectors=vectors,
            features=self.ground.features,
            learner=self.learner,
            generator=self.ground.generator,
            recognizer=self._recognizer(),
        )

    def _recognizer(self) -> Recognizability | None:
        if not self._judged:
            return None
        images, latents, margins, named = zip(*self._judged, strict=True)
        judged = Judged(
            images=np.stack(images),
            latents=np.stack(latents).astype(np.float32),
            margins=np.array(margins, dtype=np.float32),
            named=np.array(named),
        )
        ground, seed = self.ground, self._seed("recognizability")
        return fit_recognizer(judged, ground.features, ground.pool_vectors, seed=seed)

    def _orders(self, count: int) -> Iterator[Order]:
        preset = self.arm.preset
        if self.learner is None:
            yield self._order("cold_start", count)
            return
        refused = [not named for _, _, _, named in self._judged]
        shares = give_way(preset.mix, refused, limit=preset.refusal_limit).shares
        if is_random_round(self.number, preset.random_round_every):
            shares = {"explore": 1.0}
        for source, slots in share_out(shares, count, round_number=self.number).items():
            yield self._order(source, slots)

    def _order(self, source: str, count: int) -> Order:
        preset = self.arm.preset
        choice = preset.cold_start if source == "cold_start" else preset.strategies[source]
        options = catalog.read_options(Kind.STRATEGY, choice.name, choice.options)
        strategy = cast(Strategy, catalog.module(Kind.STRATEGY, choice.name).build(options))
        return Order(source, strategy, count, self._seed(source))

    def _seed(self, purpose: str) -> int:
        return seed_of(self.seed, purpose, self.number)

    def _require_new(self, batch: QueryBatch) -> None:
        """Hold the rule that no image is asked about twice and that rows are what they say."""
        for row, image in zip(batch.rows, batch.images, strict=True):
            if row >= 0 and row in self.asked.rows:
                raise DishonestRun(f"Pool image {row} was posed twice.")
            if row >= 0 and not np.array_equal(self.ground.pool.images[row], image):
                raise DishonestRun(f"Pool image {row} was posed with other pixels.")
            if row < 0 and image.tobytes() in self._seen:
                raise DishonestRun("A synthesized image was posed twice.")
            self._seen.add(image.tobytes())


def _learner(
    ground: Ground,
    arm: Arm,
    vectors: Vectors,
    classes: Indices,
    *,
    seed: int,
    around: Around | None = None,
) -> Learner | None:
    chosen = arm.preset.learner
    return fit_learner(
        chosen.name,
        chosen.options,
        vectors,
        classes,
        count=ground.class_count,
        seed=seed,
        around=around,
    )


def _vectors(ground: Ground, batch: QueryBatch) -> Vectors:
    """Look real images up, map synthesized ones."""
    vectors = np.zeros((len(batch), ground.features.dimension), dtype=np.float32)
    real = batch.rows >= 0
    vectors[real] = ground.pool_vectors[batch.rows[real]]
    if not real.all():
        vectors[~real] = ground.features.extract(batch.images[~real])
    return vectors


def _accuracy(ground: Ground, learner: Learner | None) -> dict[str, float]:
    if learner is None:
        return dict.fromkeys(ground.tests, float("nan"))
    return {
        name: float((learner.decide(vectors).argmax(axis=1) == classes).mean())
        for name, (vectors, classes) in ground.tests.items()
    }
