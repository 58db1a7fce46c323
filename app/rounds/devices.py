"""Where training runs: on the accelerator if there is one, as `CUSP_DEVICE` says."""

from __future__ import annotations

import torch

from app.config import config


def device() -> str:
    """Name the device to train on; posing stays on the CPU, where queries can be replayed."""
    asked = config().device
    if asked != "auto":
        return asked
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def limit_threads() -> None:
    """Leave cores for the web process, as `CUSP_THREADS` says."""
    if config().threads:
        torch.set_num_threads(config().threads)
