"""A steered mix: slots follow what answers were worth, and the lead is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.rounds import briefs
from app.rounds.fitting import fit
from app.rounds.steering import steer_mix
from app.words import Source, StageKind
from tests.app.rounds.conftest import Classroom

pytestmark = pytest.mark.slow

POSE = StageKind.FIT_AND_POSE


def steered(room: Classroom, *, steer: bool = True, batch_size: int = 30) -> Classroom:
    """Choose so for the project, and let a batch be answered."""
    changes = {"steer_mix": steer, "batch_size": batch_size}
    room.project.settings = {**room.project.settings, **changes}
    room.session.commit()
    for _ in range(2):
        room.answer_all()
        room.turn(POSE)
    room.answer_all()
    return room


def test_the_lead_is_told_what_the_sources_were_worth(trained: Classroom) -> None:
    room = steered(trained)
    room.turn(POSE)
    why = room.rounds()[-1].mix["why"]
    assert why.startswith("Points of accuracy that 100 answers were worth, refusals counted: ")
    assert Source.POOL in why
    assert Source.SYNTHESIZED in why


def test_without_the_setting_the_mix_stays_as_it_was_set(trained: Classroom) -> None:
    room = steered(trained, steer=False)
    room.turn(POSE)
    assert room.rounds()[-1].mix["why"] == ""


def test_few_answers_move_nothing(trained: Classroom) -> None:
    trained.project.settings = {**trained.project.settings, "steer_mix": True}
    trained.session.commit()
    trained.answer_all()
    trained.turn(POSE)
    assert trained.rounds()[-1].mix["why"] == ""


def test_a_small_holdout_measures_nothing(trained: Classroom) -> None:
    room = steered(trained)
    brief = briefs.read(room.session, room.project.id, 9)
    assert brief.holdout is not None
    fitted = fit(brief)
    assert steer_mix(brief, fitted) is not None
    few = briefs.Holdout(brief.holdout.shelf, brief.holdout.places[:99], brief.holdout.classes[:99])
    assert steer_mix(replace(brief, holdout=few), fitted) is None
