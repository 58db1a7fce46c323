"""What can go wrong with an import. Knows nothing of tables or files."""

from __future__ import annotations

from app.errors import AppError, BadRequest, Conflict, Forbidden


class ImportRefused(BadRequest):
    """These images cannot be imported; see the detail."""


class ImportMoved(Conflict):
    """The project changed under this import; it starts again by itself."""


class PathNotAllowed(Forbidden):
    """The server imports only from folders that its CUSP_IMPORT_ROOTS names; upload the images,
    use `cusp import` on the server, or have the folder added.
    """


class UnsupportedUpload(AppError):
    """Send JSON with a source, or a form with a file: .zip, .npz, .npy or IDX."""

    status_code = 415
