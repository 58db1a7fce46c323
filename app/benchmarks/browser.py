"""A real browser on the page that annotators use. Knows where it is, and nothing of clocks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.benchmarks.server import MeasurementFailed

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = os.environ.get("CUSP_TEST_CHROMIUM", "/usr/bin/chromium")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
#: Frames are painted as soon as something changed, not at a screen's next tick.
_UNPACED = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
#: The first image of a project that was made a moment ago takes a while.
PATIENCE_MS = 120_000


@contextmanager
def labeling_page(
    url: str,
    project: int,
    secret: str,
    size: tuple[int, int],
    *,
    script: str = "",
    paced: bool = True,
) -> Iterator[Page]:
    """Open a project's page with its first image, in a window of that size (pixels), signed in by
    the secret of a session; the script runs before anything of the page. Unless it is paced, the
    browser does not wait for a screen to paint.
    """
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415
    except ModuleNotFoundError as error:
        told = "This needs Playwright: run `make bench`, or install the project's `test` extra."
        raise MeasurementFailed(told) from error
    with sync_playwright() as playwright:
        flags = _FLAGS if paced else (*_FLAGS, *_UNPACED)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        context.add_cookies([{"name": "cusp_session", "value": secret, "url": url}])
        page = context.new_page()
        page.add_init_script(script)
        page.goto(f"{url}/projects/{project}/label")
        page.locator("#stage[data-state=shown]").wait_for(timeout=PATIENCE_MS)
        yield page
        browser.close()
