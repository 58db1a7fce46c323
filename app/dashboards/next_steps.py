"""What an empty project needs next, in the order in which a person does it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.words import ProjectState


@dataclass(frozen=True)
class Step:
    """One thing to do, and whether it is done."""

    title: str
    sentence: str
    done: bool
    #: Page of the project where it is done, below `/projects/{id}`; empty means here.
    place: str = ""


@dataclass(frozen=True)
class Setup:
    """What the project has so far."""

    state: ProjectState
    pool: int
    holdout: int
    classes: int
    answers: int
    #: Rounds with an accuracy.
    measured: int


def steps(setup: Setup) -> list[Step]:
    """List every step; when all are done the curve speaks for itself."""
    return [
        Step(
            "Import images",
            "A folder, a zip, .npz or IDX files: the real, unlabeled images to ask about.",
            setup.pool > 0,
            "settings#images",
        ),
        Step(
            "Name the classes",
            "At least two, each with a key that answers with it.",
            setup.classes > 1,
            "settings#classes",
        ),
        Step(
            "Add a holdout",
            "Accuracy is measured on labeled images that are never asked about. Import some with "
            "labels and set a part aside; without them there is no curve.",
            setup.holdout > 0,
            "settings#images",
        ),
        Step(
            "Start the project",
            "Features and a generator are trained while people answer the first queries.",
            setup.state is not ProjectState.DRAFT,
        ),
        Step(
            "Collect first answers",
            "Give annotators their sign-in links, or answer a few yourself.",
            setup.answers > 0,
            "label",
        ),
        Step(
            "See the first measurement",
            "Each round the learner is fitted again and judged on the holdout.",
            setup.measured > 0,
        ),
    ]
