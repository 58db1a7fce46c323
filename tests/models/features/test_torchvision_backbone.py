"""Backbones read their weights from a local file, and say how to get one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from models.catalog import read_options
from models.features import torchvision_backbone
from models.features.torchvision_backbone import TorchvisionBackbone
from models.interfaces import WeightsUnusable
from models.parts.declaring import Kind
from tests.models.small_worlds import COLOR, backbone_weights, quiet, world

SMALL_ONE = "mobilenet_v3_small"


def train(weights: object, *, network: str = SMALL_ONE) -> TorchvisionBackbone:
    options = read_options(
        Kind.FEATURES,
        "torchvision_backbone",
        {"weights": str(weights), "network": network, "size": 32},
    )
    return torchvision_backbone.train(world(COLOR).images, options, seed=0, progress=quiet)


def test_without_a_file_it_says_where_weights_are_and_what_to_do() -> None:
    with pytest.raises(WeightsUnusable, match=r"needs a local file .* https://\S+mobilenet_v3_sm"):
        train("")


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnusable, match="no readable weights of mobilenet_v3_small"):
        train(tmp_path / "none.pth")


@pytest.mark.parametrize("name", ["text.pth", "text.safetensors"])
def test_a_file_of_something_else_is_refused_in_the_same_words(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("root:x:0:0")
    with pytest.raises(WeightsUnusable, match="no readable weights") as refused:
        train(tmp_path / name)
    assert "root:x" not in str(refused.value)


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (Path(tmp_path / "sprung"),)  # type: ignore[return-value]

    torch.save({"head": Trap()}, tmp_path / "trap.pth")
    with pytest.raises(WeightsUnusable):
        train(tmp_path / "trap.pth")
    assert not (tmp_path / "sprung").exists()


def test_weights_of_another_network_are_refused_in_words() -> None:
    with pytest.raises(WeightsUnusable, match="no readable weights of resnet18"):
        train(backbone_weights(SMALL_ONE), network="resnet18")


def test_both_formats_give_the_same_vectors(tmp_path: Path) -> None:
    pickled = backbone_weights(SMALL_ONE)
    save_file(torch.load(pickled, weights_only=True), tmp_path / "same.safetensors")
    images = world(COLOR).images[:4]
    first, other = (
        train(each).extract(images) for each in (pickled, tmp_path / "same.safetensors")
    )
    assert first.tobytes() == other.tobytes()
    assert first.shape == (4, 576)
