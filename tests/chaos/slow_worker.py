"""A real worker that dawdles between the work of a stage and its commit when it is asked to.

That is the worst moment to die: everything is made and nothing counts yet. A test asks by a file
`dawdle-KIND`; a file `dawdling-KIND` tells it that the moment has come.
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


def _dawdle_if_asked(turn: Turn, *args: Any, **facts: Any) -> None:
    folder = Path(os.environ["CUSP_DATA"])
    asked = folder / f"dawdle-{turn.kind}"
    if asked.exists():
        asked.rename(folder / f"dawdling-{turn.kind}")
        time.sleep(30)
    _finish(turn, *args, **facts)


if __name__ == "__main__":
    Turn.finish = _dawdle_if_asked  # type: ignore[method-assign]
    log_to_stderr()
    worker.main()
