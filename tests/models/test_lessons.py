"""The best weights win, not the last; and what is kept is only taken up by the same training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from models import lessons
from models.interfaces import Checkpoint, CheckpointMismatch, Facts
from models.lessons import Lesson, Run, learn
from models.training import Schedule, Step
from tests.models.small_worlds import quiet, world

pytestmark = pytest.mark.slow

IMAGES = world(count=96).images
SCHEDULE = Schedule(batch=32, batches_per_epoch=3, epochs=20)
RUN = Run(seed=1, progress=quiet)


class Painter(nn.Module):
    """Draws the mean image of the pool with more or less of its contrast, whatever the latents."""

    def __init__(self) -> None:
        super().__init__()
        self.strength = nn.Parameter(torch.zeros(1))
        self.register_buffer("mean", torch.from_numpy(IMAGES / 255).float().mean(dim=0))

    def forward(self, latents: Tensor) -> Tensor:
        drawn = torch.logit(self.mean.clamp(0.02, 0.98)) * self.strength
        return drawn.expand(len(latents), -1, -1, -1) + 0 * latents.sum()


def lesson(painter: Painter, *, best_at: int) -> Lesson:
    """Come to full strength at one step, then go on past it."""
    optimizer = torch.optim.SGD(painter.parameters(), lr=0.0)

    def step(step: Step) -> Tensor:
        with torch.no_grad():
            painter.strength.fill_(1 - 0.1 * abs(step.number - best_at))
        return painter.strength.detach()

    return Lesson({"painter": painter}, {"painter": optimizer}, torch.Generator(), step)


def taught(best_at: int, run: Run = RUN) -> tuple[Painter, Facts]:
    painter = Painter()
    facts = learn(
        lesson(painter, best_at=best_at), IMAGES, SCHEDULE, run, maker=painter, latent_size=2
    )
    return painter, facts


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "LEAST_BETWEEN", 1)
    monkeypatch.setattr(lessons, "KEEP_BETWEEN", 1)


def test_weights_are_those_of_the_epoch_that_came_nearest_to_the_pool() -> None:
    painter, facts = taught(best_at=45)
    assert facts["chosen_epoch"] == 15
    assert facts["epochs"] == 20
    assert float(painter.strength) == pytest.approx(1)


def test_the_last_weights_win_while_they_are_the_best() -> None:
    painter, facts = taught(best_at=60)
    assert facts["chosen_epoch"] == 20
    assert float(painter.strength) == pytest.approx(1)


def test_the_first_half_of_training_is_not_looked_at() -> None:
    _, facts = taught(best_at=3)
    assert facts["chosen_epoch"] == 10


def test_best_weights_found_before_a_kill_are_not_forgotten() -> None:
    kept: list[Checkpoint] = []
    taught(45, replace(RUN, keep=kept.append))
    after = next(each for each in kept if each.facts["epoch"] == 17)
    painter, facts = taught(45, replace(RUN, resume=after))
    assert facts["chosen_epoch"] == 15
    assert float(painter.strength) == pytest.approx(1)


@pytest.mark.parametrize(
    "other", [replace(RUN, seed=2), replace(RUN, options="others")], ids=["seed", "options"]
)
def test_what_another_training_kept_is_refused(other: Run) -> None:
    kept: list[Checkpoint] = []
    taught(45, replace(other, keep=kept.append))
    with pytest.raises(CheckpointMismatch, match="another training"):
        taught(45, replace(RUN, resume=kept[0]))


def test_other_images_or_another_network_are_refused() -> None:
    kept: list[Checkpoint] = []
    taught(45, replace(RUN, keep=kept.append))
    painter = Painter()
    with pytest.raises(CheckpointMismatch, match="another training"):
        learn(
            lesson(painter, best_at=45),
            255 - IMAGES,
            SCHEDULE,
            replace(RUN, resume=kept[0]),
            maker=painter,
            latent_size=2,
        )
    altered = replace(kept[0], tensors={"random": torch.Generator().get_state()})
    with pytest.raises(CheckpointMismatch, match="another network"):
        taught(45, replace(RUN, resume=altered))


def test_comparing_takes_no_random_number_from_the_training() -> None:
    painter = Painter()
    plain = lesson(painter, best_at=45)
    learn(plain, IMAGES, SCHEDULE, RUN, maker=painter, latent_size=2)
    alone = torch.Generator()
    for _ in range(SCHEDULE.epochs):
        torch.randperm(len(IMAGES), generator=alone)
    assert torch.equal(plain.generator.get_state(), alone.get_state())
    assert np.isfinite(float(painter.strength))
