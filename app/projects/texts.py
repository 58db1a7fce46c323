"""Which text may stand in names and guidelines: any script, any emoji, but nothing invisible.

Pure rules. Knows nothing of HTML: escaping is the pages' duty.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

#: Controls, lone surrogates, unassigned: what databases and screens choke on.
_UNFIT = {"Cc", "Cs", "Cn"}
#: Formats such as joiners and marks of direction, spaces and separators: nothing to read.
_UNSEEN = {"Cf", "Zs", "Zl", "Zp"}


def one_line(text: str) -> str:
    """Trim a name, or raise ValueError if it has nothing to read or holds control characters."""
    trimmed = unicodedata.normalize("NFC", text).strip()
    categories = {unicodedata.category(each) for each in trimmed}
    if not categories - _UNSEEN:
        raise ValueError("must not be empty")
    if categories & (_UNFIT | {"Zl", "Zp"}):
        raise ValueError("must not hold line breaks or control characters")
    return trimmed


def optional_line(text: str) -> str:
    """Trim a line that may be empty."""
    return one_line(text) if text.strip() else ""


def paragraphs(text: str) -> str:
    """Trim a longer text; line breaks and tabs may stand in it."""
    trimmed = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    readable = trimmed.replace("\n", "").replace("\t", "")
    if any(unicodedata.category(each) in _UNFIT for each in readable):
        raise ValueError("must not hold control characters")
    return trimmed


def same(one: str, other: str) -> bool:
    """Whether two names differ at most in case."""
    return one.casefold() == other.casefold()


Name = Annotated[str, Field(max_length=100), AfterValidator(one_line)]
Line = Annotated[str, Field(max_length=300), AfterValidator(optional_line)]
Paragraphs = Annotated[str, Field(max_length=20_000), AfterValidator(paragraphs)]
