"""How long the long stages take: learning features, training generators."""

from __future__ import annotations

from app.benchmarks.parts import trained
from app.benchmarks.plan import Plan, Say
from app.benchmarks.pools import pools
from app.benchmarks.report import Table, spoken
from models import catalog
from models.parts.declaring import Kind

_MEASURED = ((Kind.FEATURES, "contrastive"), (Kind.GENERATOR, "vae"))


def measure(plan: Plan, say: Say) -> Table:
    """Train the parts of the default preset with their default options."""
    rows = []
    for pool in pools(plan):
        for kind, name in _MEASURED:
            seconds = trained(kind, name, pool, say).seconds
            rows.append((catalog.entry(kind, name).title, pool.name, spoken(seconds)))
    return Table(
        "Training",
        ("Part", "Pool", "Time"),
        tuple(rows),
        "Once per pool, in a process of its own, while people label already.",
    )
