"""Readers, one per kind of source. Only the worker and the command line load them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app import artifacts
from app.config import config
from app.interchange import schemas
from app.interchange.errors import ImportRefused
from app.interchange.readers.digits import digits_source
from app.interchange.readers.folder import FolderSource
from app.interchange.readers.idx_files import idx_source
from app.interchange.readers.numpy_files import npy_source, npz_source
from app.interchange.readers.source import Source
from app.interchange.readers.torchvision_datasets import TorchvisionSource
from app.interchange.readers.zip_archive import ZipSource
from app.interchange.schemas import FileKind


@contextmanager
def opened(source: schemas.ServerSource | schemas.UploadSource) -> Iterator[Source]:
    """Open a source, and close its files afterwards."""
    with ExitStack() as stack:
        try:
            with artifacts.full_is_said():
                found = _open(source, stack)
        except OSError as error:
            raise ImportRefused(
                f"The source cannot be read; the system says: {error.strerror}."
            ) from None
        yield found


def _open(source: schemas.ServerSource | schemas.UploadSource, stack: ExitStack) -> Source:
    match source:
        case schemas.FolderSource():
            return FolderSource(source.path, limit_bytes=config().image_limit_bytes)
        case schemas.DigitsSource():
            return digits_source()
        case schemas.TorchvisionSource():
            return TorchvisionSource(source, default_root=config().data / "torchvision")
        case schemas.UploadSource():
            return _upload(source, stack)
        case schemas.FileSource():
            labels = _existing(source.labels) if source.labels else None
            return _file(source.kind, _existing(source.path), labels, stack)


def _existing(path: str) -> Path:
    if not Path(path).is_file():
        raise ImportRefused(f"There is no file {path}; check the path.")
    return Path(path).resolve()


def _upload(source: schemas.UploadSource, stack: ExitStack) -> Source:
    path = stack.enter_context(artifacts.as_file(source.artifact))
    labels = source.labels_artifact
    beside = stack.enter_context(artifacts.as_file(labels)) if labels else None
    return _file(source.file_kind, path, beside, stack)


def _file(kind: FileKind, path: Path, labels: Path | None, stack: ExitStack) -> Source:
    limit = config().upload_limit_bytes
    match kind:
        case FileKind.NPZ:
            return npz_source(path, limit=limit, stack=stack)
        case FileKind.NPY:
            return npy_source(path, labels, stack=stack)
        case FileKind.IDX:
            return idx_source(path, labels, limit=limit, stack=stack)
        case FileKind.ZIP:
            archive = ZipSource(path, limit_bytes=config().image_limit_bytes, unpacked_limit=limit)
            return stack.enter_context(archive)
