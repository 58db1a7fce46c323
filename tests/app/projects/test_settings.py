"""Settings refuse what the catalogue does not know, and the presets fit."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.projects.settings import Part, ProjectSettings, preset, strategies_for
from app.words import Mode
from models.presets import PRESETS


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_survives_the_way_through_json(name: str) -> None:
    settings = preset(name)
    assert ProjectSettings.model_validate_json(settings.model_dump_json()) == settings


def test_the_default_preset_is_what_the_fields_default_to() -> None:
    assert preset("default") == ProjectSettings()


def test_the_paper_is_strict_and_imagines_every_query() -> None:
    paper = preset("paper")
    assert paper.mode is Mode.STRICT
    assert (paper.mix.synthesized, paper.mix.pool, paper.mix.explore) == (1, 0, 0)


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"features": {"name": "none"}}, "no features called 'none'"),
        ({"generator": {"name": "vae", "options": {"depth": 3}}}, "no option 'depth'"),
        ({"generator": {"name": "vae", "options": {"epochs": 0}}}, "at least 1"),
        ({"generator": {"name": "vae", "options": {"epochs": "many"}}}, "must be a whole number"),
        ({"pool": {"name": "band"}}, "cannot do this"),
        ({"synthesis": {"name": "margin"}}, "cannot do this"),
        ({"cold_start_strategy": {"name": "margin"}}, "cannot do this"),
        ({"mix": {"synthesized": 0, "pool": 0, "explore": 0}}, "at least one share"),
        ({"mix": {"synthesized": float("nan")}}, "finite"),
        ({"batch_size": 0}, "greater than or equal to 1"),
        ({"image_size": 30}, "multiple of 4"),
        ({"user_id": 1}, "Extra inputs"),
    ],
)
def test_what_does_not_fit_is_refused(values: dict[str, Any], part: str) -> None:
    with pytest.raises(ValidationError, match=part):
        ProjectSettings.model_validate(values)


def test_options_at_their_default_are_left_out() -> None:
    told = ProjectSettings.model_validate(
        {"generator": {"name": "vae", "options": {"epochs": 12, "latent_size": 16}}}
    )
    assert told.generator.options == {"latent_size": 16}


@pytest.mark.parametrize("field", ["synthesis", "pool", "cold_start_strategy"])
def test_each_field_has_strategies(field: str) -> None:
    assert strategies_for(field)


def test_a_learner_of_pixels_is_refused_with_other_features() -> None:
    with pytest.raises(ValidationError, match="Set the features to pixels"):
        ProjectSettings(learner=Part(name="small_cnn"))
    chosen = ProjectSettings(learner=Part(name="small_cnn"), features=Part(name="pixels"))
    assert chosen.learner.name == "small_cnn"
