"""Learning curves as pictures: the mean over runs with its confidence interval.

Knows rows; knows nothing of how they came about.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from models.experiments import results
from models.experiments.plans import Experiment
from models.experiments.results import Row
from models.experiments.tables import estimate

#: Colors that people with any color vision tell apart (Okabe and Ito 2008), with black first.
COLORS = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999")
STYLES = ("-", "--", "-.", ":")
#: The part of errors below which the axis is stretched: percent wrong, on a logarithmic scale.
LEAST_WRONG = 0.02


def draw(experiment: Experiment, rows: Sequence[Row], folder: Path) -> list[Path]:
    """Draw one picture per test, as SVG and PNG; returns the PNGs' paths."""
    drawn = []
    for test in experiment.tests:
        figure = Figure(figsize=(8, 5), layout="constrained")
        axes = figure.subplots()
        for index, arm in enumerate(experiment.arms):
            found = list(results.of_arm(rows, arm, experiment).values())
            if found:
                _line(axes, found, test, index, arm.name)
        _dress(axes, experiment, test)
        path = folder / f"{experiment.name}-{test}.png"
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=120, metadata={"Software": None})
        # The names of shapes are drawn from a fixed salt, so that equal rows give equal files.
        with rc_context({"svg.hashsalt": experiment.name}):
            figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
        drawn.append(path)
    return drawn


def _line(axes: Axes, rows: Sequence[Row], test: str, index: int, name: str) -> None:
    """Draw how many percent are wrong, which a logarithmic axis shows best near perfection."""
    answers = sorted({point[0] for row in rows for point in json.loads(row.curve)})
    wrong = [estimate([100 - row.at(test, each) for row in rows]) for each in answers]
    color, style = COLORS[index % len(COLORS)], STYLES[index // 2 % len(STYLES)]
    means = np.maximum([each.mean for each in wrong], LEAST_WRONG)
    axes.plot(answers, means, color=color, linestyle=style, linewidth=1.6, label=name)
    low = np.maximum(np.nan_to_num([each.low for each in wrong], nan=LEAST_WRONG), LEAST_WRONG)
    high = np.maximum(np.nan_to_num([each.high for each in wrong], nan=LEAST_WRONG), LEAST_WRONG)
    if len(rows) > 1:
        axes.fill_between(answers, low, high, color=color, alpha=0.1, linewidth=0)


def _dress(axes: Axes, experiment: Experiment, test: str) -> None:
    axes.set_yscale("log")
    axes.invert_yaxis()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda wrong, _: f"{100 - wrong:g} %"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("answers, refusals included")
    axes.set_ylabel("accuracy")
    axes.set_title(f"{experiment.title}, measured on {test}")
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend(fontsize="small", framealpha=0.8)
