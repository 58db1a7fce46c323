"""Generators: maps from latents to images. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from models.parts.declaring import Entry, Kind, option


@dataclass(frozen=True)
class VaeOptions:
    """Variational autoencoder."""

    latent_size: int = option(24, "Length of one latent.", low=2, high=256)
    epochs: int = option(12, "Passes over the pool while training.", low=1, high=500)
    least_steps: int = option(
        2000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )

    augment_below: int = option(
        2000, "Pools smaller than this are moved at random while training.", low=0, high=1_000_000
    )
    least_edges: float = option(
        0.0,
        "Share of the edges of real images that its drawings of them must keep; below it changed"
        " real images stand in. 0 for never.",
        low=0.0,
        high=1.0,
    )


# What a judge sees is not augmented: measured with sn_hinge on 100 of MNIST's 5 and 7 (1,000 steps,
# one seed), it was worse with it: Fréchet distance 0.59 against 0.45, recall 0.03 against 0.14.


@dataclass(frozen=True)
class DcganOptions:
    """Deep convolutional generative adversarial network."""

    latent_size: int = option(100, "Length of one latent.", low=2, high=256)
    epochs: int = option(20, "Passes over the pool while training.", low=1, high=500)
    least_steps: int = option(
        3000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )

    augment_below: int = option(
        0,
        "Pools smaller than this are shown to the judge moved, cut and brightened at random.",
        low=0,
        high=1_000_000,
    )


@dataclass(frozen=True)
class SnHingeOptions:
    """Generative adversarial network with a spectrally normalized judge."""

    latent_size: int = option(64, "Length of one latent.", low=2, high=256)
    epochs: int = option(14, "Passes over the pool while training.", low=1, high=500)
    least_steps: int = option(
        3000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )
    augment_below: int = option(
        0,
        "Pools smaller than this are shown to the judge moved, cut and brightened at random.",
        low=0,
        high=1_000_000,
    )


@dataclass(frozen=True)
class WganGpOptions:
    """Wasserstein generative adversarial network with gradient penalty."""

    latent_size: int = option(64, "Length of one latent.", low=2, high=256)
    epochs: int = option(20, "Passes over the pool while training.", low=1, high=500)
    least_steps: int = option(
        5000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )
    augment_below: int = option(
        0,
        "Pools smaller than this are shown to the judge moved, cut and brightened at random.",
        low=0,
        high=1_000_000,
    )


@dataclass(frozen=True)
class ConditionalOptions(SnHingeOptions):
    """Class-conditional generative adversarial network."""

    clusters: int = option(
        10, "Clusters of the pool that stand for classes while none are known.", low=2, high=100
    )


@dataclass(frozen=True)
class InfoganOptions(SnHingeOptions):
    """Generative adversarial network with readable codes."""

    categories: int = option(10, "Categories that a latent chooses from.", low=2, high=100)


@dataclass(frozen=True)
class PerturbationOptions:
    """Changed real images."""

    strength: float = option(
        1.0, "How far images are changed; 0 leaves them as they are.", low=0.0, high=5.0
    )


@dataclass(frozen=True)
class InterpolationOptions:
    """Blended real images."""

    neighbors: int = option(8, "Nearest images that one is blended with.", low=1, high=64)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Kind.GENERATOR,
        "vae",
        "Variational autoencoder",
        "Encodes and decodes; searches can start at real images.",
        VaeOptions,
        "models.generators.vae",
        source="arXiv 1312.6114",
    ),
    Entry(
        Kind.GENERATOR,
        "dcgan",
        "DCGAN",
        "The paper's generator; sharper images, but no way back from an image to its latent.",
        DcganOptions,
        "models.generators.dcgan",
        source="arXiv 1511.06434",
    ),
    Entry(
        Kind.GENERATOR,
        "sn_hinge",
        "Hinge GAN",
        "Spectrally normalized judge and hinge loss; steadier than DCGAN, no way back either.",
        SnHingeOptions,
        "models.generators.sn_hinge",
        source="arXiv 1802.05957",
    ),
    Entry(
        Kind.GENERATOR,
        "wgan_gp",
        "Wasserstein GAN",
        "Wasserstein distance with gradient penalty; five steps of its judge for one of its own.",
        WganGpOptions,
        "models.generators.wgan_gp",
        source="arXiv 1704.00028",
    ),
    Entry(
        Kind.GENERATOR,
        "conditional",
        "Conditional GAN",
        "A hinge GAN that makes a chosen class, or a cluster of the pool while there are none.",
        ConditionalOptions,
        "models.generators.conditional",
        source="arXiv 1802.05637",
    ),
    Entry(
        Kind.GENERATOR,
        "infogan",
        "InfoGAN",
        "A hinge GAN with a category and two codes that can be read back from the image.",
        InfoganOptions,
        "models.generators.infogan",
        source="arXiv 1606.03657",
    ),
    Entry(
        Kind.GENERATOR,
        "perturbation",
        "Perturbation",
        "Real images moved, turned, bent and lit otherwise; needs no training.",
        PerturbationOptions,
        "models.generators.perturbation",
        source="Simard, Steinkraus and Platt 2003",
    ),
    Entry(
        Kind.GENERATOR,
        "interpolation",
        "Interpolation",
        "Real images blended with images like them; needs no training.",
        InterpolationOptions,
        "models.generators.interpolation",
        source="arXiv 1710.09412",
    ),
)
