"""Settings in words."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.projects.settings import Mix, Part, ProjectSettings
from app.projects.settings_guide import (
    FieldGuide,
    OptionGuide,
    PartGuide,
    changes,
    consequences,
    guide,
    presets,
    problems,
)
from app.words import Mode


def test_every_field_says_what_it_means_and_allows() -> None:
    for field in guide():
        assert field.title
        assert field.help.endswith(".")
        assert field.kind != "number" or (field.low is not None and field.high is not None)
        assert field.kind != "part" or field.parts


def test_ranges_are_those_that_are_enforced() -> None:
    for field in guide():
        if field.kind == "number":
            assert field.low is not None
            assert field.high is not None
            assert field.step
            for value in (field.low, field.high):
                ProjectSettings.model_validate({field.name: value})
            for value in (field.low - field.step, field.high + field.step):
                with pytest.raises(ValidationError):
                    ProjectSettings.model_validate({field.name: value})


def test_ranges_of_options_are_those_that_are_enforced() -> None:
    checked = 0
    for field in guide():
        for part in field.parts:
            for option in part.options:
                for limit, beyond in ((option.low, -1), (option.high, 1)):
                    if limit is not None:
                        value = type(option.default)(limit)
                        ProjectSettings.model_validate(_with(field, part, option, value))
                        with pytest.raises(ValidationError, match=option.name):
                            ProjectSettings.model_validate(
                                _with(field, part, option, value + beyond)
                            )
                        checked += 1
    assert checked > 50


def _with(field: FieldGuide, part: PartGuide, option: OptionGuide, value: Any) -> dict[str, Any]:
    """Settings with one option of one part; one learner wants pixels."""
    chosen = {"name": part.name, "options": {option.name: value}}
    return {"features": {"name": "pixels"}, field.name: chosen}


def test_presets_have_a_title_and_a_summary() -> None:
    assert {each.name for each in presets()} >= {"default", "paper"}
    assert all(each.title and each.summary for each in presets())


def test_changes_are_told_in_words() -> None:
    after = ProjectSettings(
        batch_size=20,
        show_origin=False,
        mix=Mix(synthesized=1, pool=0, explore=0),
        generator=Part(name="vae", options={"latent_size": 16}),
    )
    told = [(each.field, each.before, each.after) for each in changes(ProjectSettings(), after)]
    assert told == [
        ("batch_size", "10", "20"),
        ("show_origin", "yes", "no"),
        (
            "generator",
            "Variational autoencoder, least edges 0.6",
            "Variational autoencoder, latent size 16",
        ),
        (
            "mix",
            "40% synthesized, 50% pool, 10% explore",
            "100% synthesized",
        ),
    ]


def test_the_same_settings_have_no_changes() -> None:
    assert changes(ProjectSettings(), ProjectSettings()) == []


@pytest.mark.parametrize(
    ("values", "field", "part"),
    [
        ({"overlap": 3}, "overlap", "3 times the cost"),
        ({"batch_size": 10, "overlap": 3}, "batch_size", "about every 30 answers"),
        ({"claim_minutes": 1}, "claim_minutes", "after 1 minute "),
        ({"mode": Mode.STRICT}, "mode", "People wait"),
        ({"mix": Mix(synthesized=1, pool=0, explore=0)}, "mix", "10 imagined. Without random"),
    ],
)
def test_values_are_told_by_what_they_bring(values: dict[str, Any], field: str, part: str) -> None:
    assert part in consequences(ProjectSettings(**values))[field]


def test_problems_are_sentences_by_field() -> None:
    with pytest.raises(ValidationError) as refused:
        ProjectSettings.model_validate({"batch_size": 0, "pool": {"name": "x"}, "zz": 1})
    told = {each.field: each.sentence for each in problems(refused.value)}
    assert told["batch_size"] == "Queries per round: must be at least 1."
    assert told["pool"].startswith("Choice from the pool: There is no strategy called 'x'.")
    assert told["zz"] == "There is no setting called zz."
