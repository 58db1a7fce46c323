"""A pool strategy that needs a generator gives way until there is one."""

from __future__ import annotations

import pytest

from app.projects.settings import Part, ProjectSettings
from app.rounds.composing import possible
from app.tables import Project
from app.words import Source, StageKind
from tests.app.rounds.conftest import Classroom

MATCHING = ProjectSettings(pool=Part(name="match_nearest"))


def test_without_a_generator_another_strategy_stands_in_and_it_is_said() -> None:
    settings, why = possible(MATCHING, has_generator=False)
    assert settings.pool == ProjectSettings().pool
    assert why.startswith("match_nearest needs a generator")


def test_with_a_generator_nothing_stands_in() -> None:
    assert possible(MATCHING, has_generator=True) == (MATCHING, "")
    assert possible(ProjectSettings(), has_generator=False) == (ProjectSettings(), "")


@pytest.mark.slow
def test_a_round_is_posed_before_the_generator_that_its_strategy_needs(
    classroom: Classroom,
) -> None:
    project = classroom.session.get_one(Project, classroom.project.id)
    project.settings = {**project.settings, "pool": MATCHING.pool.model_dump()}
    classroom.session.commit()
    classroom.turn(StageKind.FIT_AND_POSE)
    classroom.answer_all()
    (stage,) = classroom.turn(StageKind.FIT_AND_POSE)
    assert stage.problem == ""
    newest = classroom.rounds()[-1]
    assert newest.facts["strategies"][Source.POOL] == "diverse_margin"
    assert "match_nearest needs a generator" in newest.mix["why"]
