"""The scene of a test of the annotator's page: a project, a person, and the page before them."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any, TypeVar

import PIL.Image
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select, update

from app import artifacts, database
from app.tables import (
    Claim,
    Image,
    Label,
    Preferences,
    Project,
    ProjectClass,
    Query,
    QueryImage,
    User,
)
from app.words import Origin, ProjectState, Way
from tests.deployment import GIVE_UP_SECONDS
from tests.factories import Factory

Found = TypeVar("Found")

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
#: An image that somebody is asked about, however they are asked.
IN_VIEW = "#frame img:visible, .way img:visible"
DESK = {"viewport": {"width": 1280, "height": 800}}
on_each_size = pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280x800", "390x844"])


def eventually(
    look: Callable[[], Found], wanted: Callable[[Found], bool], *, page: Page | None = None
) -> Found:
    """Look until what is seen is wanted; fail with what was seen last.

    Handlers of a page's requests run only while that page is waited on.
    """
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while not wanted(seen := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain; last seen: {seen!r}")
        if page is None:
            time.sleep(0.05)
        else:
            page.wait_for_timeout(50)
    return seen


class Scene:
    """A project, somebody who labels in it, and the page in front of them."""

    def __init__(
        self,
        make: Factory,
        open_browser: Callable[..., BrowserContext],
        watch: Callable[[Page], Page],
    ) -> None:
        self.make, self._open, self._watch = make, open_browser, watch
        self.project = make.project(question="Is this a five or a seven?")
        self.ann = make.member(self.project)

    def queries(self, count: int, **columns: Any) -> list[int]:
        """Pose queries, the first to be asked first."""
        return [
            self.make.query(self.project, priority=float(-rank), **columns).id
            for rank in range(count)
        ]

    def walk(self, frames: int = 11, **columns: Any) -> int:
        """Pose a walk from the first class to the second one."""
        one, other, *_ = (each.id for each in self.make.classes(self.project))
        return self._many(frames, Way.WALK, {"from": one, "to": other}, columns)

    def pair(self, **columns: Any) -> int:
        """Ask which of two images is more of the second class."""
        _, other, *_ = (each.id for each in self.make.classes(self.project))
        return self._many(2, Way.PAIR, {"class": other}, columns)

    def _many(self, count: int, way: Way, about: dict[str, int], columns: dict[str, Any]) -> int:
        origin = Origin.SYNTHESIZED if way is Way.WALK else Origin.POOL
        images = [self.make.image(self.project, origin) for _ in range(count)]
        columns.setdefault("image", images[count // 2 if way is Way.WALK else 0])
        query: Query = self.make.query(self.project, way=way, about=about, **columns)
        self.make.session.add_all(
            QueryImage(query_id=query.id, position=position, image_id=image.id)
            for position, image in enumerate(images)
        )
        self.make.session.commit()
        return query.id

    def picture(self, width: int, height: int, origin: Origin = Origin.POOL) -> Image:
        """An image of a size."""
        png = io.BytesIO()
        PIL.Image.effect_noise((width, height), 80).save(png, "PNG")
        sha256 = artifacts.write_image(png.getvalue())
        image = Image(project_id=self.project.id, sha256=sha256, origin=origin)
        self.make.session.add(image)
        self.make.session.commit()
        return image

    def address(self, query: int) -> str:
        """Where the image of a query is asked for."""
        of_query = Query.image_id == Image.id, Query.id == query
        sha256 = self.make.session.scalars(select(Image.sha256).where(*of_query)).one()
        return f"**/images/{sha256}.png"

    def enter(self, user: User | None = None, *, clock: bool = False, **options: Any) -> Page:
        """Open the page and wait for its first image or its word on why there is none.

        With a clock of its own the page can be let jump ahead in time.
        """
        context = self._open(user or self.ann, **options)
        if clock:
            context.clock.install(time=time.time())
        return self.page_in(context)

    def page_in(self, context: BrowserContext) -> Page:
        """Open the page in another tab."""
        page = self._watch(context.new_page())
        self.go(page)
        return page

    def go(self, page: Page) -> None:
        """Load the page, anew if it is open."""
        self.make.session.commit()
        page.goto(f"/projects/{self.project.id}/label")
        expect(page.locator(f"{IN_VIEW}, #standstill h2").first).to_be_visible()

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

    def marks(self) -> list[tuple[int, str, str, dict[str, Any] | None]]:
        """Standing answers of the annotator with their way and their marks, by query."""
        with database.reading() as session:
            rows = session.execute(
                select(Label.query_id, Label.way, Label.answer, Label.marks)
                .where(Label.user_id == self.ann.id, Label.undone_at.is_(None))
                .order_by(Label.query_id)
            )
            return [(query, way.value, answer.value, marks) for query, way, answer, marks in rows]

    def expect_marks(self, *wanted: tuple[int, str, str, dict[str, Any] | None]) -> None:
        """Wait until exactly these answers are stored, with what they mark."""
        eventually(self.marks, lambda seen: seen == sorted(wanted, key=lambda each: each[0]))

    def preferred(self) -> dict[str, Any]:
        """What the annotator prefers here."""
        mine = select(Preferences.choices).filter_by(
            project_id=self.project.id, user_id=self.ann.id
        )
        with database.reading() as session:
            return session.scalar(mine) or {}

    def expect_preferred(self, **wanted: Any) -> None:
        """Wait until this is stored among what the annotator prefers."""
        eventually(self.preferred, lambda seen: {**seen, **wanted} == seen)

    def labels(self) -> int:
        """How many labels were ever stored in the project, those taken back included."""
        with database.reading() as session:
            mine = select(func.count()).where(Label.project_id == self.project.id)
            return session.scalar(mine) or 0

    def held(self) -> int:
        """How many queries of the project are lent."""
        with database.reading() as session:
            lent = select(func.count()).where(
                Claim.project_id == self.project.id, Claim.expires_at.is_not(None)
            )
            return session.scalar(lent) or 0

    def change(self, statement: Any) -> None:
        """Change rows behind the page's back."""
        with database.writing() as session:
            session.execute(statement)

    def set(self, table: Any, *where: Any, **columns: Any) -> None:
        """Set columns of the project's rows behind the page's back."""
        mine = table.id if table is Project else table.project_id
        self.change(update(table).where(mine == self.project.id, *where).values(**columns))

    def set_settings(self, **chosen: Any) -> None:
        """Choose some of the project's settings."""
        self.set(Project, settings={**self.project.settings, **chosen})

    def set_state(self, state: ProjectState, **columns: Any) -> None:
        """Start, pause or finish the project."""
        self.set(Project, state=state, **columns)


def shown(page: Page) -> str:
    """Which query is in view."""
    return page.locator("#frame img").get_attribute("data-query") or ""


def ready(page: Page) -> None:
    """Wait until images are ahead, so that the next presses need no network."""
    page.wait_for_function(
        """() => performance.getEntriesByType("resource")
              .some(({ name, responseEnd }) => name.includes("/claims") && responseEnd > 0)"""
    )
    page.wait_for_load_state("networkidle")
    # Small images come with the claim; decoding them takes a few idle moments.
    page.evaluate("() => new Promise((done) => setTimeout(() => requestIdleCallback(done), 50))")


def answer(page: Page, word: str) -> None:
    """Answer as people do there: with a key, or with a thumb."""
    if page.viewport_size and page.viewport_size["width"] < 600:
        page.get_by_role("button", name=word, exact=True).tap()
    else:
        page.keyboard.press({"five": "1", "seven": "2", "Skip": "s"}[word])


def pill(page: Page, text: str) -> None:
    """Wait for the word on where the answers are."""
    expect(page.locator("#pill-text")).to_have_text(text)
