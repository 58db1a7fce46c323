"""What a lead is told to look at, in one sentence each."""

from __future__ import annotations

from fastapi.testclient import TestClient

from app.dashboards.attention import notices
from app.tables import Reliability
from app.words import Answer, Outcome, QueryState, Role
from tests.factories import Factory


def test_where_all_is_well_nothing_is_said() -> None:
    assert notices(disputed=0, doubted=[], hasty=[]) == []


def test_few_people_are_named_and_many_are_counted() -> None:
    one, two, many = (
        notices(disputed=0, doubted=names, hasty=[])[0].sentence
        for names in (["Bea"], ["Bea", "Carl"], ["Bea", "Carl", "Dora"])
    )
    assert one == "The answers of Bea look unreliable and count less."
    assert two == "The answers of Bea and Carl look unreliable and count less."
    assert many == "The answers of 3 people look unreliable and count less."


def test_the_page_tells_the_lead_of_disputes_and_of_people_who_click_at_random(
    make: Factory, client: TestClient
) -> None:
    project = make.project()
    lead, bea = make.member(project, Role.LEAD), make.member(project)
    make.query(project, state=QueryState.SETTLED, outcome=Outcome.DISPUTED, accepted=2, overlap=2)
    make.session.add(
        Reliability(project_id=project.id, user_id=bea.id, weight=0.2, warning="unreliable")
    )
    make.session.commit()
    for _ in range(20):
        make.label(make.query(project), bea, Answer.UNRECOGNIZABLE, duration_ms=90)
    client.cookies.set("cusp_session", make.session_cookie(lead))
    page = client.get(f"/projects/{project.id}").text
    assert "People disagree about one query; the learner leaves it out until you decide." in page
    assert f'href="/projects/{project.id}/disputes"' in page
    assert f"The answers of {bea.name} look unreliable and count less." in page
    assert f"The answers of {bea.name} come faster than anybody could look." in page
    assert f'href="/projects/{project.id}?tab=people#tabs"' in page
