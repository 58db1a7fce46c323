"""Features: maps from pixels to vectors. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from models.parts.declaring import Entry, Kind, option


@dataclass(frozen=True)
class PixelsOptions:
    """Pixels."""

    blur: float = option(
        0.0,
        "Images are blurred first by a bell of this standard deviation, in pixels: single pixels "
        "then weigh less.",
        low=0.0,
        high=16.0,
    )


@dataclass(frozen=True)
class DiscriminatorOptions:
    """Self-taught features."""

    epochs: int = option(
        14, "Passes over the pool while training; 0 keeps the untrained network.", low=0, high=200
    )
    least_steps: int = option(
        1000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )


@dataclass(frozen=True)
class ContrastiveOptions:
    """Features of views."""

    epochs: int = option(15, "Passes over the pool while training.", low=1, high=1000)
    least_steps: int = option(
        600, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )
    mirror: str = option(
        "photographs",
        "Which images mean the same when mirrored; photographs are those with colors.",
        choices=("photographs", "always", "never"),
    )


@dataclass(frozen=True)
class UntrainedOptions:
    """An untrained network has nothing to choose."""


@dataclass(frozen=True)
class VaeEncoderOptions:
    """Latents as features."""

    latent_size: int = option(24, "Length of one vector.", low=2, high=256)
    epochs: int = option(12, "Passes over the pool while training.", low=1, high=500)
    least_steps: int = option(
        2000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )


@dataclass(frozen=True)
class TorchvisionBackboneOptions:
    """A backbone with weights of others."""

    network: str = option(
        "resnet18",
        "Which of torchvision's networks.",
        choices=(
            "resnet18",
            "resnet34",
            "resnet50",
            "mobilenet_v3_small",
            "mobilenet_v3_large",
            "efficientnet_b0",
            "convnext_tiny",
        ),
    )
    weights: str = option(
        "",
        "File of its weights (.pth or .safetensors): in a project its name in the folder `weights`"
        " of the data folder on the machines that run workers. Nothing is downloaded.",
    )
    size: int = option(96, "Images are scaled to this many pixels a side.", low=32, high=512)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Kind.FEATURES,
        "pixels",
        "Pixels",
        "Every pixel is one number.",
        PixelsOptions,
        "models.features.pixels",
        source="arXiv 1702.07956",
    ),
    Entry(
        Kind.FEATURES,
        "discriminator",
        "Self-taught discriminator",
        "Layers of a discriminator that learned from the unlabeled pool.",
        DiscriminatorOptions,
        "models.features.discriminator",
        source="arXiv 1802.05957",
    ),
    Entry(
        Kind.FEATURES,
        "contrastive",
        "Self-taught by views",
        "What two random views of one image of the unlabeled pool have in common.",
        ContrastiveOptions,
        "models.features.contrastive",
        source="arXiv 2002.05709",
    ),
    Entry(
        Kind.FEATURES,
        "vae_encoder",
        "Latents of an autoencoder",
        "The means that a variational autoencoder of the unlabeled pool encodes to.",
        VaeEncoderOptions,
        "models.features.vae_encoder",
        source="arXiv 1406.5298",
    ),
    Entry(
        Kind.FEATURES,
        "untrained",
        "Untrained control",
        "The discriminator's network before any training: what learned features must beat.",
        UntrainedOptions,
        "models.features.untrained",
    ),
    Entry(
        Kind.FEATURES,
        "torchvision_backbone",
        "Backbone of torchvision",
        "A network that others trained, its weights read from a local file.",
        TorchvisionBackboneOptions,
        "models.features.torchvision_backbone",
        source="arXiv 1512.03385",
    ),
)
