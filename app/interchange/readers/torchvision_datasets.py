"""Classification datasets of torchvision, by name, read as a training and a test part.

Only opening such a source brings torch in.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from app.interchange.errors import ImportRefused
from app.interchange.readers.source import Content, SourceImage, Split
from app.interchange.schemas import TorchvisionSource as Wanted
from app.interchange.torchvision_names import Arguments, find
from app.interchange.verdicts import Refused, Verdict

#: Where datasets keep the labels of all their images, so that none needs to be decoded for it.
_TARGETS = ("targets", "labels", "_labels", "y", "_samples", "_flat_character_images")


@dataclass(frozen=True)
class _Part:
    split: Split
    dataset: Any
    #: The label of every image; None where there is none.
    labels: Sequence[str | None]


class TorchvisionSource:
    """The images of one dataset, its training part before its test part."""

    def __init__(self, wanted: Wanted, *, default_root: Path) -> None:
        self._name = wanted.name
        self._parts = list(_parts(wanted, default_root))

    @property
    def labels(self) -> list[str]:
        """The labels that occur, by their names where the dataset has names for them."""
        return sorted({label for part in self._parts for label in set(part.labels) if label})

    @property
    def count(self) -> int:
        """How many images there are."""
        return sum(len(part.labels) for part in self._parts)

    def __iter__(self) -> Iterator[SourceImage]:
        """Go through the images."""
        for part in self._parts:
            for row, label in enumerate(part.labels):
                name = f"{self._name} {part.split}[{row}]"
                yield SourceImage(name, partial(_read, part.dataset, row), label, part.split)


def _parts(wanted: Wanted, default_root: Path) -> Iterator[_Part]:
    """Build the parts of the dataset; options that choose a part leave only that one."""
    known = find(wanted.name)
    common: dict[str, Any] = {}
    if known.on_disk:
        root = Path(wanted.root).expanduser() if wanted.root else default_root
        root.mkdir(parents=True, exist_ok=True)
        common["root"] = str(root)
    if known.downloads:
        common["download"] = wanted.download
    common |= {**known.always, **wanted.options}
    for split, parts in ((Split.TRAIN, known.training), (Split.TEST, known.test)):
        for chosen in parts:
            if not chosen.keys() & wanted.options.keys():
                yield _part(wanted, split, {**common, **chosen})
            elif split is Split.TRAIN and chosen is parts[0]:
                yield _part(wanted, split, common)


def _part(wanted: Wanted, split: Split, arguments: Arguments) -> _Part:
    """Build one part; torchvision raises all kinds of errors where something is missing."""
    loading = importlib.import_module("models.torchvision_loading")
    try:
        dataset = getattr(loading.torchvision().datasets, wanted.name)(**arguments)
        names = _class_names(dataset)
        targets = _targets(dataset)
    except (RuntimeError, OSError, ValueError, TypeError, ImportError) as error:
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        said = first_line.partition(" You ")[0].rstrip(".")
        hint = "" if wanted.download else " Let it be downloaded, or name the folder it lies in."
        raise ImportRefused(f"torchvision cannot open {wanted.name}: {said[:200]}.{hint}") from None
    return _Part(split, dataset, [_label(target, names) for target in targets])


def _targets(dataset: Any) -> list[int | None]:
    """Return the class of every image, decoding as little as the dataset allows."""
    for name in _TARGETS:
        found = getattr(dataset, name, None)
        if found is not None and len(found) == len(dataset):
            return [_number(each) for each in found]
    return [_number(dataset[row]) for row in range(len(dataset))]


def _number(target: Any) -> int | None:
    """Read a class that is a number, or that stands last in a pair."""
    number = target[-1] if isinstance(target, tuple | list) else target
    return None if number is None or int(number) < 0 else int(number)


def _class_names(dataset: Any) -> list[str]:
    """Return the names of the classes; MNIST's `5 - five` is `5`."""
    names = getattr(dataset, "classes", None) or []
    return [re.sub(r"^(\d+) - .*", r"\1", str(name)) for name in names]


def _label(target: int | None, names: Sequence[str]) -> str | None:
    if target is None:
        return None
    return names[target] if target < len(names) else str(target)


def _read(dataset: Any, row: int) -> Content:
    """Read one image; damage to one file costs that file alone."""
    try:
        image = dataset[row][0]
    except (OSError, ValueError, RuntimeError, SyntaxError):
        raise Refused(Verdict.UNREADABLE, "torchvision cannot read it.") from None
    if not isinstance(image, Image.Image):
        raise Refused(Verdict.NOT_AN_IMAGE, "torchvision gives no image for it.")
    return image
