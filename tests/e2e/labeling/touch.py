"""A finger on a page, as a phone reports it."""

from __future__ import annotations

from playwright.sync_api import Page


def draw(page: Page, *points: dict[str, float]) -> None:
    """Touch at the first point, go along the others, and let go."""
    devtools = page.context.new_cdp_session(page)
    touch = "Input.dispatchTouchEvent"
    devtools.send(touch, {"type": "touchStart", "touchPoints": [points[0]]})
    for point in points[1:]:
        devtools.send(touch, {"type": "touchMove", "touchPoints": [point]})
    devtools.send(touch, {"type": "touchEnd", "touchPoints": []})
