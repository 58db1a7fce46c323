"""Label propagation: what a few labels say about the unlabeled images around them.

Where features are good, images of one class lie near each other, whatever else they share. Labels
spread there along a graph of nearest neighbors, by Poisson learning (Calder, Cook, Thorpe and
Slepcev 2020), which stays informative with a handful of labels, where Laplace learning (Zhu,
Ghahramani and Lafferty 2003) flattens out. Knows nothing of learners or features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg
from sklearn.neighbors import NearestNeighbors

from models.interfaces import Indices, Vectors

#: Pool images that labels spread over at most; of a larger pool a sample stands for the rest.
MOST_IMAGES = 12_000
#: Fewer pool images than this make no graph.
LEAST_IMAGES = 100
#: Vectors longer than this, pixels of large images, make none either: to whiten them would take
#: minutes and gigabytes, and pixels tell little of what is alike.
LONGEST = 2048
NEIGHBORS = 10
#: Steps of the conjugate gradients, and how exact they are: more changed no class on MNIST 3 and 8.
STEPS = 50
TOLERANCE = 1e-4
#: Share of the images that labels spread to which is left out for being the least certain.
DOUBTFUL = 0.1
#: Directions with less spread than this, relative to the largest, say nothing.
FLAT = 1e-3


@dataclass(frozen=True, eq=False)
class Graph:
    """Who is near whom: `rows` (r,) of the pool, and the weights of the links between them."""

    rows: Indices
    #: How vectors are whitened, (d,) and (d, e).
    center: Vectors
    whitening: Vectors
    #: Distance of each to its farthest neighbor, (r,).
    reach: Vectors
    links: sparse.csr_array
    search: NearestNeighbors

    def whiten(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to where distances mean the same in every direction."""
        white: Vectors = ((vectors - self.center) @ self.whitening).astype(np.float32)
        return white


@dataclass(frozen=True, eq=False)
class Around:
    """What surrounds labeled images: the pool's graph and its vectors (p, d).

    `fair` (n,) marks labeled images that were not chosen because the learner was unsure of them:
    only on those can it be compared with anything.
    """

    graph: Graph
    vectors: Vectors
    fair: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Spread:
    """Pool `rows` (m,) that labels have spread to, and the class of each (m,)."""

    rows: Indices
    classes: Indices


def connect(vectors: Vectors, *, seed: int = 0) -> Graph | None:
    """Link each vector (p, d) of the pool to its nearest neighbors; None for a tiny pool, and for
    vectors too long to be compared.

    Weights fall with the distance relative to how far neighbors are there (Zelnik-Manor and Perona
    2004).
    """
    if len(vectors) < LEAST_IMAGES or vectors.shape[1] > LONGEST:
        return None
    drawn = np.random.default_rng(seed).permutation(len(vectors))[:MOST_IMAGES]
    rows = np.sort(drawn)
    center, whitening = _whitening(vectors[rows])
    white = ((vectors[rows] - center) @ whitening).astype(np.float32)
    search = NearestNeighbors(n_neighbors=NEIGHBORS).fit(white)
    apart, near = search.kneighbors()
    reach = np.maximum(apart[:, -1], np.finfo(np.float32).tiny).astype(np.float32)
    weights = np.exp(-4 * (apart / reach[:, None]) ** 2)
    links = _links(weights, near, len(rows))
    return Graph(rows, center, whitening, reach, links.maximum(links.T), search)


def _whitening(vectors: Vectors) -> tuple[Vectors, Vectors]:
    center = vectors.mean(axis=0)
    spread, directions = np.linalg.eigh(np.atleast_2d(np.cov(vectors, rowvar=False)))
    told = spread > FLAT * spread.max(initial=0)
    scaled = directions[:, told] / np.sqrt(spread[told])
    return center, scaled.astype(np.float32)


def _links(weights: NDArray[np.float64], near: Indices, count: int) -> sparse.csr_array:
    """Build the weights of links from each row of `near` (n, k) to `count` images."""
    starts = np.repeat(np.arange(len(near)), near.shape[1])
    shape = (len(near), count)
    return sparse.csr_array((weights.ravel(), (starts, near.ravel())), shape=shape)


def potentials(graph: Graph, vectors: Vectors, classes: Indices, *, count: int) -> Vectors:
    """Spread labels of images at vectors (n, d) with classes (n,) of `count` over the graph.

    Returns one column per class (r, count); the largest is the class. Classes without labels get
    minus infinity. Images that were labeled are linked to their neighbors like any other.
    """
    white = graph.whiten(vectors)
    apart, near = graph.search.kneighbors(white)
    inner = _links(np.exp(-4 * (apart / graph.reach[near]) ** 2), near, len(graph.rows))
    links = sparse.block_array([[graph.links, inner.T], [inner, None]]).tocsr()
    degrees = np.maximum(links.sum(axis=1), np.finfo(np.float64).tiny)
    laplacian = (sparse.diags_array(degrees + 1e-8) - links).tocsr()
    shares = np.bincount(classes, minlength=count) / len(classes)
    sources = np.zeros((len(degrees), count))
    sources[len(graph.rows) + np.arange(len(classes)), classes] = 1
    sources[len(graph.rows) :] -= shares
    found = np.full((len(graph.rows), count), -np.inf, dtype=np.float32)
    for column in np.flatnonzero(shares):
        heat, _ = cg(
            laplacian,
            sources[:, column],
            rtol=TOLERANCE,
            maxiter=STEPS,
            M=sparse.diags_array(1 / degrees),
        )
        # Any constant solves as well: the one that makes up for nothing is that of mean zero.
        heat -= heat @ degrees / degrees.sum()
        # Each class gets its share of the pool, as far as the labels tell it.
        found[:, column] = heat[: len(graph.rows)] / shares[column]
    return found


def spread(
    around: Around, vectors: Vectors, classes: Indices, *, count: int, most: int, seed: int
) -> Spread:
    """Say which class the pool's images seem to have, for at most so many that seem certain, from
    labeled vectors (n, d) with classes (n,).
    """
    graph = around.graph
    heat = potentials(graph, vectors, classes, count=count)
    best = np.sort(heat, axis=1)
    lead = best[:, -1] - best[:, -2]
    certain = np.flatnonzero(lead > np.quantile(lead, DOUBTFUL))
    drawn = np.random.default_rng(seed).permutation(certain)[:most]
    chosen = np.sort(drawn)
    return Spread(graph.rows[chosen], heat[chosen].argmax(axis=1).astype(np.int64))


def guesses(
    graph: Graph, vectors: Vectors, classes: Indices, asked: Vectors, *, count: int
) -> Indices:
    """Say which class labeled vectors (n, d) with classes (n,) give those `asked` about, (m, d)."""
    heat = potentials(graph, vectors, classes, count=count)
    apart, near = graph.search.kneighbors(graph.whiten(asked))
    weights = np.exp(-4 * (apart / graph.reach[near]) ** 2)[..., None]
    seen = np.where(np.isfinite(heat[near]), heat[near], -1e9)
    told = (seen * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-12)
    return cast(Indices, told.argmax(axis=1))
