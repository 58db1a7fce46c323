"""What a training needs to go on: weights, what optimizers remember, randomness; as a checkpoint.

Knows nothing of steps or losses.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from models.checkpoints import below, require_kind, tensor
from models.interfaces import Checkpoint, CheckpointMismatch, Facts

KIND, NAME = "training", "lesson"

Networks = Mapping[str, nn.Module]
Optimizers = Mapping[str, torch.optim.Optimizer]


def state(
    networks: Networks,
    optimizers: Optimizers,
    generator: torch.Generator,
    *,
    best: Mapping[str, Mapping[str, Tensor]],
    facts: Facts,
) -> Checkpoint:
    """Copy everything that training changes."""
    tensors = {"random": generator.get_state()}
    for name, network in networks.items():
        tensors |= {f"now.{name}.{key}": each for key, each in network.state_dict().items()}
    for name, weights in best.items():
        tensors |= {f"best.{name}.{key}": each for key, each in weights.items()}
    for name, optimizer in optimizers.items():
        for index, weight in enumerate(_weights(optimizer)):
            memory = optimizer.state.get(weight, {})
            tensors |= {f"memory.{name}.{index}.{key}": each for key, each in memory.items()}
    copied = {key: each.detach().to("cpu", copy=True) for key, each in tensors.items()}
    return Checkpoint(KIND, NAME, facts, copied)


def restore(
    kept: Checkpoint,
    networks: Networks,
    optimizers: Optimizers,
    generator: torch.Generator,
    *,
    about: Facts,
) -> dict[str, dict[str, Tensor]]:
    """Put everything as it was, and return the best weights by network.

    Raises `CheckpointMismatch` when the facts `about` differ or the networks are others.
    """
    require_kind(kept, KIND, name=NAME)
    if any(kept.facts.get(key) != value for key, value in about.items()):
        raise CheckpointMismatch("What was kept belongs to another training; begin anew.")
    for name, network in networks.items():
        try:
            network.load_state_dict(below(f"now.{name}", kept.tensors))
        except RuntimeError as error:
            raise CheckpointMismatch(
                "What was kept belongs to another network; begin anew."
            ) from error
    for name, optimizer in optimizers.items():
        for index, weight in enumerate(_weights(optimizer)):
            memory = below(f"memory.{name}.{index}", kept.tensors)
            optimizer.state[weight] = {k: _like(each, weight) for k, each in memory.items()}
    generator.set_state(tensor(kept, "random"))
    return {name: below(f"best.{name}", kept.tensors) for name in networks}


def _weights(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    return [weight for group in optimizer.param_groups for weight in group["params"]]


def _like(memory: Tensor, weight: Tensor) -> Tensor:
    """Lay memory out as its weight is: the quick optimizers walk through both side by side."""
    if memory.shape != weight.shape:
        return memory.clone().to(weight.device)
    return torch.empty_like(weight, requires_grad=False).copy_(memory)
