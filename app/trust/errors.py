"""Why a dispute cannot be decided or asked again: each a sentence that says what to do."""

from __future__ import annotations

from app.errors import Conflict, NotFound


class NothingToDecide(NotFound):
    """This project has no such query, or it is one that is not decided by classes."""


class StillOpen(Conflict):
    """People are still being asked about this query; decide once it has settled."""


class NotDecided(Conflict):
    """No lead has decided this query, so there is nothing to take back."""


class NobodyElse(Conflict):
    """Every member has answered this query, or it has nine labels: decide it yourself."""


class NothingLeftToSpend(Conflict):
    """The budget pays no further answer; raise it, or decide the query yourself."""
