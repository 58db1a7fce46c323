"""Where files of others' weights may lie: in one folder of the deployment, and nowhere else.

Whoever may change a project's settings must not be able to name any file of a worker's machine.
Knows nothing of what the files hold.
"""

from __future__ import annotations

from app.config import config
from models.interfaces import WeightsUnusable

FOLDER = "weights"


class WeightsOutside(WeightsUnusable):
    """Weights are read from the folder `weights` of the data folder alone; give a name in it."""


def path(name: str) -> str:
    """Return the path of a file of weights; raises `WeightsOutside` for one that lies elsewhere.

    No name stays no name, so that the part itself says what is missing.
    """
    if not name:
        return name
    folder = (config().data / FOLDER).resolve()
    found = (folder / name).resolve()
    if not found.is_relative_to(folder):
        raise WeightsOutside(str(WeightsOutside.__doc__))
    return str(found)
