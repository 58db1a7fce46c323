"""Keys that answer with a class: which are free, which are taken for something else.

Pure rules. Knows nothing of projects or of how a browser reports a key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from string import ascii_lowercase, digits

#: What a key already does on the annotator's page or in the browser.
RESERVED = {
    "u": "says that nobody can tell what the image shows",
    "n": "says that the image shows none of the classes",
    "m": "says that the image is in between",
    "s": "skips the image",
    "x": "skips the image for everybody",
    "z": "takes the last answer back",
    "r": "leaves a remark",
    "t": "shows the real images nearest to an imagined one",
    "w": "tells why the last image was asked",
    "g": "opens the guidelines",
    "i": "inverts the image",
    "c": "raises the image's contrast",
    "b": "blends the image's pixels",
    "+": "zooms in",
    "=": "zooms in on keyboards where + needs the shift key",
    "-": "zooms out",
    "?": "lists the keys",
    "/": "opens the browser's search",
    "'": "opens the browser's search",
    "space": "skips the image",
    "enter": "presses the button that has the focus",
    "escape": "closes what is open",
    "tab": "moves to the next button",
    "backspace": "takes the last answer back",
    "delete": "goes back in some browsers",
    **dict.fromkeys(("left", "right"), "answers where there are two classes"),
    "down": "says that nobody can tell what the image shows",
    "up": "scrolls the page",
    **dict.fromkeys(("home", "end", "pageup", "pagedown"), "scrolls the page"),
}
_OTHER_NAMES = {" ": "space", "return": "enter", "esc": "escape", "\t": "tab", "\n": "enter"}
#: What a keyboard types: letters, numbers, punctuation and mathematical or currency signs.
_TYPED = {"Lu", "Ll", "Lo", "Lm", "Nd", "No", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Pc"}
_TYPED |= {"Sm", "Sc", "Sk"}
_CHOICES = [key for key in digits[1:] + ascii_lowercase if key not in RESERVED]


class KeyRefused(ValueError):
    """This key cannot answer with a class."""


def read_key(text: str, *, reserved: Mapping[str, str] = RESERVED) -> str:
    """Return a key as it is stored, empty for none, or raise `KeyRefused` with the reason."""
    name = unicodedata.normalize("NFC", text).lower()
    name = _OTHER_NAMES.get(name, name.strip().removeprefix("arrow"))
    if name in reserved:
        raise KeyRefused(f"The key {name} is reserved: it {reserved[name]}. Choose another.")
    if len(name) > 1:
        raise KeyRefused(
            f"{text.strip()[:20]!r} is not one key. Choose a single letter, digit or sign;"
            " combinations belong to the browser."
        )
    if name and unicodedata.category(name) not in _TYPED:
        raise KeyRefused("Choose a letter, digit or sign that a keyboard has.")
    return name


def free_key(taken: Collection[str]) -> str:
    """Return the first of 1 to 9, then of the free letters, that nobody took; empty if none is."""
    return next((key for key in _CHOICES if key not in taken), "")


def assign(wanted: Iterable[str | None]) -> list[str]:
    """Fill in the keys nobody chose (None), around those somebody did (empty: no key)."""
    chosen = list(wanted)
    taken = {key for key in chosen if key}
    assigned: list[str] = []
    for key in chosen:
        assigned.append(free_key(taken) if key is None else key)
        taken.add(assigned[-1])
    return assigned
