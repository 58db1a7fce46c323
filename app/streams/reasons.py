"""Why an image of the stream is asked, let go, kept waiting or refused: words and sentences.

Pure text. The words of a strategy are those of `models.streams.states.Reason`, which the web
process cannot load; a test holds the two together.
"""

from __future__ import annotations

#: Given by the strategy.
JUDGED = {
    "uncertain": "The learner is less certain than the threshold.",
    "lot": "The lot fell on it: part of the stream is asked whatever the learner thinks.",
    "certain": "The learner is certain enough.",
    "share_spent": "The share of the stream that may be asked is used up for now.",
    "no_lot": "The lot fell on another image.",
    "sparse": "Nothing like it has arrived lately.",
}

IN_LINE = "in_line"
NO_LEARNER = "no_learner"
WAITING = {
    IN_LINE: "The machine is about to judge it; ask again under the same id.",
    NO_LEARNER: "There is no learner yet; it is judged once images of two classes are labeled.",
}

DUPLICATE = "duplicate"
IN_HOLDOUT = "in_holdout"
BUDGET_SPENT = "budget_spent"
IMAGE_GONE = "image_gone"
LET_GO = {
    DUPLICATE: "The project has this very picture already.",
    IN_HOLDOUT: "The same picture measures accuracy, so it must not be learned from.",
    BUDGET_SPENT: "The budget is spent or spoken for; nobody could be asked.",
    IMAGE_GONE: "Its stored file was gone before it could be judged.",
}

BAD_ID = "bad_id"
ID_REUSED = "id_reused"
REFUSED = {
    BAD_ID: "An id has 1 to 64 letters, digits, dots, colons, hyphens or underscores.",
    ID_REUSED: "Another image was sent under this id; give each image an id of its own.",
}

_SENTENCES = JUDGED | WAITING | LET_GO | REFUSED


def sentence(reason: str) -> str:
    """Say a reason in a sentence; what is none of ours says nothing more."""
    return _SENTENCES.get(reason, "")
