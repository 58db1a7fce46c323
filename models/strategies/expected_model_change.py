"""Expected model change (Settles, Craven and Ray 2008): real images whose label, whichever it is,
would move a linear learner furthest, measured by the length of the gradient of its log-loss.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import QueryBatch, Situation, Vectors
from models.learners.planes import Centered
from models.parts.pool_strategies import ExpectedModelChangeOptions
from models.strategies.pool_batches import best_batch, require_learner
from models.strategies.pool_rows import over_rows


class ExpectedModelChange:
    """Ranks the pool by expected gradient length; implements `Strategy`."""

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the largest expected changes; the utility is the expected length of the gradient
        by the weights and biases of a softmax on centered vectors of mean squared length one.

        The seed changes nothing.
        """
        del seed
        learner, rows = require_learner(situation), situation.candidates
        frame = Centered.of(situation.labeled_vectors)
        center, scale = frame.center.astype(np.float32), np.float32(frame.scale)

        def change(vectors: Vectors) -> Vectors:
            inputs = (vectors - center) / scale
            return expected_lengths(learner.chances(vectors), inputs)

        changes = over_rows(situation.pool_vectors, rows, change)
        return best_batch(situation, rows, changes, count=count)


def expected_lengths(chances: Vectors, inputs: Vectors) -> Vectors:
    """Return the expected gradient length (n,) given chances (n, k) and inputs (n, d).

    For class y the gradient is (p - e_y) outer (x, 1), so its length is a product of two.
    """
    squares = (chances**2).sum(axis=1, keepdims=True)
    # |p - e_y|^2 = |p|^2 - 2 p_y + 1, (n, k)
    by_class = np.sqrt(np.maximum(squares - 2 * chances + 1, 0))
    expected = (chances * by_class).sum(axis=1)
    lengths: Vectors = expected * np.sqrt(np.einsum("nd,nd->n", inputs, inputs) + 1)
    return lengths


def build(options: ExpectedModelChangeOptions) -> ExpectedModelChange:
    """Build the strategy."""
    del options
    return ExpectedModelChange()
