"""Members over REST: who may add whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.tables import Claim, Project, now
from app.words import Answer, Role
from tests.app.projects.conftest import Api, on_both_databases
from tests.factories import Factory

pytestmark = on_both_databases


def test_a_lead_adds_an_annotator_by_address(
    make: Factory, as_lead: Callable[[Project], Api]
) -> None:
    user = make.user("ann@example.org")
    api = as_lead(make.project())
    added = api.ask("POST", "/members", {"email": " Ann@Example.org", "role": "annotator"})
    assert added.status_code == 200
    assert (added.json()["user_id"], added.json()["role"]) == (user.id, "annotator")


def test_an_unknown_address_is_told(make: Factory, as_lead: Callable[[Project], Api]) -> None:
    body = {"email": "nobody@example.org", "role": "annotator"}
    answer = as_lead(make.project()).ask("POST", "/members", body)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-person")


def test_only_an_admin_makes_or_unmakes_leads(
    make: Factory, as_lead: Callable[[Project], Api], as_admin: Callable[[Project], Api]
) -> None:
    project = make.project()
    annotator, lead = make.member(project), make.member(project, Role.LEAD)
    api = as_lead(project)
    assert api.ask("PUT", f"/members/{annotator.id}", {"role": "lead"}).status_code == 403
    assert api.ask("PUT", f"/members/{make.user().id}", {"role": "lead"}).status_code == 403
    assert api.ask("PUT", f"/members/{lead.id}", {"role": "annotator"}).status_code == 403
    assert api.ask("DELETE", f"/members/{lead.id}").status_code == 403
    assert api.ask("PUT", f"/members/{lead.id}", {"role": "lead"}).status_code == 200
    admin = as_admin(project)
    assert admin.ask("PUT", f"/members/{annotator.id}", {"role": "lead"}).json()["role"] == "lead"
    assert admin.ask("DELETE", f"/members/{lead.id}").status_code == 204


def test_roles_are_annotator_and_lead(make: Factory, as_admin: Callable[[Project], Api]) -> None:
    api = as_admin(make.project())
    user = make.user()
    assert api.ask("PUT", f"/members/{user.id}", {"role": "admin"}).status_code == 422
    body = {"role": "lead", "is_admin": True}
    assert api.ask("PUT", f"/members/{user.id}", body).status_code == 422
    for nobody in (999999, 2**31, 10**30):
        assert api.ask("PUT", f"/members/{nobody}", {"role": "lead"}).status_code in (404, 422)


def test_members_are_listed_with_their_answers(
    make: Factory, as_lead: Callable[[Project], Api]
) -> None:
    project = make.project()
    busy, idle = make.member(project), make.member(project)
    make.label(make.query(project), busy, Answer.CLASS, class_id=make.classes(project)[0].id)
    api = as_lead(project)
    first = api.ask("GET", "/members?limit=2").json()
    assert [(each["user_id"], each["answers"]) for each in first["items"]] == [
        (busy.id, 1),
        (idle.id, 0),
    ]
    then = api.ask("GET", f"/members?after={first['next']}").json()
    assert [each["role"] for each in then["items"]] == ["lead"]


def test_removing_somebody_keeps_their_answers_and_returns_what_was_lent(
    make: Factory, as_lead: Callable[[Project], Api]
) -> None:
    project = make.project()
    user = make.member(project)
    label = make.label(
        make.query(project), user, Answer.CLASS, class_id=make.classes(project)[0].id
    )
    lent = make.query(project)
    until = now() + timedelta(minutes=5)
    make.session.add(
        Claim(query_id=lent.id, slot=0, project_id=project.id, user_id=user.id, expires_at=until)
    )
    make.session.commit()
    api = as_lead(project)
    assert api.ask("DELETE", f"/members/{user.id}").status_code == 204
    assert api.ask("DELETE", f"/members/{user.id}").status_code == 404
    make.session.rollback()
    left = make.session.scalars(select(Claim).where(Claim.user_id == user.id)).all()
    assert [each.query_id for each in left if each.expires_at] == []
    make.session.refresh(label)
    assert label.undone_at is None


def test_membership_is_noted(make: Factory, as_admin: Callable[[Project], Api]) -> None:
    project, user = make.project(), make.user("ann@example.org")
    api = as_admin(project)
    api.ask("PUT", f"/members/{user.id}", {"role": "annotator"})
    api.ask("PUT", f"/members/{user.id}", {"role": "annotator"})
    api.ask("PUT", f"/members/{user.id}", {"role": "lead"})
    api.ask("DELETE", f"/members/{user.id}")
    told = [each["sentence"] for each in api.ask("GET", "/audit").json()["items"]]
    assert told == [
        "removed ann@example.org",
        "made ann@example.org lead",
        "added ann@example.org as annotator",
    ]
