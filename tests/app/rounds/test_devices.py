"""Where training runs: the quickest device there is, unless one is named."""

from __future__ import annotations

import pytest
import torch

from app.config import Config
from app.config import config as read_config
from app.rounds.devices import device


def _there_are(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in names)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in names)


@pytest.mark.parametrize(
    ("there", "chosen"),
    [((), "cpu"), (("mps",), "mps"), (("cuda",), "cuda"), (("cuda", "mps"), "cuda")],
)
def test_an_accelerator_is_used_when_there_is_one(
    config: Config, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], chosen: str
) -> None:
    _there_are(monkeypatch, *there)
    assert device() == chosen


def test_a_named_device_is_used_whatever_there_is(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    _there_are(monkeypatch, "cuda")
    monkeypatch.setenv("CUSP_DEVICE", "cpu")
    read_config.cache_clear()
    assert device() == "cpu"
