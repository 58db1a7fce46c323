"""Visitors are looked up together, and only who is let in is worked for."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from app.accounts import auth
from app.accounts.auth import Actor, Policy, Visitor
from app.errors import NotFound, NotSignedIn
from app.tables import Project
from tests.factories import Factory


def _visitor(
    policy: Policy, cookie: str = "", project: Project | None = None, page_of: str = ""
) -> Visitor:
    """A request at the door."""
    headers = {"cookie": f"{auth.COOKIE}={cookie}", auth.PAGE_OF: page_of}
    request = Request(
        {
            "type": "http",
            "headers": [
                (name.encode(), value.encode()) for name, value in headers.items() if value
            ],
            "path_params": {"project_id": str(project.id)} if project else {},
        }
    )
    return policy.visitor(request)


class _Work:
    """Says who asked for what, and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[tuple[int, str]] = []

    def __call__(self, asked: Sequence[tuple[Actor, str]]) -> list[str | Exception]:
        self.given += [(actor.user_id, what) for actor, what in asked]
        return [f"{what} for {actor.name}" for actor, what in asked]


def test_each_gets_their_result_or_the_error_at_the_door(make: Factory) -> None:
    ann, bob = make.user(name="Ann"), make.user(name="Bob")
    cookies = [make.session_cookie(ann), "unknown", make.session_cookie(bob)]
    work = _Work()
    results = auth.admitting(work)(
        [(_visitor(auth.signed_in, each), what) for each, what in zip(cookies, "abc", strict=True)]
    )
    assert results[0] == "a for Ann"
    assert isinstance(results[1], NotSignedIn)
    assert results[2] == "c for Bob"
    assert work.given == [(ann.id, "a"), (bob.id, "c")]


def test_who_was_let_in_before_is_not_asked_again(make: Factory) -> None:
    ann = Actor(1, "ann@example.org", "Ann", is_admin=False, by_token=False)
    bob = make.user(name="Bob")
    visitor = _visitor(auth.signed_in, make.session_cookie(bob))
    assert auth.admitting(_Work())([(ann, "a"), (visitor, "b")]) == ["a for Ann", "b for Bob"]


def test_who_is_no_member_of_the_project_stays_outside(make: Factory) -> None:
    project, stranger = make.project(), make.user()
    member = make.member(project)
    work = _Work()
    visitors = [
        _visitor(auth.annotator, make.session_cookie(each), project) for each in (stranger, member)
    ]
    refused, _ = auth.admitting(work)([(visitor, "a") for visitor in visitors])
    assert isinstance(refused, NotFound)
    assert work.given == [(member.id, "a")]


def test_a_page_of_somebody_else_stays_outside(make: Factory) -> None:
    user = make.user()
    visitor = _visitor(auth.signed_in, make.session_cookie(user), page_of=str(user.id + 1))
    work = _Work()
    [refused] = auth.admitting(work)([(visitor, "a")])
    assert isinstance(refused, auth.SomebodyElse)
    assert work.given == []


def test_where_nobody_is_let_in_nothing_is_begun(make: Factory) -> None:
    def work(_asked: Sequence[tuple[Actor, str]]) -> list[str | Exception]:
        raise AssertionError("begun for nobody")

    [refused] = auth.admitting(work)([(_visitor(auth.signed_in), "a")])
    assert isinstance(refused, NotSignedIn)
    assert make.session is not None


def test_the_request_knows_whose_it_is_for_the_log(make: Factory) -> None:
    user = make.user()
    visitor = _visitor(auth.signed_in, make.session_cookie(user))
    auth.admitting(_Work())([(visitor, "a")])
    assert visitor.request.state.actor.user_id == user.id
