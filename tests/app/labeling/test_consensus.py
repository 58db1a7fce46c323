import pytest

from app.labeling.consensus import Settlement, settle
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
    answers: list[tuple[Answer, int | None]], settlement: Settlement
) -> None:
    assert settle(answers) == settlement


def test_a_query_without_answers_has_no_outcome() -> None:
    with pytest.raises(ValueError, match="without answers"):
        settle([])
