"""A training that was cut off goes on; what it kept is gone when it is over."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from app import artifacts
from app.config import Config
from app.rounds import continuing, training
from app.rounds.stages import Turn
from app.words import StageKind
from models.interfaces import Checkpoint, CheckpointMismatch

pytestmark = pytest.mark.slow

TURN = Turn(stage_id=1, project_id=2, kind=StageKind.TRAIN_GENERATOR, number=3, begun=1)
AGAIN = Turn(stage_id=4, project_id=2, kind=StageKind.TRAIN_GENERATOR, number=3, begun=1)
STATE = Checkpoint("training", "lesson", {"epoch": 5}, {"random": torch.arange(3)})
NAME = "projects/2/checkpoints/train_generator-3.kept"


@pytest.fixture(autouse=True)
def _at_once(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep at once, below the test's own folder."""
    assert config.artifacts
    monkeypatch.setattr(continuing, "KEEP_SECONDS", 0)


def test_the_next_attempt_finds_what_the_last_one_kept() -> None:
    assert continuing.kept(TURN) is None
    continuing.keeper(TURN)(STATE)
    found = continuing.kept(AGAIN)
    assert found is not None
    assert found.facts == STATE.facts
    assert torch.equal(found.tensors["random"], STATE.tensors["random"])
    continuing.forget(AGAIN)
    assert continuing.kept(TURN) is None


def test_a_minute_passes_between_two_keepings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuing, "KEEP_SECONDS", 60)
    continuing.keeper(TURN)(STATE)
    assert continuing.kept(TURN) is None


def test_what_was_cut_off_while_it_was_written_is_passed_over() -> None:
    continuing.keeper(TURN)(STATE)
    artifacts.write(NAME, artifacts.read(NAME)[:-2])
    assert continuing.kept(AGAIN) is None


def test_what_no_longer_fits_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[Checkpoint | None] = []

    def train(*_: object, resume: Checkpoint | None = None, **__: Any) -> str:
        offered.append(resume)
        if resume is not None:
            raise CheckpointMismatch("What was kept belongs to another training; begin anew.")
        return "a generator"

    monkeypatch.setattr(training, "_train", train)
    continuing.keeper(TURN)(STATE)
    brief: Any = None
    assert training._go_on(AGAIN, brief, share=1.0) == "a generator"
    assert [each is None for each in offered] == [False, True]
