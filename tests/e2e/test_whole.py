"""The whole, by hand: MNIST 5 and 7 come in, a person labels in a browser, the learner gets better.

Real processes, a real browser, real images; only the person is played, by someone who knows
handwritten digits from the images that the project was not given.
"""

from __future__ import annotations

import base64
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Config
from app.tables import Claim, Image, Import, Label, ModelCheckpoint, Query, Round
from app.words import Answer, Origin, Source
from tests.deployment import REPOSITORY, Deployment, deployment, eventually

pytestmark = pytest.mark.services

MNIST = Path(os.environ.get("CUSP_TEST_DATA", REPOSITORY.parent / "shared" / "data")) / "mnist.npz"
#: Pixels and a briefly trained generator: the test asks whether all parts meet.
SETTINGS = {
    "features": {"name": "pixels"},
    "generator": {"name": "vae", "options": {"epochs": 1, "least_steps": 100}},
    "mix": {"synthesized": 0.5, "pool": 0.4, "explore": 0.1},
}


class Person:
    """Knows a five from a seven by the most similar digits of another collection."""

    def __init__(self) -> None:
        known = np.load(MNIST)
        wanted = np.isin(known["y_test"], (5, 7))
        self._digits = known["x_test"][wanted].reshape(-1, 784).astype(np.float32)
        self._labels = known["y_test"][wanted]

    def key(self, png: bytes) -> str:
        """The key to press for an image."""
        pixels = np.asarray(Picture.open(io.BytesIO(png)), dtype=np.float32).reshape(-1)
        nearest = np.square(self._digits - pixels).sum(axis=1).argsort()[:5]
        return str(np.bincount(self._labels[nearest]).argmax())


@pytest.fixture
def running(config: Config) -> Iterator[Deployment]:
    """Web and worker on an empty data folder."""
    if not MNIST.exists():
        reason = f"there is no {MNIST}"
        pytest.skip(reason)
    with deployment(config.data) as made:
        made.start_web()
        made.start("worker")
        yield made


