from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.interchange.errors import ImportRefused
from app.interchange.imaging import Limits, from_image
from app.interchange.readers.source import Split
from app.interchange.readers.torchvision_datasets import TorchvisionSource
from app.interchange.schemas import TorchvisionSource as Wanted
from tests.app.interchange.pictures import noise
from tests.app.interchange.readers.test_files import as_idx

LIMITS = Limits(10**6, 10**6)


def source(default: Path, name: str, **wanted: Any) -> TorchvisionSource:
    return TorchvisionSource(Wanted(kind="torchvision", name=name, **wanted), default_root=default)


def mnist(root: Path) -> Path:
    """MNIST's files as torchvision keeps them, with four and two images."""
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, count in (("train", 4), ("t10k", 2)):
        images = np.stack([noise(seed) for seed in range(count)])
        labels = np.array([5, 7, 5, 7], np.uint8)[:count]
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            content = as_idx(array)
            (raw / f"{name}-{kind}-ubyte").write_bytes(content)
            (raw / f"{name}-{kind}-ubyte.gz").write_bytes(gzip.compress(content))
    return root


def test_mnist_is_read_from_a_local_folder_by_its_class_names(tmp_path: Path) -> None:
    found = source(mnist(tmp_path), "MNIST")
    images = list(found)
    assert found.labels == ["5", "7"]
    assert found.count == 6
    assert [each.label for each in images] == ["5", "7", "5", "7", "5", "7"]
    assert [each.split for each in images] == [Split.TRAIN] * 4 + [Split.TEST] * 2
    assert np.array_equal(np.asarray(from_image(images[3].read()).image), noise(3))


def test_a_named_root_is_used(tmp_path: Path) -> None:
    assert source(tmp_path / "else", "MNIST", root=str(mnist(tmp_path / "here"))).count == 6


def test_a_dataset_without_parts_or_class_names_is_read(tmp_path: Path) -> None:
    found = source(tmp_path, "FakeData", options={"size": 6, "num_classes": 2})
    assert found.count == 6
    assert set(found.labels) <= {"0", "1"}


def test_a_dataset_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"Dataset not found\. Let it be downloaded, or name"):
        source(tmp_path, "MNIST")


def test_an_option_that_the_dataset_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="unexpected keyword argument"):
        source(tmp_path, "FakeData", options={"colour": "red"})


@pytest.mark.parametrize("name", ["Mnist", "CocoDetection", "os", "VisionDataset"])
def test_what_is_no_classification_dataset_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportRefused, match="no dataset for classification"):
        source(tmp_path, name)
