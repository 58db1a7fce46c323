"""Replay: make a synthesized query's image again from its row, and compare it pixel by pixel."""

from __future__ import annotations

import numpy as np

from app import database
from app.errors import BadRequest, NotFound
from app.rounds import materials, store
from app.rounds.materials import Saved
from models.strategies.replay import render


class NotSynthesized(BadRequest):
    """This query shows a real image, so there is nothing to make again."""


def replay(query_id: int) -> str:
    """Say whether a query's latent and generator still give the image that people saw."""
    with database.reading() as session:
        found = store.query_origin(session, query_id)
    if found is None:
        raise NotFound(f"There is no query {query_id}.")
    latent = found.provenance.get("latent")
    if latent is None or found.generator is None:
        raise NotSynthesized
    image = render(materials.generator(Saved.of(found.generator)), latent)
    if np.array_equal(image, materials.synthesized_image(found.sha256)):
        return f"Query {query_id} replays bit for bit: {found.sha256}."
    return f"Query {query_id} differs from what people saw ({found.sha256})."
