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


@dataclass(frozen=True)
class DcganOptions:
    """Deep convolutional generative adversarial network."""

    latent_size: int = option(100, "Length of one latent.", low=2, high=256)
    epochs: int = option(20, "Passes over the pool while training.", low=1, high=500)
    least_steps: int = option(
        3000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )


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
)
