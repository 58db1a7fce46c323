"""Settings in words: what each field means and allows, what a value brings, what changed.

Pure text over `settings` and the catalogue. Knows nothing of tables, requests or pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError

from app.projects.settings import (
    Consensus,
    Mix,
    Part,
    ProjectSettings,
    UsualWay,
    preset,
    strategies_for,
)
from app.words import Mode
from models import catalog
from models.parts.declaring import Kind
from models.presets import PRESETS

TAKES_EFFECT = "Changes take effect at the next round; queries that are already posed stay."

#: How finely a share is set in the form.
SHARE_STEP = 0.05

#: Which kind of the catalogue stands in a field.
_KINDS = {
    "features": Kind.FEATURES,
    "generator": Kind.GENERATOR,
    "learner": Kind.LEARNER,
    "cold_start_strategy": Kind.STRATEGY,
    "synthesis": Kind.STRATEGY,
    "pool": Kind.STRATEGY,
    "stream": Kind.STREAM,
}
#: What a field that is chosen from a list may say.
_CHOICES: dict[str, type[StrEnum]] = {
    "mode": Mode,
    "consensus": Consensus,
    "way": UsualWay,
}


class OptionGuide(BaseModel):
    """One option of a part."""

    name: str
    help: str
    default: bool | int | float | str
    low: float | None = None
    high: float | None = None
    choices: list[str] = []


class PartGuide(BaseModel):
    """One part that a field may name."""

    name: str
    title: str
    summary: str
    #: Where the method comes from.
    source: str
    options: list[OptionGuide]


class FieldGuide(BaseModel):
    """One field: what it means, which values it takes."""

    name: str
    title: str
    help: str
    #: `number`, `choice`, `switch`, `part` or `mix`.
    kind: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: list[str] = []
    parts: list[PartGuide] = []


class PresetGuide(BaseModel):
    """A complete set of choices."""

    name: str
    title: str
    summary: str
    settings: ProjectSettings


class Change(BaseModel):
    """One difference between two versions, in words."""

    field: str
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field."""

    field: str
    sentence: str


def guide() -> list[FieldGuide]:
    """Describe every field, in the order of the form."""
    return [_field(name) for name in ProjectSettings.model_fields]


def presets() -> list[PresetGuide]:
    """List the presets."""
    return [
        PresetGuide(name=name, title=each.title, summary=each.summary, settings=preset(name))
        for name, each in PRESETS.items()
    ]


def _field(name: str) -> FieldGuide:
    declared = ProjectSettings.model_fields[name]
    described = FieldGuide(
        name=name, title=declared.title or name, help=declared.description or "", kind=_kind(name)
    )
    if described.kind == "part":
        return described.model_copy(update={"parts": _parts(name)})
    if described.kind == "choice":
        return described.model_copy(update={"choices": [each.value for each in _CHOICES[name]]})
    if described.kind == "number":
        schema = ProjectSettings.model_json_schema()["properties"][name]
        highest = schema.get("maximum", schema.get("exclusiveMaximum", 0) - 1)
        step = schema.get("multipleOf", 1 if schema["type"] == "integer" else SHARE_STEP)
        ranges = {"low": schema["minimum"], "high": highest, "step": step}
        return described.model_copy(update=ranges)
    return described


def _kind(name: str) -> str:
    if name in _KINDS:
        return "part"
    if name in _CHOICES:
        return "choice"
    return {
        "mix": "mix",
        "show_origin": "switch",
        "steer_mix": "switch",
        "propagate": "switch",
    }.get(name, "number")


def _parts(field: str) -> list[PartGuide]:
    fitting = strategies_for(field) if _KINDS[field] is Kind.STRATEGY else None
    return [
        PartGuide(
            name=entry.name,
            title=entry.title,
            summary=entry.summary,
            source=entry.source,
            options=_options(entry.options),
        )
        for entry in catalog.entries(_KINDS[field])
        if fitting is None or entry.name in fitting
    ]


def _options(declared: type) -> list[OptionGuide]:
    return [
        OptionGuide(name=each.name, default=each.default, **_meta(each.metadata))
        for each in fields(declared)
    ]


def _meta(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {**metadata, "choices": list(metadata["choices"])}


def changes(before: ProjectSettings, after: ProjectSettings) -> list[Change]:
    """List what differs, in words."""
    return [
        Change(
            field=name,
            title=each.title or name,
            before=_in_words(name, before),
            after=_in_words(name, after),
        )
        for name, each in ProjectSettings.model_fields.items()
        if getattr(before, name) != getattr(after, name)
    ]


def _in_words(name: str, settings: ProjectSettings) -> str:
    value = getattr(settings, name)
    match value:
        case bool():
            return "yes" if value else "no"
        case Part():
            return _part_in_words(_KINDS[name], value)
        case Mix():
            return ", ".join(f"{share:.0%} {slot}" for slot, share in value if share)
    return str(value)


def _part_in_words(kind: Kind, part: Part) -> str:
    chosen = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in part.options.items())
    title = catalog.entry(kind, part.name).title
    return f"{title}, {chosen}" if chosen else title


