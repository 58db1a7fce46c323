"""Keys of a person's own: which they may choose, and when one key would mean two things.

Pure rules. Knows nothing of tables, or of how a browser reports a key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from app.projects.hotkeys import RESERVED, KeyRefused, read_key

#: The page's commands, with the key that each has unless a person moves it.
COMMANDS = {
    "cannot_tell": "u",
    "none_of_these": "n",
    "in_between": "m",
    "skip": "s",
    "never": "x",
    "undo": "z",
    "remark": "r",
    "twins": "t",
    "why": "w",
    "guidelines": "g",
    "invert": "i",
    "contrast": "c",
    "smooth": "b",
}
#: What no person can move: it belongs to the browser, or to habits that everybody has.
FIXED = {key: what for key, what in RESERVED.items() if key not in COMMANDS.values()}


@dataclass(frozen=True)
class KnownClass:
    """A class in use, with its key in the project; empty for none."""

    id: int
    name: str
    key: str

    @property
    def target(self) -> str:
        """How preferences name it."""
        return f"class:{self.id}"


def read(chosen: Mapping[str, str], classes: list[KnownClass]) -> dict[str, str]:
    """Return own keys as they are stored, or raise `KeyRefused` with the reason."""
    names = {each.target: each.name for each in classes}
    keys = {target: _read_one(target, key, names) for target, key in chosen.items()}
    for key, targets in _clashes(keys, classes).items():
        told = [repr(names[each]) if each in names else each.replace("_", " ") for each in targets]
        raise KeyRefused(f"The key {key} would mean {' and '.join(told)}. Choose another for one.")
    return keys


def still_fit(stored: Mapping[str, str], classes: list[KnownClass]) -> dict[str, str]:
    """Leave out what a change of the project's classes and their keys has made senseless."""
    known = {each.target for each in classes} | COMMANDS.keys()
    keys = {target: key for target, key in stored.items() if target in known}
    while clashes := _clashes(keys, classes):
        senseless = {target for targets in clashes.values() for target in targets}
        keys = {target: key for target, key in keys.items() if target not in senseless}
    return keys


def _read_one(target: str, key: str, names: Mapping[str, str]) -> str:
    if target not in names and target not in COMMANDS:
        raise KeyRefused(
            f"{target!r} is neither a class in use, such as 'class:7', nor one of the commands"
            f" {', '.join(COMMANDS)}. Leave it out."
        )
    name = read_key(key, reserved=FIXED)
    if not name and target in names:
        raise KeyRefused(f"Choose a key for {names[target]!r}, or leave it out.")
    return name


def _clashes(keys: Mapping[str, str], classes: list[KnownClass]) -> dict[str, list[str]]:
    """Find chosen keys that something else has, too, keys that were not chosen included."""
    usual = {each.target: each.key for each in classes} | COMMANDS
    meanings = defaultdict(list)
    for target in usual:
        meanings[keys.get(target, usual[target]).lower()].append(target)
    return {
        key: targets
        for key, targets in meanings.items()
        if key and len(targets) > 1 and keys.keys() & targets
    }
