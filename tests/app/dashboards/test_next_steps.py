import pytest

from app.dashboards.next_steps import Setup, steps
from app.words import ProjectState

EMPTY = {"pool": 0, "holdout": 0, "classes": 0, "answers": 0, "measured": 0}


@pytest.mark.parametrize(
    ("facts", "next_title"),
    [
        ({}, "Import images"),
        ({"pool": 9}, "Name the classes"),
        ({"pool": 9, "classes": 1}, "Name the classes"),
        ({"pool": 9, "classes": 2}, "Add a holdout"),
        ({"pool": 9, "classes": 2, "holdout": 3}, "Start the project"),
    ],
)
def test_the_first_step_that_is_not_done_comes_next(facts: dict[str, int], next_title: str) -> None:
    setup = Setup(state=ProjectState.DRAFT, **(EMPTY | facts))
    assert next(step.title for step in steps(setup) if not step.done) == next_title


def test_a_project_that_runs_without_a_holdout_is_told_what_it_misses() -> None:
    setup = Setup(state=ProjectState.RUNNING, pool=9, holdout=0, classes=2, answers=50, measured=0)
    missing = [step for step in steps(setup) if not step.done]
    assert missing[0].title == "Add a holdout"
    assert "never asked about" in missing[0].sentence
