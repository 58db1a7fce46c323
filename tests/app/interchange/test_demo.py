from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.interchange import demo, importing, service
from app.tables import Budget, Import, Project
from app.words import Origin, ProjectState
from tests.app.interchange.conftest import Desk
from tests.factories import Factory


def test_the_demo_is_made_once_and_runs(session: Session, make: Factory) -> None:
    project_id = demo.create_demo(session)
    assert demo.create_demo(session) == project_id
    session.commit()
    project = session.get(Project, project_id)
    assert project is not None
    assert project.state is ProjectState.RUNNING
    assert [(each.name, each.key) for each in make.classes(project)] == [
        (digit, digit) for digit in "0123456789"
    ]
    assert session.get(Budget, project_id).max_answers == demo.BUDGET
    assert session.scalar(select(func.count(Import.id))) == 1


def test_the_demos_digits_come_in_with_a_holdout(session: Session) -> None:
    project_id = demo.create_demo(session)
    session.commit()
    (asked,) = service.page(session, project_id, after=0, limit=10).items
    importing.run(asked.id, lambda *_: None)
    session.expire_all()
    desk = Desk(session.get(Project, project_id))
    assert len(desk.images(Origin.POOL)) == 1438
    holdout = desk.images(Origin.HOLDOUT)
    per_class = [
        sum(1 for row in holdout if row.class_id == each) for each in {r.class_id for r in holdout}
    ]
    assert len(per_class) == 10
    assert min(per_class) >= 34
