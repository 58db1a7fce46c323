"""The colors that all pages share can be read, in light and in dark."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

CSS = Path("static/base.css").read_text()


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def _schemes() -> dict[str, dict[str, str]]:
    light, dark = CSS.split("@media (prefers-color-scheme: dark)", 1)
    return {"light": _tokens(light), "dark": _tokens(light) | _tokens(dark.split("/* ---- ")[0])}


def _luminance(color: str) -> float:
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2: relative luminance of the lighter over that of the darker."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


TEXTS = [
    *product(["ink", "muted", "accent", "good", "warn", "bad"], ["surface", "raised", "sunken"]),
    *((name, f"{name}-wash") for name in ("accent", "good", "warn", "bad")),
    ("accent-ink", "accent"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_stands_out(text: str, ground: str, scheme: str) -> None:
    tokens = _schemes()[scheme]

    assert _contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "raised"])
def test_the_edge_of_an_input_can_be_seen(ground: str, scheme: str) -> None:
    tokens = _schemes()[scheme]

    assert _contrast(tokens["edge"], tokens[ground]) >= 3
