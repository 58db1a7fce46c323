"""Labels spread over a real pool, and only where the settings and the generator let them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.rounds import briefs, materials
from app.rounds.briefs import Brief
from app.rounds.fitting import fit
from app.words import StageKind
from tests.app.rounds.conftest import Classroom

pytestmark = pytest.mark.slow


@pytest.fixture
def brief(trained: Classroom) -> Brief:
    """A round with some labels, after a generator was trained."""
    trained.answer_all()
    trained.turn(StageKind.FIT_AND_POSE)
    trained.answer_all()
    found = briefs.read(trained.session, trained.project.id, 9)
    trained.session.rollback()
    return found


def test_unlabeled_images_teach_the_learner_of_a_project(brief: Brief) -> None:
    fitted = fit(brief)
    assert fitted.around is not None
    assert len(fitted.around.latents) == len(fitted.labeled)
    alone = fit(replace(brief, settings=brief.settings.model_copy(update={"propagate": False})))
    assert alone.around is None
    assert fitted.learner is not None
    assert alone.learner is not None
    taught = fitted.learner.checkpoint().facts["labels"]
    assert taught != alone.learner.checkpoint().facts["labels"] == len(fitted.labeled)


def test_labeled_images_lie_where_the_pool_has_them(brief: Brief) -> None:
    fitted = fit(brief)
    assert fitted.around is not None
    assert brief.generator is not None
    pool = materials.latents(brief.pool, brief.generator)
    for place, index in enumerate(fitted.labeled):
        asked = brief.asked[index]
        if asked.place is not None:
            [row] = brief.pool.rows([asked.place])
            np.testing.assert_array_equal(fitted.around.latents[place], pool[row])


def test_without_a_generator_labels_stay_where_they_are(brief: Brief) -> None:
    assert fit(replace(brief, generator=None)).around is None
