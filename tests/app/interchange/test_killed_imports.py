from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from app import artifacts, database
from app.config import Config
from app.interchange import importing, publishing
from app.interchange.schemas import ImportState
from app.tables import Import
from app.words import Origin
from tests.app.interchange.conftest import Desk
from tests.app.interchange.pictures import noise
from tests.factories import Factory

pytestmark = pytest.mark.services

_ROOT = Path(__file__).parents[3]
_COUNT = 3000
#: Says each step, and waits a little in it, so that it can be killed there.
_CHILD = """
import sys, time
from app.interchange import importing

def progress(share, facts):
    print(facts.get("step"), share, flush=True)
    time.sleep(0.05)

importing.run(int(sys.argv[1]), progress)
"""


def begin(import_id: int) -> subprocess.Popen[str]:
    environment = dict(os.environ, PYTHONPATH=str(_ROOT))
    command = [sys.executable, "-c", _CHILD, str(import_id)]
    return subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def kill_at(import_id: int, step: str, share: float, *, after: float = 0.0) -> None:
    """Begin an import in a process of its own and kill it at a place."""
    child = begin(import_id)
    assert child.stdout is not None
    for line in child.stdout:
        said, at = line.split()
        if said == step and float(at) >= share:
            time.sleep(after)
            break
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL


@pytest.fixture
def asked(desk: Desk, tmp_path: Path) -> int:
    """An import of 3,000 labeled images of which a tenth becomes the holdout."""
    path = tmp_path / "many.npz"
    images = np.stack([noise(seed, height=16, width=16) for seed in range(_COUNT)])
    np.savez(path, images=images, labels=["five", "seven"] * (_COUNT // 2))
    return desk.ask({"kind": "npz", "path": str(path)}, holdout={"share": 0.1})


@pytest.mark.parametrize(
    ("step", "share", "after"),
    [("reading", 0.3, 0.0), ("storing", 0.0, 0.0), ("storing", 0.0, 0.07), ("storing", 0.0, 0.15)],
)
def test_an_import_that_is_killed_anywhere_comes_in_once(
    desk: Desk, asked: int, config: Config, step: str, share: float, after: float
) -> None:
    kill_at(asked, step, share, after=after)
    before = desk.view(asked)
    if before.state is not ImportState.DONE:
        assert not desk.images(Origin.POOL)
        assert not desk.images(Origin.HOLDOUT)
    importing.run(asked, lambda *_: None)
    view = desk.view(asked)
    assert (view.state, view.pool_count, view.holdout_count) == (ImportState.DONE, 2700, 300)
    assert len(desk.images(Origin.POOL)) == len(desk.array(view)) == 2700
    assert len(desk.images(Origin.HOLDOUT)) == len(desk.array(view, "holdout_array")) == 300
    assert all(
        artifacts.exists(artifacts.image_name(row.sha256)) for row in desk.images(Origin.POOL)
    )
    assert len(artifacts.children(publishing.import_folder(asked))) == 1
    assert list((config.data / "passing").iterdir()) == []


def test_the_result_after_a_kill_is_the_one_without(desk: Desk, asked: int, make: Factory) -> None:
    kill_at(asked, "reading", 0.3)
    importing.run(asked, lambda *_: None)
    undisturbed = Desk(make.project())
    with_request = desk.view(asked)
    with database.reading() as session:
        request = session.get(Import, asked).request
    view = undisturbed.run(request["source"], holdout={"share": 0.1})
    assert np.array_equal(desk.array(with_request), undisturbed.array(view))
    hashes = [[row.sha256 for row in each.images(Origin.HOLDOUT)] for each in (desk, undisturbed)]
    assert hashes[0] == hashes[1]
