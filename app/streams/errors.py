"""Why images of a stream are not taken: each a sentence that says what to do."""

from __future__ import annotations

from app.errors import AppError, BadRequest, Conflict, TooLarge


class StreamClosed(Conflict):
    """Only a running project takes images one by one; start or resume it first."""


class NoImagesYet(Conflict):
    """The project has no images yet, so their size is unknown; import a pool first."""


class BadStreamForm(BadRequest):
    """Send a form with a file `image` and a text `id` for each image, in the same order."""


class TooManyImages(TooLarge):
    """These are too many images at once; send at most 100."""


class StreamFull(AppError):
    """Too many images of this project wait for a verdict; send more once some are judged."""

    status_code = 429
