"""Which keys people may choose for themselves."""

import re
from pathlib import Path

import pytest

from app.labeling.preferences_keys import COMMANDS, FIXED, KnownClass, read, still_fit
from app.projects.hotkeys import RESERVED, KeyRefused

FIVE, SEVEN = KnownClass(5, "five", "1"), KnownClass(7, "seven", "q")
CLASSES = [FIVE, SEVEN]


def test_the_page_has_these_commands_with_these_keys() -> None:
    script = Path("static/labeling/keys.js").read_text()
    (listed,) = re.findall(r"COMMANDS = \{(.*?)\};", script, re.DOTALL)
    told = {
        re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name): key
        for name, key in re.findall(r'(\w+): "(\w)"', listed)
    }
    assert told == COMMANDS
    assert set(COMMANDS.values()) <= RESERVED.keys()


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"class:5": "f"},
        {"class:5": "F"},
        {"skip": "k"},
        {"never": ""},
        {"class:5": "s", "skip": "k"},
        {"class:5": "x", "never": ""},
        {"class:5": "q", "class:7": "1"},
        {"skip": "z", "undo": "s"},
        {"class:5": "1"},
        {"cannot_tell": "0"},
    ],
)
def test_keys_that_mean_one_thing_each_are_taken(chosen: dict[str, str]) -> None:
    assert read(chosen, CLASSES) == {target: key.lower() for target, key in chosen.items()}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"class:5": "s"}, "The key s would mean 'five' and skip."),
        ({"class:5": "f", "class:7": "F"}, "The key f would mean 'five' and 'seven'."),
        ({"skip": "q"}, "The key q would mean 'seven' and skip."),
        ({"skip": "u"}, "The key u would mean cannot tell and skip."),
        ({"class:9": "f"}, "'class:9' is neither a class in use"),
        ({"class:05": "f"}, "neither a class"),
        ({"fly": "f"}, "nor one of the commands cannot_tell"),
        ({"class:5": ""}, "Choose a key for 'five', or leave it out."),
        ({"skip": "ctrl+k"}, "is not one key"),
        ({"skip": "shift+1"}, "is not one key"),
        ({"skip": "F5"}, "is not one key"),
        ({"skip": "\x00"}, "that a keyboard has"),
        ({"skip": "🦊"}, "that a keyboard has"),
    ],
)
def test_other_keys_are_refused_with_what_to_do(chosen: dict[str, str], told: str) -> None:
    with pytest.raises(KeyRefused, match=re.escape(told)):
        read(chosen, CLASSES)


@pytest.mark.parametrize("key", sorted(FIXED))
def test_keys_that_everybody_needs_stay_what_they_are(key: str) -> None:
    with pytest.raises(KeyRefused, match="reserved"):
        read({"skip": key}, CLASSES)


def test_what_the_browser_and_habits_need_is_fixed() -> None:
    assert {"tab", "enter", "escape", "space", "backspace", "left", "up", "+", "?"} <= FIXED.keys()


@pytest.mark.parametrize(
    ("classes", "left"),
    [
        (CLASSES, {"class:5": "f", "class:7": "s", "skip": "k"}),
        ([FIVE], {"class:5": "f", "skip": "k"}),
        ([FIVE, SEVEN, KnownClass(8, "eight", "d")], {"class:5": "f", "class:7": "s", "skip": "k"}),
        # Once the key of skip is taken, skip is on S again, where seven was put.
        ([FIVE, SEVEN, KnownClass(8, "eight", "k")], {"class:5": "f"}),
    ],
)
def test_keys_go_that_no_longer_fit_the_classes(
    classes: list[KnownClass], left: dict[str, str]
) -> None:
    assert still_fit({"class:5": "f", "class:7": "s", "skip": "k"}, classes) == left
