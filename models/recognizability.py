"""Recognizability: the predicted chance that a person can name an image, learned from refusals.

Knows nothing of people or queries: cues go in, chances come out.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from torch import Tensor

from models.checkpoints import require_kind, tensor
from models.edges import edges
from models.interfaces import (
    Checkpoint,
    CheckpointMismatch,
    Facts,
    Features,
    Images,
    Vectors,
    Weights,
    to_unit,
)
from models.neighbors import Neighborhood

#: What the columns of the cues are, in order.
CUES = ("remoteness", "margin", "latent_length", "realism", "edges", "light")
#: Fewest answers of each outcome before anything is predicted.
LEAST_OF_EACH = 4
FOLDS = 4
#: A cue that varies by less, relative to its size, is left out.
LEAST_SPREAD = 1e-3


def cues(
    images: Images,
    *,
    features: Features,
    neighborhood: Neighborhood,
    margins: Vectors,
    latents: Vectors | None = None,
) -> Vectors:
    """Describe images (n, c, h, w) by cues (n, 6): the columns of `CUES`.

    They are the distance to the pool in typical distances, the margin |f| when posed (NaN counts
    as zero), the length of the latent over the root of its dimension (zero for real images), the
    features' opinion of realism, how much neighboring pixels differ on average, which is little
    where an image is blurred or faint, and how bright the pixels are, both from 0 to 1.
    """
    lengths = np.zeros(len(images), dtype=np.float32)
    if latents is not None:
        lengths = np.linalg.norm(latents, axis=1) / np.sqrt(latents.shape[1])
    remote = neighborhood.remoteness(features.extract(images))
    light = to_unit(images).numpy().mean(axis=(1, 2, 3))
    columns = [
        *(remote, np.nan_to_num(margins), lengths, features.realism(images)),
        *(edges(images), light),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


class Recognizability:
    """A logistic regression on cues; implements `Recognizer`."""

    def __init__(self, weights: Tensor, bias: Tensor, facts: Facts) -> None:
        self._weights = weights  # (cues,)
        self._bias = bias  # ()
        self.facts = facts

    @property
    def auc(self) -> float | None:
        """Cross-validated area under the ROC curve, on the refusals so far: 0.5 is guessing."""
        value = self.facts.get("auc")
        return float(value) if isinstance(value, int | float) else None

    def chance(self, cues: Vectors) -> NDArray[np.float32]:
        """Map cues (n, c) to the chances (n,) that people can name the images."""
        if cues.shape[1] != len(self._weights):
            raise CheckpointMismatch(
                f"These chances rest on {len(self._weights)} cues, not {cues.shape[1]}."
            )
        logits = torch.from_numpy(cues) @ self._weights + self._bias
        chances: NDArray[np.float32] = torch.sigmoid(logits).numpy()
        return chances

    def checkpoint(self) -> Checkpoint:
        """Return the weights and what fitting measured."""
        tensors = {"weights": self._weights, "bias": self._bias}
        return Checkpoint("recognizability", "logistic", self.facts, tensors)


def fit(
    cues: Vectors, recognized: NDArray[np.bool_], *, seed: int, weights: Weights | None = None
) -> Recognizability | None:
    """Learn from cues (n, c) which images were named (n,); None until 4 of each outcome are there.

    Outcomes count by their weights (n,), all alike without.
    The facts tell `answers`, `refusals` and `auc`, the cross-validated area under the ROC curve.
    """
    refusals = int((~recognized).sum())
    if min(refusals, len(recognized) - refusals) < LEAST_OF_EACH:
        return None
    mean, spread = cues.mean(axis=0), cues.std(axis=0)
    # A cue that is all but constant so far (latents at their longest) would weigh without limit.
    spread[spread <= LEAST_SPREAD * np.maximum(np.abs(mean), 1)] = np.inf
    standard = (cues - mean) / spread
    model = LogisticRegression()
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    held_out = cross_val_predict(model, standard, recognized, cv=folds, method="decision_function")
    model.fit(standard, recognized, sample_weight=weights)
    slopes = model.coef_[0] / spread
    bias = float(model.intercept_[0] - slopes @ mean)
    facts = {
        "answers": len(recognized),
        "refusals": refusals,
        "auc": round(float(roc_auc_score(recognized, held_out)), 4),
    }
    return Recognizability(torch.from_numpy(slopes.astype(np.float32)), torch.tensor(bias), facts)


def load(checkpoint: Checkpoint) -> Recognizability:
    """Load a recognizer; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "recognizability", name="logistic")
    return Recognizability(
        tensor(checkpoint, "weights"), tensor(checkpoint, "bias"), checkpoint.facts
    )
