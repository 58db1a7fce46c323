"""Twins and why over HTTP: for whom, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from app.tables import Claim, Image, Label, Project, Query, User, now
from app.words import Answer, Origin, Role, Source
from tests.app.projects.conftest import on_both_databases
from tests.factories import Factory

SignIn = Callable[[User], TestClient]


@pytest.fixture
def project(make: Factory) -> Project:
    """A project that shows which images are imagined."""
    return make.project()


def _pool(make: Factory, project: Project) -> list[Image]:
    return [make.image(project) for _ in range(4)]


def _imagined(make: Factory, project: Project, twins: list[Image]) -> Query:
    kept = [[image.id, 0.5 + place] for place, image in enumerate(twins)]
    image = make.image(project, Origin.SYNTHESIZED)
    return make.query(
        project, image=image, source=Source.SYNTHESIZED, provenance={"twins": kept, "seed": 1}
    )


def _lend(make: Factory, query: Query, user: User, *, minutes: int = 5) -> None:
    until = now() + timedelta(minutes=minutes)
    make.session.add(
        Claim(
            query_id=query.id,
            slot=0,
            project_id=query.project_id,
            user_id=user.id,
            expires_at=until,
        )
    )
    make.session.commit()


def _twins(browser: TestClient, query: Query) -> Any:
    return browser.get(f"/api/v1/queries/{query.id}/twins")


def _why(browser: TestClient, query: Query) -> Any:
    return browser.get(f"/api/v1/queries/{query.id}/why")


@on_both_databases
def test_twins_come_nearest_first_with_images_that_the_same_person_may_see(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    pool = _pool(make, project)
    query, ann = _imagined(make, project, pool), make.member(project)
    _lend(make, query, ann)
    browser = sign_in_as(ann)
    found = _twins(browser, query).json()
    assert [each["image_id"] for each in found] == [image.id for image in pool]
    assert [each["distance"] for each in found] == [0.5, 1.5, 2.5, 3.5]
    for each in found:
        shown = browser.get(each["image_url"])
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert sign_in_as(make.user()).get(found[0]["image_url"]).status_code == 404


def test_twins_are_for_who_holds_the_query_and_for_leads(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    query = _imagined(make, project, _pool(make, project))
    ann, late, other = (make.member(project) for _ in range(3))
    _lend(make, query, ann)
    assert _twins(sign_in_as(ann), query).status_code == 200
    refused = _twins(sign_in_as(other), query)
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("This query is not lent to you")
    make.session.delete(make.session.get_one(Claim, (query.id, 0)))
    _lend(make, query, late, minutes=-1)
    assert _twins(sign_in_as(late), query).status_code == 409
    for who in (make.member(project, Role.LEAD), make.admin()):
        assert len(_twins(sign_in_as(who), query).json()) == 4


def test_a_project_of_others_looks_as_if_it_had_no_such_query(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    query = _imagined(make, project, _pool(make, project))
    for who in (make.user(), make.member(make.project(), Role.LEAD)):
        for ask in (_twins, _why):
            assert ask(sign_in_as(who), query).status_code == 404


def test_who_took_the_answer_back_still_sees_twins(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    query, ann = _imagined(make, project, _pool(make, project)), make.member(project)
    make.label(query, ann, Answer.UNRECOGNIZABLE, undone_at=now())
    assert len(_twins(sign_in_as(ann), query).json()) == 4


def test_a_real_image_has_no_twins(make: Factory, project: Project, sign_in_as: SignIn) -> None:
    query, ann = make.query(project), make.member(project)
    _lend(make, query, ann)
    assert _twins(sign_in_as(ann), query).json() == []


@on_both_databases
def test_an_image_that_was_asked_about_since_is_no_twin_any_more(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    pool = _pool(make, project)
    query, ann = _imagined(make, project, pool), make.member(project)
    _lend(make, query, ann)
    make.query(project, image=pool[0])
    found = _twins(sign_in_as(ann), query).json()
    assert [each["image_id"] for each in found] == [image.id for image in pool[1:]]


def test_where_a_project_hides_what_is_imagined_twins_do_not_tell(
    make: Factory, sign_in_as: SignIn
) -> None:
    project = make.project(settings={"show_origin": False})
    query, ann = _imagined(make, project, _pool(make, project)), make.member(project)
    _lend(make, query, ann)
    assert _twins(sign_in_as(ann), query).json() == []
    assert len(_twins(sign_in_as(make.member(project, Role.LEAD)), query).json()) == 4


@pytest.fixture
def explained(make: Factory, project: Project) -> Query:
    """A query of which is known what the learner thought, and which labels are nearest."""
    five, seven = make.classes(project)
    fives = [make.query(project) for _ in range(2)]
    frame = make.image(project, Origin.SYNTHESIZED)
    kept = {
        "classes": [[seven.id, 0.52], [five.id, 0.48]],
        "margin": 0.04,
        "kind": "nearest",
        "labels": [[frame.sha256, seven.id, 0.2], *([q.id, five.id, 0.3] for q in fives)],
    }
    return make.query(project, provenance={"why": kept})


def test_nobody_is_told_why_before_they_answered(
    make: Factory, explained: Query, project: Project, sign_in_as: SignIn
) -> None:
    ann, other = make.member(project), make.member(project)
    make.label(explained, other, Answer.SKIP)
    make.label(explained, ann, Answer.SKIP, undone_at=now())
    _lend(make, explained, ann)
    for who in (ann, make.member(project, Role.LEAD), make.admin()):
        answer = _why(sign_in_as(who), explained)
        assert answer.status_code == 409
        assert answer.json()["detail"].startswith("Answer this query first")
        assert "0.52" not in answer.text
    assert _why(sign_in_as(other), explained).status_code == 200


@on_both_databases
def test_after_the_answer_the_learners_thoughts_are_told(
    make: Factory, explained: Query, project: Project, sign_in_as: SignIn
) -> None:
    ann = make.member(project)
    make.label(explained, ann, Answer.UNRECOGNIZABLE)
    browser = sign_in_as(ann)
    told = _why(browser, explained).json()
    assert told["words"] == "It was a coin toss: seven or five (margin 0.04)."
    assert [(each["name"], each["chance"]) for each in told["classes"]] == [
        ("seven", 0.52),
        ("five", 0.48),
    ]
    assert told["kind"] == "nearest"
    assert [(each["name"], len(each["labels"])) for each in told["sides"]] == [
        ("seven", 1),
        ("five", 2),
    ]
    for side in told["sides"]:
        for label in side["labels"]:
            assert browser.get(label["image_url"]).status_code == 200
            assert label["name"] == side["name"]


@pytest.mark.parametrize(
    ("chances", "source", "words"),
    [
        ((0.6, 0.4), Source.POOL, "It leaned towards five, against seven (margin 0.40)."),
        ((0.75, 0.25), Source.POOL, "It took it for five, most likely (margin 0.40)."),
        ((0.97, 0.03), Source.POOL, "It was sure of five (margin 0.40)."),
        (
            (0.97, 0.03),
            Source.EXPLORE,
            "It was sure of five (margin 0.40)."
            " This one was drawn at random, whatever the learner thinks.",
        ),
    ],
)
def test_how_sure_the_learner_was_is_said_in_words(
    make: Factory,
    project: Project,
    sign_in_as: SignIn,
    chances: tuple[float, float],
    source: Source,
    words: str,
) -> None:
    named = [[each.id, chance] for each, chance in zip(make.classes(project), chances, strict=True)]
    kept = {"classes": named, "margin": 0.4, "kind": "nearest", "labels": []}
    query, ann = make.query(project, source=source, provenance={"why": kept}), make.member(project)
    make.label(query, ann)
    assert _why(sign_in_as(ann), query).json()["words"] == words


def test_without_a_learner_there_is_a_sentence_and_no_figure(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    ann = make.member(project)
    for source, words in (
        (Source.COLD_START, "There was no learner yet: this image stands for many others."),
        (Source.POOL, "Nothing was kept of what the learner thought of this one."),
    ):
        query = make.query(project, source=source)
        make.label(query, ann)
        told = _why(sign_in_as(ann), query).json()
        assert told == {"words": words, "classes": [], "margin": None, "kind": None, "sides": []}


def test_what_is_asked_again_was_thought_of_the_first_time(
    make: Factory, explained: Query, project: Project, sign_in_as: SignIn
) -> None:
    ann = make.member(project)
    again = make.query(
        project, source=Source.REPEAT, repeat_of=explained.id, for_user_id=ann.id, provenance={}
    )
    make.label(again, ann)
    assert _why(sign_in_as(ann), again).json()["margin"] == 0.04


def test_a_real_image_is_labeled_in_place_of_an_imagined_one_alone(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    pool, ann = _pool(make, project), make.member(project)
    imagined, real = _imagined(make, project, pool), make.query(project)
    answer = {"answer": "class", "class": make.classes(project)[0].id, "twin": pool[0].id}
    sent = [{"id": str(uuid4()), "query_id": each.id, **answer} for each in (imagined, real)]
    first, second = sign_in_as(ann).post("/api/v1/labels", json=sent).json()["verdicts"]
    assert first["verdict"] == "stored"
    assert (second["verdict"], second["problem"]["slug"]) == ("refused", "no-twin")
    stored = make.session.get_one(Label, sent[0]["id"])
    assert stored.twin_image_id == pool[0].id


def test_a_pull_is_told_on_the_side_that_it_pulled_to_whatever_its_class(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    five, seven = make.classes(project)
    one, other = make.query(project), make.query(project)
    kept = {
        "classes": [[five.id, 0.6], [seven.id, 0.4]],
        "margin": 0.1,
        "kind": "pull",
        "labels": [[one.id, seven.id, 0.25], [other.id, five.id, -0.5]],
    }
    query, ann = make.query(project, provenance={"why": kept}), make.member(project)
    make.label(query, ann)
    sides = _why(sign_in_as(ann), query).json()["sides"]
    told = [(side["name"], [(e["name"], e["number"]) for e in side["labels"]]) for side in sides]
    assert told == [("five", [("seven", 0.25)]), ("seven", [("five", 0.5)])]
