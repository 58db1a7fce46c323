from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from app.interchange.errors import ImportRefused
from app.interchange.readers.zip_archive import ZipSource
from app.interchange.verdicts import Refused, Verdict
from tests.app.interchange import pictures


def opened(path: Path, *, limit: int = 10**6, unpacked: int = 10**8) -> ZipSource:
    return ZipSource(path, limit_bytes=limit, unpacked_limit=unpacked)


def verdicts(source: ZipSource) -> dict[str, Verdict]:
    found = {}
    for each in source:
        try:
            each.read()
        except Refused as refusal:
            found[each.name] = refusal.verdict
        else:
            found[each.name] = Verdict.OK
    return found


def test_class_folders_become_labels(tmp_path: Path) -> None:
    files = {"set/five/a.png": b"1", "set/seven/b.png": b"2", "__MACOSX/set/five/a.png": b"x"}
    source = opened(pictures.archive(tmp_path / "a.zip", files))
    assert [(each.name, each.label, each.read()) for each in source] == [
        ("set/five/a.png", "five", b"1"),
        ("set/seven/b.png", "seven", b"2"),
    ]
    assert source.labels == ["five", "seven"]
    assert source.count == 2


def test_names_that_begin_with_a_dot_and_a_slash_are_read(tmp_path: Path) -> None:
    (found,) = opened(pictures.archive(tmp_path / "a.zip", {"./five/a.png": b"1"}))
    assert found.label == "five"


def test_names_that_point_outside_are_refused_and_the_others_kept(tmp_path: Path) -> None:
    names = ["../../evil.png", "/etc/evil.png", "a/../../evil.png", "C:\\evil.png", "..\\evil.png"]
    files = dict.fromkeys(names, b"x") | {"good.png": b"1"}
    found = verdicts(opened(pictures.archive(tmp_path / "a.zip", files)))
    assert found.pop("good.png") is Verdict.OK
    assert len(found) == 5
    assert set(found.values()) == {Verdict.UNSAFE_PATH}


def test_symbolic_links_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        link = zipfile.ZipInfo("link.png")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    assert verdicts(opened(path)) == {"link.png": Verdict.LINK}


def test_encrypted_entries_are_refused(tmp_path: Path) -> None:
    path = pictures.archive(tmp_path / "a.zip", {"a.png": b"1"})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert verdicts(opened(path)) == {"a.png": Verdict.ENCRYPTED}


def test_unusual_packing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as packed:
        packed.writestr("a.png", b"1" * 1000)
    assert verdicts(opened(path)) == {"a.png": Verdict.UNREADABLE}


def test_a_damaged_entry_is_refused_and_the_others_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("bad.png", b"abcdefgh" * 10)
        packed.writestr("good.png", b"12345678" * 10)
    path.write_bytes(path.read_bytes().replace(b"abcdefgh", b"abcdefgX", 1))
    assert verdicts(opened(path)) == {"bad.png": Verdict.TRUNCATED, "good.png": Verdict.OK}


def test_an_entry_is_never_unpacked_beyond_the_size_of_an_image(tmp_path: Path) -> None:
    path = pictures.archive(tmp_path / "a.zip", {"bomb.png": bytes(50_000_000)})
    assert path.stat().st_size < 100_000
    (bomb,) = opened(path, limit=1000)
    assert len(bomb.read()) == 1001


def test_an_archive_is_never_unpacked_beyond_what_the_server_takes(tmp_path: Path) -> None:
    files = {f"{number}.png": bytes(1000) for number in range(10)}
    source = opened(pictures.archive(tmp_path / "a.zip", files), unpacked=3500)
    found = list(verdicts(source).values())
    assert found == [Verdict.OK] * 3 + [Verdict.OVER_LIMIT] * 7
    assert list(verdicts(source).values()) == found


@pytest.mark.slow
def test_100_000_entries_are_gone_through(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for number in range(100_000):
            packed.writestr(str(number), b"")
    assert sum(1 for each in opened(path) if each.read() == b"") == 100_000


def test_a_list_of_entries_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = pictures.archive(tmp_path / "a.zip", {"a.png": b"1"})
    content = bytearray(path.read_bytes())
    end = content.rindex(b"PK\x05\x06")
    struct.pack_into("<I", content, end + 12, 2**31)
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match="too many files"):
        opened(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(ImportRefused, match="no zip archive"):
        opened(tmp_path / "a.zip")


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    path = pictures.archive(tmp_path / "a.zip", {f"{n}.png": bytes(n) for n in range(100)})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ImportRefused, match="no zip archive"):
        opened(path)
