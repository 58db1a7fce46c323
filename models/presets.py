"""Complete sets of choices for a project. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Choice:
    """One part by name, with the options that differ from their defaults."""

    name: str
    options: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Preset:
    """A complete set of choices for a project."""

    name: str
    title: str
    summary: str
    features: Choice
    generator: Choice
    learner: Choice
    #: Poses the first queries, before there is a learner; and how many.
    cold_start: Choice
    cold_start_size: int
    #: The strategy of each slot of the mix.
    strategies: Mapping[str, Choice]
    #: Share of each slot in a batch; the shares add up to one.
    mix: Mapping[str, float]
    batch_size: int
    #: `continuous` or `strict`.
    mode: str
    #: Each so many rounds one is all explore, as the paper mixes random rounds in; 0 for none.
    random_round_every: int = 0
    #: Once people refuse more than this share of synthesized queries, the pool takes their slots.
    refusal_limit: float = 0.5
    #: Whether slots move to the sources whose answers helped most, measured on held out images.
    steer_mix: bool = False
    #: Share of the synthesized slots that are asked as boundary walks.
    walk_share: float = 0.0
    #: Whether labels spread to unlabeled images whose features lie near.
    propagate: bool = False
    #: How far labeled images are stretched into copies that teach too, as a logarithm; 0 for none.
    stretch: float = 0.0


PRESETS: Mapping[str, Preset] = {
    "default": Preset(
        name="default",
        title="Cusp",
        summary="Features of views, labels that spread, band search beside diversified margin.",
        features=Choice("contrastive"),
        generator=Choice("vae", {"least_edges": 0.6}),
        learner=Choice("linear_svm", {"several": "least_squares"}),
        cold_start=Choice("medoids"),
        cold_start_size=10,
        strategies={
            "synthesized": Choice("band"),
            "pool": Choice("diverse_margin"),
            "explore": Choice("random"),
        },
        mix={"synthesized": 0.4, "pool": 0.5, "explore": 0.1},
        batch_size=10,
        mode="continuous",
        propagate=True,
    ),
    "paper": Preset(
        name="paper",
        title="GAAL as published",
        summary="Pixels, DCGAN and descent to the boundary, exactly as Zhu and Bento describe.",
        features=Choice("pixels"),
        generator=Choice("dcgan"),
        learner=Choice("linear_svm", {"strength": 0.001}),
        cold_start=Choice("random"),
        cold_start_size=50,
        strategies={
            "synthesized": Choice("gaal"),
            "pool": Choice("margin"),
            "explore": Choice("random"),
        },
        mix={"synthesized": 1.0, "pool": 0.0, "explore": 0.0},
        batch_size=10,
        mode="strict",
        refusal_limit=1.0,
    ),
}
