from __future__ import annotations

import pytest

from app.labeling.consensus import Rule, Said, Settlement, asks_again, settle
from app.words import Answer, Outcome

FIVE, SEVEN = (Answer.CLASS, 5), (Answer.CLASS, 7)
CANNOT_TELL = (Answer.UNRECOGNIZABLE, None)


@pytest.mark.parametrize(
    ("answers", "settlement"),
    [
        ([FIVE], Settlement(Outcome.CLASS, 5)),
        ([CANNOT_TELL], Settlement(Outcome.UNRECOGNIZABLE)),
        ([FIVE, FIVE, SEVEN], Settlement(Outcome.CLASS, 5)),
        ([SEVEN, CANNOT_TELL, SEVEN], Settlement(Outcome.CLASS, 7)),
        ([CANNOT_TELL, FIVE, CANNOT_TELL], Settlement(Outcome.UNRECOGNIZABLE)),
        ([FIVE, SEVEN], Settlement(Outcome.DISPUTED)),
        ([FIVE, SEVEN, CANNOT_TELL], Settlement(Outcome.DISPUTED)),
        ([FIVE, FIVE, SEVEN, SEVEN, CANNOT_TELL], Settlement(Outcome.DISPUTED)),
        ([FIVE, FIVE, SEVEN, CANNOT_TELL], Settlement(Outcome.CLASS, 5)),
    ],
)
def test_a_query_settles_on_what_most_people_said(
    answers: list[Said], settlement: Settlement
) -> None:
    assert settle(answers) == settlement


def test_a_query_without_answers_has_no_outcome() -> None:
    with pytest.raises(ValueError, match="without answers"):
        settle([])


@pytest.mark.parametrize(
    ("answers", "weights", "settlement"),
    [
        ([FIVE, SEVEN], [1.0, 0.1], Settlement(Outcome.CLASS, 5)),
        ([FIVE, SEVEN], [0.4, 1.0], Settlement(Outcome.CLASS, 7)),
        # Two who click at random do not outvote one who does not.
        ([FIVE, SEVEN, SEVEN], [1.0, 0.2, 0.2], Settlement(Outcome.CLASS, 5)),
        # A little reliability breaks no tie.
        ([FIVE, SEVEN], [1.0, 0.7], Settlement(Outcome.DISPUTED)),
        ([FIVE, SEVEN], [0.3, 0.1], Settlement(Outcome.DISPUTED)),
        # One answer stands, whoever gave it: it counts less, but it is not deleted.
        ([FIVE], [0.1], Settlement(Outcome.CLASS, 5)),
    ],
)
def test_unreliable_answers_count_less(
    answers: list[Said], weights: list[float], settlement: Settlement
) -> None:
    assert settle(answers, weights) == settlement


@pytest.mark.parametrize(
    ("answers", "again"),
    [
        ([FIVE, FIVE], False),
        ([FIVE, SEVEN], True),
        ([FIVE, SEVEN, FIVE], True),
        ([FIVE, SEVEN, FIVE, FIVE], False),
        ([FIVE, SEVEN, CANNOT_TELL], True),
        ([FIVE], False),
    ],
)
def test_another_annotator_is_asked_until_one_answer_leads_by_two(
    answers: list[Said], again: bool
) -> None:
    assert again is asks_again(
        answers, overlap=len(answers), most=9, people_left=5, answers_left=None
    )


@pytest.mark.parametrize(
    "limits",
    [{"most": 2}, {"people_left": 0}, {"answers_left": 0}],
    ids=["the cap", "people", "the budget"],
)
def test_nobody_else_is_asked_beyond(limits: dict[str, int]) -> None:
    room: dict[str, int | None] = {"overlap": 2, "most": 3, "people_left": 1, "answers_left": 1}
    assert asks_again([FIVE, SEVEN], **room)  # type: ignore[arg-type]
    assert not asks_again([FIVE, SEVEN], **{**room, **limits})  # type: ignore[arg-type]


def test_answers_of_people_of_whom_nothing_is_known_count_in_full() -> None:
    assert Rule(weights={1: 0.3}).weigh([1, 2]) == [0.3, 1.0]
