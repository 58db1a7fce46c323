"""Networks: the convolutions that encode, decode and judge images, and how their weights start.

Knows nothing of losses, training loops or checkpoints.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.interfaces import CheckpointMismatch, ImageShape, ShapeUnsupported

Network = TypeVar("Network", bound=nn.Module)

#: Sides that the networks take: multiples of four from the first to the second.
SMALLEST_SIDE, LARGEST_SIDE = 8, 128
#: Halving goes on while the shorter side stays at or above this.
CORE_SIDE = 8
LEAK = 0.2
#: Layers are max-pooled to this many cells a side before they become features.
POOLED_SIDE = 4


def require_supported(shape: ImageShape) -> None:
    """Raise `ShapeUnsupported` unless the networks can work with images of this size."""
    sides_fit = all(
        side % 4 == 0 and SMALLEST_SIDE <= side <= LARGEST_SIDE
        for side in (shape.height, shape.width)
    )
    if not sides_fit or shape.channels not in (1, 3):
        raise ShapeUnsupported(
            f"Images of {shape.width} x {shape.height} pixels with {shape.channels} channels do "
            f"not fit: each side must be a multiple of 4 from {SMALLEST_SIDE} to {LARGEST_SIDE}, "
            "with 1 or 3 channels."
        )


def halvings(shape: ImageShape) -> int:
    """Say how often the networks halve both sides: at least twice, to a core of about 8 x 8."""
    times = 2
    while all(
        side % 2 ** (times + 1) == 0 and side >> (times + 1) >= CORE_SIDE
        for side in (shape.height, shape.width)
    ):
        times += 1
    return times


class SpectralConvolution(nn.Conv2d):
    """A convolution divided by its largest singular value (Miyato et al. 2018, one power step)."""

    direction: Tensor

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel_size: int | tuple[int, int],
        stride: int = 1,
        padding: int = 0,
    ) -> None:
        super().__init__(inputs, outputs, kernel_size, stride, padding)
        self.register_buffer("direction", torch.empty(outputs))

    def normalized_weight(self, steps: int = 1) -> Tensor:
        """Return the weight divided by an estimate of its norm, which power steps sharpen."""
        # In full precision: the norm is an estimate already.
        with torch.autocast(self.weight.device.type, enabled=False):
            matrix = self.weight.flatten(1)
            with torch.no_grad():
                left = self.direction
                for _ in range(steps):
                    right = functional.normalize(matrix.T @ left, dim=0)
                    left = functional.normalize(matrix @ right, dim=0)
                self.direction.copy_(left)
            normalized: Tensor = self.weight / (left @ (matrix @ right))
        return normalized

    def forward(self, input: Tensor) -> Tensor:
        """Convolve with the normalized weight."""
        convolved: Tensor = self._conv_forward(input, self.normalized_weight(), self.bias)
        return convolved


class Judge(nn.Module):
    """A discriminator: halving convolutions, then one logit that grows with realism.

    It may have further outputs, for classes or whatever else is read from an image.
    """

    def __init__(
        self,
        shape: ImageShape,
        *,
        convolution: type[nn.Conv2d] = nn.Conv2d,
        width: int = 32,
        batch_norm: bool = False,
        further: int = 0,
    ) -> None:
        super().__init__()
        times = halvings(shape)
        widths = [shape.channels, width, *[2 * width] * (times - 1)]
        self.convolutions = nn.ModuleList(
            convolution(before, after, 4, 2, 1) for before, after in pairwise(widths)
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(after) if batch_norm and index else nn.Identity()
            for index, after in enumerate(widths[1:])
        )
        core = (shape.height >> times, shape.width >> times)
        self.head = convolution(widths[-1], 1 + further, core)

    def layers(self, images: Tensor) -> list[Tensor]:
        """Map unit images to the activations of every layer, (n, width, height / 2^i, ...)."""
        activations: list[Tensor] = []
        signal = images * 2 - 1
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            signal = functional.leaky_relu(norm(convolution(signal)), LEAK)
            activations.append(signal)
        return activations

    def outputs(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to the logit and what is further read, (n, 1 + further)."""
        outputs: Tensor = self.head(self.layers(images)[-1]).flatten(1)
        return outputs

    def forward(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to logits (n,)."""
        return self.outputs(images)[:, 0]


def pooled(layers: list[Tensor]) -> Tensor:
    """Max-pool each layer to at most 4 x 4 cells and join them to (n, dimension)."""
    cells = [
        functional.adaptive_max_pool2d(layer, [min(POOLED_SIDE, side) for side in layer.shape[2:]])
        for layer in layers
    ]
    return torch.cat([each.flatten(1) for each in cells], dim=1)


class Encoder(nn.Module):
    """Maps unit images to the mean and log variance of their latents."""

    def __init__(self, shape: ImageShape, latent_size: int, *, width: int = 32) -> None:
        super().__init__()
        times = halvings(shape)
        widths = [shape.channels, width, *[2 * width] * (times - 1)]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 4, 2, 1) for before, after in pairwise(widths)
        )
        cells = (shape.height >> times) * (shape.width >> times)
        self.head = nn.Linear(widths[-1] * cells, 2 * latent_size)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Map unit images (n, c, h, w) to two tensors (n, latent_size)."""
        signal = images * 2 - 1
        for convolution in self.convolutions:
            signal = functional.leaky_relu(convolution(signal), LEAK)
        mean, log_variance = self.head(signal.flatten(1)).chunk(2, dim=1)
        return mean, log_variance


class Backbone(nn.Module):
    """Sees an image as one vector: convolutions that halve it, averaged over its places.

    Few channels look at it in full size, where each costs most.
    """

    def __init__(self, shape: ImageShape, *, width: int = 64) -> None:
        super().__init__()
        plan = [(width // 4, 3, 1), (width, 4, 2), (2 * width, 4, 2), (2 * width, 3, 1)]
        shorter = min(shape.height, shape.width) >> 2
        while shorter > POOLED_SIDE:
            plan.append((4 * width, 4, 2))
            shorter >>= 1
        widths = [shape.channels, *(outputs for outputs, _, _ in plan)]
        self.dimension = widths[-1]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(inputs, outputs, side, stride, 1, bias=False)
            for inputs, (outputs, side, stride) in zip(widths, plan, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(each) for each in widths[1:])

    def forward(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to vectors (n, dimension)."""
        signal = images * 2 - 1
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            signal = functional.leaky_relu(norm(convolution(signal)), LEAK)
        return signal.mean(dim=(2, 3))


class Projection(nn.Module):
    """Maps vectors to where they are compared, so that they need not be the comparison itself."""

    def __init__(self, inputs: int, outputs: int = 128) -> None:
        super().__init__()
        self.hidden = nn.Linear(inputs, inputs)
        self.head = nn.Linear(inputs, outputs)

    def forward(self, vectors: Tensor) -> Tensor:
        """Map (n, inputs) to (n, outputs)."""
        projected: Tensor = self.head(functional.leaky_relu(self.hidden(vectors), LEAK))
        return projected


class Decoder(nn.Module):
    """Maps latents to the logits of unit images: the generating half of VAE and DCGAN alike."""

    def __init__(
        self, shape: ImageShape, latent_size: int, *, width: int = 32, batch_norm: bool = False
    ) -> None:
        super().__init__()
        times = halvings(shape)
        self.core = (2 * width, shape.height >> times, shape.width >> times)
        self.opening = nn.Linear(latent_size, math.prod(self.core))
        widths = [*[2 * width] * (times - 1), width, shape.channels]
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(each) if batch_norm else nn.Identity() for each in widths[:-1]
        )
        self.convolutions = nn.ModuleList(
            nn.ConvTranspose2d(before, after, 4, 2, 1) for before, after in pairwise(widths)
        )

    def forward(self, latents: Tensor) -> Tensor:
        """Map latents (n, latent_size) to logits (n, c, h, w)."""
        signal: Tensor = self.opening(latents).unflatten(1, self.core)
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            signal = convolution(functional.leaky_relu(norm(signal), LEAK))
        return signal


def initialized(build: Callable[[], Network], generator: torch.Generator) -> Network:
    """Build a network with weights drawn from `generator` alone (He et al. 2015).

    It is built without storage first, because layers draw their first weights from the global
    random state, which is not ours to touch.
    """
    network = _without_storage(build).to_empty(device="cpu")
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, a=LEAK, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        if isinstance(module, SpectralConvolution):
            module.direction.normal_(generator=generator)
        if isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
    return network


def restored(build: Callable[[], Network], tensors: Mapping[str, Tensor]) -> Network:
    """Build a network around saved tensors, frozen; raises `CheckpointMismatch` if they differ."""
    network = _without_storage(build)
    try:
        network.load_state_dict(dict(tensors), assign=True)
    except RuntimeError as error:
        raise CheckpointMismatch(
            "The saved weights belong to another network or another image size."
        ) from error
    return network.requires_grad_(False).eval()


def folded(judge: Judge, build: Callable[[], Judge]) -> Judge:
    """Return the spectrally normalized judge as one of plain convolutions, frozen."""
    state = judge.state_dict()
    for name, module in judge.named_modules():
        if isinstance(module, SpectralConvolution):
            del state[f"{name}.direction"]
            state[f"{name}.weight"] = module.normalized_weight(steps=20).detach()
    return restored(build, state)


def in_double_precision(network: Network) -> Network:
    """Copy a network to double precision on the CPU."""
    # In two moves: not every accelerator knows double precision.
    return copy.deepcopy(network).to("cpu").to(torch.float64)


def _without_storage(build: Callable[[], Network]) -> Network:
    with torch.device("meta"):
        return build()
