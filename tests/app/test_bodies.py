"""Every stage has somebody who does it, and images come in without what takes seconds to load."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from app import bodies
from app.config import Config
from app.rounds import devices
from app.words import StageKind

SLOW = {"torch", "sklearn", "scipy", "pandas", "cleanlab"}


@pytest.mark.parametrize("kind", StageKind)
def test_every_kind_of_stage_is_done_by_a_function_of_its_name(kind: StageKind) -> None:
    assert bodies.body_of(kind).__name__ == kind.value


def test_what_computes_keeps_to_its_share_of_the_cores(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = torch.get_num_threads()
    limited = config.model_copy(update={"threads": before + 1})
    monkeypatch.setattr(devices, "config", lambda: limited)
    try:
        bodies.body_of(StageKind.IMPORT_POOL)
        assert torch.get_num_threads() == before
        bodies.body_of(StageKind.FIT_AND_POSE)
        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    "does",
    [
        "from app import child, bodies; from app.words import StageKind;"
        " bodies.body_of(StageKind.IMPORT_POOL)",
        "from app import serving, supervisor",
    ],
)
def test_images_come_in_and_pages_go_out_without_loading_what_computes(does: str) -> None:
    told = f"import sys; {does}; print(*sorted({SLOW} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == []
