"""A real worker that dawdles between the work of a stage and its commit when it is asked to.

That is the worst moment to die: everything is made and nothing counts yet. A test asks by a file
`dawdle-KIND`; a file `dawdling-KIND` tells it that the moment has come. Likewise `linger-KIND` and
`lingering-KIND` for the moment after: everything counts, and the queue does not know it; and
`hold-KIND` and `holding-KIND` for a moment in the middle of the work. Processes that the worker
starts dawdle too.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app import __main__ as cusp
from app import worker
from app.logs import log_to_stderr
from app.rounds import stages
from app.rounds.stages import Turn

#: Long enough for whoever asked to kill it.
HELD_SECONDS = 600

_report = Turn.report
_finish = Turn.finish
_run = stages.run
_start = asyncio.create_subprocess_exec
_finished = list[str]()


def _sleep_if_asked(asked: str, doing: str, kind: str) -> None:
    folder = Path(os.environ["CUSP_DATA"])
    if (folder / f"{asked}-{kind}").exists():
        (folder / f"{asked}-{kind}").rename(folder / f"{doing}-{kind}")
        time.sleep(HELD_SECONDS)


def _hold_if_asked(turn: Turn, share: float, facts: Mapping[str, Any]) -> None:
    _report(turn, share, facts)
    if share > 0:
        _sleep_if_asked("hold", "holding", turn.kind)


def _dawdle_if_asked(turn: Turn, *args: Any, **facts: Any) -> None:
    _sleep_if_asked("dawdle", "dawdling", turn.kind)
    _finish(turn, *args, **facts)
    _finished.append(turn.kind)


def _linger_if_asked(stage_id: int, **how: Any) -> None:
    _run(stage_id, **how)
    while _finished:
        _sleep_if_asked("linger", "lingering", _finished.pop())


async def _slow_child(program: str, *command: str) -> asyncio.subprocess.Process:
    """Start a child of the worker from this file in place of `-m app`."""
    return await _start(program, __file__, *command[2:])


if __name__ == "__main__":
    Turn.report = _hold_if_asked  # type: ignore[method-assign]
    Turn.finish = _dawdle_if_asked  # type: ignore[method-assign]
    stages.run = _linger_if_asked  # type: ignore[assignment]
    if sys.argv[1:]:
        cusp.main()
    else:
        asyncio.create_subprocess_exec = _slow_child  # type: ignore[assignment]
        log_to_stderr()
        worker.main()
