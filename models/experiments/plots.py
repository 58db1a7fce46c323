"""Learning curves as pictures: the mean over runs, with its confidence interval where few compare.

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
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from models.experiments import results
from models.experiments.plans import Experiment
from models.experiments.results import Row
from models.experiments.tables import estimate

#: Colors that people with any color vision tell apart (Okabe and Ito 2008), with black first.
COLORS = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999")
STYLES = ("-", "--", ":", "-.")
#: Most lines that have their intervals drawn: those of more would cover each other.
MOST_INTERVALS = 8
#: Inches: the curves with their axes, a column of names beside them, and one of the names.
WIDTH, HEIGHT, NAMES, NAME = 6.5, 5.0, 4.0, 0.23
#: The part of errors below which the axis is stretched: percent wrong, on a logarithmic scale.
LEAST_WRONG = 0.02
#: Parts of a power of ten that the axis names, and those that it names where few of these fit.
STEPS, MORE_STEPS, FEW = (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7), 4


def draw(experiment: Experiment, rows: Sequence[Row], folder: Path) -> list[Path]:
    """Draw one picture per test, as SVG and PNG; returns the PNGs' paths."""
    found = {arm.name: results.of_arm(rows, arm, experiment) for arm in experiment.arms}
    known = {name: list(runs.values()) for name, runs in found.items() if runs}
    drawn = []
    for test in experiment.tests:
        height = max(HEIGHT, 1 + NAME * len(known))
        figure = Figure(figsize=(WIDTH + NAMES, height), layout="constrained")
        axes = figure.subplots()
        for index, (name, runs) in enumerate(known.items()):
            _line(axes, runs, test, index, name, interval=len(known) <= MOST_INTERVALS)
        _dress(axes, experiment, test)
        path = folder / f"{experiment.name}-{test}.png"
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=120, metadata={"Software": None})
        # The names of shapes are drawn from a fixed salt, so that equal rows give equal files.
        with rc_context({"svg.hashsalt": experiment.name}):
            figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
        drawn.append(path)
    return drawn


def _line(
    axes: Axes, rows: Sequence[Row], test: str, index: int, name: str, *, interval: bool
) -> None:
    """Draw how many percent are wrong, which a logarithmic axis shows best near perfection."""
    answers = sorted({point[0] for row in rows for point in json.loads(row.curve)})
    wrong = [estimate([100 - row.at(test, each) for row in rows]) for each in answers]
    color, style = look(index)
    means = np.maximum([each.mean for each in wrong], LEAST_WRONG)
    axes.plot(answers, means, color=color, linestyle=style, linewidth=1.6, label=name)
    if interval and len(rows) > 1:
        low = np.maximum(np.nan_to_num([each.low for each in wrong], nan=LEAST_WRONG), LEAST_WRONG)
        high = np.nan_to_num([each.high for each in wrong], nan=LEAST_WRONG)
        high = np.maximum(high, LEAST_WRONG)
        axes.fill_between(answers, low, high, color=color, alpha=0.1, linewidth=0)


def look(index: int) -> tuple[str, str]:
    """Return the color and style of a line; 32 lines all look different."""
    return COLORS[index % len(COLORS)], STYLES[index // len(COLORS) % len(STYLES)]


def _dress(axes: Axes, experiment: Experiment, test: str) -> None:
    axes.set_yscale("log")
    axes.invert_yaxis()
    axes.yaxis.set_major_locator(FixedLocator(_named(*sorted(axes.get_ylim()))))
    axes.yaxis.set_major_formatter(lambda wrong, _: f"{100 - wrong:g} %")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("answers, refusals included")
    axes.set_ylabel("accuracy")
    axes.set_title(f"{experiment.title}, measured on {test}", loc="left")
    axes.grid(visible=True, alpha=0.25)
    _name(axes)


def _named(below: float, above: float) -> list[float]:
    """Choose what the axis names between two shares, in percent wrong."""
    found: list[float] = []
    for steps in (STEPS, MORE_STEPS):
        every = (step * 10.0**power for power in range(-3, 3) for step in steps)
        found = [each for each in every if below <= each <= above]
        if len(found) >= FEW:
            break
    return found


def _name(axes: Axes) -> None:
    """Name the lines beside the picture, in the order in which they end."""
    lines = sorted(axes.get_lines(), key=lambda line: float(np.asarray(line.get_ydata())[-1]))
    axes.legend(
        handles=lines,
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        fontsize="small",
        frameon=False,
    )
