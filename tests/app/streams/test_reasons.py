from __future__ import annotations

from pathlib import Path

from app.streams import reasons
from models.streams.states import Reason


def test_every_reason_of_a_strategy_has_a_sentence_and_no_other() -> None:
    assert set(reasons.JUDGED) == {reason.value for reason in Reason}


def test_sentences_end_with_a_period_and_words_fit_their_column() -> None:
    for group in (reasons.JUDGED, reasons.WAITING, reasons.LET_GO, reasons.REFUSED):
        assert all(each.endswith(".") for each in group.values())
        assert all(len(word) <= 32 for word in group)


def test_a_word_that_is_not_ours_says_nothing_more() -> None:
    assert reasons.sentence("truncated") == ""


def test_every_reason_is_explained_to_who_sends() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "admins.md").read_text()
    every = reasons.JUDGED | reasons.WAITING | reasons.LET_GO | reasons.REFUSED
    assert [word for word in every if f"| `{word}` |" not in guide] == []
