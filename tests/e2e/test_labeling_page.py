"""The annotator's page in a real browser, against a real server."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select, update

from app import database
from app.tables import (
    Budget,
    Claim,
    Label,
    Membership,
    Project,
    ProjectClass,
    Query,
    Stage,
    User,
    Worker,
    now,
)
from app.words import Answer, Origin, ProjectState, StageKind, StageState
from tests.e2e.conftest import Server
from tests.factories import Factory

pytestmark = pytest.mark.services
Found = TypeVar("Found")
Open = Callable[..., BrowserContext]
Watch = Callable[[Page], Page]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def eventually(look: Callable[[], Found], wanted: Callable[[Found], bool]) -> Found:
    """Look until what is seen is wanted; fail with what was seen last."""
    deadline = time.monotonic() + 15
    while not wanted(seen := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain; last seen: {seen!r}")
        time.sleep(0.1)
    return seen


class Scene:
    """A project, somebody who labels in it, and the page in front of them."""

    def __init__(self, make: Factory, open_browser: Open, watch: Watch) -> None:
        self.make, self._open, self._watch = make, open_browser, watch
        self.project = make.project(question="Is this a five or a seven?")
        self.ann = make.member(self.project)

    def queries(self, count: int, **columns: Any) -> list[int]:
        """Pose queries, the first to be asked first."""
        return [
            self.make.query(self.project, priority=float(-rank), **columns).id
            for rank in range(count)
        ]

    def enter(self, user: User | None = None, **options: Any) -> Page:
        """Open the page and wait for its first image or its word on why there is none."""
        return self.page_in(self._open(user or self.ann, **options))

    def page_in(self, context: BrowserContext) -> Page:
        """Open the page in another tab."""
        page = self._watch(context.new_page())
        self.go(page)
        return page

    def go(self, page: Page) -> None:
        """Load the page, anew if it is open."""
        page.goto(f"/projects/{self.project.id}/label")
        expect(page.locator("#frame img, #standstill h2").first).to_be_visible()

    def answers(self, user: User | None = None) -> list[tuple[int, str]]:
        """Standing answers of somebody, by query: class names, or the word."""
        with database.reading() as session:
            names = dict(session.execute(select(ProjectClass.id, ProjectClass.name)).tuples().all())
            rows = session.execute(
                select(Label.query_id, Label.answer, Label.class_id)
                .where(Label.user_id == (user or self.ann).id, Label.undone_at.is_(None))
                .order_by(Label.query_id)
            ).all()
        return [(query, names.get(class_id, answer.value)) for query, answer, class_id in rows]

    def expect_answers(self, *wanted: tuple[int, str]) -> None:
        """Wait until exactly these answers are stored."""
        eventually(self.answers, lambda seen: seen == sorted(wanted))

    def change(self, statement: Any) -> None:
        """Change rows behind the page's back."""
        with database.writing() as session:
            session.execute(statement)

    def set_state(self, state: ProjectState, **columns: Any) -> None:
        """Start, pause or finish the project."""
        self.change(
            update(Project).where(Project.id == self.project.id).values(state=state, **columns)
        )


@pytest.fixture
def scene(make: Factory, open_browser: Open, no_errors: Watch) -> Scene:
    """A project with two classes and nothing to ask yet."""
    return Scene(make, open_browser, no_errors)


def shown(page: Page) -> str:
    """The address of the image in view."""
    return page.locator("#frame img").get_attribute("src") or ""


def ready(page: Page) -> None:
    """Wait until images are ahead, so that the next press needs no network."""
    page.wait_for_function(
        """performance.getEntriesByType("resource")
          .filter(({ name }) => name.includes("/images/")).length >= 6"""
    )
    page.wait_for_load_state("networkidle")


def pill(page: Page, text: str) -> None:
    """Wait for the word on where the answers are."""
    expect(page.locator("#pill-text")).to_have_text(text)


