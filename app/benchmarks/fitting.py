"""How long the learner takes to learn from the answers: once per round."""

from __future__ import annotations

import time
from statistics import median

from app.benchmarks import parts
from app.benchmarks.plan import Plan, Say
from app.benchmarks.pools import pools
from app.benchmarks.report import Table, spoken
from models.interfaces import Indices, Vectors

_REPEATS = 5


def measure(plan: Plan, say: Say) -> Table:
    """Fit on the same labels again and again, on pixels and on features."""
    rows = []
    for pool in pools(plan):
        for name in ("pixels", "discriminator"):
            vectors = parts.features(name, pool, say).extract(pool.images)
            for count in sorted({2, int(pool.classes.max()) + 1}):
                drawn = pool.labeled(parts.LABELS, count)
                seconds = _seconds(vectors[drawn], pool.classes[drawn], count)
                rows.append((pool.name, name, str(count), str(len(drawn)), spoken(seconds)))
                say(f"{count} classes on {name} of {pool.name}: {spoken(seconds)}")
    return Table(
        "Fitting the learner",
        ("Pool", "Features", "Classes", "Labels", "Time"),
        tuple(rows),
        f"The median of {_REPEATS}, cross-validation included.",
    )


def _seconds(vectors: Vectors, classes: Indices, count: int) -> float:
    seconds = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        parts.fit(vectors, classes, count)
        seconds.append(time.perf_counter() - began)
    return median(seconds)
