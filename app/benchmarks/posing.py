"""How long it takes to imagine ten queries: what annotators wait for when the queue runs dry."""

from __future__ import annotations

import time
from statistics import median

import numpy as np

from app.benchmarks import parts
from app.benchmarks.plan import Plan, Say
from app.benchmarks.pools import Pool, pools
from app.benchmarks.report import Table, spoken
from models import catalog
from models.interfaces import Situation, Strategy
from models.parts.declaring import Kind

_REPEATS = 5
_QUERIES = 10


def measure(plan: Plan, say: Say) -> Table:
    """Pose with other seeds again and again, on pixels and on features."""
    strategy: Strategy = catalog.module(Kind.STRATEGY, "band").build(
        catalog.read_options(Kind.STRATEGY, "band", {})
    )
    rows = []
    for pool in pools(plan):
        for name in ("pixels", "contrastive"):
            situation = _situation(pool, name, say)
            seconds, posed = _pose(strategy, situation)
            rows.append((pool.name, name, f"{posed:g}", spoken(seconds)))
            say(f"{posed:g} queries on {name} of {pool.name}: {spoken(seconds)}")
    return Table(
        "Imagining queries",
        ("Pool", "Features", "Queries", "Time"),
        tuple(rows),
        f"Band search after {parts.LABELS} labels, asked for {_QUERIES}; medians of {_REPEATS}.",
    )


def _situation(pool: Pool, features_name: str, say: Say) -> Situation:
    """Gather what a strategy sees in the middle of a project."""
    features = parts.features(features_name, pool, say)
    vectors = features.extract(pool.images)
    count = int(pool.classes.max()) + 1
    drawn = pool.labeled(parts.LABELS, count)
    return Situation(
        pool_images=pool.images,
        pool_vectors=vectors,
        candidates=np.setdiff1d(np.arange(len(vectors)), drawn),
        labeled_vectors=vectors[drawn],
        labeled_classes=pool.classes[drawn],
        asked_vectors=vectors[drawn],
        features=features,
        learner=parts.fit(vectors[drawn], pool.classes[drawn], count),
        generator=parts.generator(pool, say),
    )


def _pose(strategy: Strategy, situation: Situation) -> tuple[float, float]:
    """Return the median seconds and the median number of queries posed."""
    seconds, posed = [], []
    for seed in range(_REPEATS):
        began = time.perf_counter()
        posed.append(len(strategy.pose(situation, _QUERIES, seed=seed)))
        seconds.append(time.perf_counter() - began)
    return median(seconds), median(posed)
