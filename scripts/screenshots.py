"""Take the README's pictures of the three people's pages from a running demo.

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
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
SIZE = {"width": 1280, "height": 800}
ANSWERS = 240


def main() -> None:
    """Write docs/images/{annotator,lead,admin}.png."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _running(Path(folder)) as (address, link):
        _rehearse(folder, address)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            _take(browser, address, link)
            browser.close()


def _take(browser: Browser, address: str, link: str) -> None:
    page = browser.new_context(viewport=SIZE, base_url=address).new_page()
    page.goto(link)
    page.get_by_role("button", name=re.compile("Sign in")).click()
    page.wait_for_load_state()
    _shoot(page, "/projects/1", "lead")
    _shoot(page, "/projects/1/settings#loop", "admin")
    page.goto("/projects/1/label")
    _until_imagined(page)
    page.screenshot(path=IMAGES / "annotator.png")


def _shoot(page: Page, path: str, name: str) -> None:
    page.goto(path)
    page.wait_for_timeout(2500)
    page.screenshot(path=IMAGES / f"{name}.png")


def _until_imagined(page: Page) -> None:
    """Answer a few, so that the page shows a history, and stop at an imagined image."""
    known = load_digits()
    for turn in range(40):
        page.locator("#stage[data-state=shown]").wait_for(timeout=60_000)
        if turn >= 6 and page.locator("#origin").get_attribute("data-origin") == "synthesized":
            break
        address = page.locator("#frame img").get_attribute("src") or ""
        shown = np.asarray(Image.open(io.BytesIO(page.request.get(address).body()))) / 255 * 16
        nearest = np.square(known.images - shown).sum(axis=(1, 2)).argmin()
        page.keyboard.press(str(known.target[nearest]))
        page.wait_for_timeout(150)
    page.wait_for_timeout(800)


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
