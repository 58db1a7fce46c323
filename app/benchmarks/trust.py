"""How soon people who click at random are reported, how often good ones are by mistake, and what it
brings the learner that their answers count less.

Simulated people, the application's own rules; writes one row per run and the page made of them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from app.benchmarks.crowd import Crowd, Setting
from app.benchmarks.plan import Say
from app.benchmarks.report import Table, grid
from app.dashboards.curve import Accuracy
from app.rounds.schedule import ASSESS_EVERY
from models.interfaces import Indices, Weights
from models.rounds.fitting import fit_learner

FOLDER = Path(__file__).parents[2] / "docs" / "science"
#: Five good people, one who is right in 70 % and one in 50 % of answers, which are the last two.
GOOD, SEVENTY, FIFTY = 5, 5, 6
_CROWD = (0.97,) * GOOD + (0.7, 0.5)
_HARD = (0.85,) * GOOD + (0.7, 0.5)
#: Within so many answers of theirs somebody is found.
WITHIN = 30
#: Answers of each person where it is measured what counting less brings.
_TAUGHT_BY = 60

SETTINGS: Mapping[str, Setting] = {
    "overlap 3": Setting(_CROWD, overlap=3),
    "overlap 3, gold and repeats 10 %": Setting(_CROWD, overlap=3, gold_rate=0.1, repeat_rate=0.1),
    "overlap 2": Setting(_CROWD, overlap=2),
    "overlap 2, gold and repeats 10 %": Setting(_CROWD, overlap=2, gold_rate=0.1, repeat_rate=0.1),
    "overlap 2, up to 5 where people differ": Setting(_CROWD, overlap=2, most_overlap=5),
    "overlap 1, gold and repeats 20 %": Setting(_CROWD, gold_rate=0.2, repeat_rate=0.2),
    "overlap 1, gold 30 %": Setting(_CROWD, gold_rate=0.3),
    "overlap 3, two classes": Setting(_CROWD, classes=2, overlap=3),
    "overlap 1, gold and repeats 20 %, two classes": Setting(
        _CROWD, classes=2, gold_rate=0.2, repeat_rate=0.2
    ),
    "overlap 3, images on which good people are right in 85 %": Setting(_HARD, overlap=3),
}
TAUGHT = ("overlap 1, gold and repeats 20 %", "overlap 2", "overlap 3")

PAGE = """\
# Trust

Written by `cusp bench trust`; do not edit. Simulated people answer, and the application's own
rules compare them every {every} answers: five are right in 97 % of their answers (unless said
otherwise), one in 70 % and one in 50 %; else they name any other class, each as likely. Every run
is a row in [runs/trust.csv](runs/trust.csv).

```sh
cusp bench trust --seeds {seeds}
```

## Found within {within} answers

Share of {seeds} runs in which the person was reported to the lead by their answer {within}, gold
and repeats among them, with its 95 % interval; the median of their answers until then; and the
share of good people who were reported by mistake at any time until their answer {within}. There
are ten classes unless it says two.

{found}

With an overlap of 1 and neither gold nor repeats nothing is compared, and nobody is found. With
few checks in {within} answers, chance alone is wrong in three of ten too often to accuse anybody of
it. Where even good people are wrong in 15 % of answers, somebody with 30 % hardly stands out.

## What counting less brings

