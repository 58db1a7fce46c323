"""A child ends with its parent, and a data folder has one server."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from app import processes
from app.errors import AlreadyRunning
from tests.deployment import REPOSITORY, eventually

CHILD = "import os, time; from app import processes; processes.die_with({parent}); time.sleep(60)"
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {child!r}.format(parent=os.getpid())])
time.sleep(0.5)
print(child.pid, flush=True)
time.sleep(60)
"""

GIVING_WAY = """
import os, threading
from app import processes
threading.Thread(target=threading.Event().wait, args=(5,), daemon=True).start()
processes.give_way()
print(*(os.sched_getscheduler(int(each)) for each in os.listdir("/proc/self/task")))
print(os.getsid(0) == os.getpid())
"""

KEEPING = """
import os, threading
from app import processes
processes.keep_to_one_processor()
print(*os.sched_getaffinity(0))
threading.Thread(target=lambda: print(*os.sched_getaffinity(0))).start()
"""

#: Threads that all hold memory at once; then the C library tells of its arenas.
HOLDING = """
import ctypes, sys, threading
from app import processes
if sys.argv[2] == "shared":
    processes.share_memory()
together = threading.Barrier(9)
def hold():
    held = [bytearray(2000) for _ in range(500)]
    together.wait()
    together.wait()
threads = [threading.Thread(target=hold) for _ in range(8)]
for thread in threads:
    thread.start()
together.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
together.wait()
"""


def _python(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child at once")
def test_a_child_ends_when_its_parent_is_killed() -> None:
    with _python(PARENT.format(child=CHILD)) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        parent.kill()
    eventually(lambda: not _runs(child), what="the end of the child")


def _runs(pid: int) -> bool:
    """Whether a process runs; one that nobody has buried yet does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_child_whose_parent_is_gone_already_does_not_begin() -> None:
    with _python(CHILD.format(parent=1 << 30)) as child:
        _, said = child.communicate()
    assert child.returncode == 1
    assert said.decode().strip() == "The process that started this one is gone."


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows idle tasks")
def test_whoever_gives_way_is_idle_in_every_thread_and_has_a_session_of_its_own() -> None:
    with _python(GIVING_WAY) as child:
        said, _ = child.communicate()
    policies, alone = said.decode().splitlines()
    assert policies.split() == [str(os.SCHED_IDLE)] * 2
    assert alone == "True"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process choose")
def test_threads_keep_to_one_of_the_processors_that_there_are() -> None:
    with _python(KEEPING) as child:
        said, _ = child.communicate()
    [own], [of_a_thread] = map(str.split, said.decode().splitlines())
    assert own == of_a_thread
    assert int(own) in os.sched_getaffinity(0)


def test_a_folder_is_held_by_one_and_free_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "on the way"
    with processes.only_one(folder), pytest.raises(AlreadyRunning), processes.only_one(folder):
        raise AssertionError("two servers on one folder")
    with processes.only_one(folder):
        assert (folder / "run.lock").read_text() == str(os.getpid())


def test_what_a_killed_server_left_in_the_lock_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text("123456789012")
    with processes.only_one(tmp_path):
        held = (tmp_path / "run.lock").read_text()
    assert held == str(os.getpid())


def test_a_folder_is_held_against_other_processes_until_its_holder_is_killed(
    tmp_path: Path,
) -> None:
    holding = (
        "import sys, time; from pathlib import Path; from app.processes import only_one\n"
        "with only_one(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with _python(holding, str(tmp_path)) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning, match=f"process {holder.pid}"):
            _hold(tmp_path)
        holder.kill()
        holder.wait()
        _hold(tmp_path)


def _hold(folder: Path) -> None:
    with processes.only_one(folder):
        pass


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_share_what_they_free(tmp_path: Path) -> None:
    arenas = {}
    for how in ("shared", "apart"):
        told = tmp_path / how
        assert _python(HOLDING, str(told), how).wait(60) == 0
        arenas[how] = told.read_text().count("<heap nr=")
    assert arenas["shared"] <= processes.ARENAS < arenas["apart"]