def test_keys_answer_and_the_next_image_is_there_in_the_same_frame(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    changed = page.evaluate(
        """() => {
          const before = document.querySelector("#frame img").src;
          dispatchEvent(new KeyboardEvent("keydown", { key: "1", code: "Digit1" }));
          const image = document.querySelector("#frame img");
          return { other: image.src !== before, decoded: image.complete && image.naturalWidth > 0,
                   kept: Object.keys(localStorage).some((key) => key.startsWith("cusp.outbox")),
                   confirmed: !!document.querySelector(".chosen[data-class]") };
        }"""
    )
    assert changed == {"other": True, "decoded": True, "kept": True, "confirmed": True}
    page.keyboard.press("2")
    page.keyboard.press("u")
    scene.expect_answers((first, "five"), (second, "seven"), (third, "unrecognizable"))
    pill(page, "saved")
    expect(page.locator("#strip li")).to_have_count(3)
    expect(page.locator("#today-text")).to_contain_text("3 today")
    with database.reading() as session:
        durations = session.scalars(select(Label.duration_ms)).all()
    assert all(duration > 0 for duration in durations[:1])


def test_pressing_does_not_move_anything(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    places = """() => [...document.querySelectorAll(".stage, .frame img, .answer, .bar > *")]
      .map((each) => each.getBoundingClientRect()).map(({ x, y, width }) => [x, y, width])"""
    page.keyboard.press("1")
    pill(page, "saved")
    before = page.evaluate(places)
    for key in "2us1":
        page.keyboard.press(key)
        pill(page, "saved")
        assert page.evaluate(places) == before


def test_a_held_key_answers_once(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.down("1")
    for _ in range(5):
        page.keyboard.down("1")
    page.keyboard.up("1")
    scene.expect_answers((first, "five"))


def test_buttons_answer_too(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    page.get_by_role("button", name="seven").click()
    page.get_by_role("button", name="Can’t tell").click()
    page.get_by_role("button", name="Skip").click()
    scene.expect_answers((first, "seven"), (second, "unrecognizable"), (third, "skip"))


def test_undo_asks_again_whether_the_answer_was_sent_or_not(scene: Scene) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    image = shown(page)
    page.keyboard.press("1")
    scene.expect_answers((first, "five"))
    page.keyboard.press("z")
    assert shown(page) == image
    scene.expect_answers()
    page.keyboard.press("2")
    scene.expect_answers((first, "seven"))
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("z")
    page.keyboard.press("2")
    page.context.set_offline(False)
    scene.expect_answers((first, "seven"), (second, "seven"))
    with database.reading() as session:
        assert session.scalar(select(Label.id).where(Label.query_id == second)) is not None


def test_undo_goes_back_several_answers(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    for key in "111":
        page.keyboard.press(key)
    scene.expect_answers((first, "five"), (second, "five"), (third, "five"))
    for key in "zzz":
        page.keyboard.press(key)
    scene.expect_answers()
    for key in "212":
        page.keyboard.press(key)
    scene.expect_answers((first, "seven"), (second, "five"), (third, "seven"))


def test_an_old_answer_is_changed_from_the_strip_also_after_a_reload(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    image = shown(page)
    for key in "11":
        page.keyboard.press(key)
    scene.expect_answers((first, "five"), (second, "five"))
    scene.go(page)
    expect(page.locator("#strip li")).to_have_count(2)
    page.locator("#strip button").nth(1).click()
    expect(page.locator("#frame img")).to_have_attribute("src", image)
    page.keyboard.press("2")
    page.keyboard.press("2")
    scene.expect_answers((first, "seven"), (second, "five"), (third, "seven"))


def test_offline_and_back_loses_nothing(scene: Scene) -> None:
    queries = scene.queries(12)
    page = scene.enter()
    ready(page)
    page.context.set_offline(True)
    for key in "1212":
        page.keyboard.press(key)
    pill(page, "offline, 4 kept")
    assert scene.answers() == []
    expect(page.locator("#strip .unsent")).to_have_count(4)
    page.context.set_offline(False)
    words = ["five", "seven", "five", "seven"]
    scene.expect_answers(*zip(queries, words, strict=False))
    pill(page, "saved")
    expect(page.locator("#strip .unsent")).to_have_count(0)


def test_offline_until_nothing_is_held_says_so_and_goes_on_by_itself(scene: Scene) -> None:
    scene.queries(14)
    page = scene.enter()
    ready(page)
    page.context.set_offline(True)
    for _ in range(12):
        page.keyboard.press("1")
    expect(page.locator("#standstill h2")).to_have_text("You are offline")
    page.context.set_offline(False)
    expect(page.locator("#frame img")).to_be_visible()
    eventually(lambda: len(scene.answers()), lambda count: count == 10)


def test_answers_survive_a_reload_and_a_closed_browser_tab(scene: Scene) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("u")
    pill(page, "offline, 2 kept")
    context = page.context
    page.close()
    context.set_offline(False)
    assert scene.answers() == []
    later = scene.page_in(context)
    scene.expect_answers((first, "five"), (second, "unrecognizable"))
    pill(later, "saved")


def test_a_reload_while_answers_wait_brings_none_of_them_back(scene: Scene) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.route("**/api/v1/labels", lambda route: route.abort())
    page.keyboard.press("1")
    page.keyboard.press("2")
    image = shown(page)
    scene.go(page)
    expect(page.locator("#frame img")).to_have_attribute("src", image)
    page.unroute("**/api/v1/labels")
    scene.expect_answers((first, "five"), (second, "seven"))


def test_an_ended_session_keeps_answers_until_the_person_is_back(
    scene: Scene, make: Factory, server: Server
) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.context.clear_cookies()
    page.keyboard.press("1")
    pill(page, "signed out, 1 kept")
    expect(page.locator("#signed-out")).to_contain_text("1 answer is kept in this browser.")
    link = page.get_by_role("link", name="Sign in again").get_attribute("href") or ""
    assert link.endswith(f"/sign-in?next=/projects/{scene.project.id}/label")
    page.keyboard.press("2")
    page.context.add_cookies(
        [{"name": "cusp_session", "value": make.session_cookie(scene.ann), "url": server.address}]
    )
    scene.go(page)
    scene.expect_answers((first, "five"), (second, "seven"))
    expect(page.locator("#signed-out")).to_be_hidden()


def test_answers_of_one_person_are_never_sent_as_anothers(
    scene: Scene, make: Factory, server: Server
) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.context.clear_cookies()
    page.keyboard.press("1")
    pill(page, "signed out, 1 kept")
    bob = make.member(scene.project)
    page.context.add_cookies(
        [{"name": "cusp_session", "value": make.session_cookie(bob), "url": server.address}]
    )
    page.wait_for_timeout(2500)
    scene.go(page)
    page.wait_for_timeout(1500)
    assert scene.answers() == scene.answers(bob) == []
    page.context.add_cookies(
        [{"name": "cusp_session", "value": make.session_cookie(scene.ann), "url": server.address}]
    )
    scene.go(page)
    scene.expect_answers((first, "five"))


def test_a_server_in_trouble_is_tried_again(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    failures: list[str] = []

    def fail_twice(route: Route) -> None:
        if len(failures) < 2:
            failures.append(route.request.url)
            route.fulfill(status=500, body="<h1>Oh</h1>")
        else:
            route.continue_()

    page.route("**/api/v1/labels", fail_twice)
    page.keyboard.press("1")
    pill(page, "will retry, 1 kept")
    pill(page, "saved")
    scene.expect_answers((first, "five"))
    assert len(failures) == 2


def test_an_answer_shown_as_saved_survives_the_death_of_the_server(
    scene: Scene, server: Server
) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.press("1")
    pill(page, "saved")
    server.stop()
    page.keyboard.press("2")
    page.keyboard.press("1")
    pill(page, "offline, 2 kept")
    assert scene.answers() == [(first, "five")]
    server.start()
    scene.expect_answers((first, "five"), (second, "seven"), (third, "five"))


def test_an_answer_that_is_not_taken_is_told(scene: Scene, make: Factory) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    make.label(make.session.get_one(Query, first), make.member(scene.project), Answer.CLASS)
    scene.change(update(Query).where(Query.id == first).values(state="settled", accepted=1))
    page.keyboard.press("1")
    expect(page.locator("#word")).to_contain_text("came too late")
    expect(page.locator("#strip li")).to_have_count(0)
    scene.change(update(Budget).values(max_answers=0))
    page.keyboard.press("1")
    expect(page.locator("#word")).to_contain_text("budget is spent")
    pill(page, "saved")


def test_two_tabs_of_one_person_never_ask_the_same_twice(scene: Scene) -> None:
    scene.queries(6)
    page = scene.enter()
    other = scene.page_in(page.context)
    image = shown(page)
    expect(other.locator("#frame img")).to_have_attribute("src", image)
    page.keyboard.press("1")
    expect(other.locator("#frame img")).not_to_have_attribute("src", image)
    other.keyboard.press("2")
    page.keyboard.press("1")
    eventually(lambda: len(scene.answers()), lambda count: count == 3)
    pill(page, "saved")
    pill(other, "saved")


def test_a_reload_leaks_no_claims_and_leaving_gives_them_back(scene: Scene) -> None:
    scene.queries(12)
    page = scene.enter()
    ready(page)
    image = shown(page)
    for _ in range(3):
        scene.go(page)
    expect(page.locator("#frame img")).to_have_attribute("src", image)

    def held() -> int:
        with database.reading() as session:
            return len(session.scalars(select(Claim).where(Claim.expires_at.is_not(None))).all())

    eventually(held, lambda count: count == 10)
    page.goto("/account")
    eventually(held, lambda count: count == 0)


def test_many_classes_are_found_by_typing(scene: Scene, make: Factory) -> None:
    names = [f"{bird} {kind}" for bird in ("arctic", "common", "little") for kind in "abcdefghij"]
    scene.project = make.project(classes=[*names, "Ñandú"])
    scene.change(update(Project).values(question="Which bird?"))
    for position, each in enumerate(make.classes(scene.project)):
        each.key = str(position + 1) if position < 9 else ""
    make.session.commit()
    make.member(scene.project, user=scene.ann)
    first, second, third, fourth, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.type("common c")
    expect(page.locator(".first-match")).to_have_text("common c")
    page.keyboard.press("Enter")
    page.keyboard.type("nandu")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("Shift+U")
    scene.expect_answers(
        (first, "common c"),
        (second, "Ñandú"),
        (third, "arctic a"),
        (fourth, "unrecognizable"),
    )


def test_a_class_named_like_markup_is_only_a_name(scene: Scene, make: Factory) -> None:
    odd = "</script><b onclick=alert(1)>"
    make.project_class(scene.project, odd)
    scene.change(update(Project).values(question="<img src=x onerror=alert(1)>", guidelines=odd))
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.press("g")
    expect(page.locator("#guidelines")).to_contain_text(odd)
    page.keyboard.press("3")
    scene.expect_answers((first, odd))
    expect(page.locator("#strip li").first).to_have_text(odd)
    assert page.locator("main b").count() == 0


def test_guidelines_stay_as_the_person_left_them(scene: Scene, make: Factory) -> None:
    five = make.classes(scene.project)[0]
    make.image(scene.project, Origin.HOLDOUT, class_id=five.id)
    scene.queries(3)
    page = scene.enter()
    page.keyboard.press("g")
    expect(page.get_by_alt_text("Example of five")).to_be_visible()
    scene.go(page)
    expect(page.locator("#guidelines")).to_be_visible()
    page.keyboard.press("Escape")
    scene.go(page)
    expect(page.locator("#guidelines")).to_be_hidden()


def test_the_keys_are_explained_and_do_nothing_meanwhile(scene: Scene) -> None:
    scene.queries(3)
    page = scene.enter()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("take the last answer back")
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert scene.answers() == []


def test_the_image_is_crisp_zooms_inverts_and_gains_contrast(scene: Scene) -> None:
    scene.queries(3)
    page = scene.enter()
    image = page.locator("#frame img")
    assert image.evaluate("(i) => getComputedStyle(i).imageRendering") == "pixelated"
    assert image.evaluate("(i) => i.clientHeight") >= 240
    page.keyboard.press("+")
    page.keyboard.press("i")
    page.keyboard.press("c")
    style = image.evaluate("(i) => i.style.transform + i.style.filter")
    assert "scale(1.5)" in style
    assert "contrast(2) invert(1)" in style
    expect(page.locator("#invert")).to_have_attribute("aria-pressed", "true")


def test_it_is_said_whether_an_image_is_imagined(scene: Scene, make: Factory) -> None:
    imagined = make.image(scene.project, Origin.SYNTHESIZED)
    scene.queries(1, image=imagined)
    scene.queries(3)
    page = scene.enter()
    expect(page.locator("#origin")).to_have_text("imagined")
    page.keyboard.press("1")
    expect(page.locator("#origin")).to_have_text("real")


def test_screen_readers_hear_the_question_the_answer_and_that_it_is_saved(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    page.evaluate(
        """() => {
          window.heard = [];
          const live = document.getElementById("live");
          const hear = () => window.heard.push(live.textContent);
          new MutationObserver(hear).observe(live, { childList: true });
        }"""
    )
    page.keyboard.press("1")
    pill(page, "saved")
    eventually(lambda: page.evaluate("window.heard"), lambda heard: "saved" in heard)
    assert "five. Next image: Is this a five or a seven?" in page.evaluate("window.heard")


def _swipe(page: Page, x: int, y: int) -> None:
    """Draw a finger over the image."""
    box = page.locator("#frame img").bounding_box()
    assert box is not None
    begin = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    devtools = page.context.new_cdp_session(page)
    touch = "Input.dispatchTouchEvent"
    devtools.send(touch, {"type": "touchStart", "touchPoints": [begin]})
    for step in (0.3, 0.6, 1):
        point = {"x": begin["x"] + x * step, "y": begin["y"] + y * step}
        devtools.send(touch, {"type": "touchMove", "touchPoints": [point]})
    devtools.send(touch, {"type": "touchEnd", "touchPoints": []})


def test_swipes_answer_on_a_phone(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter(**PHONE)
    ready(page)
    _swipe(page, -150, 10)
    _swipe(page, 150, 10)
    _swipe(page, 0, 150)
    _swipe(page, 20, 5)
    _swipe(page, 0, -150)
    scene.expect_answers((first, "five"), (second, "seven"), (third, "unrecognizable"))


@pytest.mark.parametrize("options", [{}, PHONE], ids=["1280x800", "390x844"])
@pytest.mark.parametrize("classes", [2, 10, 40])
def test_nothing_scrolls(
    scene: Scene, make: Factory, classes: int, options: dict[str, Any]
) -> None:
    for number in range(classes - 2):
        make.project_class(scene.project, f"a class with a long name {number}")
    scene.change(update(Project).values(question="Which of all these things is it? " * 6))
    scene.queries(8)
    page = scene.enter(**options)
    ready(page)
    page.get_by_role("button", name="Can’t tell").click()
    overflow = """() => {
      const root = document.documentElement, inside = (name) => {
        const box = document.querySelector(name).getBoundingClientRect();
        return box.left >= 0 && box.top >= 0
          && box.right <= innerWidth && box.bottom <= innerHeight;
      };
      return [root.scrollWidth <= innerWidth, root.scrollHeight <= innerHeight,
              ...["#frame img", "#classes", "#skip", "#undo", "#pill", ".bar .menu"].map(inside)];
    }"""
    assert all(page.evaluate(overflow)), page.evaluate(overflow)
    image = page.locator("#frame img").bounding_box()
    assert image is not None
    assert image["height"] >= 150


# Standstills


def _standstill(page: Page, title: str) -> str:
    expect(page.locator("#standstill h2")).to_have_text(title)
    return page.locator("#standstill").inner_text()


def test_paused_and_running_again(scene: Scene) -> None:
    scene.queries(2)
    scene.set_state(ProjectState.PAUSED, notice="Back on Monday.")
    page = scene.enter()
    assert "Back on Monday." in _standstill(page, "Paused by the project’s lead")
    scene.set_state(ProjectState.RUNNING, notice="")
    expect(page.locator("#frame img")).to_be_visible(timeout=15_000)


def test_finished_tells_what_the_answers_did(scene: Scene, make: Factory) -> None:
    make.round(scene.project, holdout_right=912, holdout_count=1000)
    (query,) = scene.queries(1)
    page = scene.enter()
    page.keyboard.press("1")
    scene.expect_answers((query, "five"))
    make.round(scene.project, holdout_right=940, holdout_count=1000)
    scene.set_state(ProjectState.FINISHED)
    scene.go(page)
    expect(page.locator("#standstill")).to_contain_text("91.2 % → 94.0 %")
    assert "1\nanswer by you" in _standstill(page, "This project is finished")
    page.keyboard.press("z")
    expect(page.locator("#frame img")).to_be_visible()
    page.keyboard.press("2")
    scene.expect_answers((query, "seven"))
    _standstill(page, "This project is finished")


def test_the_budget_is_spent(scene: Scene) -> None:
    scene.queries(3)
    scene.change(update(Budget).values(max_answers=1))
    page = scene.enter()
    page.keyboard.press("1")
    assert "1\nanswer by you" in _standstill(page, "The budget is spent")


def test_all_lent_says_when_and_asks_by_itself(scene: Scene, make: Factory) -> None:
    (query,) = scene.queries(1)
    bob = make.member(scene.project)
    with database.writing() as session:
        session.add(
            Claim(
                query_id=query,
                slot=0,
                project_id=scene.project.id,
                user_id=bob.id,
                expires_at=now() + timedelta(minutes=3),
            )
        )
    page = scene.enter()
    assert "in about 3 min" in _standstill(page, "Others hold all that is left")
    scene.change(update(Claim).values(expires_at=now() - timedelta(seconds=1)))
    expect(page.locator("#frame img")).to_be_visible(timeout=15_000)


def test_being_prepared_shows_what_the_machine_does(scene: Scene) -> None:
    with database.writing() as session:
        session.add(Worker(id="w", host="h", pid=1, seen_at=now() + timedelta(minutes=5)))
        session.add(
            Stage(
                project_id=scene.project.id,
                kind=StageKind.TRAIN_GENERATOR,
                number=1,
                state=StageState.RUNNING,
                share=0.4,
            )
        )
    page = scene.enter()
    words = _standstill(page, "The next images are being prepared")
    assert "learning to imagine" in words
    assert "40 %" in words
    scene.change(update(Worker).values(seen_at=now() - timedelta(seconds=95)))
    expect(page.locator("#standstill")).to_contain_text("No worker seen for")
    scene.queries(1)
    expect(page.locator("#frame img")).to_be_visible(timeout=15_000)


def test_nothing_left_for_you(scene: Scene) -> None:
    scene.queries(1, overlap=2)
    page = scene.enter()
    page.keyboard.press("1")
    assert "other people’s answers" in _standstill(page, "You have answered all there is")


def test_a_project_one_was_taken_from(scene: Scene) -> None:
    scene.queries(1)
    page = scene.enter()
    scene.change(Membership.__table__.delete())
    page.keyboard.press("1")
    _standstill(page, "This project is not open to you any more")


def test_images_whose_files_are_gone_are_told(scene: Scene) -> None:
    scene.queries(2)
    page = scene.enter()
    page.route("**/images/*.png", lambda route: route.fulfill(status=410))
    scene.queries(3)
    page.keyboard.press("1")
    page.keyboard.press("1")
    expect(page.locator("#word, #standstill").first).to_be_attached()
    expect(page.locator("#standstill h2")).to_have_text(
        "The images cannot be loaded", timeout=30_000
    )


def test_somebody_who_was_away_is_welcomed_back(scene: Scene) -> None:
    scene.queries(3)
    page = scene.enter()
    page.clock.install(time=time.time())
    scene.go(page)
    page.wait_for_load_state("networkidle")
    page.clock.fast_forward(400_000)
    page.clock.run_for(6_000)
    _standstill(page, "Welcome back")
    page.clock.set_system_time(time.time())
    page.keyboard.press("Shift")
    expect(page.locator("#frame img")).to_be_visible()
