"""The measurement of trust: a crowd by the application's rules, its rows and its page."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from app.benchmarks import trust
from app.benchmarks.crowd import Crowd, Setting


def test_everybody_gives_as_many_answers_as_asked_and_checks_come_at_their_rates() -> None:
    setting = Setting((1.0,) * 4, overlap=2, gold_rate=0.2, repeat_rate=0.2)
    crowd = Crowd(setting, [1] * 400, seed=3).work(60)
    for finding in crowd.findings.values():
        assert finding.evidence.gold == finding.evidence.gold_right
        assert 8 <= finding.evidence.gold <= 16
        assert 8 <= finding.evidence.repeats == finding.evidence.repeats_same <= 16
    assert {len(query.said) for query in crowd.settled} == {2}
    assert {query.outcome for query in crowd.settled} == {1}


def test_the_same_seed_makes_the_same_run() -> None:
    assert trust.simulated("overlap 2", 4) == trust.simulated("overlap 2", 4)
    assert trust.simulated("overlap 2", 4) != trust.simulated("overlap 2", 5)


def test_people_who_differ_are_more_up_to_the_cap() -> None:
    setting = Setting((0.5,) * 6, classes=2, overlap=2, most_overlap=5)
    crowd = Crowd(setting, [0] * 400, seed=1).work(30)
    assert {len(query.said) for query in crowd.settled} == {2, 4, 5}


@pytest.mark.slow
def test_rows_and_page_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {name: trust.SETTINGS[name] for name in ("overlap 2", "overlap 3")}
    monkeypatch.setattr(trust, "SETTINGS", chosen)
    monkeypatch.setattr(trust, "TAUGHT", ("overlap 2",))
    trust.run(seeds=10, say=lambda _: None, folder=tmp_path)
    with (tmp_path / "runs" / "trust.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["setting"], row["seed"]) for row in rows] == [
        (name, str(seed)) for name in chosen for seed in range(10)
    ]
    found = sum(int(row["reported_50_6"]) > 0 for row in rows if row["setting"] == "overlap 2")
    (line,) = (
        line
        for line in (tmp_path / "trust.md").read_text().splitlines()
        if line.startswith("| overlap 2 |") and "(" in line
    )
    assert line.startswith(f"| overlap 2 | {found * 10}.0 % (")
