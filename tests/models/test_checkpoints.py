from __future__ import annotations

import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models import checkpoints
from models.checkpoints import from_blob, to_blob
from models.interfaces import Checkpoint, CheckpointDamaged, CheckpointMismatch, ImageShape

WEIGHTS = {"b.weight": torch.arange(12.0).reshape(3, 4), "a": torch.tensor(7, dtype=torch.int64)}
KEPT = Checkpoint("generator", "vae", {"size": 3, "rate": 0.1, "note": "é", "none": None}, WEIGHTS)


def test_a_checkpoint_comes_back_with_its_facts_and_every_bit_of_its_tensors() -> None:
    read = from_blob(to_blob(KEPT))
    assert (read.kind, read.name, read.facts) == (KEPT.kind, KEPT.name, KEPT.facts)
    assert read.tensors.keys() == KEPT.tensors.keys()
    assert all(torch.equal(read.tensors[key], WEIGHTS[key]) for key in WEIGHTS)
    assert all(read.tensors[key].dtype == WEIGHTS[key].dtype for key in WEIGHTS)


def test_equal_checkpoints_give_equal_bytes_in_whatever_order_they_were_filled() -> None:
    turned = Checkpoint(
        "generator", "vae", dict(reversed(KEPT.facts.items())), dict(reversed(WEIGHTS.items()))
    )
    assert to_blob(turned) == to_blob(KEPT)


def test_a_checkpoint_without_tensors_is_kept_too() -> None:
    bare = Checkpoint("features", "pixels", {"channels": 1})
    assert from_blob(to_blob(bare)) == bare


def test_a_slice_and_a_transposed_tensor_are_kept_as_what_they_show() -> None:
    wide = torch.arange(20.0).reshape(4, 5)
    read = from_blob(to_blob(Checkpoint("k", "n", {}, {"slice": wide[:, 1:3], "turned": wide.T})))
    assert torch.equal(read.tensors["slice"], wide[:, 1:3])
    assert torch.equal(read.tensors["turned"], wide.T)


def test_a_fact_that_json_cannot_hold_is_refused_when_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_blob(Checkpoint("k", "n", {"loss": float("nan")}))


@pytest.mark.parametrize(
    "blob", [b"", b"\x00", b"PK\x03\x04 a zip", b"\x80\x04\x95pickled", b"\xff" * 64]
)
def test_bytes_of_something_else_are_named_damaged(blob: bytes) -> None:
    with pytest.raises(CheckpointDamaged, match=f"of {len(blob)} bytes is damaged.*Train the part"):
        from_blob(blob)


@settings(max_examples=60)
@given(st.integers(0, len(to_blob(KEPT)) - 1))
def test_a_blob_cut_off_anywhere_is_named_damaged(length: int) -> None:
    with pytest.raises(CheckpointDamaged):
        from_blob(to_blob(KEPT)[:length])


@settings(max_examples=200)
@given(st.integers(0, len(to_blob(KEPT)) - 1), st.integers(1, 255))
def test_a_single_altered_byte_anywhere_never_passes_for_another_checkpoint(
    place: int, flip: int
) -> None:
    altered = bytearray(to_blob(KEPT))
    altered[place] ^= flip
    try:
        read = from_blob(bytes(altered))
    except CheckpointDamaged:
        return
    assert to_blob(read) == to_blob(KEPT)


def test_tensors_of_a_stranger_without_our_facts_are_named_damaged() -> None:
    header = json.dumps({"__metadata__": {"format": "pt"}}).encode()
    with pytest.raises(CheckpointDamaged):
        from_blob(len(header).to_bytes(8, "little") + header)


def test_a_checkpoint_of_another_part_is_refused_with_both_names() -> None:
    with pytest.raises(CheckpointMismatch, match="of generator 'vae', not of features 'pixels'"):
        checkpoints.require_kind(KEPT, "features", name="pixels")


def test_missing_numbers_and_tensors_are_named() -> None:
    with pytest.raises(CheckpointMismatch, match="lacks the whole number 'note'"):
        checkpoints.whole_number(KEPT.facts, "note")
    with pytest.raises(CheckpointMismatch, match="lacks the tensor 'mean'"):
        checkpoints.tensor(KEPT, "mean")


def test_a_shape_is_read_as_it_was_written() -> None:
    shape = ImageShape(3, 28, 32)
    assert checkpoints.read_shape(checkpoints.shape_facts(shape)) == shape


def test_tensors_are_picked_by_their_first_name_alone() -> None:
    tensors = {"in.a": torch.zeros(1), "in.b.c": torch.ones(1), "inner.a": torch.ones(2)}
    assert set(checkpoints.below("in", tensors)) == {"a", "b.c"}
