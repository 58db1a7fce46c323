"""Why an answer is not taken: each a sentence that says what to do."""

from __future__ import annotations

from app.errors import BadRequest, Conflict, NotFound, TooLarge


class BadAnswer(BadRequest):
    """This is not an answer; see the detail."""


class TooManyAnswers(TooLarge):
    """These are too many answers at once; send them in lists of at most 200."""


class UnknownQuery(NotFound):
    """There is no such query in your projects."""


class UnknownLabel(NotFound):
    """You have no answer with this id."""


class ForeignClass(BadRequest):
    """The class does not belong to this project; choose one that came with the query."""


class ArchivedClass(Conflict):
    """The class is no longer used in this project; choose another one."""


class NoTwin(BadRequest):
    """That is no real image in place of an imagined one; label the image of the query itself."""


class OtherWay(BadRequest):
    """This query asks for something else; answer in the way that came with the query."""


class IdReused(Conflict):
    """Another answer has this id already; give each answer a new random UUID."""


class AlreadyAnswered(Conflict):
    """You have answered this query already; take that answer back first."""


class BudgetSpent(Conflict):
    """The project's budget is spent; ask its lead to raise it, then send the answer again."""


class QueryClosed(Conflict):
    """This query already has all its labels, or nobody is asked about it any more."""


class NotLent(Conflict):
    """This query is not lent to you; only who is asked about it sees real images beside it."""


class NotAnswered(Conflict):
    """Answer this query first; then you are told what the learner thought of it."""


class BadKey(BadRequest):
    """This key cannot be chosen; see the detail."""
