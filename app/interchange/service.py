"""Ask for imports and say how they stand. Knows the rules on what may be read from where.

Reading itself is `importing`'s, in the worker or the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from sqlalchemy.orm import Session

from app import artifacts
from app.config import config
from app.errors import NotFound, TooLarge
from app.interchange import store, torchvision_names
from app.interchange.errors import ImportRefused, PathNotAllowed, UnsupportedUpload
from app.interchange.schemas import (
    DigitsSource,
    FileKind,
    FileSource,
    FolderSource,
    ImportPage,
    ImportRequest,
    ImportState,
    ImportView,
    ServerImport,
    ServerSource,
    TorchvisionSource,
    UploadSource,
)
from app.projects import audit
from app.tables import Import, Stage
from app.words import StageState

_CHUNK = 1024**2
_SUFFIXES = {".zip": FileKind.ZIP, ".npz": FileKind.NPZ, ".npy": FileKind.NPY}


def source_of(path: str) -> ServerSource:
    """Tell by its name how a path is to be read: a folder, or a file of many images."""
    found = resolved(path)
    if found.is_dir():
        return FolderSource(kind="folder", path=str(found))
    if not found.is_file():
        raise ImportRefused(f"There is no file or folder {path}; check the path.")
    kind = file_kind(found.name)
    if kind is None:
        raise ImportRefused(
            f"{path} is none of the files that can be imported: .zip, .npz, .npy or IDX"
            " (such as train-images-idx3-ubyte.gz). Put single images into a folder."
        )
    return FileSource(kind=kind, path=str(found))


def resolved(path: str) -> Path:
    """Return the place that a path names, links followed."""
    try:
        return Path(path).expanduser().resolve()
    except (RuntimeError, ValueError, OSError):  # links in circles, nobody's home, a null byte
        raise ImportRefused(f"There is no file or folder {path!r}; check the path.") from None


def file_kind(name: str) -> FileKind | None:
    """Tell the kind of a file by its name."""
    lower = name.lower()
    if "ubyte" in lower or "idx" in lower:
        return FileKind.IDX
    return _SUFFIXES.get(Path(lower).suffix)


def request_import(
    session: Session, project_id: int, request: ImportRequest, *, by: int | None = None
) -> Import:
    """Note an import as due; a worker will run it, or `importing.run` at once."""
    require_project(session, project_id)
    if isinstance(request.source, TorchvisionSource):
        torchvision_names.find(request.source.name)
    added = store.add_import(session, project_id, request.model_dump(mode="json"))
    name = shown_name(request)
    audit.note(session, "import.requested", project_id=project_id, by=by, source=name)
    return added


def require_project(session: Session, project_id: int) -> None:
    """Raise unless there is such a project."""
    if store.project(session, project_id) is None:
        raise NotFound(f"There is no project {project_id}.")


def request_server_import(
    session: Session, project_id: int, request: ServerImport, *, by: int, is_admin: bool
) -> Import:
    """Note an import that came in over REST, if its source may be reached from there."""
    for path in _paths(request.source):
        _require_allowed(path, is_admin=is_admin)
    return request_import(
        session, project_id, ImportRequest.model_validate(request.model_dump()), by=by
    )


def _paths(source: ServerSource) -> list[str]:
    """List the server's paths that a source names."""
    match source:
        case FolderSource():
            return [source.path]
        case FileSource():
            return [source.path, source.labels] if source.labels else [source.path]
        case TorchvisionSource():
            return [source.root] if source.root else []
        case DigitsSource():
            return []


def _require_allowed(path: str, *, is_admin: bool) -> None:
    """Refuse paths outside the allowed folders before saying whether they exist."""
    found = resolved(path)
    within = any(found.is_relative_to(folder) for folder in config().import_folders)
    if not (is_admin and within):
        raise PathNotAllowed
    if not found.exists():
        raise ImportRefused(f"There is no file or folder {path}; check the path.")


def store_upload(
    project_id: int, file: BinaryIO, name: str, labels: BinaryIO | None = None
) -> UploadSource:
    """Put an uploaded file into the artifact store under a name of our own."""
    kind = file_kind(name)
    if kind is None:
        raise UnsupportedUpload
    artifact = _stored(project_id, file)
    labels_artifact = "" if labels is None else _stored(project_id, labels)
    return UploadSource(
        kind="upload",
        file_kind=kind,
        artifact=artifact,
        labels_artifact=labels_artifact,
        name=Path(name.replace("\\", "/")).name[:300],
    )


def _stored(project_id: int, file: BinaryIO) -> str:
    limit = config().upload_limit_bytes
    if file.seek(0, 2) > limit:
        raise TooLarge(f"An upload has at most {limit // 1024**2:,} MiB on this server.")
    file.seek(0)
    artifact = f"uploads/{project_id}/{uuid4().hex}"
    artifacts.write_stream(artifact, iter(lambda: file.read(_CHUNK), b""))
    return artifact


def page(session: Session, project_id: int, *, after: int, limit: int) -> ImportPage:
    """Show some of a project's imports, oldest first."""
    found = store.imports(session, project_id, after=after, limit=limit + 1)
    shown = views(session, found[:limit])
    return ImportPage(items=shown, next=shown[-1].id if len(found) > limit else None)


def view(session: Session, project_id: int, import_id: int) -> ImportView:
    """Show one import of a project."""
    found = store.find_import(session, import_id)
    if found is None or found.project_id != project_id:
        raise NotFound
    return views(session, [found])[0]


def views(session: Session, imports: Sequence[Import]) -> list[ImportView]:
    """Show imports with their stages."""
    stages = store.newest_stages(session, imports)
    return [_shown(each, stages.get(each.id)) for each in imports]


def _shown(found: Import, stage: Stage | None) -> ImportView:
    request = ImportRequest.model_validate(found.request)
    state = state_of(found, stage)
    return ImportView(
        id=found.id,
        source=shown_name(request),
        kind=request.source.kind,
        state=state,
        share=1.0 if state is ImportState.DONE else stage.share if stage else 0.0,
        problem=_problem(found, stage) if state is ImportState.FAILED else "",
        notices=found.report.get("notices", []),
        pool_count=found.pool_count,
        holdout_count=found.holdout_count,
        holdout=found.report.get("holdout", {}),
        verdicts=found.report.get("verdicts", {}),
        files=found.report.get("files", {}),
        created_at=found.created_at,
        done_at=found.done_at,
        facts=stage.facts if stage else {},
    )


def state_of(found: Import, stage: Stage | None) -> ImportState:
    """Tell where an import stands by its row and its newest stage."""
    if found.done_at is not None:
        return ImportState.FAILED if found.report.get("problem") else ImportState.DONE
    if stage is None:
        return ImportState.FAILED if found.report.get("problem") else ImportState.QUEUED
    if stage.state in (StageState.FAILED, StageState.CANCELED):
        return ImportState.FAILED
    return ImportState.QUEUED if stage.state is StageState.QUEUED else ImportState.RUNNING


def _problem(found: Import, stage: Stage | None) -> str:
    if found.report.get("problem"):
        return str(found.report["problem"])
    if stage is not None and stage.state is StageState.CANCELED:
        return "Somebody canceled it. Nothing was imported; ask for it again when you want it."
    return stage.problem if stage else ""


def shown_name(request: ImportRequest) -> str:
    """Name what is read, without the server's folders."""
    match request.source:
        case UploadSource() | TorchvisionSource():
            return request.source.name
        case FolderSource() | FileSource():
            return Path(request.source.path).name
        case DigitsSource():
            return "scikit-learn's handwritten digits"
