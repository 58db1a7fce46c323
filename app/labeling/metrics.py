"""Counters of labeling for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter

from app.labeling.schemas import AnswerVerdict

_ANSWERS = Counter("cusp_answers", "Answers received, by what became of them.", ["verdict"])


def count(verdicts: Iterable[AnswerVerdict]) -> None:
    """Count verdicts, after they are on disk."""
    for each in verdicts:
        _ANSWERS.labels(each.verdict).inc()
