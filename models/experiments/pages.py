"""Writes what an experiment found as a page: tables, goals, pictures and how to repeat it.

Every figure on a page comes from the rows beside it. Knows nothing of how runs are made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.experiments import results
from models.experiments.arms import Arm
from models.experiments.plans import Claim, Experiment, Goal, RefusalGoal
from models.experiments.results import Row
from models.experiments.tables import Estimate, estimate, paired

ABOUT = """# Science

Written by `cusp bench science`; do not edit. Simulated annotators answer what strategies ask, by
the same functions as the application, and every figure comes from a row in `runs/`: one run of one
scheme with its settings, seed, data hashes, curve and refusals.

```sh
cusp bench science --data FOLDER
```

`FOLDER` holds `mnist.npz` (`x_train`, `y_train`, `x_test`, `y_test`), `usps.npz` (the same, 16 x
16) and `cifar10_auto_horse.npz`. The oracle of MNIST tasks knows ten digits and learned from images
that are neither in the pool nor in the test of the same run. That of CIFAR knows automobiles,
horses and made images of neither, because no other class is in the file: its refusals are a
stand-in for people's.

Settings are chosen on MNIST 3 and 8 (`develop`, `develop-shift`). What had been seen of a reported
task before, its page says. These commits froze them:

| Settings | Commit | Reported |
| --- | --- | --- |
| the paper's, where nothing is ours to choose | 2de4535 | after it |
| features of views, labels that spread | 51f3728 | after it |
| how band search goes, what recognizability looks at | e89dc8b | in it, after they were chosen |
| how far copies of labels are stretched, the strength with them | 82a2a6c | after it |
| what stands in for a faint autoencoder, and when | 1a222bc | in it, after a first look there |

