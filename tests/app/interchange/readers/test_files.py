from __future__ import annotations

import gzip
import io
import struct
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.config import Config
from app.interchange.errors import ImportRefused
from app.interchange.readers.arrays import ArraySource
from app.interchange.readers.idx_files import idx_source
from app.interchange.readers.numpy_files import npy_source, npz_source
from app.interchange.readers.source import Split
from tests.app.interchange.pictures import noise

pytestmark = pytest.mark.usefixtures("config")
LIMIT = 10**7


def npz(path: Path, **options: int) -> ArraySource:
    return npz_source(path, limit=options.get("limit", LIMIT), stack=ExitStack())


def npy(path: Path, labels: Path | None = None) -> ArraySource:
    return npy_source(path, labels, stack=ExitStack())


def idx(path: Path, **options: int) -> ArraySource:
    return idx_source(path, None, limit=options.get("limit", LIMIT), stack=ExitStack())


def as_idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def saved(path: Path, **arrays: Any) -> Path:
    np.savez_compressed(path, **arrays)
    return path


IMAGES = np.stack([noise(seed) for seed in range(4)])
LABELS = np.array([5, 7, 5, 7], np.uint8)


@pytest.mark.parametrize("names", [("images", "labels"), ("x", "y"), ("x_train", "y_train")])
def test_arrays_are_found_by_their_names(tmp_path: Path, names: tuple[str, str]) -> None:
    found = list(npz(saved(tmp_path / "a.npz", **dict(zip(names, (IMAGES, LABELS), strict=True)))))
    assert [each.label for each in found] == ["5", "7", "5", "7"]
    assert np.array_equal(found[3].read(), IMAGES[3])


def test_the_test_arrays_are_the_test_split(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.npz", x_train=IMAGES, x_test=IMAGES[:1], y_test=LABELS[:1], index=LABELS
    )
    found = list(npz(path))
    assert [each.split for each in found] == [Split.TRAIN] * 4 + [Split.TEST]
    assert [each.label for each in found] == [None] * 4 + ["5"]


def test_arrays_in_columns_are_read_right(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.asfortranarray(IMAGES))
    assert np.array_equal(list(npy(tmp_path / "a.npy"))[2].read(), IMAGES[2])


def test_labels_may_lie_in_a_second_file(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", IMAGES)
    np.save(tmp_path / "b.npy", LABELS)
    assert npy(tmp_path / "a.npy", tmp_path / "b.npy").labels == ["5", "7"]


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "ran",))

    np.save(tmp_path / "a.npy", np.array([Evil(), Evil()]), allow_pickle=True)
    with pytest.raises(ImportRefused, match="Python objects"):
        npy(tmp_path / "a.npy")
    with pytest.raises(ImportRefused, match="Python objects"):
        npz(saved(tmp_path / "a.npz", x=IMAGES, y=np.array([Evil()] * 4)))
    assert not (tmp_path / "ran").exists()


def test_a_file_without_known_arrays_says_which_it_has(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"it has: pictures.*numpy\.savez"):
        npz(saved(tmp_path / "a.npz", pictures=IMAGES))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x93NUMPY\x01\x00\x76\x00{'descr'"])
def test_what_is_no_array_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    for read in (npy, npz, idx):
        with pytest.raises(ImportRefused):
            read(path)


def test_a_truncated_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", IMAGES)
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content[:-100])
    with pytest.raises(ImportRefused, match="ends too early"):
        npy(tmp_path / "a.npy")


def test_a_bomb_in_an_archive_of_arrays_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", x=np.zeros((5000, 100, 100), np.uint8))
    assert path.stat().st_size < 100_000
    with pytest.raises(ImportRefused, match="unpacks to more"):
        npz(path, limit=1_000_000)


def test_a_header_that_claims_the_moon_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"descr": "|u1", "fortran_order": False, "shape": (10**12, 28, 28)}
    )
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as packed:
        packed.writestr("x.npy", buffer.getvalue())
    with pytest.raises(ImportRefused, match="ends too early"):
        npz(tmp_path / "a.npz")


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_files_find_their_labels_and_their_test_files(tmp_path: Path, suffix: str) -> None:
    pack = gzip.compress if suffix else bytes
    for name, count in (("train", 4), ("t10k", 2)):
        images, labels = as_idx(IMAGES[:count]), as_idx(LABELS[:count])
        (tmp_path / f"{name}-images-idx3-ubyte{suffix}").write_bytes(pack(images))
        (tmp_path / f"{name}-labels-idx1-ubyte{suffix}").write_bytes(pack(labels))
    found = list(idx(tmp_path / f"train-images-idx3-ubyte{suffix}"))
    assert [each.label for each in found] == ["5", "7", "5", "7", "5", "7"]
    assert [each.split for each in found] == [Split.TRAIN] * 4 + [Split.TEST] * 2
    assert np.array_equal(found[3].read(), IMAGES[3])


def test_idx_images_alone_are_unlabeled(tmp_path: Path) -> None:
    (tmp_path / "some-idx3-ubyte").write_bytes(as_idx(IMAGES))
    assert idx(tmp_path / "some-idx3-ubyte").labels == []


def test_idx_labels_are_no_images(tmp_path: Path) -> None:
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(as_idx(LABELS))
    with pytest.raises(ImportRefused, match="holds labels, not images"):
        idx(tmp_path / "train-labels-idx1-ubyte")


def test_a_truncated_idx_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a-idx3-ubyte").write_bytes(as_idx(IMAGES)[:-1])
    with pytest.raises(ImportRefused, match="ends too early"):
        idx(tmp_path / "a-idx3-ubyte")
    (tmp_path / "a-idx3-ubyte.gz").write_bytes(gzip.compress(as_idx(IMAGES))[:-30])
    with pytest.raises(ImportRefused, match="ends too early"):
        idx(tmp_path / "a-idx3-ubyte.gz")


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = as_idx(np.zeros((1000, 100, 100), np.uint8))
    (tmp_path / "a-idx3-ubyte.gz").write_bytes(gzip.compress(bomb))
    with pytest.raises(ImportRefused, match="unpacks to more"):
        idx(tmp_path / "a-idx3-ubyte.gz", limit=1_000_000)


def test_nothing_is_left_behind(tmp_path: Path, config: Config) -> None:
    with ExitStack() as stack:
        npz_source(saved(tmp_path / "a.npz", x=IMAGES), limit=LIMIT, stack=stack)
    assert list((config.data / "passing").iterdir()) == []
