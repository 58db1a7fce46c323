"""How long the learner takes to learn from the answers: once per round."""

from __future__ import annotations

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import SVC, LinearSVC

from app.benchmarks import parts
from app.benchmarks.plan import Plan, Say
from app.benchmarks.pools import pools
from app.benchmarks.report import Table, spoken
from app.benchmarks.timing import by_turns
from models.interfaces import Indices, Vectors
from models.rounds.fitting import fit_learner

_TURNS = 25
#: The L2 strength where one is given.
STRENGTH = 1e-3


def measure(plan: Plan, say: Say) -> Table:
    """Fit on the same labels again and again, on pixels and on features."""
    rows = []
    for pool in pools(plan):
        for name in ("pixels", "contrastive"):
            vectors = parts.features(name, pool, say).extract(pool.images)
            for count in sorted({2, int(pool.classes.max()) + 1}):
                drawn = pool.labeled(parts.LABELS, count)
                times = _times(vectors[drawn], pool.classes[drawn], count)
                rows.append((pool.name, name, str(count), *map(spoken, times)))
                say(f"{count} classes on {name} of {pool.name}: {spoken(times[0])}")
    return Table(
        "Fitting the learner",
        ("Pool", "Features", "Classes", "Default", "One strength", "LinearSVC", "SVC"),
        tuple(rows),
        f"On {parts.LABELS} labels; medians of {_TURNS}, by turns. The default chooses the L2 "
        "strength by cross-validation; the others are given one, scikit-learn's `LinearSVC` and "
        "`SVC` (a linear kernel) the same. Ours calibrates its chances as well.",
    )


def _times(vectors: Vectors, classes: Indices, count: int) -> list[float]:
    cost, given = 1 / (len(classes) * STRENGTH), {"strength": STRENGTH}
    doing = (
        lambda: parts.fit(vectors, classes, count),
        lambda: fit_learner("linear_svm", given, vectors, classes, count=count, seed=0),
        lambda: LinearSVC(loss="hinge", C=cost, random_state=0).fit(vectors, classes),
        lambda: SVC(kernel="linear", C=cost).fit(vectors, classes),
    )
    with warnings.catch_warnings():
        # The library says so where it stops short of the solution; its time is what counts here.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return by_turns(doing, _TURNS)
