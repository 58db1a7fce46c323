"""What each kind of stage does, by name: its code is loaded when it is first needed.

Bringing images in takes neither torch nor scikit-learn, whose loading takes seconds that somebody
with a new project waits for. Knows nothing of queues and processes.
"""

from __future__ import annotations

import pkgutil
import threading
from collections.abc import Mapping

from app.rounds.stages import Body
from app.words import StageKind

_PLACES: Mapping[StageKind, str] = {
    StageKind.IMPORT_POOL: "app.interchange.import_stage:import_pool",
    StageKind.FIT_AND_POSE: "app.rounds.posing:fit_and_pose",
    StageKind.LEARN_FEATURES: "app.rounds.training:learn_features",
    StageKind.TRAIN_GENERATOR: "app.rounds.training:train_generator",
    StageKind.EVALUATE: "app.rounds.evaluating:evaluate",
    StageKind.JUDGE_STREAM: "app.streams.judging:judge_stream",
    StageKind.ASSESS: "app.trust.assessing:assess",
}
_LIMIT_THREADS = "app.rounds.devices:limit_threads"
#: Two threads that load libraries at once may each get a half of what the other began.
_LOADING = threading.Lock()


def body_of(kind: StageKind) -> Body:
    """Load what a kind of stage does; whatever computes keeps to its share of the cores."""
    with _LOADING:
        if kind is not StageKind.IMPORT_POOL:
            pkgutil.resolve_name(_LIMIT_THREADS)()
        body: Body = pkgutil.resolve_name(_PLACES[kind])
        return body
