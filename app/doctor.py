"""`cusp doctor`: checks what an installation rests on and says what to do about what is wrong.

Changes nothing, save that it writes a few bytes into the artifact store and removes them. Loads
no torch, so that it can say that torch is the trouble.
"""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from uuid import uuid4

import httpx
from sqlalchemy.exc import SQLAlchemyError

from app import artifacts, database, doctor_store, liveness
from app.config import config
from app.errors import AppError
from app.tables import now

_PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
_PAIR = ("torch", "torchvision")
_OLDEST_PYTHON = (3, 11)
#: Less free space than this deserves a look.
LEAST_FREE_BYTES = 2 * 1000**3
#: Workers say every second that they are there.
WORKER_IS_LATE_SECONDS = 10
#: Missing files that are named; the others are counted.
_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do about it where it is not well."""

    name: str
    good: bool
    sentence: str

    def __str__(self) -> str:
        return f"{'ok ' if self.good else 'BAD'}  {self.name}: {self.sentence}"


def examine() -> list[Finding]:
    """Look at everything; what rests on the database is left out where there is none."""
    findings = [_python(), _torch(), _data_folder(), _disk(), _artifact_store(), _port()]
    database_state = _database()
    findings.append(database_state)
    if database_state.good:
        looks: list[Callable[[], Finding]] = [_engine, _worker, _stages, _checkpoints, _imports]
        if config().on_sqlite:
            looks.insert(0, _journal)
        findings += [_safely(look) for look in looks]
    return findings


def _safely(look: Callable[[], Finding]) -> Finding:
    """Report trouble with the database as a finding, so that the others are still made."""
    try:
        return look()
    except (SQLAlchemyError, OSError) as error:
        name = look.__name__.strip("_").capitalize()
        return Finding(name, False, f"could not be looked at ({type(error).__name__}).")


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < _OLDEST_PYTHON:
        return Finding("Python", False, f"{found} is too old; install Python 3.11 or newer.")
    return Finding("Python", True, f"{found}.")


def _torch() -> Finding:
    """Compare with the pins: torchvision's compiled half loads beside exactly one torch."""
    wanted, found = _pins(), {name: _installed(name) for name in _PAIR}
    wrong = [name for name in _PAIR if found[name].partition("+")[0] != wanted[name]]
    told = ", ".join(f"{name} {found[name] or 'missing'}" for name in _PAIR)
    if not wrong:
        return Finding("torch", True, f"{told}.")
    pins = " ".join(f"{name}=={wanted[name]}" for name in _PAIR)
    return Finding("torch", False, f"{told}; install the pair that fits: pip install {pins}")


def _pins() -> dict[str, str]:
    with _PYPROJECT.open("rb") as file:
        required = tomllib.load(file)["project"]["dependencies"]
    pinned = (each.partition("==") for each in required)
    return {name: version for name, _, version in pinned if name in _PAIR}


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _data_folder() -> Finding:
    folder = config().data.resolve()
    there = _nearest(folder)
    if not os.access(there, os.W_OK | os.X_OK):
        owner = "give this user the right to write there, or set CUSP_DATA to another folder"
        return Finding("Data folder", False, f"{folder} cannot be written; {owner}.")
    made = "" if there == folder else " does not exist yet; the first start makes it"
    return Finding("Data folder", True, f"{folder}{made}.")


