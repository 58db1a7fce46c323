"""Checkpoints as bytes: one safetensors blob with kind, name and facts as JSON in its header.

Nothing is unpickled, so a blob from a stranger can be wrong but not run code. A digest over facts
and weights tells a blob that was altered on its way: a generator with one changed weight would
draw other images than people saw. Knows nothing of files or of the parts themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from models.interfaces import (
    Checkpoint,
    CheckpointDamaged,
    CheckpointMismatch,
    Facts,
    ImageShape,
)

_LENGTH_BYTES = 8


def to_blob(checkpoint: Checkpoint) -> bytes:
    """Serialize a checkpoint; equal checkpoints give equal bytes."""
    about = {"kind": checkpoint.kind, "name": checkpoint.name, "facts": dict(checkpoint.facts)}
    text = json.dumps(about, sort_keys=True, allow_nan=False)
    tensors = {key: each.detach().cpu().contiguous() for key, each in checkpoint.tensors.items()}
    # The format keeps tensors and their names; only one key, for one key has one order.
    header = {"cusp": json.dumps([_digest(text, tensors), text])}
    return save(tensors, metadata=header)


def from_blob(blob: bytes) -> Checkpoint:
    """Read a checkpoint back, or raise `CheckpointDamaged`."""
    try:
        tensors = load(blob)
        length = int.from_bytes(blob[:_LENGTH_BYTES], "little")
        header = json.loads(blob[_LENGTH_BYTES : _LENGTH_BYTES + length])
        digest, text = json.loads(header["__metadata__"]["cusp"])
        about = json.loads(text)
        read = Checkpoint(str(about["kind"]), str(about["name"]), dict(about["facts"]), tensors)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise _damaged(blob) from error
    if digest != _digest(text, tensors):
        raise _damaged(blob)
    return read


def read_tensors(blob: bytes) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file from elsewhere, or raise `CheckpointDamaged`."""
    try:
        return load(blob)
    except SafetensorError as error:
        raise _damaged(blob) from error


def require_kind(checkpoint: Checkpoint, kind: str, *, name: str) -> None:
    """Raise `CheckpointMismatch` unless the checkpoint is of this kind and name."""
    if (checkpoint.kind, checkpoint.name) != (kind, name):
        raise CheckpointMismatch(
            f"This is a checkpoint of {checkpoint.kind} {checkpoint.name!r}, "
            f"not of {kind} {name!r}."
        )


def whole_number(facts: Facts, key: str) -> int:
    """Read one whole number from the facts, or raise `CheckpointMismatch`."""
    value = facts.get(key)
    if not isinstance(value, int):
        raise CheckpointMismatch(f"The checkpoint lacks the whole number {key!r}.")
    return value


def number(facts: Facts, key: str) -> float:
    """Read one number from the facts, or raise `CheckpointMismatch`."""
    value = facts.get(key)
    if not isinstance(value, int | float):
        raise CheckpointMismatch(f"The checkpoint lacks the number {key!r}.")
    return float(value)


def tensor(checkpoint: Checkpoint, key: str) -> Tensor:
    """Read one tensor of a checkpoint, or raise `CheckpointMismatch`."""
    if key not in checkpoint.tensors:
        raise CheckpointMismatch(f"The checkpoint lacks the tensor {key!r}.")
    return checkpoint.tensors[key]


def shape_facts(shape: ImageShape) -> dict[str, int]:
    """Write an image shape as facts."""
    return {"channels": shape.channels, "height": shape.height, "width": shape.width}


def read_shape(facts: Facts) -> ImageShape:
    """Read the image shape that `shape_facts` wrote."""
    return ImageShape(
        whole_number(facts, "channels"), whole_number(facts, "height"), whole_number(facts, "width")
    )


def below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Pick the tensors whose names start with `prefix` and a dot, without that start."""
    start = f"{prefix}."
    return {key[len(start) :]: each for key, each in tensors.items() if key.startswith(start)}


def _digest(text: str, tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.blake2b(text.encode(), digest_size=16)
    for key in sorted(tensors):
        digest.update(f"{key} {tensors[key].dtype} {tuple(tensors[key].shape)}".encode())
        digest.update(tensors[key].numpy().tobytes())
    return digest.hexdigest()


def _damaged(blob: bytes) -> CheckpointDamaged:
    return CheckpointDamaged(
        f"This checkpoint of {len(blob)} bytes is damaged: it is cut off, altered, or not a "
        "checkpoint of Cusp. Train the part again or restore the file."
    )
