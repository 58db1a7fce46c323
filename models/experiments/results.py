"""Results: one CSV row per run, which every table and plot is made from.

Rows of one task lie in one file whatever experiment asked for them, so that experiments share runs.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from models import catalog
from models.experiments.arms import Arm
from models.experiments.plans import Experiment
from models.experiments.runs import Curve
from models.experiments.tasks import HELD
from models.generators.standing_in import STRENGTH
from models.parts.declaring import Kind
from models.presets import Choice, Preset
from models.virtual_examples import COPIES

#: Options that are younger than some rows, and what stood for them: left out where it still does,
#: so that those rows stay what they are.
WITHOUT = {"blur": 0.0, "least_edges": 0.0}


@dataclass(frozen=True)
class Row:
    """One run: what was run, on what, and what came out. Numbers stand as text, as in the file."""

    task: str
    #: Zero for the whole pool of the task.
    pool_size: int
    arm: str
    seed: int
    fold: int
    answers: int
    #: Digest of the settings; runs of one digest and seed are the same run.
    settings_sha256: str
    pool_sha256: str
    tests_sha256: str
    oracle_threshold: float
    seconds: float
    #: JSON: queries, refusals and refusals of bold people by source.
    posed: str
    refused: str
    refused_if_bold: str
    #: JSON: list of [answers, labels, {test: accuracy}].
    curve: str
    #: JSON: the arm's settings.
    settings: str

    def at(self, test: str, answers: int) -> float:
        """Return the accuracy in percent on a test at so many answers; NaN where there is none."""
        points = [point for point in json.loads(self.curve) if point[0] <= answers]
        return 100 * float(points[-1][2][test]) if points else math.nan

    def answers_to_reach(self, test: str, percent: float) -> float:
        """Return the first number of answers from which the accuracy stays at least that."""
        reached = math.nan
        for answers, _, accuracy in json.loads(self.curve):
            if not 100 * accuracy[test] >= percent:
                reached = math.nan
            elif math.isnan(reached):
                reached = float(answers)
        return reached

    def refusals(self, *, source: str = "", bold: bool = False) -> float:
        """Return the share of queries refused, in percent, of one source or of all."""
        refused: dict[str, int] = json.loads(self.refused_if_bold if bold else self.refused)
        posed: dict[str, int] = json.loads(self.posed)
        sources = [source] if source else list(posed)
        asked = sum(posed.get(each, 0) for each in sources)
        if asked == 0:
            return math.nan
        return 100 * float(sum(refused.get(each, 0) for each in sources)) / asked


def settings_of(arm: Arm) -> str:
    """Write what an arm does as JSON, with every option of every part; its name does not count."""
    preset = arm.preset
    makes = bool(preset.mix.get("synthesized")) and not arm.supervised
    told = {
        "forced": arm.forced,
        "noisy": arm.noisy,
        "supervised": arm.supervised,
        "features": _options(Kind.FEATURES, preset.features),
        # Left out, like the strategy of synthesis, where nothing is synthesized.
        **(_generator(preset.generator) if makes else {}),
        "learner": _options(Kind.LEARNER, preset.learner),
        "cold_start": _options(Kind.STRATEGY, preset.cold_start),
        "cold_start_size": preset.cold_start_size,
        "strategies": {
            source: _options(Kind.STRATEGY, choice)
            for source, choice in preset.strategies.items()
            if makes or source != "synthesized"
        },
        "mix": dict(preset.mix),
        "batch_size": preset.batch_size,
        "random_round_every": preset.random_round_every,
        "refusal_limit": preset.refusal_limit if _can_give_way(preset) else 1.0,
        # Where labels spread to: rows of another space are of another setting.
        "propagate": "features" if preset.propagate else False,
        # Left out where they change nothing: runs made before there were such stay what they are.
        **({"walk_share": preset.walk_share} if preset.walk_share else {}),
        **({"steer_mix": HELD} if preset.steer_mix else {}),
        **({"stretch": preset.stretch, "copies": COPIES} if preset.stretch else {}),
    }
    return json.dumps(told, sort_keys=True)


def _generator(choice: Choice) -> dict[str, object]:
    """Spell a generator out, and what stands in for it where something may."""
    stands_in = {"stands_in": STRENGTH} if choice.options.get("least_edges") else {}
    return {"generator": _options(Kind.GENERATOR, choice), **stands_in}


def _can_give_way(preset: Preset) -> bool:
    """Say whether there are both slots of synthesis and a pool that could take them."""
    return bool(preset.mix.get("synthesized") and preset.mix.get("pool"))


def _options(kind: Kind, choice: Choice) -> dict[str, object]:
    """Spell a choice out, so that another default is another setting."""
    told = asdict(catalog.read_options(kind, choice.name, choice.options))
    settled = {key for key, value in WITHOUT.items() if told.get(key) == value}
    return {"name": choice.name, **{key: told[key] for key in told.keys() - settled}}


def digest_of(settings: str) -> str:
    """Shorten settings to what tells them apart."""
    return hashlib.sha256(settings.encode()).hexdigest()[:16]


def curve_json(curve: Curve) -> str:
    """Write a curve as JSON; accuracies have five digits."""
    return json.dumps(
        [
            [each.answers, each.labels, {k: round(v, 5) for k, v in each.accuracy.items()}]
            for each in curve.points
        ]
    )


def read(path: Path) -> list[Row]:
    """Read the rows of a file; none if there is no such file."""
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        return [_typed(row) for row in csv.DictReader(file)]


def append(path: Path, row: Row) -> None:
    """Add one row, so that an interrupted experiment goes on where it was."""
    fresh = not path.is_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, [each.name for each in fields(Row)], lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(asdict(row))


def of_arm(rows: Iterable[Row], arm: Arm, experiment: Experiment) -> dict[int, Row]:
    """Find the runs of an arm of an experiment by their seed."""
    asked = experiment.task, experiment.pool_size, experiment.answers
    wanted = digest_of(settings_of(arm))
    return {
        row.seed: row
        for row in rows
        if (row.task, row.pool_size, row.answers) == asked and row.settings_sha256 == wanted
    }


def _typed(row: dict[str, str]) -> Row:
    kinds = {"int": int, "float": float, "str": str}
    return Row(**{each.name: kinds[str(each.type)](row[each.name]) for each in fields(Row)})
