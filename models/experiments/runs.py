"""One run: a project's whole life on plain arrays, with simulated people, measured on the way.

Fits, composes and poses by the same functions as the application. The bookkeeping rules that make
a figure honest are checked here on every round. Knows nothing of tables or plots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models import catalog
from models.experiments.arms import Arm
from models.experiments.ledger import MARKED, REFUSED, Asked, Tally
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
from models.rounds.slots import is_random_round, part_of, share_out
from models.rounds.worth import steer, worths
from models.strategies import strips
from models.strategies.strips import Strip
from models.virtual_examples import Copies, copies


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
    #: Where labels spread, if a preset lets them.
    graph: Graph | None = None
    #: What steers the mix, if a preset is steered: vectors (n, d) with classes (n,) of images that
    #: are neither in the pool nor in a test.
    holdout: tuple[Vectors, Indices] | None = None


@dataclass(frozen=True)
class Point:
    """What the learner knew after so many answers, refusals included."""

    answers: int
    labels: int
    #: Test name -> share of images it got right; NaN before there was a learner.
    accuracy: Mapping[str, float]


@dataclass(frozen=True)
class Curve:
    """A whole run."""

    points: tuple[Point, ...]
    tally: Tally


def run(ground: Ground, arm: Arm, *, answers: int, seed: int) -> Curve:
    """Ask until so many answers are in; the curve has a point for each round."""
    if arm.supervised:
        return _supervised(ground, arm, answers=answers, seed=seed)
    going, points = _Run(ground, arm, seed), []
    while len(going.asked.answers) < answers:
        before = len(going.asked.answers)
        going.turn(answers - before)
        if len(going.asked.answers) == before:
            break
        labels = going.asked.labels
        points.append(Point(len(going.asked.answers), labels, _accuracy(ground, going.learner)))
    return Curve(tuple(points), going.tally)


def _supervised(ground: Ground, arm: Arm, *, answers: int, seed: int) -> Curve:
    by, taught = arm.preset.stretch, (ground.pool_vectors, ground.pool.classes)
    beside = copies(ground.pool.images, ground.features, by) if by else None
    learner = _learner(ground, arm, *taught, seed=seed, copies=beside)
    accuracy = _accuracy(ground, learner)
    ends = (arm.preset.batch_size, answers)
    return Curve(tuple(Point(end, len(ground.pool), accuracy) for end in ends), Tally())


class _Run:
    """A project while it lasts: what was asked, and the learner of it."""

    def __init__(self, ground: Ground, arm: Arm, seed: int) -> None:
        self.ground, self.arm, self.seed = ground, arm, seed
        self.asked, self.tally = Asked(), Tally()
        self.learner: Learner | None = None
        self.number = 0
        self._judged: list[tuple[Images, Vectors, float, bool]] = []
        self._seen: set[bytes] = set()

    def turn(self, most: int) -> None:
        """Compose the next batch, of at most so many, have it answered, and fit."""
        self.number += 1
        preset = self.arm.preset
        count = min(most, preset.batch_size if self.asked.answers else preset.cold_start_size)
        last = "pool" if self.learner is not None else "cold_start"
        situation, orders = self._situation(), list(self._orders(count))
        walks = self._walks(situation, orders)
        left = [
            replace(each, count=each.count - len(walks)) if each.source == "synthesized" else each
            for each in orders
        ]
        filled = compose(situation, left, fallback=self._order(last, count))
        for strip in walks:
            self._have_marked(strip)
        for each in filled:
            self.ask(each)
        self.fit()

    def _walks(self, situation: Situation, orders: list[Order]) -> list[Strip]:
        """Ask a share of the synthesized slots as walks."""
        slots = sum(each.count for each in orders if each.source == "synthesized")
        count = part_of(self.arm.preset.walk_share, slots, round_number=self.number)
        if not count or self.learner is None or situation.generator is None:
            return []
        return strips.pose(situation, count, seed=self._seed("walk"))

    def _have_marked(self, strip: Strip) -> None:
        """Put a walk to people: its frames up to both marks have a class from then on."""
        asked, frames, extract = self.asked, strip.walk.images, self.ground.features.extract
        at = strip.crossing
        self._seen.add(frames[at].tobytes())
        asked.vectors.append(extract(frames[at : at + 1]))
        asked.images.append(frames[at : at + 1])
        asked.rows.append(-1)
        asked.sources.append("synthesized")
        rng = np.random.default_rng(self._seed(f"people walk {len(asked.answers)}"))
        people = self.ground.people
        marks = people.mark(frames, strip.sides, rng=rng)
        bold = people.bold().mark(frames, strip.sides, rng=np.random.default_rng(0))
        self.tally.posed["synthesized"] += 1
        self.tally.refused["synthesized"] += marks is None
        self.tally.refused_if_bold["synthesized"] += bold is None
        asked.answers.append(REFUSED if marks is None else MARKED)
        asked.refused.append(marks is None)
        if marks is None:
            return
        last, first = marks
        shown = frames[[*range(last + 1), *range(first, len(frames))]]
        sides = np.repeat(strip.sides, (last + 1, len(frames) - first))
        asked.frames.append(shown)
        asked.frame_vectors.append(extract(shown))
        asked.frame_classes.append(sides)

    def ask(self, filled: Filled) -> None:
        """Put a source's queries to people and keep their answers."""
        batch, asked = filled.batch, self.asked
        self._require_new(batch)
        rng = np.random.default_rng(self._seed(f"people {filled.order.source}"))
        answers = self.ground.people.answer(batch.images, rng=rng)
        asked.vectors.append(_vectors(self.ground, batch))
        asked.images.append(batch.images)
        asked.sources += [filled.order.source] * len(batch)
        self._count(filled, answers)
        for place, answer in enumerate(answers):
            asked.rows.append(int(batch.rows[place]))
            asked.answers.append(REFUSED if answer is None else answer)
            if batch.rows[place] < 0 and batch.latents is not None:
                margin, named = float(batch.margins[place]), answer is not None
                self._judged.append((batch.images[place], batch.latents[place], margin, named))
                asked.refused.append(not named)

    def _count(self, filled: Filled, answers: list[int | None]) -> None:
        source, bold = filled.order.source, self.ground.people.bold()
        told = bold.answer(filled.batch.images, rng=np.random.default_rng(0))
        self.tally.posed[source] += len(answers)
        self.tally.refused[source] += answers.count(None)
        self.tally.refused_if_bold[source] += told.count(None)

    def fit(self) -> None:
        """Fit the learner on every answer so far."""
        self.learner = self._taught(self.asked)

    def _taught(self, asked: Asked) -> Learner | None:
        return _learner(
            self.ground,
            self.arm,
            asked.taught(self.ground.features.dimension),
            asked.classes(),
            seed=self._seed("learner"),
            around=self._around(asked),
            copies=self._copies(asked),
        )

    def _around(self, asked: Asked) -> Around | None:
        """Let labels spread over the pool, where the preset does."""
        if not self.arm.preset.propagate or self.ground.graph is None:
            return None
        return Around(self.ground.graph, self.ground.pool_vectors, asked.fair())

    def _copies(self, asked: Asked) -> Copies | None:
        """Stretch what was named, where the preset does."""
        named, by = asked.taught_images(), self.arm.preset.stretch
        return copies(named, self.ground.features, by) if by and len(named) else None

    def _situation(self) -> Situation:
        vectors = self.asked.stacked(self.ground.features.dimension)
        free = np.ones(len(self.ground.pool), dtype=bool)
        free[[row for row in self.asked.rows if row >= 0]] = False
        return Situation(
            pool_images=self.ground.pool.images,
            pool_vectors=self.ground.pool_vectors,
            candidates=np.flatnonzero(free),
            labeled_vectors=self.asked.taught(self.ground.features.dimension),
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
        refused = self.asked.refused
        shares = give_way(self._mix(), refused, limit=preset.refusal_limit).shares
        if is_random_round(self.number, preset.random_round_every):
            shares = {"explore": 1.0}
        for source, slots in share_out(shares, count, round_number=self.number).items():
            yield self._order(source, slots)

    def _mix(self) -> Mapping[str, float]:
        """Return the shares of the sources: the preset's, or where its answers were worth most."""
        mix, holdout, learner = self.arm.preset.mix, self.ground.holdout, self.learner
        if holdout is None or learner is None:
            return mix

        def right(judge: Learner) -> NDArray[np.bool_]:
            found: NDArray[np.bool_] = judge.decide(holdout[0]).argmax(axis=1) == holdout[1]
            return found

        def right_without(source: str) -> NDArray[np.bool_] | None:
            other = self._taught(self.asked.without(source))
            return None if other is None else right(other)

        answered = Counter(self.asked.sources)
        return steer(mix, worths(list(mix), answered, right(learner), right_without)).shares

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
    copies: Copies | None = None,
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
        copies=copies,
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
