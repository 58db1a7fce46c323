"""Standing in: real images that are changed, where an autoencoder draws too faintly to be named.

People name what has edges. How many an autoencoder keeps of real images shows before anybody is
asked whether its drawings are worth asking about. Knows nothing of people or queries.
"""

from __future__ import annotations

import numpy as np
import torch

from models.edges import kept
from models.generators.anchors import Anchors, drawn, samples
from models.generators.decoding import DecodedImages
from models.generators.perturbation import Perturbation
from models.interfaces import Facts, Images, Progress, to_bytes, to_unit

#: Pool images that are drawn again to be compared, and how many at once, which bounds the memory.
COMPARED, CHUNK = 512, 64
#: How far images are changed that stand in, as `perturbation` takes it. MNIST 3 and 8 do not tell a
#: quarter, a half and all of it apart (`develop`); all of it missed the goal of refusals on CIFAR,
#: and the least leaves most to name.
STRENGTH = 0.25


def edges_kept(generator: DecodedImages, images: Images, *, seed: int) -> float:
    """Return the share of the edges of pool images (n, c, h, w) that their encodings still have."""
    shown = images[np.random.default_rng(seed).permutation(len(images))[:COMPARED]]
    with torch.inference_mode():
        copies = [
            to_bytes(generator.generate(generator.encode(to_unit(shown[start : start + CHUNK]))))
            for start in range(0, len(shown), CHUNK)
        ]
    return kept(np.concatenate(copies), shown)


def changed_images(
    images: Images, *, instead_of: DecodedImages, edges: float, seed: int, progress: Progress
) -> Perturbation:
    """Change images of the pool (n, c, h, w) instead of drawing them; its facts say `why`."""
    why = (
        f"Images from the {instead_of.title} keep {100 * edges:.0f} % of the edges of real ones,"
        " too few to be named. Real images that are changed a little stand in."
    )
    told: Facts = {"instead_of": instead_of.name, "edges": round(edges, 4), "why": why}
    part = Perturbation(Anchors(drawn(images, seed=seed)), STRENGTH, told)
    progress(1.0, {}, samples(part, seed=seed))
    return part
