"""Figures in words: percent, points, spans of time, counts. Pure."""

from __future__ import annotations

_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def percent(share: float, digits: int = 1) -> str:
    """Write a share as percent; never rounds up to 100 % or down to 0 % what is neither."""
    text = f"{share * 100:.{digits}f}"
    bound = 10**-digits
    if share < 1 and float(text) >= 100:
        text = f"{100 - bound:.{digits}f}"
    if share > 0 and float(text) <= 0:
        text = f"{bound:.{digits}f}"
    return f"{text} %"


def target(share: float) -> str:
    """Write a target without decimals that it does not need: 95 %, 99.5 %."""
    return f"{share * 100:.6g} %"


def points(change: float) -> str:
    """Write a change of a share in percentage points, with its sign."""
    value = round(change * 100, 1)
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{abs(value):.1f} points"


def span(seconds: float) -> str:
    """Write a span of time in its largest fitting unit."""
    for size, unit in _SPANS:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def step(seconds: float) -> str:
    """Write how long a short step took."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: `1 answer`, `2 answers`, `1,200 answers`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def rounded(number: int) -> str:
    """Write a forecast count no more exactly than it is known: two digits that matter."""
    if number < 10:
        return str(number)
    unit = 10 ** (len(str(number)) - 2)
    return f"{round(number / unit) * unit:,}"
