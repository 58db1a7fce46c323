"""The guide for newcomers works as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import numpy as np

from models.parts import declaring
from models.parts.declaring import Entry, Slot
from tests.models.small_worlds import situation

GUIDE = Path(__file__).parents[3] / "docs" / "adding-a-strategy.md"
MOST_LINES = 30


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def test_the_strategy_of_the_guide_poses_what_it_says() -> None:
    rare = ModuleType("rare")
    exec(blocks()[0], rare.__dict__)
    found = rare.build(None).pose(situation(), 5, seed=0)
    assert len(found) == 5
    assert len(set(found.rows.tolist())) == 5
    assert (np.diff(found.utilities) <= 0).all()


def test_the_entry_of_the_guide_is_one() -> None:
    words = {**vars(declaring), "dataclass": __import__("dataclasses").dataclass}
    declared, made = blocks()[1].split("\n\n\n")
    exec(declared, words)
    entry = eval(made, words)
    assert isinstance(entry, Entry)
    assert Slot.POOL in entry.slots


def test_the_strategy_is_short_enough_to_begin_with() -> None:
    lines = [line for line in blocks()[0].splitlines() if line.strip()]
    assert len(lines) <= MOST_LINES
