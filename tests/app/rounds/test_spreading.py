"""Labels spread over a real pool, and only where the settings and the features let them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.rounds import briefs
from app.rounds.briefs import Brief
from app.rounds.fitting import fit
from app.words import StageKind
from tests.app.rounds.conftest import Classroom

pytestmark = pytest.mark.slow


@pytest.fixture
def brief(trained: Classroom) -> Brief:
    """A round with some labels, after features were learned."""
    trained.answer_all()
    trained.turn(StageKind.FIT_AND_POSE)
    trained.answer_all()
    found = briefs.read(trained.session, trained.project.id, 9)
    trained.session.rollback()
    return found


def test_unlabeled_images_teach_the_learner_of_a_project(brief: Brief) -> None:
    fitted = fit(brief)
    assert fitted.around is not None
    assert len(fitted.around.fair) == len(fitted.labeled)
    alone = fit(replace(brief, settings=brief.settings.model_copy(update={"propagate": False})))
    assert alone.around is None
    assert fitted.learner is not None
    assert alone.learner is not None
    taught = fitted.learner.checkpoint().facts["labels"]
    assert taught != alone.learner.checkpoint().facts["labels"] == len(fitted.labeled)


def test_no_generator_is_needed(brief: Brief) -> None:
    assert fit(replace(brief, generator=None)).around is not None


def test_labels_stay_where_they_are_until_features_are_learned(brief: Brief) -> None:
    assert fit(replace(brief, features=None)).around is None