Images of ten handwritten digits (scikit-learn's), pixels, the default learner, {taught} answers of
each person; accuracy on the digits that nobody was asked about, means of {runs} runs. *Alike*:
every outcome counts 1. *Weighed*: as the application does it. *Without*: what the two had a part in
is thrown away by somebody who knows them. *True*: every outcome is put right.

{learned}
"""


@dataclass(frozen=True)
class Row:
    """One run: who was reported after how many answers (0: not at all), in the crowd's order."""

    setting: str
    seed: int
    reported: tuple[int, ...]


def run(*, seeds: int, say: Say, folder: Path = FOLDER) -> None:
    """Simulate every setting with so many seeds, and write rows and page."""
    rows = []
    for name in SETTINGS:
        rows += [simulated(name, seed) for seed in range(seeds)]
        say(f"{name}: done")
    runs = max(1, seeds // 10)
    learned = {name: _learned(SETTINGS[name], runs=runs) for name in TAUGHT}
    _write(rows, folder / "runs" / "trust.csv")
    (folder / "trust.md").write_text(page(rows, learned, seeds=seeds, runs=runs))
    say(f"Written to {folder / 'trust.md'}")


def page(
    rows: Sequence[Row], learned: Mapping[str, Sequence[float]], *, seeds: int, runs: int
) -> str:
    """Lay out what was found."""
    return PAGE.format(
        every=ASSESS_EVERY,
        seeds=seeds,
        within=WITHIN,
        taught=_TAUGHT_BY,
        runs=runs,
        found=grid(_found(rows)),
        learned=grid(_brought(learned)),
    )


def simulated(name: str, seed: int) -> Row:
    """Let the crowd of a setting work, and tell who was reported."""
    setting = SETTINGS[name]
    truths = np.random.default_rng(seed).integers(setting.classes, size=len(_CROWD) * WITHIN)
    reported = Crowd(setting, truths.tolist(), seed=seed).work(WITHIN).reported
    return Row(name, seed, tuple(reported.get(person, 0) for person in range(len(_CROWD))))


def _found(rows: Sequence[Row]) -> Table:
    shown = []
    for name in dict.fromkeys(row.setting for row in rows):
        runs = [row.reported for row in rows if row.setting == name]
        shown.append(
            (
                name,
                *_person([run[FIFTY] for run in runs]),
                *_person([run[SEVENTY] for run in runs]),
                f"{100 * fmean(bool(each) for run in runs for each in run[:GOOD]):.1f} %",
            )
        )
    columns = ("Setting", "50 % found", "after", "70 % found", "after", "good ones by mistake")
    return Table("Found", columns, tuple(shown))


def _person(reported: Sequence[int]) -> tuple[str, str]:
    """Say how often one person was found, and after how many answers of theirs."""
    found = [each for each in reported if each]
    share = Accuracy(len(found), len(reported))
    low, high = share.interval
    after = f"{median(found):g}" if found else "–"
    return f"{100 * share.value:.1f} % ({100 * low:.1f}–{100 * high:.1f})", after


def _learned(setting: Setting, *, runs: int) -> list[float]:
    """Measure the learner's accuracy four ways: alike, weighed, without the two, all true."""
    measured = [_lesson(setting, seed) for seed in range(runs)]
    return [fmean(each) for each in zip(*measured, strict=True)]


def _lesson(setting: Setting, seed: int) -> list[float]:
    pixels, classes = load_digits(return_X_y=True)
    vectors, order = (pixels / 16).astype(np.float32), np.random.default_rng(seed).permutation(1797)
    crowd = Crowd(setting, classes[order].tolist(), seed=seed).work(_TAUGHT_BY)
    asked = [query for query in crowd.settled if query.outcome is not None]
    rows = order[[query.number for query in asked]]
    said = np.array([query.outcome for query in asked])
    counts = np.array([query.counts(crowd.weights) for query in asked])
    trusted = np.array([not query.said.keys() & {SEVENTY, FIFTY} for query in asked])
    rest = np.setdiff1d(np.arange(len(classes)), order[: crowd.posed])

    def accuracy(chosen: Indices, named: Indices, weights: Weights | None = None) -> float:
        learner = fit_learner(
            "linear_svm", {}, vectors[chosen], named, count=10, seed=seed, weights=weights
        )
        assert learner is not None
        right: NDArray[np.bool_] = learner.decide(vectors[rest]).argmax(axis=1) == classes[rest]
        return float(right.mean())

    return [
        accuracy(rows, said),
        accuracy(rows, said, counts),
        accuracy(rows[trusted], said[trusted]),
        accuracy(rows, classes[rows]),
    ]


def _brought(learned: Mapping[str, Sequence[float]]) -> Table:
    rows = [(name, *(f"{100 * each:.1f} %" for each in found)) for name, found in learned.items()]
    return Table("Learned", ("Setting", "alike", "weighed", "without", "true"), tuple(rows))


def _write(rows: Sequence[Row], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        people = [f"reported_{100 * each:.0f}_{place}" for place, each in enumerate(_CROWD)]
        writer.writerow(["setting", "seed", *people])
        writer.writerows([row.setting, row.seed, *row.reported] for row in rows)
