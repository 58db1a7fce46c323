"""A project's settings: what they are, which values are sane, and the presets.

Pure values: the catalogue says which parts exist; no table, no request, no torch.
"""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.words import Mode
from models import catalog
from models.parts.declaring import Kind, Slot
from models.presets import PRESETS, Choice, Preset

#: What each field that names a strategy asks of it.
SLOTS = {
    "cold_start_strategy": Slot.COLD_START,
    "synthesis": Slot.SYNTHESIZED,
    "pool": Slot.POOL,
}
_FROZEN = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Part(BaseModel):
    """One part out of the catalogue with its options."""

    model_config = _FROZEN

    name: str
    options: dict[str, bool | int | float | str] = {}


class Mix(BaseModel):
    """How a batch's slots are shared out; only the ratios count."""

    model_config = _FROZEN

    synthesized: float = Field(0.4, ge=0, le=1, description="Imagined images.")
    pool: float = Field(0.5, ge=0, le=1, description="Real images that tell the learner most.")
    explore: float = Field(0.1, ge=0, le=1, description="Random real images, for honest figures.")

    @model_validator(mode="after")
    def _some_slot(self) -> Self:
        if self.synthesized + self.pool + self.explore <= 0:
            raise ValueError("at least one share of the mix must be above 0")
        return self


class Consensus(StrEnum):
    """How the labels of a query become its outcome."""

    #: What most people said; a tie is disputed.
    MAJORITY = "majority"
    #: What CROWDLAB makes of everybody's answers.
    CROWDLAB = "crowdlab"


class UsualWay(StrEnum):
    """How questions about one image are put to who has not chosen otherwise."""

    #: One image at a time.
    SINGLE = "single"
    #: Many at a time, each painted with a class.
    GRID = "grid"


class ProjectSettings(BaseModel):
    """Everything about the loop that a lead or an admin may choose. The defaults are the
    `default` preset.
    """

    model_config = _FROZEN

    mode: Mode = Field(
        Mode.CONTINUOUS,
        title="Mode",
        description="continuous tops the queue up before it runs dry; strict waits until a whole"
        " batch is answered, as in the paper.",
    )
    batch_size: int = Field(
        10, ge=1, le=500, title="Queries per round", description="How many are posed at a time."
    )
    cold_start: int = Field(
        10, ge=2, le=500, title="First queries", description="Posed before there is a learner."
    )
    cold_start_strategy: Part = Field(
        Part(name="medoids"),
        title="Choice of first queries",
        description="How the first images are chosen, before any label.",
    )
    overlap: int = Field(
        1, ge=1, le=9, title="Labels per query", description="How many people answer each query."
    )
    most_overlap: int = Field(
        0,
        ge=0,
        le=9,
        title="Labels where people disagree",
        description="Up to how many people answer a query as long as no answer leads by two; 0 to"
        " ask no more than usual.",
    )
    consensus: Consensus = Field(
        Consensus.MAJORITY,
        title="Consensus",
        description="majority counts answers; crowdlab weighs annotators against each other and"
        " against answers to similar images, after the fact.",
    )
    gold_rate: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Gold",
        description="Share of each annotator's queries whose class is known, to learn how well"
        " they answer. Each costs an answer.",
    )
    repeat_rate: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Repeats",
        description="Share of each annotator's queries that they have answered before, to learn"
        " how consistent they are. Each costs an answer.",
    )
    easy_every: int = Field(
        0,
        ge=0,
        le=20,
        title="Easy ones in between",
        description="One in so many queries is the easiest that waits, so that hard ones do not"
        " come in a row; 0 for the hardest first.",
    )
    claim_minutes: int = Field(
        5,
        ge=1,
        le=120,
        title="Minutes lent",
        description="How long a query waits for the annotator it was lent to.",
    )
    way: UsualWay = Field(
        UsualWay.SINGLE,
        title="Way to ask",
        description="single shows one image at a time; grid shows many, for quick passes. Each"
        " annotator may choose the other.",
    )
    show_origin: bool = Field(
        True, title="Show origin", description="Whether annotators see if an image is imagined."
    )
    image_size: int = Field(
        32,
        ge=8,
        le=128,
        multiple_of=4,
        title="Image size",
        description="Larger images are scaled down to this many pixels a side for the machine.",
    )
    features: Part = Field(
        Part(name="contrastive"), title="Features", description="What a learner sees of an image."
    )
    generator: Part = Field(
        Part(name="vae", options={"least_edges": 0.6}),
        title="Generator",
        description="What imagines images; learns the pool.",
    )
    learner: Part = Field(
        Part(name="linear_svm", options={"several": "least_squares"}),
        title="Learner",
        description="The classifier being taught.",
    )
    synthesis: Part = Field(
        Part(name="band"), title="Synthesis", description="How queries are imagined."
    )
    pool: Part = Field(
        Part(name="diverse_margin"),
        title="Choice from the pool",
        description="How real images are chosen once there is a learner.",
    )
    stream: Part = Field(
        Part(name="split"),
        title="Stream",
        description="Which of the images that are sent one by one are asked.",
    )
    mix: Mix = Field(Mix(), title="Mix", description="What a batch is made of.")
    walk_share: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Walks",
        description="Share of the imagined slots that are asked as boundary walks: strips of frames"
        " on which people mark where one class ends and another begins.",
    )
    pair_share: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Pairs",
        description="Share of the pool's slots that are asked as pairs: which of two images is more"
        " of a class.",
    )
    propagate: bool = Field(
        True,
        title="Spread labels",
        description="Whether unlabeled images teach too, with the class that labels around them"
        " give them, where that tells held-out labels better.",
    )
    stretch: float = Field(
        0.0,
        ge=0,
        le=2,
        title="Stretched copies",
        description="How far labeled images are stretched and squeezed into copies that teach their"
        " class too: 0.7 is up to twice, 0 not at all. For pixels, where later images have other"
        " proportions.",
    )
    steer_mix: bool = Field(
        False,
        title="Steer the mix",
        description="Whether slots move to the sources whose answers brought the holdout's accuracy"
        " most, refusals counted.",
    )
    refusal_limit: float = Field(
        0.5,
        ge=0,
        le=1,
        title="Refusals allowed",
        description="Once people refuse more than this share of the last 20 imagined images, the"
        " pool takes their slots; 1 for never.",
    )
    random_round_every: int = Field(
        0,
        ge=0,
        le=100,
        title="Random rounds",
        description="Each so many rounds, one of random real images alone; 0 for none. The paper"
        " mixes in every sixth.",
    )
    seed: int = Field(
        0,
        ge=0,
        lt=2**31,
        title="Seed",
        description="Every random choice of the project follows from it.",
    )

    @property
    def checks_people(self) -> bool:
        """Whether answers are ever held against each other, or against what is known."""
        several = max(self.overlap, self.most_overlap) > 1
        return several or self.gold_rate > 0 or self.repeat_rate > 0

    @field_validator("features")
    @classmethod
    def _features_exist(cls, part: Part) -> Part:
        return _known(Kind.FEATURES, part)

    @field_validator("generator")
    @classmethod
    def _generator_exists(cls, part: Part) -> Part:
        return _known(Kind.GENERATOR, part)

    @field_validator("learner")
    @classmethod
    def _learner_exists(cls, part: Part) -> Part:
        return _known(Kind.LEARNER, part)

    @field_validator("stream")
    @classmethod
    def _stream_strategy_exists(cls, part: Part) -> Part:
        return _known(Kind.STREAM, part)

    @field_validator("cold_start_strategy")
    @classmethod
    def _cold_start_needs_no_learner(cls, part: Part) -> Part:
        return _one_of(strategies_for("cold_start_strategy"), _known(Kind.STRATEGY, part))

    @field_validator("synthesis")
    @classmethod
    def _synthesis_imagines(cls, part: Part) -> Part:
        return _one_of(strategies_for("synthesis"), _known(Kind.STRATEGY, part))

    @field_validator("pool")
    @classmethod
    def _pool_strategy_chooses(cls, part: Part) -> Part:
        return _one_of(strategies_for("pool"), _known(Kind.STRATEGY, part))

    @model_validator(mode="after")
    def _learner_understands_the_features(self) -> Self:
        if self.learner.name == "small_cnn" and self.features.name != "pixels":
            raise ValueError(
                f"small_cnn learns from pixels and not from {self.features.name}. Set the features"
                " to pixels, or choose another learner."
            )
        if self.learner.name == "small_cnn" and self.pair_share > 0:
            raise ValueError(
                "small_cnn learns nothing from pairs. Set the share of pairs to 0, or choose"
                " another learner."
            )
        return self


