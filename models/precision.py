"""Where training computes: in half the bits and the layout that the device is quickest with.

Weights, gradients and everything that is kept stay in single precision. Knows nothing of networks
or losses.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


def quickly(device: str) -> AbstractContextManager[object]:
    """Compute in bfloat16 in here where the device has units for it, as usual elsewhere."""
    kind = device.split(":")[0]
    return torch.autocast(kind, torch.bfloat16) if _has_bfloat16(kind) else nullcontext()


def placed(network: Network, device: str) -> Network:
    """Move a network to where it is trained, in the layout that convolutions are quick in."""
    # Half of torch's own annotations of `to` do not know this argument.
    return network.to(device).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload,no-any-return]


def frozen(network: Network) -> Network:
    """Return a trained network in the usual layout, as loading it would give it."""
    network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    return network.requires_grad_(False).eval()


def laid_out(images: Tensor) -> Tensor:
    """Lay images (n, c, h, w) out as `placed` networks take them."""
    return images.contiguous(memory_format=torch.channels_last)


@lru_cache
def _has_bfloat16(kind: str) -> bool:
    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # Without matrix units, bfloat16 on a processor saves less than its conversions cost.
    return kind == "cpu" and bool(torch.cpu.get_capabilities().get("amx_bf16"))
