"""Classification datasets of torchvision, by name.

A dataset that knows `train` or `split` is read as its training and its test part. Only opening
such a source brings torch in.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from app.interchange.errors import ImportRefused
from app.interchange.readers.source import Content, SourceImage, Split
from app.interchange.schemas import TorchvisionSource as Wanted
from app.interchange.verdicts import Refused, Verdict

#: Names of training parts, best first; the test part is always called `test` or `val`.
_TRAINING = ("trainval", "train")
_TESTING = ("test", "val", "valid")
#: Where datasets keep the labels of all their images, so that none needs to be decoded for it.
_TARGETS = ("targets", "labels", "_labels", "_samples", "samples", "imgs")


class TorchvisionSource:
    """The images of one dataset, its training part before its test part."""

    def __init__(self, wanted: Wanted, *, default_root: Path) -> None:
        self._name = wanted.name
        self._parts = list(_parts(wanted, default_root))
        self._targets = [_targets(dataset) for _, dataset in self._parts]
        self._names = [_class_names(dataset) for _, dataset in self._parts]

    @property
    def labels(self) -> list[str]:
        """The labels that occur, by their names where the dataset has names for them."""
        pairs = zip(self._targets, self._names, strict=True)
        return sorted({_label(each, names) for targets, names in pairs for each in set(targets)})

    @property
    def count(self) -> int:
        """How many images there are."""
        return sum(len(targets) for targets in self._targets)

    def __iter__(self) -> Iterator[SourceImage]:
        """Go through the images."""
        for (split, dataset), targets, names in zip(
            self._parts, self._targets, self._names, strict=True
        ):
            for row, target in enumerate(targets):
                name = f"{self._name} {split}[{row}]"
                yield SourceImage(name, partial(_read, dataset, row), _label(target, names), split)


def _parts(wanted: Wanted, default_root: Path) -> Iterator[tuple[Split, Any]]:
    """Build the training part and the test part, as far as the dataset has them."""
    kind = _class(wanted)
    parameters = inspect.signature(kind).parameters
    arguments = _arguments(wanted, parameters, default_root)
    free = set(parameters) - set(wanted.options)
    if "train" in free:
        yield Split.TRAIN, _built(kind, wanted, arguments | {"train": True})
        yield Split.TEST, _built(kind, wanted, arguments | {"train": False})
    elif "split" in free:
        training, test = _first_built(kind, wanted, arguments)
        yield Split.TRAIN, training
        if test is not None:
            yield Split.TEST, test
    else:
        yield Split.TRAIN, _built(kind, wanted, arguments)


def _class(wanted: Wanted) -> Callable[..., Any]:
    """Find the dataset's class."""
    loading = importlib.import_module("models.torchvision_loading")
    datasets = loading.torchvision().datasets
    if wanted.name not in datasets.__all__ or wanted.name.startswith("wrap"):
        raise ImportRefused(
            f"torchvision has no dataset called {wanted.name!r}; names are as in its manual, such"
            " as MNIST, CIFAR10 or EuroSAT."
        )
    found: Callable[..., Any] = getattr(datasets, wanted.name)
    return found


def _arguments(wanted: Wanted, parameters: Mapping[str, Any], default_root: Path) -> dict[str, Any]:
    """Return the arguments that do not choose a part, or refuse unknown ones."""
    unknown = sorted(set(wanted.options) - set(parameters))
    if unknown:
        raise ImportRefused(
            f"torchvision's {wanted.name} has no option {unknown[0]!r}; it has:"
            f" {', '.join(parameters)}."
        )
    root = Path(wanted.root).expanduser() if wanted.root else default_root
    common: dict[str, Any] = {"root": str(root), "download": wanted.download}
    return {key: value for key, value in common.items() if key in parameters} | wanted.options


def _first_built(
    kind: Callable[..., Any], wanted: Wanted, arguments: dict[str, Any]
) -> tuple[Any, Any | None]:
    """Build the parts of a dataset whose parts have names of their own."""
    built: list[Any] = []
    refusal: ImportRefused | None = None
    for names in (_TRAINING, _TESTING):
        for name in names:
            try:
                built.append(_built(kind, wanted, arguments | {"split": name}))
                break
            except ImportRefused as error:
                refusal = error
    if not built and refusal is not None:
        raise refusal
    return built[0], built[1] if len(built) > 1 else None


def _built(kind: Callable[..., Any], wanted: Wanted, arguments: dict[str, Any]) -> Any:
    """Build one part; torchvision raises all kinds of errors where files are missing."""
    try:
        return kind(**arguments)
    except (RuntimeError, OSError, ValueError, TypeError, ImportError) as error:
        hint = "" if wanted.download else " Import it with download, or name the folder it is in."
        said = str(error).strip().splitlines()[:1] or [type(error).__name__]
        raise ImportRefused(
            f"torchvision cannot open {wanted.name}: {said[0][:200]}{hint}"
        ) from None


def _targets(dataset: Any) -> Sequence[int]:
    """Return the label of every image, decoding as little as the dataset allows."""
    for name in _TARGETS:
        found = getattr(dataset, name, None)
        if found is not None and len(found) == len(dataset):
            return [_number(each) for each in found]
    return [_number(dataset[row]) for row in range(len(dataset))]


def _number(target: Any) -> int:
    """Read a label that is a number or stands last in a pair."""
    label = target[-1] if isinstance(target, tuple | list) else target
    try:
        return int(label)
    except (TypeError, ValueError):
        raise ImportRefused(
            "The labels of this dataset are no classes; only classification datasets fit."
        ) from None


def _class_names(dataset: Any) -> list[str]:
    """Return the names of the classes; MNIST's `5 - five` is `5`."""
    names = getattr(dataset, "classes", None) or []
    return [re.sub(r"^(\d+) - .*", r"\1", str(name)) for name in names]


def _label(target: int, names: Sequence[str]) -> str:
    return names[target] if 0 <= target < len(names) else str(target)


def _read(dataset: Any, row: int) -> Content:
    """Read one image; damage to one file costs that file alone."""
    try:
        image = dataset[row][0]
    except (OSError, ValueError, RuntimeError):
        raise Refused(Verdict.UNREADABLE, "torchvision cannot read it.") from None
    if not isinstance(image, Image.Image):
        raise Refused(Verdict.NOT_AN_IMAGE, "torchvision gives no image for it.")
    return image
