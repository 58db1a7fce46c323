"""Numbers as people read them, and the page made of them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from app.benchmarks.report import (
    NoSuchSection,
    Table,
    grid,
    mebibytes,
    page,
    quantile,
    quantiles,
    renewed,
    spoken,
)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.00123, "1.2 ms"),
        (0.0123, "12 ms"),
        (0.9994, "999 ms"),
        (1, "1.0 s"),
        (75.04, "75.0 s"),
        (150, "2.5 min"),
        (math.nan, "–"),
    ],
)
def test_a_duration_has_as_many_digits_as_mean_something(seconds: float, said: str) -> None:
    assert spoken(seconds) == said


def test_memory_is_told_in_mebibytes() -> None:
    assert mebibytes(3 * 1024**3) == "3,072 MiB"
    assert mebibytes(None) == "–"


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([3, 1, 2], 0.5, 2),
        ([1, 2, 3, 4], 0.5, 2),
        ([*range(1, 101)], 0.95, 95),
        ([*range(1, 101)], 0.99, 99),
        ([7], 0.99, 7),
        ([1, 2], 0, 1),
    ],
)
def test_a_quantile_is_a_value_that_was_measured(
    values: list[float], share: float, found: float
) -> None:
    assert quantile(values, share) == found


def test_nothing_measured_has_no_quantiles() -> None:
    assert math.isnan(quantile([], 0.5))
    assert quantiles([]) == "– / – / –"


def test_quantiles_are_told_in_milliseconds() -> None:
    assert quantiles([each / 1000 for each in range(1, 101)]) == "50.0 / 95.0 / 99.0"


TABLE = Table("Fitting", ("Pool", "Time"), (("Digits", "1 ms"), ("A|B", "2 ms")), "A note.")


def test_the_first_column_is_text_and_a_bar_cannot_break_a_row() -> None:
    assert grid(TABLE).splitlines() == [
        "| Pool | Time |",
        "| --- | ---: |",
        "| Digits | 1 ms |",
        "| A/B | 2 ms |",
    ]


def test_the_page_says_how_and_when_it_was_measured() -> None:
    machine = Table("Machine", ("What", "Found"), (("Cores", "2"),))
    text = page(machine, [TABLE], day=date(2026, 1, 2), command="cusp bench speed --data mnist.npz")
    assert "```sh\ncusp bench speed --data mnist.npz\n```" in text
    assert "Measured on 2026-01-02." in text
    assert text.index("## Machine") < text.index("## Fitting\n\nA note.\n\n| Pool")
    assert text.endswith("| A/B | 2 ms |\n")


def test_a_renewed_section_says_when_and_leaves_the_others_as_they_are() -> None:
    machine, other = (Table(title, ("What",), (("it",),)) for title in ("Machine", "Fit"))
    text = page(machine, [other, TABLE], day=date(2026, 1, 2), command="cusp bench speed")
    quicker = replace(TABLE, rows=(("Digits", "0.5 ms"),))

    for day in (3, 4):
        text = renewed(text, [quicker], day=date(2026, 1, day), command="cusp bench speed fitting")

    assert "A note. Measured by itself on 2026-01-04, with `cusp bench speed fitting`.\n" in text
    assert text.endswith("| Digits | 0.5 ms |\n")
    assert text.startswith(page(machine, [other], day=date(2026, 1, 2), command="cusp bench speed"))
    assert text.count("## ") == 3


def test_a_table_that_a_measurement_has_gained_follows_the_one_before_it() -> None:
    machine, other = (Table(title, ("What",), (("it",),)) for title in ("Machine", "Fit"))
    text = page(machine, [TABLE, other], day=date(2026, 1, 2), command="cusp bench speed")
    gained = replace(TABLE, title="Gained")
    text = renewed(text, [TABLE, gained], day=date(2026, 1, 3), command="cusp bench speed fitting")
    titles = [line for line in text.splitlines() if line.startswith("## ")]
    assert titles == ["## Machine", f"## {TABLE.title}", "## Gained", "## Fit"]


def test_only_what_the_page_has_is_renewed() -> None:
    text = page(TABLE, [], day=date(2026, 1, 2), command="cusp bench speed")
    with pytest.raises(NoSuchSection, match="Fit"):
        renewed(text, [replace(TABLE, title="Fit")], day=date(2026, 1, 3), command="")
