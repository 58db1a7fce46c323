"""Strategies that synthesize their queries. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from models.parts.declaring import Entry, Kind, Slot, option

#: What counts as the boundary once there are more than two classes.
BOUNDARIES = ("best_two", "one_vs_rest", "one_vs_one")
_BOUNDARY_HELP = (
    "Of several classes: best_two is where the two best classes tie; one_vs_rest is where one "
    "class ends, one_vs_one where a pair ties, and searches are shared out evenly among them."
)


@dataclass(frozen=True)
class BandOptions:
    """Band search."""

    starts: int = option(160, "Latents that are searched from.", low=1, high=1024)
    jitter: float = option(
        0.0,
        "Length of a random step away from each encoded image before the search, in standard "
        "deviations of the latents.",
        low=0.0,
        high=10.0,
    )
    search: str = option(
        "gauss_newton", "How latents move to the band.", choices=("gauss_newton", "momentum")
    )
    boundary: str = option("best_two", _BOUNDARY_HELP, choices=BOUNDARIES)
    steps: int = option(
        2, "Steps of the search; momentum needs some fifty times as many.", low=0, high=1000
    )
    rate: float = option(0.05, "Step size of the momentum search.", low=0.0001, high=10.0)
    momentum: float = option(
        0.9, "Share of the last step that the momentum search keeps.", low=0.0, high=0.999
    )
    width: float = option(
        1.0, "Half-width of the band around the boundary, in margins.", low=0.0, high=10.0
    )
    least_chance: float = option(
        0.5, "Images that people would name with a smaller chance are held back.", low=0.0, high=1.0
    )
    density: str = option(
        "mahalanobis",
        "Holds back rare latents: norm by their length, mahalanobis by their distance from the "
        "encoded pool where the generator encodes.",
        choices=("off", "norm", "mahalanobis"),
    )
    density_share: float = option(
        0.8, "Latents rarer than this share of all are held back.", low=0.0, high=1.0
    )
    spacing: float = option(
        0.5,
        "Least distance to anything asked, in typical distances between neighbors of the pool.",
        low=0.0,
        high=10.0,
    )
    pool_spacing: float = option(
        0.0,
        "Least distance to any image of the pool, likewise; pools above 20,000 images are "
        "compared by as many of them, and with the images that searches started from.",
        low=0.0,
        high=10.0,
    )
    candidates: float = option(2.4, "Images considered per query posed.", low=1.0, high=100.0)
    diversity: str = option(
        "medoids",
        "How the batch is chosen among them: k-means medoids, a determinantal point process, or "
        "simply the best.",
        choices=("medoids", "dpp", "none"),
    )


@dataclass(frozen=True)
class GaalOptions:
    """Query synthesis of the paper."""

    boundary: str = option("best_two", _BOUNDARY_HELP, choices=BOUNDARIES)
    steps: int = option(100, "Steps of gradient descent from one start.", low=1, high=10_000)
    restarts: int = option(
        3, "Times that a search which did not arrive starts anew.", low=0, high=100
    )
    rate: float = option(0.05, "Step size.", low=0.0001, high=10.0)
    momentum: float = option(0.9, "Share of the last step that is kept.", low=0.0, high=0.999)


@dataclass(frozen=True)
class SimpleGanOptions:
    """Random latents have nothing to choose."""


@dataclass(frozen=True)
class MatchNearestOptions:
    """Matching to the pool."""

    synthesis: str = option(
        "band", "What is matched: images of this strategy.", choices=("band", "gaal")
    )
    sample: int = option(
        20_000, "Pool images compared, drawn at random from larger pools.", low=10, high=1_000_000
    )


@dataclass(frozen=True)
class PerturbOptions:
    """Perturbation."""

    anchors: int = option(
        10, "Labeled images nearest to the boundary that are perturbed.", low=1, high=1000
    )
    draws: int = option(64, "Perturbed images looked at.", low=1, high=1024)
    radius: float = option(
        1.0,
        "Length of the random step from an image, in standard deviations of the latents.",
        low=0.0,
        high=10.0,
    )


@dataclass(frozen=True)
class InterpolateOptions:
    """Interpolation."""

    pairs: int = option(
        24, "Pairs of labeled images of different classes between which is sought.", low=1, high=512
    )
    bisections: int = option(
        6, "Halvings of the stretch where the learner changes its mind.", low=0, high=30
    )


@dataclass(frozen=True)
class FarOptions:
    """Images far from the boundary."""

    draws: int = option(200, "Latents looked at.", low=2, high=4096)
    radius: float = option(
        0.5,
        "Length of a random step away from each encoded image, in standard deviations of the "
        "latents.",
        low=0.0,
        high=10.0,
    )


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Kind.STRATEGY,
        "band",
        "Band search",
        "Synthesized images close to the boundary that people can still name.",
        BandOptions,
        "models.strategies.band",
        slots=frozenset({Slot.SYNTHESIZED}),
        needs=frozenset({"learner", "generator"}),
    ),
    Entry(
        Kind.STRATEGY,
        "gaal",
        "GAAL",
        "Query synthesis of the paper: gradient descent to the boundary from random latents.",
        GaalOptions,
        "models.strategies.gaal",
        source="arXiv 1702.07956",
        slots=frozenset({Slot.SYNTHESIZED}),
        needs=frozenset({"learner", "generator"}),
    ),
    Entry(
        Kind.STRATEGY,
        "simple_gan",
        "Simple GAN",
        "Synthesized images from random latents.",
        SimpleGanOptions,
        "models.strategies.simple_gan",
        source="arXiv 1702.07956",
        slots=frozenset({Slot.SYNTHESIZED}),
        needs=frozenset({"generator"}),
    ),
    Entry(
        Kind.STRATEGY,
        "match_nearest",
        "Match to the pool",
        "Real images nearest to synthesized ones: the boundary is searched, nothing imagined is "
        "shown.",
        MatchNearestOptions,
        "models.strategies.match_nearest",
        source="Wang et al. 2015; arXiv 1808.06671",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner", "generator"}),
    ),
    Entry(
        Kind.STRATEGY,
        "perturb",
        "Perturb",
        "Labeled images near the boundary, changed a little in latent space.",
        PerturbOptions,
        "models.strategies.perturb",
        source="arXiv 1211.0996",
        slots=frozenset({Slot.SYNTHESIZED}),
        needs=frozenset({"learner", "generator"}),
    ),
    Entry(
        Kind.STRATEGY,
        "interpolate",
        "Interpolate",
        "Images between two labeled ones of different classes, where the learner changes its mind.",
        InterpolateOptions,
        "models.strategies.interpolate",
        source="Baum and Lang 1992",
        slots=frozenset({Slot.SYNTHESIZED}),
        needs=frozenset({"learner", "generator"}),
    ),
    Entry(
        Kind.STRATEGY,
        "far",
        "Far",
        "Synthesized images far from the boundary, easy to name: once named, they check others.",
        FarOptions,
        "models.strategies.far",
        slots=frozenset({Slot.SYNTHESIZED}),
        needs=frozenset({"learner", "generator"}),
    ),
)
