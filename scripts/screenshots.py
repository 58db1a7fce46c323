"""Take README's and the guides' pictures from a running demo: three pages, and all ways to ask.

Starts everything on a folder of its own, lets simulated annotators answer for a while, and looks.
"""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright
from sklearn.datasets import load_digits

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = os.environ.get("CUSP_TEST_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE: ViewportSize = {"width": 1280, "height": 800}
#: Before the generator is there, and after that.
ANSWERS = 120


#: Shares of slots that are asked as walks and as pairs, so that there are some to look at.
WAYS = {"walk_share": 0.4, "pair_share": 0.3}
#: What stands for a query in view.
IN_VIEW = "#frame img:visible, .walk-frame img:visible, .pair-side img:visible"
#: So many answers are given at most until a query of the wanted kind comes.
TURNS = 120


def main() -> None:
    """Write docs/images/{lead,admin,annotator,walk,pair,grid}.png."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        _running(Path(folder)) as (address, link),
        _signed_in(address, link) as page,
    ):
        _ask_in_all_ways(page, address)
        _rehearse(folder, address)
        _until_it_imagines(page)
        _rehearse(folder, address)
        _take(page)


@contextmanager
def _signed_in(address: str, link: str) -> Iterator[Page]:
    """Open the admin's browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport=SIZE, base_url=address).new_page()
        page.goto(link)
        page.get_by_role("button", name=re.compile("Sign in")).click()
        page.wait_for_load_state()
        yield page
        browser.close()


def _ask_in_all_ways(page: Page, address: str) -> None:
    path = "/api/v1/projects/1/settings"
    now = page.request.get(path).json()
    wanted = {"version": now["version"], "settings": now["settings"] | WAYS}
    saved = page.request.put(path, data=wanted, headers={"Origin": address})
    if not saved.ok:
        raise RuntimeError(saved.text())


def _until_it_imagines(page: Page) -> None:
    """Wait for the generator, without which nothing imagined and no walk is asked."""
    for _ in range(200):
        if page.request.get("/api/v1/projects/1/dashboard").json()["generator"]["version"]:
            return
        time.sleep(3)
    raise TimeoutError("The generator was not trained within ten minutes.")


def _take(page: Page) -> None:
    _shoot(page, "/projects/1", "lead")
    _shoot(page, "/projects/1/settings#loop", "admin")
    page.goto("/projects/1/label")
    for name, wanted in {"annotator": _imagined, "walk": _walk, "pair": _pair}.items():
        _answer_until(page, wanted)
        if name == "walk":
            page.keyboard.press("ArrowRight")
            page.keyboard.press("Shift+ArrowRight")
        page.wait_for_timeout(800)
        page.screenshot(path=IMAGES / f"{name}.png")
    _take_grid(page)


def _shoot(page: Page, path: str, name: str) -> None:
    answer = page.goto(path)
    if answer is None or not answer.ok:
        raise RuntimeError(f"{path} cannot be shown.")
    page.wait_for_timeout(2500)
    page.screenshot(path=IMAGES / f"{name}.png")


def _way(page: Page) -> str:
    page.locator(IN_VIEW).first.wait_for(timeout=180_000)
    return page.locator(".ask").get_attribute("data-way") or ""


def _imagined(page: Page) -> bool:
    """Whether one imagined image is asked about, and some answers stand below it."""
    answered = page.locator("#strip li").count() >= 6
    origin = page.locator("#origin").get_attribute("data-origin")
    return _way(page) == "single" and answered and origin == "synthesized"


def _walk(page: Page) -> bool:
    return _way(page) == "walk"


def _pair(page: Page) -> bool:
    return _way(page) == "pair"


def _answer_until(page: Page, wanted: Callable[[Page], bool]) -> None:
    for _ in range(TURNS):
        if wanted(page):
            return
        for key in _keys(page):
            page.keyboard.press(key)
        page.wait_for_timeout(400)
    raise TimeoutError(f"None of {TURNS} queries was one to take a picture of.")


def _keys(page: Page) -> Sequence[str]:
    """Answer as somebody would who knows the digits; walks and pairs anyhow."""
    way = _way(page)
    if way != "single":
        return {"walk": ("ArrowRight", "Enter"), "pair": ("1",)}[way]
    address = page.locator("#frame img").get_attribute("src") or ""
    return [_nearest(_content(page, address))]


def _content(page: Page, address: str) -> bytes:
    if address.startswith("data:"):
        return b64decode(address.partition(",")[2])
    return page.request.get(address).body()


def _nearest(content: bytes) -> str:
    known = load_digits()
    shown = np.asarray(Image.open(io.BytesIO(content)).convert("L")) / 255 * 16
    nearest = np.square(known.images - shown).sum(axis=(1, 2)).argmin()
    return str(known.target[nearest])


def _take_grid(page: Page) -> None:
    """Paint some of many images, and stop before they are sent."""
    _answer_until(page, lambda page: _way(page) == "single")
    page.locator("#many").click()
    cells = page.locator(".cell img")
    cells.first.wait_for()
    page.wait_for_timeout(1500)
    for place in range(min(8, cells.count())):
        page.keyboard.press(_nearest(_content(page, cells.nth(place).get_attribute("src") or "")))
        cells.nth(place).click(force=True)
    page.wait_for_timeout(800)
    page.screenshot(path=IMAGES / "grid.png")


@contextmanager
def _running(folder: Path) -> Iterator[tuple[str, str]]:
    """Start everything; yields the address and a sign-in link."""
    port = _free_port()
    log = (folder / "log").open("w+b")
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "run"],
        cwd=ROOT,
        stdout=log,
        stderr=log,
        env=_environment(str(folder), port),
    )
    try:
        yield f"http://127.0.0.1:{port}", _link(folder / "log")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _link(log: Path) -> str:
    for _ in range(600):
        found = re.search(r"http\S+/sign-in/\S+", log.read_text(errors="replace"))
        if found:
            return found.group()
        time.sleep(0.2)
    raise TimeoutError("The demo did not start within two minutes.")


def _rehearse(folder: str, address: str) -> None:
    port = int(address.rpartition(":")[2])
    subprocess.run(
        [
            sys.executable,
            "-m",
            "app",
            "rehearse",
            "1",
            "--answers",
            str(ANSWERS),
            "--seconds",
            "0.6",
        ],
        cwd=ROOT,
        env=_environment(folder, port),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _environment(folder: str, port: int) -> dict[str, str]:
    return {**os.environ, "CUSP_DATA": folder, "PORT": str(port)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
