"""InfoGAN (Chen et al. 2016, arXiv 1606.03657): latents whose codes the judge can read back.

The last numbers of a latent choose one of several categories and the two before them are codes
that vary smoothly; the judge learns to tell them from the image. Learns from the pool alone; knows
nothing of labels or queries.
"""

from __future__ import annotations

from functools import partial

from torch import Tensor
from torch.nn import functional

from models.adversarial import HINGE, Game
from models.checkpoints import below, read_shape, require_kind, whole_number
from models.generators.choices import ChoosingDecoder, chosen
from models.generators.decoding import DecodedImages
from models.generators.dueling import Plans, duel, require
from models.interfaces import Checkpoint, Images, ImageShape, Progress
from models.lessons import Keep, Run
from models.networks import Judge, SpectralConvolution, restored
from models.parts.generators import InfoganOptions

#: Fewer images are refused; a guess that is still to be measured.
LEAST_IMAGES = 64
RATE = 2e-4
WIDTH = 32
#: Smooth codes.
SMOOTH = 2
#: Weight of reading the smooth codes wrong, as in the paper.
SMOOTH_WEIGHT = 0.1


class Infogan(DecodedImages):
    """A frozen decoder; implements `Generator`."""

    name = "infogan"
    title = "InfoGAN"


def train(
    images: Images,
    options: InfoganOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
    keep: Keep | None = None,
    resume: Checkpoint | None = None,
) -> Infogan:
    """Learn to make images like those of the pool (n, c, h, w).

    The latents are longer than the option by two and one number for each category. Raises
    `PoolTooSmall` below 64 images, `ShapeUnsupported` for sizes the networks cannot take,
    `CheckpointMismatch` when `resume` was kept by another training.
    """
    shape = require(images, least=LEAST_IMAGES, part=Infogan.title)
    count = options.categories
    size = options.latent_size + SMOOTH + count
    judge = partial(
        Judge, shape, convolution=SpectralConvolution, width=WIDTH, further=SMOOTH + count
    )
    maker, facts = duel(
        images,
        Plans(_decoder(shape, size, count), judge, size),
        lambda augment: Game(
            HINGE, RATE, augment=augment, besides=partial(misread, categories=count)
        ),
        options,
        Run(seed, progress, device, keep, resume, options),
    )
    facts = {**facts, "categories": count}
    return Infogan(maker, shape=shape, latent_size=size, facts=facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Infogan:
    """Load a generator; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "generator", name=Infogan.name)
    shape = read_shape(checkpoint.facts)
    size = whole_number(checkpoint.facts, "latent_size")
    build = _decoder(shape, size, whole_number(checkpoint.facts, "categories"))
    decoder = restored(build, below("decoder", checkpoint.tensors)).to(device)
    return Infogan(decoder, shape=shape, latent_size=size, facts=checkpoint.facts)


def misread(outputs: Tensor, latents: Tensor, *, categories: int) -> Tensor:
    """Return how wrongly the judge's outputs (n, 1 + 2 + k) tell the codes of latents (n, z).

    Minus the variational bound on their mutual information, up to constants: cross entropy of the
    category, and squares for the smooth codes.
    """
    smooth, category = outputs[:, 1 : 1 + SMOOTH], outputs[:, 1 + SMOOTH :]
    true_smooth = latents[:, -categories - SMOOTH : -categories]
    wrong = functional.cross_entropy(category, chosen(latents, categories))
    return wrong + SMOOTH_WEIGHT * (smooth - true_smooth).square().sum(dim=1).mean() / 2


def _decoder(shape: ImageShape, size: int, categories: int) -> partial[ChoosingDecoder]:
    return partial(ChoosingDecoder, shape, size, categories, width=WIDTH)
