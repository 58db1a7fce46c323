"""A backbone out of torchvision's catalogue, with weights from a local file; nothing is downloaded.

The last layer before the classifier is the vector, standardized on the pool. The weights become
part of the checkpoint, so that the file is needed once. Knows nothing of labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.checkpoints import (
    below,
    read_shape,
    read_tensors,
    require_kind,
    shape_facts,
    whole_number,
)
from models.features.standardizing import Standard, StandardizedFeatures
from models.interfaces import (
    Checkpoint,
    CheckpointMismatch,
    Fact,
    Images,
    ImageShape,
    Progress,
    ShapeUnsupported,
    WeightsUnusable,
)
from models.networks import restored
from models.parts.features import TorchvisionBackboneOptions
from models.torchvision_loading import torchvision
from models.training import require_images

NAME = "torchvision_backbone"
#: One image tells nothing of a spread.
LEAST_IMAGES = 2
#: What torchvision's own weights expect: mean and spread of ImageNet's channels.
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
#: What reading a file that holds other things may raise.
_UNREADABLE = (OSError, ValueError, TypeError, RuntimeError, LookupError, EOFError, UnpicklingError)


class TorchvisionBackbone(StandardizedFeatures):
    """A frozen backbone; implements `Features`."""

    def __init__(
        self, backbone: nn.Module, standard: Standard, *, shape: ImageShape, network: str, size: int
    ) -> None:
        super().__init__(partial(_see, backbone, size=size), standard, shape=shape)
        self._backbone = backbone
        self._facts: dict[str, Fact] = {**shape_facts(shape), "network": network, "size": size}

    def checkpoint(self) -> Checkpoint:
        """Return weights and standardization."""
        tensors = {f"backbone.{key}": each for key, each in self._backbone.state_dict().items()}
        return Checkpoint("features", NAME, self._facts, tensors | self._standard.tensors())


def train(
    images: Images,
    options: TorchvisionBackboneOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
) -> TorchvisionBackbone:
    """Read the weights, and standardize what the backbone sees on the pool (n, c, h, w).

    Raises `PoolTooSmall` below 2 images, `ShapeUnsupported` for other than 1 or 3 channels, and
    `WeightsUnusable` without a file of this network's weights.
    """
    require_images(images, least=LEAST_IMAGES, part="backbone")
    shape = ImageShape.of(images)
    if shape.channels not in (1, 3):
        raise ShapeUnsupported(f"A backbone sees 1 or 3 channels, not {shape.channels}.")
    backbone = _read(options.network, options.weights).to(device)
    generator = torch.Generator().manual_seed(seed)
    see = partial(_see, backbone, size=options.size)
    standard = Standard.of(see, images, generator=generator, device=device)
    progress(1.0, {})
    return TorchvisionBackbone(
        backbone, standard, shape=shape, network=options.network, size=options.size
    )


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> TorchvisionBackbone:
    """Load features; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "features", name=NAME)
    network = str(checkpoint.facts.get("network"))
    backbone = restored(partial(_headless, network), below("backbone", checkpoint.tensors))
    return TorchvisionBackbone(
        backbone.to(device),
        Standard.saved(checkpoint, device=device),
        shape=read_shape(checkpoint.facts),
        network=network,
        size=whole_number(checkpoint.facts, "size"),
    )


def _see(backbone: nn.Module, images: Tensor, *, size: int) -> Tensor:
    resized = functional.interpolate(
        images.expand(-1, 3, -1, -1), (size, size), mode="bilinear", antialias=True
    )
    mean, spread = (
        torch.tensor(each, device=images.device)[:, None, None] for each in (MEAN, SPREAD)
    )
    seen: Tensor = backbone((resized - mean) / spread).flatten(1)
    return seen


def _headless(network: str) -> nn.Module:
    """Build a backbone without its classifier; raises `CheckpointMismatch` for an unknown one."""
    try:
        built: nn.Module = torchvision().models.get_model(network, weights=None)
    except ValueError as error:
        raise CheckpointMismatch(f"torchvision has no network {network!r}.") from error
    setattr(built, _head(built), nn.Identity())
    return built


def _head(network: nn.Module) -> str:
    """Name the last part, which classifies."""
    return [name for name, _ in network.named_children()][-1]


def _read(network: str, path: str) -> nn.Module:
    how = (
        f"Fetch {_address(network)} where there is a network, put the file on every machine that "
        "runs a worker, and give its path as the option `weights`."
    )
    if not path:
        raise WeightsUnusable(f"The backbone {network} needs a local file of weights. {how}")
    try:
        weights = _weights(Path(path))
        head = f"{_head(_without_storage(network))}."
        kept = {key: each for key, each in weights.items() if not key.startswith(head)}
        return restored(partial(_headless, network), kept)
    except _UNREADABLE as error:
        raise WeightsUnusable(
            f"There are no readable weights of {network} in the file {path!r}. {how}"
        ) from error


def _without_storage(network: str) -> nn.Module:
    with torch.device("meta"):
        return _headless(network)


def _weights(path: Path) -> Mapping[str, Tensor]:
    """Read tensors by name; nothing in the file is run."""
    if path.suffix == ".safetensors":
        return read_tensors(path.read_bytes())
    read = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(read, Mapping):
        raise TypeError("These are no weights by name.")
    return read


def _address(network: str) -> str:
    """Say where torchvision's authors keep the weights."""
    return str(torchvision().models.get_model_weights(network).DEFAULT.url)
