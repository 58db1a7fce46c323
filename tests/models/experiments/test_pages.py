"""What a page says of goals and of the paper's claims."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.experiments import pages
from models.experiments.arms import PAPER, RANDOM_ONLY, Arm, arm
from models.experiments.plans import Claim, Experiment, Goal, RefusalGoal
from models.experiments.results import Row, digest_of, settings_of
from tests.models.experiments.small_rows import ROW

GAAL, RANDOM = Arm("GAAL", PAPER), arm("random", PAPER, mix=RANDOM_ONLY)


def _rows(scheme: Arm, ends: Sequence[float], *, begins: float = 0.5) -> list[Row]:
    """One run for each accuracy that it ends at, all alike before."""
    return [
        replace(
            ROW,
            arm=scheme.name,
            seed=seed,
            answers=20,
            settings_sha256=digest_of(settings_of(scheme)),
            curve=json.dumps([[10, 10, {"t": begins}], [20, 17, {"t": end}]]),
        )
        for seed, end in enumerate(ends)
    ]


def _page(*, goals: Sequence[Goal | RefusalGoal] = (), claims: Sequence[Claim] = ()) -> str:
    experiment = Experiment(
        "small",
        "A small one",
        "Does it say so?",
        "small",
        (GAAL, RANDOM),
        "random",
        ("t",),
        answers=20,
        marks=(10, 20),
        goals=tuple(goals),
        claims=tuple(claims),
    )
    rows = [*_rows(GAAL, (0.71, 0.70, 0.72)), *_rows(RANDOM, (0.61, 0.605, 0.63))]
    return pages.page(experiment, rows, [])


@pytest.mark.parametrize(
    ("than", "above", "line"),
    [
        (("random", 20), True, "| it | t | **+9.50 ± 1.24** | yes |"),
        (("random", 20), False, "| it | t | **+9.50 ± 1.24** | **no** |"),
        (("GAAL", 10), True, "| it | t | **+21.00 ± 2.48** | yes |"),
        (("GAAL", 20), True, "| it | t | +0.00 ± 0.00 | within chance |"),
        (70.0, True, "| it | t | +1.00 ± 2.48 | yes |"),
        (60.0, True, "| it | t | **+11.00 ± 2.48** | **no** |"),
    ],
)
def test_a_claim_is_held_against_what_was_found_run_by_run(
    than: tuple[str, int] | float, above: bool, line: str
) -> None:
    claim = Claim("it", "t", "GAAL", 20, than, above=above)
    assert line in _page(claims=[claim])


def test_goals_of_accuracy_are_reached_from_below_and_those_of_refusals_from_above() -> None:
    text = _page(
        goals=[
            *(Goal("GAAL", "t", 20, percent) for percent in (70.0, 72.0)),
            *(RefusalGoal("GAAL", percent) for percent in (30.0, 29.0)),
        ]
    )
    assert "| GAAL: 70.0 % on t at 20 answers | 71.00 ± 2.48 | yes |" in text
    assert "| GAAL: 72.0 % on t at 20 answers | 71.00 ± 2.48 | **no** |" in text
    refused = "of synthesized queries refused | 30.00 ± 0.00"
    assert f"| GAAL: at most 30.0 % {refused} | yes |" in text
    assert f"| GAAL: at most 29.0 % {refused} | **no** |" in text


def test_a_page_without_goals_or_claims_has_no_headings_for_them() -> None:
    text = _page()
    assert "## Goals" not in text
    assert "claims" not in text
