"""`cusp bench science`: what it runs, what it writes, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.benchmarks import science
from app.benchmarks.science import UnknownExperiment, UnknownPreset
from app.config import Config
from models.experiments import parts, results, running
from models.experiments.arms import Arm
from models.experiments.plans import Experiment
from models.presets import PRESETS, Choice
from tests.models.experiments.small_grounds import small_arm, task

RANDOM = {"explore": 1.0}


@pytest.fixture
def experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Config) -> Experiment:
    """The only one there is: a scheme of each preset, on a small task."""
    paper = replace(PRESETS["paper"], features=Choice("pixels"), cold_start_size=6, mix=RANDOM)
    found = Experiment(
        "small",
        "A small one",
        "Does it run?",
        "small",
        (Arm("default", replace(small_arm().preset, mix=RANDOM)), Arm("paper", paper)),
        "default",
        ("small",),
        answers=16,
        marks=(6, 16),
    )
    monkeypatch.setattr(science, "EXPERIMENTS", {"small": found})
    monkeypatch.setattr(science, "FOLDER", tmp_path)
    monkeypatch.setattr(running, "task", lambda name, root: task())
    monkeypatch.setattr(parts, "ORACLE_STEPS", 60)
    return found


def _made(folder: Path) -> list[tuple[str, int]]:
    return [(row.arm, row.seed) for row in results.read(folder / "runs" / "small.csv")]


def _run(*names: str, data: Path, seeds: int = 1, preset: str = "") -> None:
    science.run(names, data=data, seeds=seeds, say=lambda line: None, preset=preset)


@pytest.mark.slow
def test_a_preset_leaves_the_schemes_of_others_for_later(
    experiment: Experiment, tmp_path: Path
) -> None:
    _run("small", data=tmp_path, preset="paper")
    assert _made(tmp_path) == [("paper", 0)]
    # What is not run yet stands on the page, without figures.
    assert "| default | – |" in (tmp_path / "small.md").read_text()
    _run("small", data=tmp_path)
    assert _made(tmp_path) == [("paper", 0), ("default", 0)]
    assert "| default | – |" not in (tmp_path / "small.md").read_text()


def test_pages_wait_for_the_first_run(experiment: Experiment, tmp_path: Path) -> None:
    _run(data=tmp_path, seeds=0)
    assert not (tmp_path / "small.md").exists()
    assert "Does it run?" in (tmp_path / "README.md").read_text()


@pytest.mark.parametrize(
    ("name", "preset", "refused", "known"),
    [("smal", "", UnknownExperiment, "small"), ("small", "papr", UnknownPreset, "default, paper")],
)
def test_what_does_not_exist_is_refused_with_what_does(
    experiment: Experiment,
    tmp_path: Path,
    name: str,
    preset: str,
    refused: type[Exception],
    known: str,
) -> None:
    with pytest.raises(refused, match=known):
        _run(name, data=tmp_path, preset=preset)
