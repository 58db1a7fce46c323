from __future__ import annotations

import pytest

from models.experiments import plots
from models.experiments.plans import EXPERIMENTS, Experiment


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=lambda each: each.name)
def test_all_lines_of_an_experiment_look_different(experiment: Experiment) -> None:
    count = len(experiment.arms)
    assert len({plots.look(index) for index in range(count)}) == count
