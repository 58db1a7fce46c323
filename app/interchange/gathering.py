"""Reads a source to its end: decodes, stores what people see, keeps what the machine sees.

Knows nothing of tables, or of which images become the holdout.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from PIL import Image

from app import artifacts
from app.config import config
from app.interchange import imaging, working_size
from app.interchange.imaging import Limits, Picture
from app.interchange.label_choice import LabelChoice
from app.interchange.readers.source import Content, Source, SourceImage, Split
from app.interchange.spool import Spool
from app.interchange.verdicts import Refused, Tally, Verdict
from app.interchange.working_size import Glance, WorkingSize

#: Images that decide on the working size.
FIRST = 100
_BATCH = 256
_BATCH_BYTES = 16 * 1024**2
_REPORT_SECONDS = 0.2

#: Told now and then: share done in [0, 1], facts.
Progress = Callable[[float, dict[str, Any]], None]


def first_glances(source: Source, choice: LabelChoice) -> list[Glance]:
    """Look at the first images that can be read."""
    return list(islice(_glances(source, choice), FIRST))


def _glances(source: Source, choice: LabelChoice) -> Iterator[Glance]:
    limits = _limits()
    for image in source:
        if choice.takes(image.label):
            try:
                yield Glance.at(_picture(image.read(), limits))
            except Refused:
                continue


def gather(
    source: Source,
    choice: LabelChoice,
    spool: Spool,
    *,
    size: WorkingSize,
    tally: Tally,
    progress: Progress,
) -> None:
    """Read every image once; refused ones are counted and the others kept."""
    batch = _Batch(spool, size, choice, tally)
    report = _Report(progress, source.count)
    for image in source:
        batch.take(image)
        report.tell()
    batch.store()


@dataclass
class _Batch:
    """Images that are stored together, because one by one would wait for the disk."""

    spool: Spool
    size: WorkingSize
    choice: LabelChoice
    tally: Tally
    waiting: list[tuple[SourceImage, Picture, bytes]] = field(default_factory=list)
    weight: int = 0

    def take(self, image: SourceImage) -> None:
        """Decode one image, or count why not."""
        if not self.choice.takes(image.label):
            self.tally.add(Verdict.CLASS_LEFT_OUT, image.name)
            return
        if len(self.spool) + len(self.waiting) >= config().import_limit_images:
            self.tally.add(Verdict.OVER_LIMIT, image.name)
            return
        try:
            picture = _picture(image.read(), _limits())
        except Refused as refusal:
            self.tally.add(refusal.verdict, image.name, detail=refusal.detail)
            return
        png = picture.png()
        self.waiting.append((image, picture, png))
        self.weight += len(png) + picture.image.width * picture.image.height
        if len(self.waiting) >= _BATCH or self.weight > _BATCH_BYTES:
            self.store()

    def store(self) -> None:
        """Store what waits."""
        names = self.choice.names
        hashes = artifacts.write_images([png for _, _, png in self.waiting])
        for (image, picture, _), sha256 in zip(self.waiting, hashes, strict=True):
            name = self.choice.name(image.label)
            self.spool.add(
                working_size.fit(picture, self.size),
                sha256,
                name=image.lasting_name[-300:],
                label=-1 if name is None else names.index(name),
                test=image.split is Split.TEST,
            )
        self.waiting.clear()
        self.weight = 0


@dataclass
class _Report:
    """Tells how far the reading is, a few times a second."""

    progress: Progress
    total: int | None
    read: int = 0
    told: float = 0.0

    def tell(self) -> None:
        """Count one image."""
        self.read += 1
        if time.monotonic() - self.told < _REPORT_SECONDS:
            return
        self.told = time.monotonic()
        share = min(1.0, self.read / self.total) if self.total else 0.0
        self.progress(share, {"read": self.read, "of": self.total})


def _limits() -> Limits:
    return Limits(config().image_limit_bytes, config().image_limit_pixels)


def _picture(content: Content, limits: Limits) -> Picture:
    """Decode whatever a reader gives."""
    if isinstance(content, bytes):
        return imaging.from_bytes(content, limits)
    if isinstance(content, np.ndarray):
        return imaging.from_array(content, limits)
    assert isinstance(content, Image.Image)
    return imaging.from_image(content)
