"""Strategies that choose among real images of the pool. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from models.parts.declaring import Entry, Kind, Slot, option


@dataclass(frozen=True)
class RandomOptions:
    """A random choice has nothing to choose."""


@dataclass(frozen=True)
class MedoidsOptions:
    """Medoids of the pool."""

    sample: int = option(
        10_000, "Images looked at, drawn at random from larger pools.", low=10, high=100_000
    )


@dataclass(frozen=True)
class MarginOptions:
    """The margin has nothing to choose."""


@dataclass(frozen=True)
class LeastConfidenceOptions:
    """Least confidence has nothing to choose."""


@dataclass(frozen=True)
class EntropyOptions:
    """The entropy has nothing to choose."""


@dataclass(frozen=True)
class DensityWeightedOptions:
    """Information density."""

    weight: float = option(
        1.0, "How much density counts; 0 leaves the entropy alone.", low=0.0, high=20.0
    )


@dataclass(frozen=True)
class ExpectedModelChangeOptions:
    """Expected model change has nothing to choose."""


@dataclass(frozen=True)
class ExpectedErrorReductionOptions:
    """Expected error reduction."""

    sample: int = option(
        2000, "Images considered, drawn at random from larger pools.", low=10, high=20_000
    )
    judges: int = option(
        2000, "Images whose errors are expected, drawn at random.", low=10, high=20_000
    )
    strength: float = option(
        0.001,
        "L2 strength of the least squares that stand in for the learner.",
        low=1e-6,
        high=10.0,
    )


@dataclass(frozen=True)
class CommitteeOptions:
    """Query by committee."""

    members: int = option(10, "Learners that vote.", low=2, high=100)
    disagreement: str = option(
        "divergence",
        "Chances are compared, or votes counted.",
        choices=("divergence", "vote_entropy"),
    )


@dataclass(frozen=True)
class BaldOptions:
    """Bayesian active learning by disagreement."""

    members: int = option(20, "Draws from the posterior.", low=2, high=200)


@dataclass(frozen=True)
class BadgeOptions:
    """Diverse gradients."""

    sample: int = option(
        100_000, "Images looked at, drawn at random from larger pools.", low=10, high=10_000_000
    )


@dataclass(frozen=True)
class KCenterOptions:
    """Greedy k-center."""

    sample: int = option(
        100_000, "Images looked at, drawn at random from larger pools.", low=10, high=10_000_000
    )


@dataclass(frozen=True)
class TypiclustOptions:
    """Typical images of clusters."""

    sample: int = option(
        5000, "Images looked at, drawn at random from larger pools.", low=10, high=100_000
    )
    clusters: int = option(
        200, "Most clusters; after more answers they are visited again.", low=1, high=1000
    )


@dataclass(frozen=True)
class SkactivemlOptions:
    """A strategy of scikit-activeml."""

    method: str = option(
        "clue",
        "Which one.",
        choices=(
            "batch_bald",
            "clue",
            "contrastive",
            "discriminative",
            "drop_query",
            "falcun",
            "max_herding",
            "prob_cover",
            "probabilistic",
            "quire",
        ),
    )
    sample: int = option(
        5000,
        "Images looked at, drawn at random from larger pools; slow methods look at fewer.",
        low=10,
        high=20_000,
    )


@dataclass(frozen=True)
class DiverseMarginOptions:
    """Diversified margin."""

    candidates: float = option(2.4, "Images considered per query posed.", low=1.0, high=100.0)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Kind.STRATEGY,
        "random",
        "Random",
        "Real images drawn at random. The measure that every other strategy has to beat.",
        RandomOptions,
        "models.strategies.random_images",
        slots=frozenset({Slot.POOL, Slot.COLD_START}),
    ),
    Entry(
        Kind.STRATEGY,
        "medoids",
        "Medoids of the pool",
        "The most typical image of each k-means cluster. The usual cold start, before any label.",
        MedoidsOptions,
        "models.strategies.medoids",
        slots=frozenset({Slot.POOL, Slot.COLD_START}),
    ),
    Entry(
        Kind.STRATEGY,
        "margin",
        "Margin (SVMactive)",
        "Real images nearest to the decision boundary. When batches are small or speed is all.",
        MarginOptions,
        "models.strategies.margin",
        source="Tong and Koller 2001",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "diverse_margin",
        "Diversified margin (k-means SVMactive)",
        "Medoids among the real images nearest to the boundary. The first choice for batches, once "
        "there is a learner.",
        DiverseMarginOptions,
        "models.strategies.diverse_margin",
        source="Xu et al. 2003",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "least_confidence",
        "Least confidence",
        "Real images whose likeliest class is least likely. When only the first guess counts, "
        "and there are several classes.",
        LeastConfidenceOptions,
        "models.strategies.least_confidence",
        source="Lewis and Gale 1994",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "entropy",
        "Entropy",
        "Real images whose class is most open among all classes. When many classes are "
        "mistaken for one another.",
        EntropyOptions,
        "models.strategies.entropy",
        source="Settles and Craven 2008",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "density_weighted",
        "Information density",
        "Uncertain real images that many others resemble. When the pool holds odd images that "
        "are not worth an answer.",
        DensityWeightedOptions,
        "models.strategies.density_weighted",
        source="Settles and Craven 2008",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "committee",
        "Query by committee",
        "Real images on which learners of the same labels disagree. When labels are few and "
        "one learner is too sure of itself.",
        CommitteeOptions,
        "models.strategies.committee",
        source="Seung et al. 1992; McCallum and Nigam 1998",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "bald",
        "BALD",
        "Real images whose label tells most about the learner's weights. When images that "
        "stay ambiguous for good should not be asked again and again.",
        BaldOptions,
        "models.strategies.bald",
        source="arXiv 1112.5745",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "expected_model_change",
        "Expected model change",
        "Real images whose label would move the learner furthest. When the learner is young; "
        "it also likes outliers.",
        ExpectedModelChangeOptions,
        "models.strategies.expected_model_change",
        source="Settles et al. 2008",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "expected_error_reduction",
        "Expected error reduction",
        "Real images after whose label fewest errors are to be expected on the pool. When an "
        "answer costs much more than seconds of machine time.",
        ExpectedErrorReductionOptions,
        "models.strategies.expected_error_reduction",
        source="Roy and McCallum 2001",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "badge",
        "BADGE",
        "Real images whose gradients are long and differ from one another. For large batches "
        "and several classes.",
        BadgeOptions,
        "models.strategies.badge",
        source="arXiv 1906.03671",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "k_center",
        "k-center (core-set)",
        "Each time the real image furthest from everything asked. When rare kinds of images "
        "must be seen; it also finds every outlier.",
        KCenterOptions,
        "models.strategies.k_center",
        source="arXiv 1708.00489",
        slots=frozenset({Slot.POOL, Slot.COLD_START}),
    ),
    Entry(
        Kind.STRATEGY,
        "typiclust",
        "TypiClust",
        "The most typical real image of each cluster that nothing was asked of. For the first "
        "few dozen answers.",
        TypiclustOptions,
        "models.strategies.typiclust",
        source="arXiv 2202.02794",
        slots=frozenset({Slot.POOL, Slot.COLD_START}),
    ),
    Entry(
        Kind.STRATEGY,
        "skactiveml",
        "A strategy of scikit-activeml",
        "Real images chosen by a library, with a linear learner of its own. To compare with what "
        "is not built in.",
        SkactivemlOptions,
        "models.strategies.skactiveml",
        source="Kottke et al. 2021",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
)
