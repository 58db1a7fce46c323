"""What tests of imports share: asking for one, running it, looking at what came in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import artifacts, database
from app.interchange import importing, service
from app.interchange.schemas import ImportRequest, ImportView
from app.tables import Image, Import, Project
from app.words import Origin
from tests.factories import Factory


class Desk:
    """Imports into one project, run at once."""

    def __init__(self, project: Project) -> None:
        self.project_id = project.id
        self.told: list[tuple[float, dict[str, Any]]] = []

    def ask(self, source: dict[str, Any], **choices: Any) -> int:
        """Note an import as due."""
        request = ImportRequest.model_validate({"source": source, **choices})
        with database.writing() as session:
            return service.request_import(session, self.project_id, request).id

    def run(self, source: dict[str, Any], **choices: Any) -> ImportView:
        """Bring images in and show what became of them."""
        import_id = self.ask(source, **choices)
        importing.run(import_id, lambda share, facts: self.told.append((share, facts)))
        return self.view(import_id)

    def folder(self, path: Path, **choices: Any) -> ImportView:
        """Bring a folder in."""
        return self.run({"kind": "folder", "path": str(path)}, **choices)

    def file(self, path: Path, **choices: Any) -> ImportView:
        """Bring a file in."""
        return self.run(service.source_of(str(path)).model_dump(), **choices)

    def view(self, import_id: int) -> ImportView:
        """Show an import."""
        with database.reading() as session:
            return service.view(session, self.project_id, import_id)

    def images(self, origin: Origin) -> list[Image]:
        """The images of an origin by import and row."""
        with database.reading() as session:
            statement = select(Image).where(
                Image.project_id == self.project_id, Image.origin == origin
            )
            return list(session.scalars(statement.order_by(Image.import_id, Image.row)))

    def array(self, view: ImportView, name: str = "pool_array") -> np.ndarray:
        """The pixels that an import left for the machine."""
        with database.reading() as session:
            found = session.get(Import, view.id)
            return np.asarray(artifacts.read_array(getattr(found, name)))


@pytest.fixture
def desk(make: Factory) -> Desk:
    """Imports into a project with the classes five and seven."""
    return Desk(make.project())


@pytest.fixture
def desk_of(session: Session) -> Callable[[Project], Desk]:
    """Imports into another project."""
    return Desk