def consequences(settings: ProjectSettings) -> dict[str, str]:
    """Say what the values bring, by field."""
    answers = settings.batch_size * settings.overlap
    strict = settings.mode is Mode.STRICT
    return {
        "mode": "People wait while the machine poses the next batch."
        if strict
        else "People never wait: new queries come while the old ones are answered.",
        "batch_size": f"The learner is taught again about every {_count(answers, 'answer')}.",
        "cold_start": f"The learner starts after {settings.cold_start * settings.overlap} answers,"
        " if they show at least two classes.",
        "overlap": _overlap(settings.overlap),
        "most_overlap": _most_overlap(settings),
        "consensus": "An outcome may change when later answers tell more about who is right."
        if settings.consensus is Consensus.CROWDLAB
        else "An outcome stands as soon as the last label is in.",
        "gold_rate": _share(settings.gold_rate, "checked against a known class"),
        "repeat_rate": _share(settings.repeat_rate, "asked again of the same person"),
        "easy_every": "The learner's least sure images come first."
        if not settings.easy_every
        else f"Each {settings.easy_every} queries, one is easy.",
        "claim_minutes": "Somebody else is asked after"
        f" {_count(settings.claim_minutes, 'minute')} without an answer.",
        "way": "Annotators begin with a grid of images that they paint with classes."
        if settings.way is UsualWay.GRID
        else "Annotators begin with one image at a time.",
        "show_origin": "Annotators see whether an image is real or imagined."
        if settings.show_origin
        else "Annotators cannot tell from the page what is imagined.",
        "image_size": f"The machine sees {settings.image_size} x {settings.image_size} pixels;"
        " larger ones take longer to learn.",
        "mix": _mix(settings),
        "seed": "The same seed, images and answers give the same queries.",
    }


def _overlap(overlap: int) -> str:
    if overlap == 1:
        return "One answer settles a query; nobody's answer is checked by another."
    return (
        f"{overlap} people answer each query and the majority settles it: {overlap} times the cost."
    )


def _most_overlap(settings: ProjectSettings) -> str:
    if settings.most_overlap <= settings.overlap:
        return "A query on which people disagree is disputed, and a lead decides."
    if settings.overlap == 1:
        return "Nobody can disagree while one label is enough; ask for two labels per query."
    return (
        f"Queries on which people disagree cost up to {settings.most_overlap} answers; what is"
        " disputed even then, a lead decides."
    )


def _share(rate: float, what: str) -> str:
    if not rate:
        return f"Nothing is {what}."
    return f"About one answer in {round(1 / rate)} is {what}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _mix(settings: ProjectSettings) -> str:
    mix, size = settings.mix, settings.batch_size
    total = mix.synthesized + mix.pool + mix.explore
    shares = {
        "imagined": mix.synthesized,
        "chosen from the pool": mix.pool,
        "random": mix.explore,
    }
    slots = [f"{share / total * size:.3g} {name}" for name, share in shares.items() if share]
    sentence = f"Of {_count(size, 'query').replace('querys', 'queries')}: {', '.join(slots)}."
    if not mix.explore:
        sentence += " Without random images, class balance and accuracy among answers are biased."
    return sentence


def problems(error: ValidationError) -> list[Problem]:
    """Turn a validation error into sentences, one per field."""
    return [
        Problem(".".join(str(each) for each in found["loc"]), _sentence(found))
        for found in error.errors(include_url=False)
    ]


def _sentence(found: Mapping[str, Any]) -> str:
    path = [str(each) for each in found["loc"]]
    if found["type"] == "extra_forbidden":
        return f"There is no setting called {'.'.join(path)}."
    field = ProjectSettings.model_fields.get(path[0]) if path else None
    name = (field.title if field else "") or ".".join(path) or "Settings"
    return f"{name}: {_fault(found)}."


def _fault(found: Mapping[str, Any]) -> str:
    context = found.get("ctx", {})
    limits = {
        "greater_than_equal": "must be at least {ge}",
        "less_than_equal": "must be at most {le}",
        "less_than": "must be below {lt}",
        "multiple_of": "must be a multiple of {multiple_of}",
        "missing": "is missing",
    }
    if found["type"] in limits:
        return limits[found["type"]].format(**context)
    text = str(found["msg"]).removeprefix("Value error, ").rstrip(".")
    return text.replace("Input should be", "must be")
