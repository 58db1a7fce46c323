"""The demo project: handwritten digits that need no download, ready to be labeled.

Knows how a project is set up; nothing of readers or pictures.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.interchange import service
from app.interchange.schemas import DigitsSource, Holdout, ImportRequest
from app.projects import service as projects
from app.projects import spending, store
from app.projects.schemas import BudgetPut, NewClass, NewProject

NAME = "Handwritten digits"
BUDGET = 400
_GUIDELINES = """\
Each image shows one digit, written by hand and scanned at 8 by 8 pixels. Press its key.

- Answer what you see first; do not puzzle.
- Some images are imagined by the machine. Answer them like the others.
- If nobody could say which digit it is, press U. That teaches the machine too.
- If you alone cannot say, press S, and somebody else is asked.
"""


def create_demo(session: Session, *, by: int | None = None) -> int:
    """Set the demo up and start it, once; return its id."""
    present = store.project_named(session, NAME)
    if present is not None:
        return present.id
    new = NewProject(
        name=NAME,
        question="Which digit is this?",
        guidelines=_GUIDELINES,
        classes=[NewClass(name=digit, key=digit) for digit in "0123456789"],
    )
    project = projects.create_project(session, new, by=by)
    spending.put(session, project.id, BudgetPut(max_answers=BUDGET), by=by)
    request = ImportRequest(source=DigitsSource(kind="digits"), holdout=Holdout(share=0.2))
    service.request_import(session, project.id, request, by=by)
    projects.start(session, project.id, by=by)
    return project.id
