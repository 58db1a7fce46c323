"""Makes experiments, and writes their rows, pictures and pages below docs/science.

Knows where things lie; what an experiment is and says is in `models/experiments`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.benchmarks.plan import Say
from app.config import config
from app.errors import BadRequest
from app.rounds.devices import limit_threads
from models.experiments import pages, plots, results
from models.experiments.parts import Parts
from models.experiments.plans import EXPERIMENTS, Experiment
from models.experiments.running import Laboratory
from models.interfaces import ModelError
from models.presets import PRESETS

FOLDER = Path(__file__).parents[2] / "docs" / "science"


class UnknownExperiment(BadRequest):
    """There is no such experiment."""


class UnknownPreset(BadRequest):
    """There is no such preset."""


class ExperimentFailed(BadRequest):
    """An experiment could not be made."""


def run(names: Sequence[str], *, data: Path, seeds: int, say: Say, preset: str = "") -> None:
    """Make the named experiments, or all; no seeds write pages from the rows there are.

    Of a `preset`, only the schemes are run that are made of it; the pages show all rows there are.
    """
    for name in names:
        if name not in EXPERIMENTS:
            known = ", ".join(EXPERIMENTS)
            raise UnknownExperiment(f"There is no experiment {name!r}. Choose of: {known}.")
    if preset and preset not in PRESETS:
        known = ", ".join(PRESETS)
        raise UnknownPreset(f"There is no preset {preset!r}. Choose of: {known}.")
    limit_threads()
    laboratory = Laboratory(data, Parts(config().data / "science", say), FOLDER / "runs")
    for name in names or EXPERIMENTS:
        experiment = EXPERIMENTS[name]
        try:
            laboratory.run(_of_preset(experiment, preset), seeds=seeds)
        except ModelError as error:
            raise ExperimentFailed(str(error)) from error
        rows = laboratory.read(experiment)
        if not any(results.of_arm(rows, arm, experiment) for arm in experiment.arms):
            say(f"{name}: there are no runs yet")
            continue
        pictures = plots.draw(experiment, rows, FOLDER)
        (FOLDER / f"{name}.md").write_text(pages.page(experiment, rows, pictures))
        say(f"{name}: written")
    (FOLDER / "README.md").write_text(
        pages.index([(each, laboratory.read(each)) for each in EXPERIMENTS.values()])
    )


def _of_preset(experiment: Experiment, preset: str) -> Experiment:
    """Leave only the schemes that a preset was changed into, or all where none is named."""
    chosen = [arm for arm in experiment.arms if preset in ("", arm.preset.name)]
    return replace(experiment, arms=tuple(chosen))
