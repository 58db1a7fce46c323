from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from app import artifacts
from app.config import Config
from app.config import config as read_config
from app.interchange import importing
from app.tables import Project, User
from app.words import Answer, Outcome, Role
from tests.app.interchange import pictures
from tests.app.interchange.pictures import noise, png
from tests.app.projects.conftest import on_both_databases
from tests.factories import Factory

SignIn = Callable[[User], TestClient]


@pytest.fixture
def project(make: Factory) -> Project:
    return make.project()


@pytest.fixture
def lead(project: Project, make: Factory, sign_in_as: SignIn) -> TestClient:
    return sign_in_as(make.member(project, Role.LEAD))


def imports_of(project: Project) -> str:
    return f"/api/v1/projects/{project.id}/imports"


def upload(
    client: TestClient, project: Project, name: str, content: bytes, **choices: Any
) -> Response:
    return client.post(
        imports_of(project),
        files={"file": (name, content)},
        data={"choices": json.dumps(choices)},
    )


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


@on_both_databases
def test_an_upload_is_stored_imported_and_shown(
    lead: TestClient, project: Project, tmp_path: Path
) -> None:
    files = {f"five/{n}.png": png(n) for n in range(4)} | {
        f"seven/{n}.png": png(100 + n) for n in range(4)
    }
    archive = pictures.archive(tmp_path / "a.zip", files).read_bytes()
    asked = upload(lead, project, "../../digits.zip", archive, holdout={"share": 0.5})
    assert asked.status_code == 202
    view = asked.json()
    assert (view["source"], view["kind"], view["state"]) == ("digits.zip", "upload", "queued")
    importing.run(view["id"], lambda *_: None)
    shown = lead.get(f"{imports_of(project)}/{view['id']}").json()
    assert (shown["state"], shown["pool_count"], shown["holdout_count"]) == ("done", 4, 4)
    assert shown["verdicts"] == {"ok": 8}
    assert artifacts.children(f"uploads/{project.id}") == []


@on_both_databases
def test_imports_are_listed_in_pages(lead: TestClient, project: Project) -> None:
    for seed in range(3):
        upload(lead, project, "a.npz", npz(x=noise(seed)[None]))
    first = lead.get(f"{imports_of(project)}?limit=2").json()
    rest = lead.get(f"{imports_of(project)}?limit=2&after={first['next']}").json()
    ids = [each["id"] for each in first["items"] + rest["items"]]
    assert ids == sorted(ids)
    assert len(ids) == 3
    assert rest["next"] is None


def test_labels_may_come_in_a_second_file(lead: TestClient, project: Project) -> None:
    images, labels = io.BytesIO(), io.BytesIO()
    np.save(images, np.stack([noise(seed) for seed in range(8)]))
    np.save(labels, np.array(["five", "seven"] * 4))
    asked = lead.post(
        imports_of(project),
        files={"file": ("x.npy", images.getvalue()), "labels": ("y.npy", labels.getvalue())},
        data={"choices": '{"holdout": {"count": 4}}'},
    )
    importing.run(asked.json()["id"], lambda *_: None)
    shown = lead.get(f"{imports_of(project)}/{asked.json()['id']}").json()
    assert shown["holdout"] == {"five": 2, "seven": 2}


def test_a_refused_import_says_why(lead: TestClient, project: Project) -> None:
    asked = upload(lead, project, "a.zip", b"this is no archive").json()
    with pytest.raises(importing.ImportRefused):
        importing.run(asked["id"], lambda *_: None)
    shown = lead.get(f"{imports_of(project)}/{asked['id']}").json()
    assert shown["state"] == "failed"
    assert "no zip archive" in shown["problem"]


@pytest.mark.parametrize(
    ("name", "choices", "status"),
    [
        ("a.exe", "{}", 415),
        ("a.zip", "no json", 422),
        ("a.zip", '{"holdout": {"share": 5}}', 422),
        ("a.zip", '{"holdout": {"share": 0.1, "count": 3}}', 422),
        ("a.zip", '{"surprise": 1}', 422),
        ("a.zip", '{"classes": {"5": ""}}', 422),
    ],
)
def test_what_does_not_fit_is_a_problem_document(
    lead: TestClient, project: Project, name: str, choices: str, status: int
) -> None:
    answer = lead.post(imports_of(project), files={"file": (name, b"x")}, data={"choices": choices})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_form_without_a_file_and_other_bodies_are_refused(
    lead: TestClient, project: Project
) -> None:
    address = imports_of(project)
    assert lead.post(address, files={"other": ("a.zip", b"x")}).status_code == 422
    assert lead.post(address, content=b"x").status_code == 415
    multipart = {"content-type": "multipart/form-data; boundary=x"}
    assert lead.post(address, content=b"rubbish", headers=multipart).status_code == 422
    assert (
        lead.post(address, content=b"{", headers={"content-type": "application/json"}).status_code
        == 422
    )


