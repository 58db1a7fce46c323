from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from app import artifacts
from app.config import Config
from app.config import config as read_config
from app.errors import ArtifactMissing
from app.interchange import service
from app.words import Origin
from tests.app.interchange import pictures
from tests.app.interchange.conftest import Desk
from tests.app.interchange.pictures import png


@pytest.fixture(autouse=True)
def elsewhere(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An artifact store that is on no disk of this machine."""
    monkeypatch.setenv("CUSP_ARTIFACTS_URL", f"memory://{uuid4().hex}")
    read_config.cache_clear()
    artifacts.forget()
    yield
    artifacts.forget()
    fsspec.filesystem("memory").store.clear()


def test_an_upload_is_imported_and_its_images_are_stored(desk: Desk, tmp_path: Path) -> None:
    files = {f"five/{n}.png": png(n) for n in range(5)}
    path = pictures.archive(tmp_path / "a.zip", files)
    with path.open("rb") as file:
        source = service.store_upload(desk.project_id, file, "a.zip")
    view = desk.run(source.model_dump())
    assert view.pool_count == 5
    assert desk.array(view).shape == (5, 1, 28, 28)
    for row in desk.images(Origin.POOL):
        assert artifacts.read(artifacts.image_name(row.sha256)).startswith(b"\x89PNG")
    assert artifacts.children(f"uploads/{desk.project_id}") == []


def test_a_lost_upload_is_told() -> None:
    with pytest.raises(ArtifactMissing), artifacts.as_file("uploads/1/gone"):
        pass


def test_deleting_what_is_not_there_is_fine() -> None:
    artifacts.delete("uploads/1/gone")
    assert artifacts.children("uploads/1") == []
