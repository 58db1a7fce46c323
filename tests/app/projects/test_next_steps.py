"""What is missing and what comes next, by example."""

from dataclasses import replace

import pytest

from app.projects.next_steps import Standing, missing_for_start, next_step
from app.words import ProjectState, Role

READY = Standing(ProjectState.DRAFT, 2, pool_images=3, imports_under_way=0, answers_left=None)


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({}, ""),
        ({"classes": 0}, "this one has none"),
        ({"classes": 1}, "this one has 1"),
        ({"pool_images": 0}, "no images"),
        ({"pool_images": 0, "imports_under_way": 1}, ""),
        ({"answers_left": 0}, "budget is spent"),
        ({"answers_left": 1}, ""),
    ],
)
def test_a_project_starts_once_it_has_classes_images_and_money(
    changed: dict[str, int], part: str
) -> None:
    missing = missing_for_start(replace(READY, **changed))
    assert part in missing
    assert bool(missing) is bool(part)


@pytest.mark.parametrize(
    ("changed", "role", "place"),
    [
        ({"classes": 1}, Role.LEAD, "classes"),
        ({"pool_images": 0}, Role.LEAD, "images"),
        ({"imports_under_way": 1}, Role.LEAD, "start"),
        ({}, Role.LEAD, "start"),
        ({"state": ProjectState.PAUSED}, Role.LEAD, "start"),
        ({"state": ProjectState.RUNNING}, Role.LEAD, "people"),
        ({"state": ProjectState.RUNNING, "people": 2}, Role.LEAD, "watch"),
        ({"state": ProjectState.RUNNING, "answers_left": 0}, Role.LEAD, "budget"),
        ({"state": ProjectState.FINISHED, "answers_left": 0}, Role.LEAD, "export"),
        ({}, Role.ANNOTATOR, ""),
        ({"state": ProjectState.RUNNING}, Role.ANNOTATOR, "label"),
        ({"state": ProjectState.RUNNING, "answers_left": 0}, Role.ANNOTATOR, ""),
        ({"state": ProjectState.FINISHED}, Role.ANNOTATOR, ""),
    ],
)
def test_everybody_is_told_their_next_step(
    changed: dict[str, object], role: Role, place: str
) -> None:
    step = next_step(replace(READY, **changed), role)  # type: ignore[arg-type]
    assert step.place == place
    assert step.text.endswith(".")


def test_why_the_machine_stopped_comes_first() -> None:
    stopped = replace(READY, state=ProjectState.RUNNING, notice="The disk is full.")
    assert next_step(stopped, Role.LEAD).text == "The disk is full."