def test_an_upload_beyond_the_limit_is_refused(
    lead: TestClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSP_UPLOAD_LIMIT_BYTES", "2048")
    read_config.cache_clear()
    answer = upload(lead, project, "a.zip", bytes(5000))
    assert answer.status_code == 413
    assert artifacts.children(f"uploads/{project.id}") == []


def test_an_upload_can_only_be_made_by_uploading(lead: TestClient, project: Project) -> None:
    body = {"source": {"kind": "upload", "file_kind": "zip", "artifact": "images/ab"}}
    assert lead.post(imports_of(project), json=body).status_code == 422


def test_a_dataset_by_name_may_be_asked_for_by_a_lead(lead: TestClient, project: Project) -> None:
    asked = lead.post(
        imports_of(project), json={"source": {"kind": "torchvision", "name": "MNIST"}}
    )
    assert asked.status_code == 202
    assert asked.json()["source"] == "MNIST"


@pytest.mark.parametrize(
    "source",
    [
        {"kind": "torchvision", "name": "os.path"},
        {"kind": "torchvision", "name": "CocoDetection"},
        {"kind": "torchvision", "name": "MNIST", "options": {"root": "/etc"}},
        {"kind": "torchvision", "name": "Places365", "options": {"split": "../../etc"}},
        {"kind": "torchvision", "name": "MNIST", "options": {"loader": "x"}},
    ],
)
def test_a_dataset_cannot_lead_elsewhere(
    lead: TestClient, project: Project, source: dict[str, Any]
) -> None:
    assert lead.post(imports_of(project), json={"source": source}).status_code == 422


def paths_below(folder: Path) -> list[dict[str, str]]:
    return [
        {"kind": "folder", "path": str(folder)},
        {"kind": "npz", "path": str(folder / "a.npz")},
        {"kind": "torchvision", "name": "MNIST", "root": str(folder)},
    ]


def test_the_servers_paths_are_closed_by_default(
    client: TestClient, project: Project, make: Factory, sign_in_as: SignIn, tmp_path: Path
) -> None:
    (tmp_path / "a.npz").write_bytes(b"x")
    admin = sign_in_as(make.admin())
    for source in paths_below(tmp_path):
        answer = admin.post(imports_of(project), json={"source": source})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/path-not-allowed")


def test_admins_may_name_paths_below_the_allowed_folders(
    client: TestClient,
    project: Project,
    make: Factory,
    sign_in_as: SignIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allowed = pictures.folder(tmp_path / "allowed", {"a.npz": npz(x=noise(1)[None])})
    (allowed / "out").symlink_to("/etc")
    monkeypatch.setenv("CUSP_IMPORT_ROOTS", f"/nowhere, {allowed}")
    read_config.cache_clear()

    def ask(who: User, path: str) -> int:
        body = {"source": {"kind": "folder", "path": path}}
        return sign_in_as(who).post(imports_of(project), json=body).status_code

    admin, lead = make.admin(), make.member(project, Role.LEAD)
    assert ask(admin, str(allowed)) == 202
    assert ask(lead, str(allowed)) == 403
    assert ask(admin, str(allowed / "absent")) == 422
    for outside in ("/etc", f"{allowed}/../..", f"{allowed}-beside", str(allowed / "out")):
        assert ask(admin, outside) == 403
    for source in paths_below(allowed):
        answer = sign_in_as(admin).post(imports_of(project), json={"source": source})
        assert answer.status_code == 202


@pytest.mark.parametrize("path", ["imports", "imports/1", "labels.csv", "labels.jsonl"])
def test_only_leads_see_imports_and_labels(
    client: TestClient, project: Project, make: Factory, sign_in_as: SignIn, path: str
) -> None:
    address = f"/api/v1/projects/{project.id}/{path}"
    assert client.get(address).status_code == 401
    assert sign_in_as(make.member(project)).get(address).status_code == 403
    assert sign_in_as(make.member(make.project(), Role.LEAD)).get(address).status_code == 404


def test_nobody_elses_file_is_read(
    client: TestClient, project: Project, make: Factory, sign_in_as: SignIn
) -> None:
    assert upload(client, project, "a.zip", b"x").status_code == 401
    assert upload(sign_in_as(make.member(project)), project, "a.zip", b"x").status_code == 403


def test_an_import_of_another_project_is_not_there(
    lead: TestClient, project: Project, make: Factory, config: Config
) -> None:
    view = upload(lead, project, "a.npz", npz(x=noise(1)[None])).json()
    other = make.project()
    assert lead.get(f"{imports_of(other)}/{view['id']}").status_code == 404
    assert lead.get(f"{imports_of(project)}/99999").status_code == 404


def test_labels_are_exported_as_a_table_and_as_lines(
    lead: TestClient, project: Project, make: Factory
) -> None:
    five, _ = make.classes(project)
    query = make.query(project, outcome=Outcome.CLASS, outcome_class_id=five.id)
    ada = make.member(project)
    label = make.label(query, ada, Answer.CLASS, class_id=five.id, duration_ms=700)
    table = lead.get(f"/api/v1/projects/{project.id}/labels.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"labels-of-project-{project.id}.csv" in table.headers["content-disposition"]
    (row,) = csv.DictReader(io.StringIO(table.text))
    assert (row["label_id"], row["class"], row["outcome_class"]) == (label.id, "five", "five")
    lines = lead.get(f"/api/v1/projects/{project.id}/labels.jsonl")
    (line,) = [json.loads(each) for each in lines.text.splitlines()]
    assert line["annotator_email"] == ada.email
    assert line["duration_ms"] == 700
    assert line["undone_at"] is None
