"""How long an annotator waits for images, from the first one of a new project on.

The demo, alone with one person in a real browser: features and generator are learned meanwhile, and
every ten answers a round begins. What is timed is timed inside of the page.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx

from app.benchmarks import browser
from app.benchmarks.plan import Plan, Say
from app.benchmarks.report import Table, quantiles
from app.benchmarks.server import Server, fresh

SIZE = (1280, 800)
ANSWERS = 100
#: Milliseconds from an image to its answer: people who hurry, and people who look.
PACES = {"Hurried": (300, 700), "Usual": (1000, 2000)}

_WATCH = """() => {
  window.waits = [];
  let since = null;
  const stage = document.querySelector("#stage");
  const look = () => {
    const shown = stage.dataset.state === "shown";
    if (!shown) since ??= performance.now();
    if (shown && since !== null) {
      waits.push(performance.now() - since);
      since = null;
    }
  };
  new MutationObserver(look).observe(stage, { attributeFilter: ["data-state"] });
}"""


@dataclass(frozen=True)
class Waited:
    """Seconds without an image, each time there was none, over so many answers."""

    seconds: list[float]
    answers: int


def measure(_plan: Plan, say: Say) -> Table:
    """Label the demo from its first image on, at two paces."""
    rows = []
    for name, pace in PACES.items():
        with fresh() as server:
            server.start()
            found = wait(server, pace, ANSWERS)
        longest = max(found.seconds, default=0.0)
        rows.append(
            (
                f"{name}, {pace[0] / 1000:.1f} to {pace[1] / 1000:.1f} s an answer",
                str(found.answers),
                str(len(found.seconds)),
                str(sum(each > 1 for each in found.seconds)),
                f"{longest:.1f} s",
                quantiles(found.seconds) if found.seconds else "–",
            )
        )
        say(" · ".join(rows[-1]))
    return Table(
        "Waiting for images",
        ("Pace", "Answers", "Waits", "Longer than 1 s", "Longest", "Waits, ms"),
        tuple(rows),
        "The demo of 1,797 digits in headless Chromium, one person who answers at random, from the"
        " first image on: features and generator are learned meanwhile, and a round begins every"
        " ten answers. A wait is a time in which the page has no image to show.",
    )


def wait(server: Server, pace: tuple[int, int], count: int) -> Waited:
    """Answer so many images of the demo and tell when there was none to answer."""
    link, rng = server.ready(), random.Random(0)
    with httpx.Client(headers={"Origin": server.url}, timeout=30) as client:
        client.post(link)
        secret = client.cookies["cusp_session"]
    shown = "#stage[data-state=shown]"
    with browser.labeling_page(server.url, 1, secret, SIZE) as page:
        page.evaluate(_WATCH)
        for _ in range(count):
            page.wait_for_timeout(rng.uniform(*pace))
            page.locator(shown).wait_for(timeout=browser.PATIENCE_MS)
            page.keyboard.press(rng.choice("1234567890"))
        page.locator(shown).wait_for(timeout=browser.PATIENCE_MS)
        waits: list[float] = page.evaluate("waits")
    return Waited([each / 1000 for each in waits], count)
