"""Running an experiment: every arm under every seed, on the same ground, row by row.

Knows nothing of tables or plots.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from models.experiments import results
from models.experiments.arms import Arm
from models.experiments.parts import Parts
from models.experiments.people import people
from models.experiments.plans import Experiment
from models.experiments.results import Row, settings_of
from models.experiments.runs import Ground, run
from models.experiments.tasks import Task, subset, task
from models.propagation import connect

#: Features, generators and oracles are trained with this seed; runs differ in all other choices.
PARTS_SEED = 0


@dataclass(frozen=True)
class Laboratory:
    """Where experiments find their data, keep trained parts, and write their rows."""

    data: Path
    parts: Parts
    rows: Path

    def read(self, experiment: Experiment) -> list[Row]:
        """Return all rows of the experiment's task, those of other experiments too."""
        return results.read(self._file(experiment))

    def run(self, experiment: Experiment, *, seeds: int) -> None:
        """Make the runs that are not there yet."""
        whole = task(experiment.task, self.data)
        chosen = subset(whole, experiment.pool_size) if experiment.pool_size else whole
        for arm in experiment.arms:
            known = results.of_arm(self.read(experiment), arm, experiment)
            missing = [seed for seed in range(seeds) if seed not in known]
            grounds: dict[int, Ground] = {}
            for seed in missing:
                fold = seed % len(chosen.lessons)
                if fold not in grounds:
                    grounds[fold] = self._ground(chosen, arm, fold)
                row = _row(experiment, chosen, arm, grounds[fold], seed)
                results.append(self._file(experiment), row)
                self.parts.say(f"{experiment.name}: {arm.name}, seed {seed}, {row.seconds} s")

    def _file(self, experiment: Experiment) -> Path:
        return self.rows / f"{experiment.task}.csv"

    def _ground(self, chosen: Task, arm: Arm, fold: int) -> Ground:
        preset = arm.preset
        features = self.parts.features(chosen, preset.features, seed=PARTS_SEED)
        generator = None
        if preset.mix.get("synthesized") and not arm.supervised:
            generator = self.parts.generator(chosen, preset.generator, seed=PARTS_SEED)
        oracle = self.parts.oracle(chosen, fold=fold, seed=PARTS_SEED)
        asked = people(
            oracle, chosen.class_names, chosen.pool.images, forced=arm.forced, noisy=arm.noisy
        )
        tests = {name: folds[fold] for name, folds in chosen.tests.items()}
        pool_vectors = features.extract(chosen.pool.images)
        held = chosen.holdout(fold) if preset.steer_mix else None
        return Ground(
            pool=chosen.pool,
            pool_vectors=pool_vectors,
            features=features,
            generator=generator,
            people=asked,
            tests={k: (features.extract(v.images), v.classes) for k, v in tests.items()},
            class_count=len(chosen.class_names),
            graph=connect(pool_vectors) if preset.propagate else None,
            holdout=(features.extract(held.images), held.classes) if held is not None else None,
        )


def _row(experiment: Experiment, chosen: Task, arm: Arm, ground: Ground, seed: int) -> Row:
    fold = seed % len(chosen.lessons)
    began = time.perf_counter()
    curve = run(ground, arm, answers=experiment.answers, seed=seed)
    settings = settings_of(arm)
    return Row(
        task=experiment.task,
        pool_size=experiment.pool_size,
        arm=arm.name,
        seed=seed,
        fold=fold,
        answers=experiment.answers,
        settings_sha256=results.digest_of(settings),
        pool_sha256=chosen.pool.sha256,
        tests_sha256=json.dumps({k: v[fold].sha256 for k, v in chosen.tests.items()}),
        oracle_threshold=ground.people.oracle.threshold,
        seconds=round(time.perf_counter() - began, 2),
        posed=json.dumps(curve.tally.posed),
        refused=json.dumps(curve.tally.refused),
        refused_if_bold=json.dumps(curve.tally.refused_if_bold),
        curve=results.curve_json(curve),
        settings=settings,
    )
