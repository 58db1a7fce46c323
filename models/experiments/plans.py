"""Plans: every experiment by name, what it compares, on which task, and what it must show.

Knows nothing of how runs are made or written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.experiments.arms import (
    DEFAULT,
    EARLIER_BAND,
    PAPER,
    RANDOM_ONLY,
    UNSPREAD,
    Arm,
    arm,
    default_arms,
    develop_arms,
    develop_shift_arms,
    ladder_arms,
    noise_arms,
    paper_arms,
    photo_arms,
    pool_arm,
    shift_arms,
    steer_arms,
    synthesis_arm,
    ten_arms,
)
from models.experiments.readings import READINGS
from models.presets import Choice


@dataclass(frozen=True)
class Goal:
    """The accuracy that an arm should reach at least, in percent."""

    arm: str
    test: str
    answers: int
    percent: float


@dataclass(frozen=True)
class RefusalGoal:
    """The share of an arm's synthesized queries that people should refuse at most, in percent."""

    arm: str
    percent: float


@dataclass(frozen=True)
class Claim:
    """What the paper says of an arm: above another one, below what it was before, or at a figure.

    `than` is an arm and the answers it is taken at, or a figure in percent.
    """

    says: str
    test: str
    arm: str
    answers: int
    than: tuple[str, int] | float
    #: Whether it should be above what it is compared with; a figure it should meet.
    above: bool = True


@dataclass(frozen=True)
class Experiment:
    """One comparison."""

    name: str
    title: str
    #: What it asks, in a sentence.
    question: str
    task: str
    arms: tuple[Arm, ...]
    #: The arm that the others are compared with, run by run.
    reference: str
    #: Which of the task's tests are reported.
    tests: tuple[str, ...]
    answers: int = 350
    #: Answers at which the tables report.
    marks: tuple[int, ...] = (20, 50, 100, 200, 350)
    goals: tuple[Goal | RefusalGoal, ...] = ()
    #: What the paper says of the same comparison.
    claims: tuple[Claim, ...] = ()
    #: The arm whose last accuracy the others are timed by: how many answers do they need for it?
    pace: str = ""
    #: Size of the pool if it is not all of the task's.
    pool_size: int = 0

    @property
    def reading(self) -> str:
        """What the figures say; empty where nobody has read them yet."""
        return READINGS.get(self.name, "")


def _drops(test: str) -> Claim:
    """Say what the paper does of GAAL where pool and test are alike."""
    says = "GAAL falls after about 100 labels"
    return Claim(says, test, "GAAL", 350, ("GAAL", 100), above=False)


def _mixing_helps(test: str) -> tuple[Claim, ...]:
    """Say what the paper does of random rounds between those of GAAL."""
    mixed = "GAAL + random rounds"
    return tuple(
        Claim(f"random rounds mixed in end above {other} alone", test, mixed, 350, (other, 350))
        for other in ("GAAL", "random")
    )


def _small_pool(size: int, answers: int) -> Experiment:
    return Experiment(
        f"small-pool-{size}",
        f"A pool of {size} images, MNIST 5 and 7",
        "Does synthesis help where there are few images, or should it be refused?",
        "mnist-57",
        (
            Arm("default", DEFAULT),
            pool_arm("diversified margin", DEFAULT, Choice("diverse_margin")),
            Arm("default, on a discriminator", UNSPREAD),
            pool_arm("diversified margin, on a discriminator", UNSPREAD, Choice("diverse_margin")),
            synthesis_arm("band alone, on a discriminator", UNSPREAD, EARLIER_BAND),
            arm("random, on a discriminator", UNSPREAD, mix=RANDOM_ONLY),
        ),
        "diversified margin",
        ("mnist", "usps"),
        answers=answers,
        marks=tuple(mark for mark in (20, 50, 100, 200) if mark <= answers),
        pool_size=size,
    )


