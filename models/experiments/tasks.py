"""Tasks: which images are the pool, which measure, and which teach the simulated people.

The three are disjoint by content; `Task` refuses to be made otherwise. Knows nothing of strategies
or of results.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from torch.nn import functional

from models.interfaces import Images, Indices, ModelError, to_bytes, to_unit
from models.simulation import digest

#: Images that steer a mix, where one is steered: about what a project can afford to label for it.
HELD = 200


class DataMissing(ModelError):
    """A data set is not where it was looked for; its message says what to put there."""


class NotDisjoint(ModelError):
    """Two sets that must not share an image do; a figure made from them would not be honest."""


@dataclass(frozen=True, eq=False)
class LabeledImages:
    """Images (n, c, h, w) with classes (n,) that index the names beside them."""

    images: Images
    classes: Indices

    def __len__(self) -> int:
        return len(self.images)

    def rows(self, rows: Indices) -> LabeledImages:
        """Take some of them."""
        return LabeledImages(self.images[rows], self.classes[rows])

    @property
    def sha256(self) -> str:
        """Digest of pixels and classes, short enough for a table."""
        found = hashlib.sha256(np.ascontiguousarray(self.images).tobytes())
        found.update(self.classes.astype(np.int64).tobytes())
        return found.hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Task:
    """A pool to learn from, tests to measure on, and lessons for the simulated people.

    Pool and tests are labeled with indices of `class_names`, lessons with indices of
    `lesson_names`, which hold classes outside of the task too. Several lessons with a test each
    are folds: run number s uses fold s modulo their number.
    """

    name: str
    class_names: tuple[str, ...]
    pool: LabeledImages
    #: Test name -> one set per fold.
    tests: Mapping[str, tuple[LabeledImages, ...]]
    lesson_names: tuple[str, ...]
    lessons: tuple[LabeledImages, ...]

    def __post_init__(self) -> None:
        pool = _digests(self.pool)
        for fold, lesson in enumerate(self.lessons):
            taught = _digests(lesson)
            _require_apart(pool, taught, f"the pool and the oracle's lessons of {self.name}")
            for name, tests in self.tests.items():
                test = _digests(tests[fold])
                _require_apart(pool, test, f"the pool and the test {name} of {self.name}")
                _require_apart(taught, test, f"the oracle's lessons and the test {name}")

    def holdout(self, fold: int) -> LabeledImages:
        """Draw what may steer a mix from a fold's lessons: images of the task's own classes."""
        lessons = self.lessons[fold]
        known = np.array([self.lesson_names.index(name) for name in self.class_names])
        own = np.flatnonzero(np.isin(lessons.classes, known))
        drawn = lessons.rows(np.random.default_rng(0).permutation(own)[:HELD])
        return replace(drawn, classes=(drawn.classes[:, None] == known).argmax(axis=1))


def task(name: str, root: Path) -> Task:
    """Read one of `TASKS` from the data sets below a folder."""
    return TASKS[name](root)


def _mnist_pair(root: Path, first: int, second: int) -> Task:
    """Tell two digits apart: all of MNIST's training images of them are the pool.

    The ten thousand test images are cut in two: one half teaches the oracle while the other half
    measures, and the other way round. USPS measures as the paper does: the training part, stretched
    bilinearly from 16 to 28 pixels a side.
    """
    train, test = _mnist(root, "train"), _mnist(root, "test")
    halves = [test.rows(np.arange(start, len(test), 2)) for start in (0, 1)]
    usps = _only(_usps(root), (first, second))
    return Task(
        name=f"mnist-{first}{second}",
        class_names=(str(first), str(second)),
        pool=_only(train, (first, second)),
        tests={
            "mnist": tuple(_only(halves[1 - fold], (first, second)) for fold in (0, 1)),
            "usps": (usps, usps),
        },
        lesson_names=tuple(str(digit) for digit in range(10)),
        lessons=(halves[0], halves[1]),
    )


def _mnist_ten(root: Path) -> Task:
    """Tell ten digits apart: a third of MNIST's training images, the rest teaches the oracle."""
    train, test = _mnist(root, "train"), _mnist(root, "test")
    order = np.random.default_rng(0).permutation(len(train))
    names = tuple(str(digit) for digit in range(10))
    return Task(
        name="mnist-ten",
        class_names=names,
        pool=train.rows(np.sort(order[:20_000])),
        tests={"mnist": (test,)},
        lesson_names=names,
        lessons=(train.rows(np.sort(order[20_000:])),),
    )


