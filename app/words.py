"""The words that stand in the database, the API and the pages, each for one thing.

What they mean to people is in `docs/glossary.md`. Knows nothing of tables or requests.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member may do in a project."""

    #: Labels.
    ANNOTATOR = "annotator"
    #: Labels, watches, starts and pauses.
    LEAD = "lead"


class ProjectState(StrEnum):
    """Where a project stands."""

    #: Being set up: nothing is lent, nothing is trained.
    DRAFT = "draft"
    #: Queries are posed and lent.
    RUNNING = "running"
    #: The lead holds it: answers in flight are taken, nothing new is lent or trained.
    PAUSED = "paused"
    #: Done for good, save that an admin may start it again.
    FINISHED = "finished"


class Mode(StrEnum):
    """How rounds follow each other."""

    #: The queue is topped up before it runs dry.
    CONTINUOUS = "continuous"
    #: The whole batch is answered before the next one is posed (Algorithm 1 of the paper).
    STRICT = "strict"


class Origin(StrEnum):
    """Where an image comes from."""

    #: Real and unlabeled.
    POOL = "pool"
    #: Imagined by a generator.
    SYNTHESIZED = "synthesized"
    #: Real and labeled: measures accuracy, is never posed and never trained on.
    HOLDOUT = "holdout"
    #: Real, and sent one by one while the project runs.
    STREAM = "stream"
    #: With a class that is known: asked to learn how well annotators answer, never trained on.
    GOLD = "gold"


class Source(StrEnum):
    """Which slot of the mix a query filled."""

    #: Before there is a learner: medoids of the pool.
    COLD_START = "cold_start"
    SYNTHESIZED = "synthesized"
    POOL = "pool"
    #: A random real image.
    EXPLORE = "explore"
    #: An image that arrived by itself and was worth a question.
    STREAM = "stream"
    #: Its class is known: says how well a person answers.
    GOLD = "gold"
    #: Asked again of the same person: says how consistent they are.
    REPEAT = "repeat"


class Way(StrEnum):
    """How a query is put to annotators."""

    #: One image, one class.
    SINGLE = "single"
    #: Many images at once, each with a class.
    GRID = "grid"
    #: A strip of images from one class to another: where does it change?
    WALK = "walk"
    #: Two images: which is more a certain class?
    PAIR = "pair"


class QueryState(StrEnum):
    """Whether a query still takes labels."""

    OPEN = "open"
    #: It has all its labels.
    SETTLED = "settled"
    #: Nobody will be asked any more: too many skips, or a newer round made it pointless.
    WITHDRAWN = "withdrawn"


class StreamVerdict(StrEnum):
    """What becomes of an image that somebody sends."""

    #: Nobody has judged it yet.
    WAITING = "waiting"
    #: It was put to annotators.
    ASKED = "asked"
    #: It was not worth a question, or there is none left to ask.
    LET_GO = "let_go"
    #: It cannot be taken; nothing of it is kept.
    REFUSED = "refused"


class Answer(StrEnum):
    """What an annotator pressed."""

    CLASS = "class"
    UNRECOGNIZABLE = "unrecognizable"
    #: No answer: somebody else is asked.
    SKIP = "skip"
    #: On a walk: the last image of the one class and the first of the other.
    WALK = "walk"
    #: On a pair: which image is more the class.
    PAIR = "pair"


class Refusal(StrEnum):
    """Why an image is unrecognizable to somebody."""

    #: It shows something else.
    NONE_OF_THESE = "none_of_these"
    #: It shows nothing that has a name.
    CANNOT_TELL = "cannot_tell"
    #: It is as much the one as the other.
    IN_BETWEEN = "in_between"


class Outcome(StrEnum):
    """What the labels of a query settle on."""

    CLASS = "class"
    UNRECOGNIZABLE = "unrecognizable"
    #: The annotators disagree and no answer has the majority.
    DISPUTED = "disputed"
    #: Where a walk crosses from one class to the other.
    WALK = "walk"
    #: Which image of a pair is more the class.
    PAIR = "pair"


class StageKind(StrEnum):
    """The pieces of machine work of a project."""

    IMPORT_POOL = "import_pool"
    LEARN_FEATURES = "learn_features"
    TRAIN_GENERATOR = "train_generator"
    FIT_AND_POSE = "fit_and_pose"
    EVALUATE = "evaluate"
    JUDGE_STREAM = "judge_stream"
    ASSESS = "assess"


class StageState(StrEnum):
    """Where a stage stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"