"""
#: Runs of one arm by their seed.
Runs = Mapping[int, Row]


def page(experiment: Experiment, rows: Sequence[Row], pictures: Iterable[Path]) -> str:
    """Write the page of one experiment."""
    runs = {arm.name: results.of_arm(rows, arm, experiment) for arm in experiment.arms}
    done = min((len(each) for each in runs.values()), default=0)
    parts = [
        f"# {experiment.title}\n",
        f"Written by `cusp bench science {experiment.name}`; do not edit.\n",
        f"{experiment.question}\n",
        _what_was_run(experiment, runs, done),
        *(_section(experiment, runs, test) for test in experiment.tests),
        *(_saved(experiment, runs, test) for test in experiment.tests if experiment.pace),
        _refusals(experiment, runs),
        _claims(experiment, runs),
        _goals(experiment, runs),
        *(f"![{path.stem}]({path.stem}.svg)\n" for path in pictures),
        experiment.reading and f"## What it says\n\n{experiment.reading}\n",
    ]
    return "\n".join(part for part in parts if part)


def index(found: Iterable[tuple[Experiment, Sequence[Row]]]) -> str:
    """Write the page that lists all experiments and how far their goals are."""
    lines = [_row("Experiment", "Question", "Runs", "Goals reached"), "| --- | --- | ---: | ---: |"]
    for experiment, rows in found:
        runs = {arm.name: results.of_arm(rows, arm, experiment) for arm in experiment.arms}
        count = sum(len(each) for each in runs.values())
        reached = [_judge(goal, runs[goal.arm].values()).reached for goal in experiment.goals]
        goals = f"{sum(reached)} of {len(reached)}" if reached and count else "–"
        name = f"[{experiment.name}]({experiment.name}.md)" if count else experiment.name
        lines.append(_row(name, experiment.question, str(count), goals))
    return ABOUT + "\n".join([*lines, ""])


def _what_was_run(experiment: Experiment, runs: Mapping[str, Runs], done: int) -> str:
    every = [row for each in runs.values() for row in each.values()]
    minutes = sum(row.seconds for row in every) / 60
    size = f", {experiment.pool_size} images of it" if experiment.pool_size else ""
    return (
        f"Task `{experiment.task}`{size}; {experiment.answers} answers a run; {done} runs of each "
        f"scheme at least, {len(every)} in all, which took {minutes:.0f} minutes without the "
        "training of features and generators. Runs of one seed are paired. Intervals are 95 % by "
        "Student's t over seeds; all seeds share one set of trained features and generators, so "
        "they do not cover chance in training those.\n"
    )


def _section(experiment: Experiment, runs: Mapping[str, Runs], test: str) -> str:
    marks = experiment.marks
    head = [f"Accuracy on `{test}` in percent, at so many answers:\n"]
    lines = [_row("Scheme", *(str(mark) for mark in marks)), _rule(len(marks) + 1)]
    for arm in experiment.arms:
        found = runs[arm.name].values()
        cells = [estimate([row.at(test, mark) for row in found]) for mark in marks]
        lines.append(_row(arm.name, *map(str, cells)))
    head += [*lines, "", f"Points more than *{experiment.reference}*, run by run:\n"]
    lines = [_row("Scheme", *(str(mark) for mark in marks)), _rule(len(marks) + 1)]
    for arm in experiment.arms:
        if arm.name != experiment.reference:
            cells = [_difference(runs, arm, experiment, test, mark) for mark in marks]
            lines.append(_row(arm.name, *(_signed(cell) for cell in cells)))
    return f"## Measured on {test}\n\n" + "\n".join([*head, *lines, ""])


def _difference(
    runs: Mapping[str, Runs], arm: Arm, experiment: Experiment, test: str, mark: int
) -> Estimate:
    ours, theirs = runs[arm.name], runs[experiment.reference]
    seeds = sorted(set(ours) & set(theirs))
    return paired(
        [ours[seed].at(test, mark) for seed in seeds],
        [theirs[seed].at(test, mark) for seed in seeds],
    )


def _saved(experiment: Experiment, runs: Mapping[str, Runs], test: str) -> str:
    """Tell how many answers each arm needs for the last accuracy of the pace arm."""
    paced = [row.at(test, experiment.answers) for row in runs[experiment.pace].values()]
    aim = estimate(paced).mean
    lines = [_row("Scheme", "Answers", "Ratio", "Runs that got there"), _rule(4)]
    for arm in experiment.arms:
        found = [row.answers_to_reach(test, aim) for row in runs[arm.name].values()]
        needed = estimate(found)
        ratio = "–" if math.isnan(needed.mean) else f"{experiment.answers / needed.mean:.1f}"
        lines.append(_row(arm.name, str(needed), ratio, f"{needed.runs} of {len(found)}"))
    return (
        f"## Answers to reach {aim:.2f} % on {test}\n\n*{experiment.pace}* reaches it at "
        f"{experiment.answers}. Counted is the first answer from which a run stays at least there."
        "\n\n" + "\n".join([*lines, ""])
    )


def _refusals(experiment: Experiment, runs: Mapping[str, Runs]) -> str:
    head = _row("Scheme", "All", "Synthesized", "All, bold", "Synthesized, bold")
    lines = [head, _rule(5)]
    for arm in experiment.arms:
        found = list(runs[arm.name].values())
        cells = [
            estimate([row.refusals(source=source, bold=bold) for row in found])
            for bold in (False, True)
            for source in ("", "synthesized")
        ]
        lines.append(_row(arm.name, *map(str, cells)))
    return (
        "## Refusals\n\nPercent of queries that people called unrecognizable (oracle threshold "
        "0.9; *bold* people name what they are 60 % sure of):\n\n" + "\n".join([*lines, ""])
    )


def _claims(experiment: Experiment, runs: Mapping[str, Runs]) -> str:
    """Hold what the paper says against what was found here."""
    if not experiment.claims:
        return ""
    lines = [_row("The paper says", "On", "Points more", "So here"), "| --- | --- | ---: | --- |"]
    for claim in experiment.claims:
        found = _beyond(claim, runs)
        lines.append(_row(claim.says, claim.test, _signed(found), _verdict(claim, found)))
    return "## The paper's claims\n\n" + "\n".join([*lines, ""])


def _beyond(claim: Claim, runs: Mapping[str, Runs]) -> Estimate:
    """Return how many points more were found than in what a claim compares with, run by run."""
    ours = runs[claim.arm]
    if isinstance(claim.than, float):
        return estimate([row.at(claim.test, claim.answers) - claim.than for row in ours.values()])
    arm, answers = claim.than
    seeds = sorted(set(ours) & set(runs[arm]))
    return paired(
        [ours[seed].at(claim.test, claim.answers) for seed in seeds],
        [runs[arm][seed].at(claim.test, answers) for seed in seeds],
    )


def _verdict(claim: Claim, found: Estimate) -> str:
    """Say whether a claim holds here: beyond chance, or not to be told, or not."""
    if isinstance(claim.than, float):
        return "yes" if found.low <= 0 <= found.high else "**no**"
    low, high = (found.low, found.high) if claim.above else (-found.high, -found.low)
    if low > 0:
        return "yes"
    return "**no**" if high < 0 else "within chance"


def _goals(experiment: Experiment, runs: Mapping[str, Runs]) -> str:
    if not experiment.goals:
        return ""
    lines = [_row("Goal", "Found", "Reached"), _rule(3)]
    for goal in experiment.goals:
        judged = _judge(goal, runs[goal.arm].values())
        lines.append(_row(judged.what, str(judged.found), "yes" if judged.reached else "**no**"))
    return "## Goals\n\n" + "\n".join([*lines, ""])


@dataclass(frozen=True)
class _Judged:
    """A goal in words, what was found, and whether that is enough."""

    what: str
    found: Estimate
    reached: bool


def _judge(goal: Goal | RefusalGoal, rows: Iterable[Row]) -> _Judged:
    if isinstance(goal, RefusalGoal):
        found = estimate([row.refusals(source="synthesized") for row in rows])
        what = f"{goal.arm}: at most {goal.percent} % of synthesized queries refused"
        return _Judged(what, found, found.mean <= goal.percent)
    found = estimate([row.at(goal.test, goal.answers) for row in rows])
    what = f"{goal.arm}: {goal.percent} % on {goal.test} at {goal.answers} answers"
    return _Judged(what, found, found.mean >= goal.percent)


def _signed(found: Estimate) -> str:
    """Mark differences whose interval leaves out zero."""
    if math.isnan(found.mean):
        return str(found)
    sign = "+" if found.mean >= 0 else "−"
    text = f"{sign}{str(found).lstrip('-')}"
    return f"**{text}**" if found.low > 0 or found.high < 0 else text


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(count: int) -> str:
    return _row("---", *["---:"] * (count - 1))
