"""Steering: which sources' answers have helped, measured on the holdout, and so where slots go.

Fits the learner again without each source's answers. Knows the models and plain values; knows no
table.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from app.rounds import materials
from app.rounds.briefs import Brief, Holdout
from app.rounds.fitting import Fitted, fit_without
from app.words import Source
from models.interfaces import Learner
from models.rounds import worth
from models.rounds.worth import Steered, Worth

_STEERED = (Source.SYNTHESIZED, Source.POOL, Source.EXPLORE)


def steer_mix(brief: Brief, fitted: Fitted) -> Steered | None:
    """Say where slots should go; None where the mix is not steered or nothing can be measured."""
    holdout = brief.holdout
    if holdout is None or fitted.learner is None or len(holdout.classes) < worth.LEAST_IMAGES:
        return None
    mix = {source: getattr(brief.settings.mix, source) for source in _STEERED}
    return worth.steer(mix, _worths(brief, fitted, fitted.learner, holdout))


def _worths(brief: Brief, fitted: Fitted, learner: Learner, holdout: Holdout) -> list[Worth]:
    answered = Counter(each.source for each in brief.asked if each.own and each.outcome is not None)

    def right_without(source: Source) -> NDArray[np.bool_] | None:
        other = fit_without(brief, fitted, source)
        return None if other is None else _right(brief, other, holdout)

    return worth.worths(_STEERED, answered, _right(brief, learner, holdout), right_without)


def _right(brief: Brief, learner: Learner, holdout: Holdout) -> NDArray[np.bool_]:
    """Say of each holdout image (n,) whether the learner names its class."""
    rows = holdout.shelf.rows(holdout.places)
    decided = learner.decide(materials.vectors(holdout.shelf, brief.features)[rows])
    right: NDArray[np.bool_] = decided.argmax(axis=1) == np.array(holdout.classes)
    return right
