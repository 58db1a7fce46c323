"""Weights come out of one folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import Config
from app.rounds import weights


def test_a_name_is_looked_up_in_the_folder_of_weights(config: Config) -> None:
    folder = (config.data / "weights").resolve()
    assert weights.path("resnet18.pth") == str(folder / "resnet18.pth")
    assert weights.path("mine/resnet18.pth") == str(folder / "mine" / "resnet18.pth")
    assert weights.path(str(folder / "resnet18.pth")) == str(folder / "resnet18.pth")


@pytest.mark.parametrize("name", ["/etc/passwd", "../cusp.sqlite", "a/../../cusp.sqlite", ".."])
def test_a_file_elsewhere_is_refused(config: Config, name: str) -> None:
    assert config.data
    with pytest.raises(weights.WeightsOutside, match="give a name in it"):
        weights.path(name)


def test_a_link_that_leads_out_of_the_folder_is_refused(config: Config, tmp_path: Path) -> None:
    folder = config.data / "weights"
    folder.mkdir(parents=True)
    (folder / "link.pth").symlink_to(tmp_path / "elsewhere.pth")
    with pytest.raises(weights.WeightsOutside):
        weights.path("link.pth")


def test_no_name_stays_no_name(config: Config) -> None:
    assert config.data
    assert weights.path("") == ""
