"""Stretched copies of what people labeled teach the learner of a project, where it is set so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.rounds import briefs
from app.rounds.briefs import Brief
from app.rounds.fitting import fit, fit_without
from app.words import Source, StageKind
from models.virtual_examples import COPIES
from tests.app.rounds.conftest import Classroom

pytestmark = pytest.mark.slow


@pytest.fixture
def brief(trained: Classroom) -> Brief:
    """A round with labels of imagined and of real images, which are stretched."""
    for _ in range(2):
        trained.answer_all()
        trained.turn(StageKind.FIT_AND_POSE)
    trained.answer_all()
    found = briefs.read(trained.session, trained.project.id, 9)
    trained.session.rollback()
    stretched = found.settings.model_copy(update={"stretch": 0.5, "propagate": False})
    return replace(found, settings=stretched)


def test_every_label_has_its_copies(brief: Brief) -> None:
    fitted = fit(brief)
    assert {brief.asked[i].source for i in fitted.labeled} >= {Source.SYNTHESIZED, Source.POOL}
    assert fitted.copies is not None
    assert fitted.copies.vectors.shape[:2] == (len(fitted.labeled), COPIES)
    own = fitted.asked_vectors[fitted.labeled][:, None]
    far = np.linalg.norm(fitted.copies.vectors - own, axis=2)
    others = np.linalg.norm(fitted.copies.vectors - np.roll(own, 1, axis=0), axis=2)
    assert far.mean() < others.mean()
    assert fitted.learner is not None
    taught = fitted.learner.checkpoint().facts["labels"]
    assert taught == (1 + COPIES) * len(fitted.labeled)


def test_a_learner_without_one_source_has_copies_of_the_others_alone(brief: Brief) -> None:
    fitted = fit(brief)
    kept = [i for i in fitted.labeled if brief.asked[i].source is not Source.POOL]
    learner = fit_without(brief, fitted, Source.POOL)
    assert learner is not None
    assert learner.checkpoint().facts["labels"] == (1 + COPIES) * len(kept)


def test_nothing_is_stretched_unless_it_is_set(brief: Brief) -> None:
    plain = brief.settings.model_copy(update={"stretch": 0.0})
    assert fit(replace(brief, settings=plain)).copies is None