@pytest.fixture
def window(browser: Browser, running: Deployment) -> Iterator[BrowserContext]:
    """One browser in front of it."""
    context = browser.new_context(base_url=running.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(60_000)
    yield context
    context.close()


def sign_in(window: BrowserContext, running: Deployment) -> Page:
    link = re.search(r"http\S+", running.cusp("user", "create", "a@example.org", "A", "--admin"))
    assert link is not None
    page = window.new_page()
    page.goto(link.group().replace("127.0.0.1:8000", running.url.removeprefix("http://")))
    page.get_by_role("button", name=re.compile("Sign in")).click()
    page.wait_for_url(re.compile("/account|/projects|/$"))
    return page


def set_up(page: Page, running: Deployment) -> int:
    """Make the project over REST as the page would, and bring MNIST in by the command line."""
    made = page.request.post(
        "/api/v1/projects",
        data={
            "name": "Five or seven",
            "question": "A five or a seven?",
            "settings": SETTINGS,
            "classes": [{"name": "five", "key": "5"}, {"name": "seven", "key": "7"}],
        },
        headers={"Origin": running.url},
    )
    assert made.ok, made.text()
    project_id: int = made.json()["id"]
    running.cusp(
        "import", str(project_id), str(MNIST), "--classes", "5=five,7=seven", "--holdout", "test"
    )
    started = page.request.post(
        f"/api/v1/projects/{project_id}/start", headers={"Origin": running.url}
    )
    assert started.ok, started.text()
    return project_id


def shown(page: Page) -> bytes:
    """The bytes of the image that is on the page."""
    expect(page.locator("#stage[data-state=shown]")).to_be_visible()
    address = page.locator("#frame img").get_attribute("src")
    assert address is not None
    kind, _, data = address.partition("base64,")
    return base64.b64decode(data) if data else page.request.get(kind).body()


def label(page: Page, person: Person, times: int, *, refuse_imagined: bool = False) -> int:
    """Press keys; returns how many imagined images were among the ones answered."""
    imagined = 0
    for turn in range(times):
        png = shown(page)
        is_imagined = page.locator("#origin").get_attribute("data-origin") == "synthesized"
        imagined += is_imagined
        refused = refuse_imagined and is_imagined and turn % 2 == 0
        page.keyboard.press("u" if refused else person.key(png))
    return imagined


def saved(page: Page) -> None:
    expect(page.locator("#pill[data-state=saved]")).to_be_visible()


def test_from_empty_folder_to_a_better_learner(
    running: Deployment, window: BrowserContext, session: Session
) -> None:
    person = Person()
    page = sign_in(window, running)
    project_id = set_up(page, running)

    page.goto(f"/projects/{project_id}/label")
    label(page, person, 10)
    saved(page)
    pool = session.scalars(select(Import)).one()
    assert (pool.pool_count, pool.holdout_count) == (11_686, 1_920)
    eventually(lambda: accuracies(session), what="a learner of ten answers being measured")

    label(page, person, 20)
    eventually(lambda: generator(session), what="the generator being trained")
    imagined = 0
    for _ in range(12):
        imagined += label(page, person, 10, refuse_imagined=True)
        if imagined >= 8:
            break
    assert imagined >= 8
    saved(page)
    undo_one(page, session)
    work_offline(page, window, person, session)
    watch_the_curve(page, project_id, session)


def generator(session: Session) -> ModelCheckpoint | None:
    session.rollback()
    return session.scalar(select(ModelCheckpoint).where(ModelCheckpoint.kind == "generator"))


def accuracies(session: Session) -> list[float]:
    """How many of the holdout each round's learner got right, as a share."""
    session.rollback()
    measured = select(Round).where(Round.holdout_count.is_not(None)).order_by(Round.number)
    return [
        (each.holdout_right or 0) / (each.holdout_count or 1) for each in session.scalars(measured)
    ]


def answers(session: Session) -> int:
    session.rollback()
    counted = select(func.count()).select_from(Label).where(Label.undone_at.is_(None))
    return session.scalar(counted) or 0


def held(session: Session) -> int:
    """How many images the page has ahead."""
    session.rollback()
    counted = select(func.count()).select_from(Claim).where(Claim.expires_at.is_not(None))
    return session.scalar(counted) or 0


def undo_one(page: Page, session: Session) -> None:
    before = answers(session)
    page.keyboard.press("z")
    eventually(lambda: answers(session) == before - 1, what="the undo reaching the server")


def work_offline(page: Page, window: BrowserContext, person: Person, session: Session) -> None:
    """Images that are ahead can be labeled without a network; they arrive when it is back."""
    expect(page.locator("#stage[data-state=shown]")).to_be_visible()
    eventually(lambda: held(session) >= 4, what="images being ahead")
    page.wait_for_timeout(1000)
    before = answers(session)
    window.set_offline(offline=True)
    label(page, person, 3)
    expect(page.locator("#pill")).to_contain_text(re.compile("offline|kept"))
    assert answers(session) == before
    window.set_offline(offline=False)
    eventually(lambda: answers(session) == before + 3, what="the kept answers arriving")
    saved(page)


def watch_the_curve(page: Page, project_id: int, session: Session) -> None:
    """The lead's page shows what the answers did."""
    first, *later = accuracies(session)
    assert len(later) >= 2
    assert max(later) > max(first, 0.9)
    refused = session.scalar(
        select(func.count()).select_from(Label).where(Label.answer == Answer.UNRECOGNIZABLE)
    )
    assert refused
    posed = session.execute(
        select(Query.source, Image.origin).join(Image, Image.id == Query.image_id).distinct()
    ).all()
    assert (Source.SYNTHESIZED, Origin.SYNTHESIZED) in [tuple(row) for row in posed]
    assert Origin.HOLDOUT not in {row.origin for row in posed}
    page.goto(f"/projects/{project_id}")
    expect(page.get_by_text(re.compile(r"\d\d\.\d %")).first).to_be_visible()
    expect(page.locator(".js-plotly-plot path.js-line").first).to_be_attached()
