"""What tests of the models share: one core, and a watch over the global random state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch


@pytest.fixture(autouse=True)
def _one_core() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _global_random_state_stays() -> Iterator[None]:
    """No part may draw from random numbers that others draw from too."""
    numbers, tensors = np.random.get_state(), torch.get_rng_state()
    yield
    after = np.random.get_state()
    assert np.array_equal(numbers[1], after[1])
    assert numbers[2] == after[2]
    assert torch.equal(tensors, torch.get_rng_state())
