"""A project's settings: what they are, which values are sane, and the presets.

Pure values: the catalogue says which parts exist; no table, no request, no torch.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.words import Mode
from models import catalog
from models.catalog import Kind


class Part(BaseModel):
    """One part out of the catalogue with its options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    options: dict[str, bool | int | float | str] = {}


class Mix(BaseModel):
    """How a batch's slots are shared out; only the ratios count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    synthesized: float = Field(0.4, ge=0, le=1)
    pool: float = Field(0.5, ge=0, le=1)
    explore: float = Field(0.1, ge=0, le=1)

    @model_validator(mode="after")
    def _some_slot(self) -> Self:
        if self.synthesized + self.pool + self.explore <= 0:
            raise ValueError("at least one share of the mix must be above 0")
        return self


class ProjectSettings(BaseModel):
    """Everything about the loop that a lead or an admin may choose. The defaults are the
    `default` preset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: `continuous` tops the queue up before it runs dry; `strict` poses whole batches.
    mode: Mode = Mode.CONTINUOUS
    #: Queries per round.
    batch_size: int = Field(10, ge=1, le=500)
    #: Queries posed before there is a learner, and how they are chosen.
    cold_start: int = Field(10, ge=2, le=500)
    cold_start_strategy: Part = Part(name="medoids")
    #: Labels that each query needs.
    overlap: int = Field(1, ge=1, le=9)
    #: Minutes for which a query is lent to one annotator.
    claim_minutes: int = Field(5, ge=1, le=120)
    #: Whether the page says if an image is imagined or real.
    show_origin: bool = True
    #: Images are scaled to at most this many pixels a side before the machine sees them.
    image_size: int = Field(32, ge=8, le=128, multiple_of=4)
    features: Part = Part(name="discriminator")
    generator: Part = Part(name="vae")
    learner: Part = Part(name="linear_svm")
    #: How queries are synthesized, and how they are chosen from the pool.
    synthesis: Part = Part(name="band")
    pool: Part = Part(name="diverse_margin")
    mix: Mix = Mix()
    #: Every random choice of the project follows from it.
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0

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

    @field_validator("cold_start_strategy", "synthesis", "pool")
    @classmethod
    def _strategy_exists(cls, part: Part) -> Part:
        return _known(Kind.STRATEGY, part)


def _known(kind: Kind, part: Part) -> Part:
    """Refuse names and options that the catalogue does not have, in its own words."""
    catalog.read_options(kind, part.name, part.options)
    return part