def _cifar(root: Path) -> Task:
    """Tell automobiles from horses: four training batches are the pool, the fifth measures.

    Only these two classes are at hand, so the oracle's third class is made: images that belong to
    neither, see `strange`. It learns from the 2,000 test images as their JPEG copies show them.
    """
    found = _arrays(root, "cifar10_auto_horse.npz")
    images, labels = _channels_first(found["x_train"]), found["y_train"]
    classes = (labels == 7).astype(np.int64)
    held = found["train_index"] >= 40_000
    lessons = LabeledImages(
        _channels_first(found["x_test_jpeg"]), (found["y_test_jpeg"] == 7).astype(np.int64)
    )
    return Task(
        name="cifar",
        class_names=("automobile", "horse"),
        pool=LabeledImages(images[~held], classes[~held]),
        tests={"cifar": (LabeledImages(images[held], classes[held]),)},
        lesson_names=("automobile", "horse", "neither"),
        lessons=(_with_strange(lessons, seed=0),),
    )


def strange(images: Images, *, seed: int) -> Images:
    """Make images that are of no class out of real ones (n, c, h, w): as many of them.

    Half are the mean of two images, half have their quarters shuffled and are blurred. They stand
    for the other eight classes and for what generators make by mistake; a stand-in, not the thing.
    """
    rng = np.random.default_rng(seed)
    half = len(images) // 2
    others = images[rng.permutation(len(images))]
    blended = (images[:half].astype(np.uint16) + others[:half]) // 2
    height, width = images.shape[2] // 2, images.shape[3] // 2
    rest = images[half:]
    quarters = [rest[:, :, y : y + height, x : x + width] for y in (0, height) for x in (0, width)]
    order = rng.permutation([(3, 2, 1, 0), (2, 3, 0, 1), (1, 0, 3, 2)])[0]
    top = np.concatenate([quarters[order[0]], quarters[order[1]]], axis=3)
    bottom = np.concatenate([quarters[order[2]], quarters[order[3]]], axis=3)
    shuffled = np.concatenate([top, bottom], axis=2)
    return np.concatenate([blended.astype(np.uint8), shuffled])


def _with_strange(lessons: LabeledImages, *, seed: int) -> LabeledImages:
    made = strange(lessons.images, seed=seed)
    return LabeledImages(
        np.concatenate([lessons.images, made]),
        np.concatenate([lessons.classes, np.full(len(made), 2, dtype=np.int64)]),
    )


def subset(whole: Task, size: int) -> Task:
    """Shrink a task's pool to so many images, always the same ones."""
    rows = np.random.default_rng(size).permutation(len(whole.pool))[:size]
    return Task(
        name=f"{whole.name}-{size}",
        class_names=whole.class_names,
        pool=whole.pool.rows(np.sort(rows)),
        tests=whole.tests,
        lesson_names=whole.lesson_names,
        lessons=whole.lessons,
    )


def _only(labeled: LabeledImages, digits: tuple[int, int]) -> LabeledImages:
    rows = np.flatnonzero(np.isin(labeled.classes, digits))
    return LabeledImages(labeled.images[rows], np.searchsorted(digits, labeled.classes[rows]))


def _mnist(root: Path, part: str) -> LabeledImages:
    found = _arrays(root, "mnist.npz")
    return LabeledImages(found[f"x_{part}"][:, None], found[f"y_{part}"].astype(np.int64))


def _usps(root: Path) -> LabeledImages:
    found = _arrays(root, "usps.npz")
    return LabeledImages(
        stretched(found["x_train"][:, None], 28), found["y_train"].astype(np.int64)
    )


def stretched(images: Images, side: int) -> Images:
    """Stretch images (n, c, h, w) bilinearly to `side` pixels a side."""
    unit = functional.interpolate(to_unit(images), size=(side, side), mode="bilinear")
    return to_bytes(unit)


def _channels_first(images: np.ndarray) -> Images:
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2))


def _arrays(root: Path, name: str) -> Mapping[str, np.ndarray]:
    path = root / name
    if not path.is_file():
        raise DataMissing(
            f"{name} is not in {root}. Put it there, or name the folder that holds it with --data; "
            "docs/science/README.md says what each file holds."
        )
    with np.load(path) as found:
        return {key: found[key] for key in found.files}


def _digests(labeled: LabeledImages) -> set[bytes]:
    return {digest(image) for image in labeled.images}


def _require_apart(left: set[bytes], right: set[bytes], what: str) -> None:
    if shared := len(left & right):
        raise NotDisjoint(f"{shared} images are in both {what}.")


TASKS: Mapping[str, Callable[[Path], Task]] = {
    # Where settings are chosen.
    "mnist-38": lambda root: _mnist_pair(root, 3, 8),
    # Where they are reported.
    "mnist-57": lambda root: _mnist_pair(root, 5, 7),
    "mnist-ten": _mnist_ten,
    "cifar": _cifar,
}