def strategies_for(field: str) -> tuple[str, ...]:
    """List the strategies that may stand in a field of the settings."""
    return catalog.strategies_for(SLOTS[field])


def _known(kind: Kind, part: Part) -> Part:
    """Refuse what the catalogue does not have, in its own words, and leave out the defaults."""
    catalog.read_options(kind, part.name, part.options)
    defaults = {each.name: each.default for each in fields(catalog.entry(kind, part.name).options)}
    chosen = {key: value for key, value in part.options.items() if value != defaults[key]}
    return Part(name=part.name, options=chosen)


def _one_of(fitting: tuple[str, ...], part: Part) -> Part:
    """Refuse a strategy that cannot do what this field asks of it."""
    if part.name not in fitting:
        raise ValueError(f"{part.name} cannot do this. Choose one of: {', '.join(fitting)}.")
    return part


def preset(name: str) -> ProjectSettings:
    """Return the settings of a preset, or raise KeyError."""
    return _from_preset(PRESETS[name])


def _from_preset(chosen: Preset) -> ProjectSettings:
    return ProjectSettings(
        mode=Mode(chosen.mode),
        batch_size=chosen.batch_size,
        cold_start=chosen.cold_start_size,
        cold_start_strategy=_part(chosen.cold_start),
        features=_part(chosen.features),
        generator=_part(chosen.generator),
        learner=_part(chosen.learner),
        synthesis=_part(chosen.strategies["synthesized"]),
        pool=_part(chosen.strategies["pool"]),
        mix=Mix(**chosen.mix),
        walk_share=chosen.walk_share,
        propagate=chosen.propagate,
        stretch=chosen.stretch,
        random_round_every=chosen.random_round_every,
        refusal_limit=chosen.refusal_limit,
    )


def _part(choice: Choice) -> Part:
    return Part(name=choice.name, options=dict(choice.options))
