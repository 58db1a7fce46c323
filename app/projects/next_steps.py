"""What somebody should do next with a project, in one sentence. Pure: facts in, words out."""

from __future__ import annotations

from dataclasses import dataclass

from app.words import ProjectState, Role


@dataclass(frozen=True)
class Standing:
    """Where a project stands."""

    state: ProjectState
    #: Classes that are not archived.
    classes: int
    pool_images: int
    #: Imports that are not done yet.
    imports_under_way: int
    #: None without a cap.
    answers_left: int | None
    notice: str = ""
    #: Members besides admins.
    people: int = 0


@dataclass(frozen=True)
class NextStep:
    """A sentence, and where it leads: a section of the settings, `label`, `watch` or nowhere."""

    text: str
    place: str = ""


def missing_for_start(standing: Standing) -> str:
    """Say what a project lacks before it can start, or return nothing."""
    if standing.classes < 2:
        return (
            f"A project needs at least two classes, and this one has {standing.classes or 'none'}."
            " Add them, then start."
        )
    if not standing.pool_images and not standing.imports_under_way:
        return "There are no images to ask about yet. Import some, then start."
    if standing.answers_left == 0:
        return "The budget is spent. Raise it, then start."
    return ""


def next_step(standing: Standing, role: Role) -> NextStep:
    """Name the next step for a lead or an annotator."""
    if role is Role.ANNOTATOR:
        return _for_annotator(standing)
    if standing.state is ProjectState.FINISHED:
        return NextStep("Export the labels.", "export")
    if standing.answers_left == 0:
        return NextStep("The budget is spent: raise it, or finish the project.", "budget")
    if standing.state is ProjectState.RUNNING:
        return _while_running(standing)
    return _before_start(standing)


def _for_annotator(standing: Standing) -> NextStep:
    if standing.state is ProjectState.RUNNING and standing.answers_left != 0:
        return NextStep("Label the next images.", "label")
    if standing.state is ProjectState.FINISHED or standing.answers_left == 0:
        return NextStep("Nothing left to label here. Thank you.")
    return NextStep("Wait for a lead to start the project.")


def _while_running(standing: Standing) -> NextStep:
    if standing.notice:
        return NextStep(standing.notice, "watch")
    if not standing.people:
        return NextStep("Label some images, or add people who do.", "people")
    return NextStep("Watch how the learner gets better.", "watch")


def _before_start(standing: Standing) -> NextStep:
    if standing.classes < 2:
        return NextStep("Add at least two classes.", "classes")
    if standing.imports_under_way:
        return NextStep("Images are being read. Start whenever you like.", "start")
    if not standing.pool_images:
        return NextStep("Import images.", "images")
    if standing.state is ProjectState.PAUSED:
        return NextStep("Start again when you are ready.", "start")
    return NextStep("Start the project.", "start")
