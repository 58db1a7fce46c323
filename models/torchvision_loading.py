"""torchvision, whether or not its compiled half fits the torch beside it.

A torchvision that was built for CUDA cannot load its compiled operators next to a CPU build of
torch, and then `import torchvision` stops with "operator torchvision::nms does not exist": its
Python half registers what two operators do on fake tensors, and they were never declared. Declaring
their schemas first is enough for datasets, transforms, models and utils, none of which call them.
Knows nothing of images or projects.
"""

from __future__ import annotations

import importlib
from functools import lru_cache
from types import ModuleType

import torch

#: As in torchvision's own registration: boxes, scores, threshold -> kept indices; and the same
#: with quantized boxes.
_SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}

#: Declarations last as long as the object that made them.
_library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]


@lru_cache
def torchvision() -> ModuleType:
    """Import torchvision, with the missing operators declared where its compiled half is absent."""
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    for name, schema in _SCHEMAS.items():
        _library.define(f"{name}{schema}")  # type: ignore[no-untyped-call]
    return importlib.import_module("torchvision")
