"""Why a remark is not kept: each a sentence that says what to do."""

from __future__ import annotations

from app.errors import Conflict, NotFound


class UnknownRemark(NotFound):
    """This project has no such remark."""


class RemarkIdReused(Conflict):
    """Another remark has this id already; give each remark a new random UUID."""


class TooManyRemarks(Conflict):
    """You have left as many remarks on this query as one person may; tell the lead directly."""
