"""What the figures say, written by people after they were measured; negative results included."""

from __future__ import annotations

from collections.abc import Mapping

READINGS: Mapping[str, str] = {
    "paper-mnist": (
        "On the pool's own distribution GAAL falls from its 50 random labels on, by more than"
        " four points, as the paper says; so does simple GAN. Every scheme that takes real "
        "images rises. More than half of GAAL's queries are refused, and each refusal is an "
        "answer spent."
    ),
    "paper-usps": (
        "At the paper's settings GAAL ends above SVMactive, and within chance of full "
        "supervision, as the paper says; but random images, and random latents, end above all"
        " of them. Intervals are wide: what a scheme is worth here depends on the draw."
    ),
    "paper-mixed": (
        "One random round in six mends a point or so of GAAL's loss on MNIST. It stays below "
        "random images alone."
    ),
    "paper-cifar": (
        "Of the paper's schemes on photographs only those without a generator were run, and "
        "full supervision three times. SVMactive ends 3.7 points above random; features "
        "learned from the pool are worth ten points more than any choice of images."
    ),
    "shift": (
        "Band search alone ends nine points above full supervision and 14 above SVMactive at "
        "the paper's settings, yet below random images, and below full supervision with a "
        "validated strength. The goal of 88 % is not reached. Random latents of the "
        "autoencoder do harm."
    ),
    "small-pool-100": (
        "With 100 images nothing beats taking the real ones; synthesized queries alone lose a"
        " point."
    ),
    "small-pool-300": (
        "With 300 images synthesized queries alone lose half a point or more against "
        "diversified margin; mixed with real ones they lose a few tenths."
    ),
    "small-pool-1000": (
        "With 1,000 images the mix is within chance of diversified margin, and synthesized "
        "queries alone are one to two tenths behind."
    ),
    "noise": (
        "Forced answers cost GAAL about two points on MNIST: of what it loses against "
        "SVMactive, refusals explain the smaller part. Human-shaped errors cost GAAL a point "
        "and random images six, because errors gather on ambiguous images and the paper's "
        "learner is hardly regularized."
    ),
    "ladder": (
        "Two steps make most of the way: search that starts at encoded real images, and "
        "learned features. The recognizability gate, alternating with the pool and the limit "
        "of refusals change nothing here beyond chance."
    ),
}
