from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from models import catalog
from models.catalog import BadOption, UnknownPart
from models.parts.declaring import Entry, Kind, Slot
from models.presets import PRESETS, Choice, Preset

EVERY = pytest.mark.parametrize("entry", catalog.ENTRIES, ids=lambda e: f"{e.kind}-{e.name}")
ROLES = {
    Kind.FEATURES: ("train", "load"),
    Kind.GENERATOR: ("train", "load"),
    Kind.LEARNER: ("fit", "load"),
    Kind.STRATEGY: ("build",),
    Kind.STREAM: ("build",),
}


def _options(entry: Entry) -> list[tuple[str, Any, dict[str, Any]]]:
    return [(each.name, each.default, dict(each.metadata)) for each in fields(entry.options)]


def test_the_catalogue_is_read_without_torch_or_learning_libraries() -> None:
    code = (
        "import sys; from models import catalog; "
        "[catalog.read_options(e.kind, e.name, {}) for e in catalog.ENTRIES]; "
        "print(sorted({'torch', 'sklearn', 'numpy'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_no_two_parts_of_a_kind_share_a_name() -> None:
    names = [(each.kind, each.name) for each in catalog.ENTRIES]
    assert len(set(names)) == len(names)


@EVERY
def test_every_part_has_a_title_a_sentence_and_a_module_that_plays_its_role(entry: Entry) -> None:
    assert entry.title
    assert entry.summary.endswith(".")
    module = catalog.module(entry.kind, entry.name)
    assert all(callable(getattr(module, role)) for role in ROLES[entry.kind])


@EVERY
def test_every_option_explains_itself_and_its_default_is_allowed(entry: Entry) -> None:
    options = _options(entry)
    assert all(meta["help"].endswith(".") for _, _, meta in options)
    chosen = catalog.read_options(entry.kind, entry.name, {n: d for n, d, _ in options})
    assert chosen == catalog.read_options(entry.kind, entry.name, {}) == entry.options()
    for name, _, _ in options:
        with pytest.raises(FrozenInstanceError):
            setattr(chosen, name, 1)


@EVERY
def test_every_number_out_of_range_is_refused_with_the_bound_in_a_sentence(entry: Entry) -> None:
    for name, default, meta in _options(entry):
        if isinstance(default, str):
            continue
        with pytest.raises(BadOption, match=f"{name} must be at least {meta['low']}, not"):
            catalog.read_options(entry.kind, entry.name, {name: meta["low"] - 1})
        with pytest.raises(BadOption, match=f"{name} must be at most {meta['high']}, not"):
            catalog.read_options(entry.kind, entry.name, {name: meta["high"] + 1})
        bounds = meta["low"], meta["high"]
        assert all(catalog.read_options(entry.kind, entry.name, {name: each}) for each in bounds)


@EVERY
@pytest.mark.parametrize("value", ["7", None, True, [1], {}, math.nan, math.inf, -math.inf])
def test_what_is_no_fitting_number_is_refused(entry: Entry, value: object) -> None:
    for name, default, _ in _options(entry):
        if isinstance(default, str):
            continue
        with pytest.raises(BadOption, match=f"{name} must be a"):
            catalog.read_options(entry.kind, entry.name, {name: value})


@EVERY
@pytest.mark.parametrize("value", ["no such choice", "", 1, None, True, ["medoids"]])
def test_what_is_none_of_the_choices_is_refused(entry: Entry, value: object) -> None:
    for name, default, meta in _options(entry):
        if not isinstance(default, str) or not meta["choices"]:
            continue
        assert all(catalog.read_options(entry.kind, entry.name, {name: c}) for c in meta["choices"])
        with pytest.raises(BadOption, match=f"{name} must be (text|one of)"):
            catalog.read_options(entry.kind, entry.name, {name: value})


def test_a_whole_number_may_stand_for_a_number_but_no_fraction_for_a_whole_one() -> None:
    assert catalog.read_options(Kind.STRATEGY, "band", {"width": 1}).width == 1
    with pytest.raises(BadOption, match=r"epochs must be a whole number, not 1.5"):
        catalog.read_options(Kind.GENERATOR, "vae", {"epochs": 1.5})


def test_an_unknown_option_is_answered_with_those_that_exist() -> None:
    with pytest.raises(BadOption, match=r"has no option 'speed'. It has: latent_size, epochs"):
        catalog.read_options(Kind.GENERATOR, "vae", {"speed": 1})


@pytest.mark.parametrize("kind", list(Kind))
def test_an_unknown_part_is_answered_with_those_that_exist(kind: Kind) -> None:
    known = ", ".join(each.name for each in catalog.entries(kind))
    with pytest.raises(UnknownPart, match=f"no {kind} called 'oracle'. Choose one of: {known}."):
        catalog.entry(kind, "oracle")


def _choices(preset: Preset) -> list[tuple[Kind, Choice]]:
    return [
        (Kind.FEATURES, preset.features),
        (Kind.GENERATOR, preset.generator),
        (Kind.LEARNER, preset.learner),
        (Kind.STRATEGY, preset.cold_start),
        *((Kind.STRATEGY, each) for each in preset.strategies.values()),
    ]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_name_known_parts_and_valid_options_and_shares_add_up(name: str) -> None:
    preset = PRESETS[name]
    assert preset.name == name
    for kind, choice in _choices(preset):
        catalog.read_options(kind, choice.name, choice.options)
    assert set(preset.mix) == set(preset.strategies)
    assert math.isclose(sum(preset.mix.values()), 1)
    assert preset.mode in {"continuous", "strict"}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_starts_cold_with_a_strategy_that_needs_nothing(name: str) -> None:
    preset = PRESETS[name]
    chosen = catalog.entry(Kind.STRATEGY, preset.cold_start.name)
    assert Slot.COLD_START in chosen.slots
    assert chosen.needs == frozenset()


@pytest.mark.parametrize("entry", catalog.entries(Kind.STRATEGY), ids=lambda each: each.name)
def test_every_strategy_says_what_it_may_be_asked_for(entry: Entry) -> None:
    assert entry.slots
    assert Slot.COLD_START not in entry.slots or not entry.needs
