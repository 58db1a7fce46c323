"""What is stored under a name is whole or not there at all."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app import artifacts
from app.config import Config
from app.config import config as read_config
from app.errors import ArtifactMissing, NotFound, StoreFull

PNG = b"not really a picture"


@pytest.fixture(params=["local", "memory"])
def store(
    request: pytest.FixtureRequest, config: Config, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A folder, and a store that has no folders of this machine."""
    if request.param == "memory":
        monkeypatch.setenv("CUSP_ARTIFACTS_URL", f"memory://{config.data.parent.name}")
        artifacts.forget()
        read_config.cache_clear()
    yield request.param
    artifacts.forget()


def test_what_is_written_is_read_back(store: str) -> None:
    artifacts.write("a/b/c.bin", b"one")
    artifacts.write("a/b/c.bin", b"two")
    assert artifacts.read("a/b/c.bin") == b"two"
    assert artifacts.exists("a/b/c.bin")
    assert artifacts.children("a/b") == ["a/b/c.bin"]
    with artifacts.as_file("a/b/c.bin") as path:
        assert path.read_bytes() == b"two"


def test_what_is_not_there_says_so(store: str) -> None:
    assert not artifacts.exists("gone")
    assert artifacts.children("gone") == []
    artifacts.delete("gone")
    with pytest.raises(ArtifactMissing, match="gone is gone; restore it"):
        artifacts.read("gone")
    with pytest.raises(ArtifactMissing), artifacts.as_file("gone"):
        pass


def test_what_is_deleted_is_gone_with_all_below(store: str) -> None:
    artifacts.write("a/b.bin", b"1")
    artifacts.write("a/c/d.bin", b"2")
    artifacts.delete("a")
    assert not artifacts.exists("a/c/d.bin")
    assert artifacts.children("a") == []


def test_an_array_keeps_its_type_and_shape(store: str) -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    artifacts.write_array("array.npy", array)
    found = artifacts.read_array("array.npy")
    assert found.dtype == array.dtype
    assert np.array_equal(found, array)


def test_an_array_that_holds_objects_is_refused(store: str) -> None:
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        artifacts.write_array("array.npy", np.array([{}], dtype=object))


def test_the_same_picture_is_stored_once(store: str) -> None:
    sha256 = artifacts.write_image(PNG)
    assert artifacts.write_image(PNG) == sha256
    assert artifacts.write_images([PNG, PNG]) == [sha256, sha256]
    artifacts.sync()
    assert artifacts.read(artifacts.image_name(sha256)) == PNG


def test_a_picture_that_a_power_cut_left_short_is_written_again(config: Config) -> None:
    sha256 = artifacts.write_image(PNG)
    path = artifacts.local_path(artifacts.image_name(sha256))
    assert path is not None
    path.write_bytes(PNG[:3])
    artifacts.write_images([PNG])
    assert path.read_bytes() == PNG


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65])
def test_a_name_that_is_no_hash_reaches_no_file(name: str) -> None:
    with pytest.raises(NotFound):
        artifacts.image_name(name)


def test_a_write_that_breaks_off_leaves_the_old_content_and_no_litter(config: Config) -> None:
    artifacts.write("kept.bin", b"old")

    def breaking() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        artifacts.write_stream("kept.bin", breaking())
    assert artifacts.read("kept.bin") == b"old"
    assert [path.name for path in Path(config.artifacts).iterdir()] == ["kept.bin"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_in_words(config: Config, number: int) -> None:
    def full() -> Iterator[bytes]:
        yield b"something"
        raise OSError(number, "full")

    with pytest.raises(StoreFull):
        artifacts.write_stream("too-large.bin", full())
    assert not artifacts.exists("too-large.bin")


def test_other_trouble_of_the_system_is_not_taken_for_a_full_disk() -> None:
    with pytest.raises(PermissionError), artifacts.full_is_said():
        raise PermissionError(errno.EACCES, "no")
