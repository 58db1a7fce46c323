"""How many images per second training takes in, and what it teaches: ours beside plain loops.

The learner's network is as small as it is because people wait for it; a generator's is not.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch

from app.benchmarks import plain
from app.benchmarks.plain import BATCH, LATENTS, Loop
from app.benchmarks.plan import Plan, Say
from app.benchmarks.pools import Pool, pools
from app.benchmarks.report import Table
from app.benchmarks.timing import by_turns
from app.rounds.devices import device
from models.adversarial import LOGISTIC, Duel, Game, Pair
from models.coarse import coarse
from models.generators.dcgan import RATE, WIDTH
from models.interfaces import Images, ImageShape, Indices, Vectors, to_bytes, to_unit
from models.learners import small_network
from models.learners.small_network import Lesson, SmallNetwork, as_images
from models.likeness import frechet
from models.networks import Decoder, Judge, initialized
from models.training import Step

SHAPES = (ImageShape(1, 28, 28), ImageShape(3, 32, 32))
#: Steps of a DCGAN that are timed, one by one; and turns of a network's as many.
STEPS = 50
TURNS = 9

#: Steps that a DCGAN learns for before its drawings are compared, and how many are.
LEARNED, COMPARED = 600, 1000
#: Labels and steps that a small network learns from.
LABELS, LESSONS = 100, 200
#: Each is taught from so many seeds.
SEEDS = 3

#: Teaches a small network.
Teacher = Callable[..., SmallNetwork]


def measure(plan: Plan, say: Say) -> list[Table]:
    """Time the steps of both, by turns, and compare what they teach."""
    return [_rates(say), _quality(plan, say)]


def _rates(say: Say) -> Table:
    rows = []
    for shape in SHAPES:
        say(f"steps on {shape}")
        images = torch.rand(BATCH, shape.channels, shape.height, shape.width).to(device())
        loops = plain.dcgan(shape, 0), _dcgan(shape, 0)
        seconds = by_turns([partial(each.step, images) for each in loops], STEPS)
        rows.append((f"DCGAN, {shape}", *_beside([BATCH / each for each in seconds])))
    for shape in SHAPES:
        lesson = _drawn_lesson(shape)
        seconds = by_turns([partial(each, lesson, seed=0) for each in _TEACHERS], TURNS)
        taken = lesson.steps * small_network.BATCH
        rows.append((f"Small CNN, {shape}", *_beside([taken / each for each in seconds])))
    return Table(
        "Training steps",
        ("Network and images", "Plain PyTorch", "Ours", "Times as many"),
        tuple(rows),
        f"Images per second, beside loops as tutorials show them. Of a DCGAN whole steps, batches "
        f"of {BATCH}, medians of {STEPS}; of the learner `small_cnn` {STEPS} steps with batches of "
        f"{small_network.BATCH}, medians of {TURNS}; by turns.",
    )


def _beside(rates: Sequence[float]) -> tuple[str, str, str]:
    usual, ours = rates
    return f"{usual:,.0f} / s", f"{ours:,.0f} / s", f"{ours / usual:.1f}"


def _drawn_lesson(shape: ImageShape) -> Lesson:
    rng = np.random.default_rng(0)
    vectors = rng.random((LABELS, shape.pixels), dtype=np.float32)
    columns = rng.integers(0, 2, LABELS)
    return Lesson(vectors, columns, np.ones(LABELS), shape, 2, STEPS)


def _quality(plan: Plan, say: Say) -> Table:
    rows = []
    for pool in pools(plan):
        shape, order = _shape(pool), np.random.default_rng(0).permutation(len(pool.images))
        real, others = (coarse(pool.images[part]) for part in _halves(order))
        found = []
        for seed in range(SEEDS):
            say(f"{LEARNED} steps of a DCGAN on {pool.name}, seed {seed}")
            loops = plain.dcgan(shape, seed), _dcgan(shape, seed)
            found.append([frechet(_learned(each, pool.images, seed), real) for each in loops])
        cells = [f"{statistics.median(each):.2f}" for each in zip(*found, strict=True)]
        best = f"{frechet(others, real):.2f}"
        rows.append((f"DCGAN, {pool.name}", "Fréchet distance", *cells, best))
    for pool in pools(plan):
        found = [[_right(teach, pool, seed) for teach in _TEACHERS] for seed in range(SEEDS)]
        cells = [f"{statistics.median(each):.1%}" for each in zip(*found, strict=True)]
        rows.append((f"Small CNN, {pool.name}", "told right", *cells, "100.0%"))
    return Table(
        "What training steps teach",
        ("Network and images", "Measured", "Plain PyTorch", "Ours", "At best"),
        tuple(rows),
        f"The same loops; medians of {SEEDS} seeds. What a DCGAN draws after {LEARNED} steps, by "
        "its Fréchet distance to real images between pixels averaged over 8 x 8 cells: less is "
        f"better, and at best it is that of other real images. The pair of classes that the small "
        f"network tells apart among other images, after {LESSONS} steps on {LABELS} labels.",
    )


def _shape(pool: Pool) -> ImageShape:
    return ImageShape.of(pool.images)


def _halves(order: Indices) -> tuple[Indices, Indices]:
    half = len(order) // 2
    return order[:half][:COMPARED], order[half:][:COMPARED]


def _learned(loop: Loop, images: Images, seed: int) -> Vectors:
    """Teach a loop, and return what it draws as coarse vectors (n, d)."""
    rng, random = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    for _ in range(LEARNED):
        rows = rng.integers(0, len(images), BATCH)
        loop.step(to_unit(images[rows]).to(device()))
    latents = torch.randn(COMPARED, LATENTS, generator=random).to(device())
    with torch.inference_mode():
        return coarse(to_bytes(loop.unit(loop.maker.eval()(latents))))


def _right(teach: Teacher, pool: Pool, seed: int) -> float:
    """Return the share of a pair's other images (at most 2,000) that a network tells right."""
    shape = _shape(pool)
    pair = np.random.default_rng(seed).permutation(np.flatnonzero(pool.classes < 2))
    known, others = pair[:LABELS], pair[LABELS:][:2000]
    vectors = to_unit(pool.images).numpy().reshape(len(pool.images), -1)
    weights = np.ones(LABELS)
    network = teach(
        Lesson(vectors[known], pool.classes[known], weights, shape, 2, LESSONS), seed=seed
    )
    with torch.inference_mode():
        told = network(as_images(torch.from_numpy(vectors[others]), shape)).argmax(dim=1)
    return float((told.numpy() == pool.classes[others]).mean())


def _dcgan(shape: ImageShape, seed: int) -> Loop:
    generator = torch.Generator().manual_seed(seed)
    maker = initialized(partial(Decoder, shape, LATENTS, width=WIDTH, batch_norm=True), generator)
    judge = initialized(partial(Judge, shape, width=WIDTH, batch_norm=True), generator)
    duel = Duel(
        Pair(maker, judge, LATENTS), Game(LOGISTIC, RATE), generator=generator, device=device()
    )
    rows = np.arange(BATCH)

    def step(images: torch.Tensor) -> None:
        # Reading the loss waits for an accelerator to be done.
        duel.step(Step(1, 1, images, rows)).item()

    return Loop(step, duel.maker, torch.sigmoid)


_TEACHERS: tuple[Teacher, Teacher] = (plain.small_cnn, small_network.taught)
