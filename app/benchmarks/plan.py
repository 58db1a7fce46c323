"""What a run of the benchmarks is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

#: Takes one line about how far a measurement is.
Say = Callable[[str], None]


@dataclass(frozen=True)
class LoadPlan:
    """How the labeling is measured; the defaults are what the page of benchmarks shows."""

    annotators: tuple[int, ...] = (1, 8, 32, 128)
    #: Of each number of annotators without a pause; those who think get twice as long.
    seconds: float = 15.0
    #: Of a long run at the end that looks at memory alone; 0 for none.
    minutes: float = 0.0
    #: Images in the pool; nine of ten are asked about.
    images: int = 100_000
    #: Of each image, in pixels; large ones are loaded one by one, small ones come with claims.
    side: int = 8
    #: A Postgres server, on which a database of the benchmark's own is made; empty for SQLite.
    database_url: str = ""


@dataclass(frozen=True)
class Plan:
    """What is measured, and on which data besides scikit-learn's digits."""

    names: tuple[str, ...] = ()
    #: A file of labeled images as in `cusp import`, such as `mnist.npz`; empty for none.
    data: str = ""
    #: Whether what is named takes its place on the page, which else only a whole run writes.
    renew: bool = False
    load: LoadPlan = field(default_factory=LoadPlan)
