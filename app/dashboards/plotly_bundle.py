"""plotly's JavaScript, as it ships inside the Python package.

Served from there, so that it needs no network and no copy in this repository.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

#: The bundle adds style sheets of its own unless elements of these ids are there already.
_GUARDED_STYLES = re.compile(r'getElementById\("([0-9a-f]{64})"\)')

VERSION = version("plotly")


def path() -> Path:
    """Return where the bundle lies; asking does not import the package."""
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("plotly is not installed")
    return Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"


@lru_cache
def compressed() -> bytes:
    """Return the bundle in a quarter of its size."""
    return gzip.compress(path().read_bytes(), compresslevel=6, mtime=0)


@lru_cache
def guarded_styles() -> tuple[str, ...]:
    """List the ids of style elements that the bundle would inject.

    The page's content security policy refuses injected styles, rightly. A page that carries
    placeholders of these ids is left alone; none of those styles belongs to the charts we draw.
    """
    return tuple(dict.fromkeys(_GUARDED_STYLES.findall(path().read_text("utf-8"))))
