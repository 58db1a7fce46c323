"""A synthesized query can be shown again: its latent and its generator give the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from models import catalog
from models.checkpoints import from_blob, to_blob
from models.interfaces import CheckpointMismatch, Images, ImageShape, Vectors
from models.parts.declaring import Kind, Slot
from models.strategies.replay import render
from tests.models.small_worlds import generator, situation, strategy

pytestmark = pytest.mark.slow

GENERATORS = [each.name for each in catalog.entries(Kind.GENERATOR)]
SYNTHESIZING = catalog.strategies_for(Slot.SYNTHESIZED)
ROOT = Path(__file__).parents[3]

#: Reads a checkpoint and latents, renders with as many threads as told, writes bytes.
ELSEWHERE = """
import json, sys
from pathlib import Path
import numpy as np, torch
from models import catalog
from models.parts.declaring import Kind, Slot
from models.checkpoints import from_blob
from models.strategies.replay import render

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
saved = from_blob((folder / "generator").read_bytes())
generator = catalog.module(Kind.GENERATOR, saved.name).load(saved)
latents = json.loads((folder / "latents.json").read_text())
images = np.concatenate([render(generator, each) for each in latents])
(folder / "images").write_bytes(images.tobytes())
"""


def posed(strategy_name: str, generator_name: str) -> tuple[Images, Vectors]:
    here = situation(imagines=generator(generator_name))
    batch = strategy(strategy_name).pose(here, 6, seed=3)
    assert batch.latents is not None
    return batch.images, batch.latents


@pytest.mark.parametrize("generator_name", GENERATORS)
@pytest.mark.parametrize("strategy_name", SYNTHESIZING)
def test_a_latent_read_back_from_json_gives_the_same_bytes(
    strategy_name: str, generator_name: str
) -> None:
    images, latents = posed(strategy_name, generator_name)
    stored = json.loads(json.dumps(latents.tolist()))
    saved = from_blob(to_blob(generator(generator_name).checkpoint()))
    again = catalog.module(Kind.GENERATOR, generator_name).load(saved)
    np.testing.assert_array_equal(np.concatenate([render(again, each) for each in stored]), images)


@pytest.mark.parametrize("generator_name", GENERATORS)
def test_another_process_with_other_threads_gives_the_same_bytes(
    generator_name: str, tmp_path: Path
) -> None:
    images, latents = posed("simple_gan", generator_name)
    (tmp_path / "generator").write_bytes(to_blob(generator(generator_name).checkpoint()))
    (tmp_path / "latents.json").write_text(json.dumps(latents.tolist()))
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path), "2"]
    subprocess.run(command, check=True, cwd=ROOT, timeout=120)
    assert (tmp_path / "images").read_bytes() == images.tobytes()


def test_an_image_is_one_of_bytes_and_does_not_depend_on_double_or_list() -> None:
    part = generator("vae")
    latent = np.linspace(-1, 1, part.latent_size).astype(np.float32)
    image = render(part, latent)
    assert ImageShape.of(image) == part.shape
    assert (image.dtype, len(image)) == (np.uint8, 1)
    np.testing.assert_array_equal(image, render(part, latent.tolist()))
    np.testing.assert_array_equal(image, render(part, latent.astype(np.float64)))


def test_rendering_leaves_no_trace_of_a_gradient() -> None:
    with torch.enable_grad():
        render(generator("vae"), [0.0] * generator("vae").latent_size)
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("length", [0, 1, 7])
def test_a_latent_of_another_length_is_refused_in_a_sentence(length: int) -> None:
    with pytest.raises(CheckpointMismatch, match=rf"latents of length 8, not of shape \({length},"):
        render(generator("vae"), [0.0] * length)
