"""Replay: the one function that turns a latent into the image that people are shown.

Every synthesized query is rendered here, when it is posed and whenever it is shown again, so the
same generator and latent give the same bytes. Knows nothing of how the latent was found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from models.interfaces import CheckpointMismatch, Generator, Images, Vectors, to_bytes


def render(generator: Generator, latent: Vectors | Sequence[float]) -> Images:
    """Map one latent (latent_size,) to its image (1, c, h, w), bit for bit alike on any CPU.

    The latent is read as `float32`, which survives JSON exactly; the image is computed alone, in
    double precision. Raises `CheckpointMismatch` for a latent of another length.
    """
    exact = torch.from_numpy(np.array(latent, dtype=np.float32)).to(torch.float64)
    if exact.shape != (generator.latent_size,):
        raise CheckpointMismatch(
            f"The generator takes latents of length {generator.latent_size}, "
            f"not of shape {tuple(exact.shape)}."
        )
    with torch.inference_mode():
        return to_bytes(generator.generate(exact[None]))
