"""What machine work needs, read once and kept warm: pool arrays, checkpoints, vectors, images.

Knows the artifact store and the catalogue; knows neither queries nor answers.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import numpy as np
from PIL import Image as Picture
from sqlalchemy.orm import Session

from app import artifacts
from app.errors import ArtifactMissing
from app.interchange import imaging, working_size
from app.interchange.working_size import WorkingSize
from app.rounds import store
from app.tables import ModelCheckpoint
from app.words import Origin
from models import catalog
from models.checkpoints import from_blob
from models.interfaces import (
    Features,
    Generator,
    Images,
    ImageShape,
    Indices,
    Learner,
    Vectors,
)
from models.parts.declaring import Kind
from models.propagation import Graph, connect


@dataclass(frozen=True)
class Shelf:
    """The arrays of a project's finished imports; row numbers run on from one to the next."""

    origin: Origin
    import_ids: tuple[int, ...]
    arrays: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def key(self) -> str:
        """Names exactly these images; changes when an import is added."""
        return "-".join([self.origin, *(str(each) for each in self.import_ids)])

    def place(self, row: int) -> tuple[int, int]:
        """Map a row of the whole to an import and the row in its array."""
        for import_id, count in zip(self.import_ids, self.counts, strict=True):
            if row < count:
                return import_id, row
            row -= count
        raise IndexError(row)

    def rows(self, places: Sequence[tuple[int, int]]) -> Indices:
        """Map places (import, row in its array) to rows of the whole."""
        starts = dict(zip(self.import_ids, np.cumsum((0, *self.counts[:-1])), strict=True))
        return np.array([starts[i] + r for i, r in places if i in starts], dtype=np.int64)


@dataclass(frozen=True)
class Saved:
    """A checkpoint in the artifact store."""

    id: int
    name: str
    artifact: str

    @classmethod
    def of(cls, checkpoint: ModelCheckpoint) -> Saved:
        """Take what loading needs out of a row."""
        return cls(checkpoint.id, checkpoint.name, checkpoint.artifact)


def pool_shelf(session: Session, project_id: int) -> Shelf:
    """Find the arrays of the pool."""
    found = [r for r in store.import_rows(session, project_id) if r.pool_count]
    return Shelf(
        Origin.POOL,
        tuple(r.id for r in found),
        tuple(r.pool_array for r in found),
        tuple(r.pool_count for r in found),
    )


def holdout_shelf(session: Session, project_id: int) -> Shelf:
    """Find the arrays of the holdout."""
    found = [r for r in store.import_rows(session, project_id) if r.holdout_count]
    return Shelf(
        Origin.HOLDOUT,
        tuple(r.id for r in found),
        tuple(r.holdout_array for r in found),
        tuple(r.holdout_count for r in found),
    )


@lru_cache(maxsize=4)
def images(shelf: Shelf) -> Images:
    """Read all images of a shelf, (n, channels, height, width)."""
    arrays = [artifacts.read_array(name) for name in shelf.arrays]
    whole = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    return cast(Images, whole)


@lru_cache(maxsize=4096)
def synthesized_image(sha256: str) -> Images:
    """Read back one synthesized image exactly as people saw it, (1, channels, height, width)."""
    png = artifacts.read(artifacts.image_name(sha256))
    with Picture.open(io.BytesIO(png)) as picture:
        pixels = np.asarray(picture)
    layers = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    return np.ascontiguousarray(layers)[None]


@lru_cache(maxsize=4096)
def stream_image(sha256: str, shape: ImageShape) -> Images:
    """Read one image that was sent, at the working size, (1, channels, height, width)."""
    with Picture.open(io.BytesIO(artifacts.read(artifacts.image_name(sha256)))) as picture:
        picture.load()
        shown = imaging.Picture(picture)
        return working_size.fit(shown, WorkingSize(shape.channels, shape.height, shape.width))[None]


def png(image: Images) -> bytes:
    """Encode one image (1, channels, height, width) without loss."""
    layers = image[0]
    pixels = layers[0] if len(layers) == 1 else layers.transpose(1, 2, 0)
    buffer = io.BytesIO()
    Picture.fromarray(np.ascontiguousarray(pixels)).save(buffer, format="PNG")
    return buffer.getvalue()


@lru_cache(maxsize=8)
def _load(kind: Kind, saved: Saved) -> Any:
    """Load a part from its checkpoint, on the CPU, where queries can be replayed bit for bit."""
    return catalog.module(kind, saved.name).load(from_blob(artifacts.read(saved.artifact)))


def generator(saved: Saved) -> Generator:
    """Load a generator."""
    return cast(Generator, _load(Kind.GENERATOR, saved))


def learner(saved: Saved) -> Learner:
    """Load a learner."""
    return cast(Learner, _load(Kind.LEARNER, saved))


def features(saved: Saved | None, shelf: Shelf) -> Features:
    """Load features, or return pixels of the shelf's size while none are learned."""
    if saved is None:
        return _pixels(ImageShape.of(images(shelf)))
    return cast(Features, _load(Kind.FEATURES, saved))


@lru_cache(maxsize=4)
def _pixels(shape: ImageShape) -> Features:
    blank = np.zeros((1, shape.channels, shape.height, shape.width), dtype=np.uint8)
    module = catalog.module(Kind.FEATURES, "pixels")
    options = catalog.read_options(Kind.FEATURES, "pixels", {})
    return cast(Features, module.train(blank, options, seed=0, progress=lambda *_: None))


@lru_cache(maxsize=4)
def vectors(shelf: Shelf, saved: Saved | None) -> Vectors:
    """Map a shelf's images to vectors (n, d), once: they are kept beside the features' checkpoint.

    A lost or damaged file is made again.
    """
    if saved is None:
        return features(None, shelf).extract(images(shelf))
    name = f"{saved.artifact}.{shelf.key}.npy"
    if artifacts.exists(name):
        try:
            return cast(Vectors, artifacts.read_array(name))
        except (ValueError, EOFError, ArtifactMissing):
            artifacts.delete(name)
    extracted = features(saved, shelf).extract(images(shelf))
    artifacts.write_array(name, extracted)
    return extracted


@lru_cache(maxsize=4)
def graph(shelf: Shelf, saved: Saved) -> Graph | None:
    """Link a shelf's images to their neighbors among the features; None where they are too few."""
    return connect(vectors(shelf, saved))


def forget() -> None:
    """Drop everything that is kept warm."""
    for cached in (
        images,
        synthesized_image,
        stream_image,
        _load,
        _pixels,
        vectors,
        graph,
    ):
        cached.cache_clear()
