"""An experiment from data to page, on a small task."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.experiments import pages, parts, plots, running
from models.experiments.arms import Arm
from models.experiments.parts import Parts
from models.experiments.plans import Experiment, Goal, RefusalGoal
from models.experiments.running import Laboratory
from tests.models.experiments.small_grounds import small_arm, task

pytestmark = pytest.mark.slow

VAE = {"epochs": 1, "least_steps": 20, "latent_size": 8}


@pytest.fixture
def experiment() -> Experiment:
    arm = small_arm()
    quick = replace(arm.preset, generator=replace(arm.preset.generator, options=VAE))
    return Experiment(
        "small",
        "A small one",
        "Does it run?",
        "small",
        (
            Arm("mixed", quick),
            Arm("random", replace(quick, mix={"explore": 1.0})),
            Arm("supervised", quick, supervised=True),
        ),
        "random",
        ("small",),
        answers=16,
        marks=(6, 16),
        goals=(
            *(Goal("mixed", "small", 16, percent) for percent in (0.0, 101.0)),
            *(RefusalGoal("mixed", percent) for percent in (100.0, -1.0)),
        ),
        pace="random",
    )


@pytest.fixture
def laboratory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laboratory:
    monkeypatch.setattr(running, "task", lambda name, root: task())
    monkeypatch.setattr(parts, "ORACLE_STEPS", 60)
    said: list[str] = []
    return Laboratory(tmp_path, Parts(tmp_path / "parts", said.append), tmp_path / "rows")


def test_runs_are_made_once_and_written_as_a_page(
    laboratory: Laboratory, experiment: Experiment, tmp_path: Path
) -> None:
    laboratory.run(experiment, seeds=2)
    rows = laboratory.read(experiment)
    assert [(row.arm, row.seed) for row in rows] == [
        (arm.name, seed) for arm in experiment.arms for seed in (0, 1)
    ]
    laboratory.run(experiment, seeds=2)
    assert laboratory.read(experiment) == rows

    pictures = plots.draw(experiment, rows, tmp_path / "pages")
    text = pages.page(experiment, rows, pictures)
    assert [path.name for path in pictures] == ["small-small.png"]
    assert pictures[0].with_suffix(".svg").read_text().startswith("<?xml")
    assert "| mixed: 0.0 % on small at 16 answers |" in text
    assert text.count("| yes |") == text.count("| **no** |") == 2
    for arm in experiment.arms:
        assert f"| {arm.name} |" in text
    assert "[small](small.md)" in pages.index([(experiment, rows)])


def test_a_second_seed_does_not_make_the_first_run_again(
    laboratory: Laboratory, experiment: Experiment
) -> None:
    laboratory.run(experiment, seeds=1)
    first = laboratory.read(experiment)
    laboratory.run(experiment, seeds=2)
    both = laboratory.read(experiment)
    assert [row for row in both if row.seed == 0] == first
    assert len(both) == 2 * len(first)


def test_an_experiment_without_runs_still_has_a_page(experiment: Experiment) -> None:
    assert "| mixed | – | – |" in pages.page(experiment, [], [])
