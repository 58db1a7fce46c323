"""Replay: make a synthesized query's image again from its row, and compare it pixel by pixel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from app import database
from app.errors import BadRequest, NotFound
from app.rounds import asking_store, materials
from app.rounds.materials import Saved
from models.strategies.replay import render


class NotSynthesized(BadRequest):
    """This query shows a real image, so there is nothing to make again."""


def replay(query_id: int) -> str:
    """Say whether a query's latents and generator still give the images that people saw."""
    with database.reading() as session:
        found = asking_store.query_origin(session, query_id)
    if found is None:
        raise NotFound(f"There is no query {query_id}.")
    latents = _latents(found.provenance)
    if not latents or found.generator is None:
        raise NotSynthesized
    generator = materials.generator(Saved.of(found.generator))
    for seen, each in zip([found.sha256, *found.strip], latents, strict=True):
        if not np.array_equal(render(generator, each), materials.synthesized_image(seen)):
            return f"Query {query_id} differs from what people saw ({seen})."
    return f"Query {query_id} replays bit for bit: {found.sha256}."


def _latents(provenance: Mapping[str, Any]) -> list[list[float]]:
    """List the latent of the query's own image and of each frame of a walk; none for real ones."""
    strip = provenance.get("latents", [])
    own = strip[provenance["crossing"]] if strip else provenance.get("latent")
    return [] if own is None else [own, *strip]
