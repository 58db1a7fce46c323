"""How soon an annotator sees the next image: from a key press to its picture on the screen.

A real browser on the page that people use, while the worker trains beside it. Knows how to press
keys; what is timed is timed inside of the page.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product
from typing import Any

from app.benchmarks import browser, labeling
from app.benchmarks.labeling import Bench
from app.benchmarks.plan import LoadPlan, Plan, Say
from app.benchmarks.report import Table, quantiles
from app.benchmarks.server import MeasurementFailed

SIZES = {"Desktop, 1280 x 800": (1280, 800), "Phone, 390 x 844": (390, 844)}
#: Images as large as those of the tasks people come with first.
SIDE = 28
IMAGES = 5_000
PRESSES = 200
#: Whether frames wait for a screen, and what the table calls it.
FRAMES = {True: "60 a second", False: "at once"}
#: Milliseconds between two presses: as fast as a person who need not think.
PAUSE = (120, 260)
#: Pressed before anything is timed, so that the page has come to rest.
WARM_UP = 20

#: A frame's callback runs before it is painted, a message that it posts right after. The page draws
#: in its own handler, which runs after this one and before the frame.
_WATCH = """
window.pressed = [];
addEventListener("keydown", ({ timeStamp }) => {
  const shown = () => document.querySelector("#frame img")?.dataset.query ?? "";
  const before = shown();
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    const drawn = shown();
    const next = drawn !== before && drawn !== "";
    port1.onmessage = () => pressed.push([performance.now() - timeStamp, next]);
    port2.postMessage(0);
  });
}, { capture: true });
"""


@dataclass(frozen=True)
class Pressed:
    """Seconds from each key press to the end of the next frame, and whether that frame showed the
    next image.
    """

    seconds: list[float]
    shown: list[bool]


def measure(_plan: Plan, say: Say) -> Table:
    """Press keys at a person's fastest pace, with the worker at rest and while it trains."""
    rows = []
    load = LoadPlan(images=IMAGES, side=SIDE)
    with labeling.started(load, 1, say) as bench:
        for training in (False, True):
            if training:
                bench.train()
            for (name, size), paced in product(SIZES.items(), FRAMES):
                found = press(bench, size, PRESSES, paced=paced)
                trains = "yes" if training and bench.trains else "no"
                rows.append((name, FRAMES[paced], *_row(found), trains))
                say(" · ".join(rows[-1]))
    return Table(
        "From key press to the next image",
        ("Page", "Frames", "Painted after", "In the first frame", "Training meanwhile"),
        tuple(rows),
        f"Headless Chromium on the same machine; {PRESSES} presses,"
        f" {PAUSE[0]} to {PAUSE[1]} ms apart, {SIDE} x {SIDE} pixels an image. Times are those that"
        " half, 95 and 99 of 100 presses did not exceed, in milliseconds, from the browser's time"
        " of the press to the end of the frame after it. At 60 frames a second, as on a screen, a"
        " press that comes right after a frame waits for the next one, up to 16.7 ms; *at once*,"
        " the browser paints as soon as something changed, and what is left is work. *In the first"
        " frame* counts the presses after which that very frame showed the next image.",
    )


def _row(found: Pressed) -> tuple[str, str]:
    share = sum(found.shown) / max(len(found.shown), 1)
    return quantiles(found.seconds), f"{share:.1%}"


def press(bench: Bench, size: tuple[int, int], count: int, *, paced: bool = True) -> Pressed:
    """Label so many images by keys in a window of that size (pixels), with frames at a screen's
    pace or at once.
    """
    rng = random.Random(0)
    secret, _ = bench.seeded.sessions[0]
    with browser.labeling_page(
        bench.server.url, bench.seeded.project, secret, size, script=_WATCH, paced=paced
    ) as page:
        for turn in range(count + WARM_UP):
            if turn == WARM_UP:
                page.evaluate("pressed.length = 0")
            page.keyboard.press(rng.choice("123456789"))
            page.wait_for_timeout(rng.uniform(*PAUSE))
        found: list[Any] = page.evaluate("pressed")
    if not found:
        raise MeasurementFailed("The page took no key; look at it in a browser.")
    return Pressed([each[0] / 1000 for each in found], [bool(each[1]) for each in found])