def _nearest(folder: Path) -> Path:
    """Return the folder, or the closest one above it that exists."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _disk() -> Finding:
    folder = config().data.resolve()
    free = shutil.disk_usage(_nearest(folder)).free
    told = f"{free / 1000**3:.1f} GB are free on the disk of {folder}"
    if free < LEAST_FREE_BYTES:
        advice = "free some space, or answers can no longer be stored"
        return Finding("Disk", False, f"{told}; {advice}.")
    return Finding("Disk", True, f"{told}.")


def _artifact_store() -> Finding:
    name, where = "Artifact store", config().artifacts
    if not config().artifacts_url and not Path(where).exists():
        return Finding(name, True, f"{where} does not exist yet; the first import makes it.")
    probe = f"doctor-{uuid4().hex}"
    try:
        artifacts.write(probe, b"well")
        artifacts.delete(probe)
    except AppError as error:
        return Finding(name, False, error.detail)
    except Exception as error:  # noqa: BLE001 - each kind of store has errors of its own
        advice = "look at CUSP_ARTIFACTS_URL, its credentials and its permissions"
        told = f"{where} cannot be written ({type(error).__name__}); {advice}."
        return Finding(name, False, told)
    return Finding(name, True, f"{where} can be written.")


def _port() -> Finding:
    name, port = "Port", config().port
    host = "127.0.0.1" if config().host in ("0.0.0.0", "::") else config().host  # noqa: S104
    try:
        answer = httpx.get(f"http://{host}:{port}{config().root_path}/healthz", timeout=2)
    except httpx.ConnectError:
        return Finding(name, True, f"{port} is free; no web process runs on it.")
    except (httpx.HTTPError, httpx.InvalidURL):
        return Finding(name, False, _taken(port))
    ours = answer.headers.get("x-request-id") and answer.text == '{"status":"up"}'
    return Finding(name, bool(ours), f"Cusp serves on {port}." if ours else _taken(port))


def _taken(port: int) -> str:
    return f"another program listens on {port}; end it, or set PORT to another."


def _database() -> Finding:
    name, url = "Database", config().database
    if config().on_sqlite and not Path(url.removeprefix("sqlite:///")).exists():
        return Finding(name, False, "there is none yet; run `cusp migrate`, or `cusp run`.")
    try:
        database.require_migrated()
    except AppError as error:
        return Finding(name, False, error.detail)
    except SQLAlchemyError as error:
        advice = "look at CUSP_DATABASE_URL, and whether the database runs"
        return Finding(name, False, f"cannot be reached ({type(error).__name__}); {advice}.")
    kind = "SQLite" if config().on_sqlite else "Postgres"
    return Finding(name, True, f"{kind}, at the schema of this release.")


def _journal() -> Finding:
    with database.reading() as session:
        mode = doctor_store.journal_mode(session)
    if mode == "wal":
        return Finding("Journal", True, "SQLite writes ahead (WAL).")
    advice = "the data folder must lie on a local disk, not on a network drive"
    return Finding("Journal", False, f"SQLite's journal mode is {mode}, not WAL; {advice}.")


def _engine() -> Finding:
    name = "Engine"
    missing = Finding(name, False, "the queue's tables are missing; run `cusp migrate`.")
    url = config().engine_database
    if config().on_sqlite and not Path(url.removeprefix("sqlite:///")).exists():
        return missing
    engine = database.connect(url)
    try:
        there = doctor_store.has_engine_tables(engine)
    finally:
        engine.dispose()
    return Finding(name, True, "the queue's tables are there.") if there else missing


def _worker() -> Finding:
    name = "Worker"
    with database.reading() as session:
        found = doctor_store.workers(session)
    for worker_id, seen_at in found:
        late = (now() - seen_at).total_seconds()
        if late <= WORKER_IS_LATE_SECONDS and liveness.is_alive(worker_id):
            return Finding(name, True, f"{worker_id} was seen {late:.0f} s ago.")
    advice = "people can label, but nothing is learned; start one with `cusp worker` or `cusp run`"
    return Finding(name, False, f"none is alive: {advice}.")


def _stages() -> Finding:
    name = "Machine work"
    with database.reading() as session:
        stages = doctor_store.given_up(session)
    if not stages:
        return Finding(name, True, "nothing has failed for good.")
    told = [
        f"{each.kind} of project {each.project_id} ({each.project}): {each.problem}"
        for each in stages[:_NAMED]
    ]
    advice = "Put right what it says, then try again from the project's page"
    return Finding(name, False, f"{len(stages)} failed for good. {' '.join(told)} {advice}.")


def _checkpoints() -> Finding:
    with database.reading() as session:
        names = doctor_store.checkpoint_artifacts(session)
    advice = (
        "restore them from a backup. Without them, queries of those rounds cannot be replayed, and"
        " stages that need them fail until the part is learned again"
    )
    return _files("Checkpoints", names, advice)


def _imports() -> Finding:
    with database.reading() as session:
        names = doctor_store.import_artifacts(session)
    advice = "restore them from a backup, or import the images again into a new project"
    return _files("Imported images", names, advice)


def _files(name: str, names: Iterable[str], advice: str) -> Finding:
    """Look for files, folder by folder: far fewer questions to an object store."""
    below: dict[str, list[str]] = defaultdict(list)
    for each in names:
        below[each.rpartition("/")[0]].append(each)
    missing = [
        each
        for folder, wanted in below.items()
        for each in sorted(set(wanted) - set(artifacts.children(folder)))
    ]
    if not missing:
        return Finding(name, True, f"all {sum(map(len, below.values()))} files are there.")
    told = ", ".join(missing[:_NAMED]) + (" and others" if len(missing) > _NAMED else "")
    return Finding(name, False, f"{len(missing)} files are missing ({told}); {advice}.")
