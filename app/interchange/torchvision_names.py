"""Which datasets of torchvision are for classification, and how their parts are called.

Imports no torch, so that a request for an unknown one is refused at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.interchange.errors import ImportRefused

Arguments = Mapping[str, bool | int | str]


@dataclass(frozen=True)
class Dataset:
    """The arguments that choose each part of a dataset."""

    training: Sequence[Arguments]
    test: Sequence[Arguments] = ()
    #: Arguments that have no default of their own in torchvision.
    always: Arguments = field(default_factory=dict)
    #: Whether torchvision can fetch it; ImageNet must be there.
    downloads: bool = True
    on_disk: bool = True


def _flagged(**always: str) -> Dataset:
    return Dataset([{"train": True}], [{"train": False}], always)


def _split(training: str, test: str = "test", *, downloads: bool = True) -> Dataset:
    parts = [{"split": name} for name in training.split()]
    return Dataset(parts, [{"split": test}], downloads=downloads)


DATASETS: Mapping[str, Dataset] = {
    "CIFAR10": _flagged(),
    "CIFAR100": _flagged(),
    "CLEVRClassification": Dataset([{"split": "train"}], [{"split": "val"}]),
    "Caltech101": Dataset([{}]),
    "Caltech256": Dataset([{}]),
    "Country211": _split("train valid"),
    "DTD": _split("train val"),
    "EMNIST": _flagged(split="balanced"),
    "EuroSAT": Dataset([{}]),
    "FER2013": _split("train", downloads=False),
    "FGVCAircraft": _split("trainval"),
    "FakeData": Dataset([{}], downloads=False, on_disk=False),
    "FashionMNIST": _flagged(),
    "Flowers102": _split("train val"),
    "Food101": _split("train"),
    "GTSRB": _split("train"),
    "ImageNet": _split("train", "val", downloads=False),
    "Imagenette": _split("train", "val"),
    "KMNIST": _flagged(),
    "LFWPeople": _split("train"),
    "MNIST": _flagged(),
    "Omniglot": Dataset([{"background": True}]),
    "OxfordIIITPet": _split("trainval"),
    "PCAM": _split("train val"),
    "Places365": _split("train-standard", "val"),
    "QMNIST": _flagged(),
    "RenderedSST2": _split("train val"),
    "SEMEION": Dataset([{}]),
    "STL10": _split("train"),
    "SUN397": Dataset([{}]),
    "SVHN": _split("train"),
    "StanfordCars": _split("train", downloads=False),
    "USPS": _flagged(),
}


def find(name: str) -> Dataset:
    """Find a dataset by its exact name, or refuse it."""
    if name not in DATASETS:
        raise ImportRefused(
            f"torchvision has no dataset for classification called {name!r}; names are written as"
            " in its manual, such as MNIST, CIFAR10 or EuroSAT."
        )
    return DATASETS[name]