EXPERIMENTS: Mapping[str, Experiment] = {
    each.name: each
    for each in (
        Experiment(
            "paper-mnist",
            "The paper, MNIST 5 and 7",
            "Do the paper's schemes rank as its Figure 5 says where pool and test are alike?",
            "mnist-57",
            paper_arms(),
            "SVMactive",
            ("mnist",),
            marks=(50, 100, 200, 350),
            claims=(_drops("mnist"),),
        ),
        Experiment(
            "paper-usps",
            "The paper, MNIST 5 and 7 tested on USPS",
            "Does GAAL beat full supervision and SVMactive on another distribution?",
            "mnist-57",
            paper_arms(),
            "SVMactive",
            ("usps",),
            marks=(50, 100, 200, 350),
            claims=(
                Claim("full supervision is at 70.44 %", "usps", "fully supervised", 350, 70.44),
                Claim(
                    "GAAL ends above full supervision",
                    "usps",
                    "GAAL",
                    350,
                    ("fully supervised", 350),
                ),
                Claim("GAAL ends above SVMactive", "usps", "GAAL", 350, ("SVMactive", 350)),
            ),
        ),
        Experiment(
            "paper-cifar",
            "The paper, CIFAR-10 automobile and horse",
            "How do the paper's schemes rank on small photographs?",
            "cifar",
            paper_arms(),
            "SVMactive",
            ("cifar",),
            marks=(50, 100, 200, 350),
            claims=(_drops("cifar"),),
        ),
        Experiment(
            "default-mnist",
            "The default preset, MNIST 5 and 7",
            "Does the default reach its goals, and what does each part of it bring?",
            "mnist-57",
            default_arms(),
            "diversified margin",
            ("mnist", "usps"),
            goals=(
                Goal("default", "mnist", 20, 99.5),
                Goal("default", "mnist", 100, 99.9),
                Goal("default", "usps", 100, 99.0),
                RefusalGoal("default", 25.0),
            ),
        ),
        Experiment(
            "default-cifar",
            "The default preset, CIFAR-10 automobile and horse",
            "Does the default reach its goal on small photographs?",
            "cifar",
            photo_arms(),
            "diversified margin",
            ("cifar",),
            goals=(Goal("default", "cifar", 350, 93.5), RefusalGoal("default", 25.0)),
        ),
        Experiment(
            "steer",
            "Steering the mix, CIFAR-10 automobile and horse",
            "Does a mix find out by itself, from what answers were worth, whose questions help?",
            "cifar",
            steer_arms(),
            "usual mix",
            ("cifar",),
        ),
        Experiment(
            "develop",
            "Choosing the default's settings, MNIST 3 and 8",
            "Which of the default's choices earn their place? Settings are chosen here alone.",
            "mnist-38",
            develop_arms(),
            "default",
            ("mnist", "usps"),
            answers=200,
            marks=(20, 50, 100, 200),
        ),
        Experiment(
            "develop-shift",
            "Choosing for another distribution, MNIST 3 and 8 on pixels",
            "Which synthesized queries carry over to USPS? They are chosen here alone.",
            "mnist-38",
            develop_shift_arms(),
            "default mix",
            ("usps", "mnist"),
            marks=(50, 100, 200, 350),
        ),
        Experiment(
            "paper-mixed",
            "The paper, random rounds mixed in",
            "Does one random round after every five of GAAL mend its loss?",
            "mnist-57",
            (*paper_arms()[:4], arm("random", PAPER, mix=RANDOM_ONLY)),
            "GAAL",
            ("mnist", "usps"),
            marks=(50, 100, 200, 350),
            claims=(*_mixing_helps("mnist"), *_mixing_helps("usps")),
        ),
        Experiment(
            "ten",
            "Ten classes of MNIST",
            "Does the default hold its own against the field's pool strategies on ten classes?",
            "mnist-ten",
            ten_arms(),
            "diversified margin",
            ("mnist",),
            answers=300,
            marks=(50, 100, 200, 300),
            goals=(Goal("default", "mnist", 100, 95.0), Goal("default", "mnist", 300, 98.0)),
        ),
        Experiment(
            "shift",
            "Another distribution, on pixels alone",
            "Do synthesized queries carry over to USPS better than real ones from MNIST?",
            "mnist-57",
            shift_arms(),
            "SVMactive, the paper's",
            ("usps", "mnist"),
            marks=(50, 100, 200, 350),
            goals=(
                Goal("band alone, stretched", "usps", 350, 88.0),
                Goal("band alone, blurred", "usps", 350, 88.0),
                Goal("band alone, strength 1", "usps", 350, 88.0),
                Goal("default mix, walks", "usps", 350, 88.0),
            ),
        ),
        _small_pool(100, 60),
        _small_pool(300, 150),
        _small_pool(1000, 200),
        Experiment(
            "noise",
            "People who refuse, must answer, or err",
            "How much of GAAL's loss comes from answers that nobody could give?",
            "mnist-57",
            noise_arms(),
            "GAAL",
            ("mnist", "usps"),
            marks=(50, 100, 200, 350),
        ),
        Experiment(
            "ladder",
            "From the paper to the default, step by step",
            "What does each modification bring, on the pool's distribution and on another?",
            "mnist-57",
            ladder_arms(),
            "1 the paper",
            ("mnist", "usps"),
            marks=(50, 100, 200, 350),
        ),
        Experiment(
            "labels-saved",
            "Answers saved",
            "How many answers reach what 350 random ones reach on pixels?",
            "mnist-57",
            (
                arm("random on pixels", PAPER, mix=RANDOM_ONLY),
                arm("paper", PAPER),
                Arm("default", DEFAULT),
                pool_arm("diversified margin", DEFAULT, Choice("diverse_margin")),
                arm("random on features, spread", DEFAULT, mix=RANDOM_ONLY),
                Arm("default, on a discriminator", UNSPREAD),
                pool_arm(
                    "diversified margin, on a discriminator", UNSPREAD, Choice("diverse_margin")
                ),
                arm("random, on a discriminator", UNSPREAD, mix=RANDOM_ONLY),
            ),
            "random on pixels",
            ("mnist", "usps"),
            pace="random on pixels",
        ),
    )
}
