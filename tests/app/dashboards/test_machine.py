from typing import Any

import pytest

from app.dashboards.machine import TITLES, Condition, Situation, Work, now
from app.words import Mode, ProjectState, StageKind, StageState


def _situation(**facts: Any) -> Situation:
    base: dict[str, Any] = {
        "state": ProjectState.RUNNING,
        "mode": Mode.CONTINUOUS,
        "worker_unseen": 1.0,
    }
    return Situation(**(base | facts))


def _work(state: StageState = StageState.RUNNING, **facts: Any) -> Work:
    return Work(1, facts.pop("kind", StageKind.TRAIN_GENERATOR), state, **facts)


FAILED = _work(StageState.FAILED, problem="The disk is full.")


@pytest.mark.parametrize(
    ("situation", "condition", "sentence"),
    [
        (_situation(running=(_work(),)), Condition.WORKING, "Training the generator."),
        (
            _situation(queued=(_work(StageState.QUEUED),)),
            Condition.WORKING,
            "Training the generator is next.",
        ),
        (
            _situation(running=(_work(),), worker_unseen=42.0),
            Condition.STUCK,
            "No worker has been seen for 40 s.",
        ),
        (
            _situation(worker_unseen=None, open_queries=3),
            Condition.STUCK,
            "No worker has been seen yet.",
        ),
        (_situation(worker_unseen=300), Condition.STUCK, "No worker has been seen for 5 min."),
        (
            _situation(open_queries=6, labels_wanted=6),
            Condition.RESTING,
            "Waits for 6 answers.",
        ),
        (_situation(open_queries=1, labels_wanted=1), Condition.RESTING, "Waits for 1 answer."),
        (_situation(), Condition.RESTING, "Nothing to do right now."),
        (_situation(spent_out=True), Condition.STUCK, "The budget is spent."),
        (_situation(state=ProjectState.PAUSED), Condition.RESTING, "Paused."),
        (_situation(state=ProjectState.FINISHED), Condition.RESTING, "Finished."),
        (_situation(state=ProjectState.DRAFT), Condition.RESTING, "Not started yet."),
        (
            _situation(failed=FAILED),
            Condition.STUCK,
            "Training the generator failed.",
        ),
        (
            _situation(state=ProjectState.DRAFT, failed=FAILED),
            Condition.STUCK,
            "Training the generator failed.",
        ),
        (
            _situation(failed=_work(StageState.CANCELED)),
            Condition.RESTING,
            "Training the generator was canceled.",
        ),
    ],
)
def test_the_machine_says_what_it_does_or_why_not(
    situation: Situation, condition: Condition, sentence: str
) -> None:
    present = now(situation)
    assert (present.condition, present.sentence) == (condition, sentence)


def test_a_missing_worker_says_how_to_start_one() -> None:
    assert "cusp worker" in now(_situation(worker_unseen=42.0)).hint


def test_a_paused_project_needs_no_worker() -> None:
    present = now(_situation(state=ProjectState.PAUSED, worker_unseen=None))
    assert present.sentence == "Paused."


def test_a_failure_offers_a_retry_and_says_whether_it_comes_by_itself() -> None:
    given_up = _work(StageState.FAILED, given_up=True)
    assert now(_situation(failed=FAILED)).retry is FAILED
    assert "by itself; Retry" in now(_situation(failed=FAILED)).hint
    assert now(_situation(failed=FAILED)).hint.startswith("The disk is full. ")
    assert "not tried again" in now(_situation(failed=given_up)).hint


def test_the_answers_awaited_end_differently_in_strict_mode() -> None:
    strict = now(_situation(mode=Mode.STRICT, open_queries=2, labels_wanted=2))
    assert strict.hint == "2 queries open; the next round follows the last answer."


@pytest.mark.parametrize(
    ("work", "details"),
    [
        (_work(), ""),
        (_work(epoch=5, epochs=12, loss=0.03124), "epoch 5 of 12, loss 0.03124"),
        (_work(message="reading", attempt=2), "reading, attempt 2"),
        (_work(begun=2, attempt=2), "taken over from a worker that died"),
    ],
)
def test_progress_is_said_in_words(work: Work, details: str) -> None:
    assert work.details == details


def test_every_kind_of_machine_work_has_a_title() -> None:
    assert set(TITLES) == set(StageKind)
