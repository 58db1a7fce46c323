"""The quality reports of a project's generators, as they stand in their checkpoints' facts.

Knows nothing of how they were measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from app.dashboards import facts
from app.dashboards.schemas import QualityRow
from app.tables import ModelCheckpoint
from models import catalog
from models.parts.declaring import Kind

#: Reports that are shown, the newest first.
_SHOWN = 12


def reports(checkpoints: Sequence[ModelCheckpoint]) -> list[QualityRow]:
    """List the reports of generators, the newest first; those without one are left out."""
    found = [_row(each) for each in checkpoints if each.kind == "generator"]
    return [each for each in reversed(found) if each is not None][:_SHOWN]


def _row(checkpoint: ModelCheckpoint) -> QualityRow | None:
    report = checkpoint.facts.get("quality")
    if not isinstance(report, Mapping):
        return None
    measured = facts.numbers(report)
    if not {"frechet", "frechet_floor", "recall", "precision", "copied"} <= measured.keys():
        return None
    return QualityRow(
        name=checkpoint.name,
        version=checkpoint.version,
        at=checkpoint.created_at,
        features=facts.text(report.get("features")),
        frechet=measured["frechet"],
        frechet_floor=measured["frechet_floor"],
        recall=measured["recall"],
        precision=measured["precision"],
        copied=measured["copied"],
        memorizes=report.get("memorizes") is True and _learns(checkpoint.name),
        made=int(measured.get("made", 0)),
        real=int(measured.get("real", 0)),
    )


def _learns(name: str) -> bool:
    """Whether a generator learns what it draws; one that changes images of the pool is near to
    them by its nature.
    """
    return "epochs" in {each.name for each in fields(catalog.entry(Kind.GENERATOR, name).options)}
