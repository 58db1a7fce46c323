"""torchvision loads beside this torch, and beside one that its compiled half was not built for."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.torchvision_loading import torchvision

ROOT = Path(__file__).parents[2]
#: Stops as torchvision does whose compiled half is absent: an operator was never declared.
BROKEN = """
import torch
try:
    torch.library.register_fake("torchvision::nms")(lambda dets, scores, threshold: dets)
except RuntimeError as error:
    raise RuntimeError("operator torchvision::nms does not exist") from error
loaded = True
"""
ELSEWHERE = "from models.torchvision_loading import torchvision; print(torchvision().loaded)"


def load_beside(package: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Load a torchvision that a test wrote, in a process that has loaded no other."""
    (folder / "torchvision.py").write_text(package)
    return subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def write_idx(path: Path, array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    path.write_bytes(struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape))
    with path.open("ab") as file:
        file.write(array.tobytes())


def test_torchvision_loads_once() -> None:
    assert torchvision() is torchvision()
    assert torchvision().__name__ == "torchvision"


def test_missing_operators_are_declared_and_torchvision_tried_again(tmp_path: Path) -> None:
    found = load_beside(BROKEN, tmp_path)
    assert found.stdout.strip() == "True", found.stderr


def test_any_other_failure_to_load_is_told_as_it_is(tmp_path: Path) -> None:
    found = load_beside('raise RuntimeError("no space left on device")', tmp_path)
    assert found.returncode != 0
    assert found.stderr.strip().endswith("RuntimeError: no space left on device")


@pytest.mark.parametrize("train", [True, False])
def test_mnist_is_read_from_its_own_files_without_a_network(tmp_path: Path, train: bool) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (3, 28, 28)).astype(np.uint8)
    labels = np.array([5, 0, 9], dtype=np.uint8)
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        write_idx(raw / f"{part}-images-idx3-ubyte", images)
        write_idx(raw / f"{part}-labels-idx1-ubyte", labels)

    found = torchvision().datasets.MNIST(str(tmp_path), train=train, download=False)
    assert [label for _, label in found] == [5, 0, 9]
    assert np.array_equal(np.stack([np.asarray(image) for image, _ in found]), images)
