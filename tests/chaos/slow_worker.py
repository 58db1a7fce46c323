"""A real worker that dawdles once per kind of stage between the work and its commit.

That is the worst moment to die: everything is made and nothing counts yet. A file `dawdling-KIND`
tells the test that the moment has come.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from app import worker
from app.logs import log_to_stderr
from app.rounds.stages import Turn

_finish = Turn.finish


def _dawdle_once(turn: Turn, *args: Any, **facts: Any) -> None:
    marker = Path(os.environ["CUSP_DATA"]) / f"dawdling-{turn.kind}"
    if not marker.exists():
        marker.touch()
        time.sleep(30)
    _finish(turn, *args, **facts)


if __name__ == "__main__":
    Turn.finish = _dawdle_once  # type: ignore[method-assign]
    log_to_stderr()
    worker.main()
