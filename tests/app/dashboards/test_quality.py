"""The quality reports of generators on the lead's page: the newest first, with what is wrong."""

from __future__ import annotations

import re
from typing import Any

from fastapi.testclient import TestClient

from app.tables import ModelCheckpoint, Project
from app.words import Role
from tests.factories import Factory

REPORT = {
    "frechet": 12.5,
    "frechet_floor": 3.25,
    "recall": 0.61,
    "precision": 0.9,
    "copied": 0.04,
    "made": 1000,
    "real": 900,
    "memorizes": False,
    "features": "discriminator",
}


def _generator(
    make: Factory, project: Project, version: int, *, name: str = "vae", **facts: Any
) -> None:
    make.session.add(
        ModelCheckpoint(
            project_id=project.id,
            kind="generator",
            name=name,
            version=version,
            artifact="",
            facts=facts,
        )
    )
    make.session.commit()


def test_reports_stand_newest_first_and_say_what_is_wrong(
    make: Factory, client: TestClient
) -> None:
    project = make.project()
    lead = make.member(project, Role.LEAD)
    _generator(make, project, 1, quality=REPORT)
    _generator(make, project, 2, quality=None)
    _generator(make, project, 3, quality={**REPORT, "copied": 0.4, "memorizes": True})
    client.cookies.set("cusp_session", make.session_cookie(lead))
    found = client.get(f"/api/v1/projects/{project.id}/dashboard").json()["generator"]["reports"]
    assert [(each["version"], each["copied"]) for each in found] == [(3, 0.4), (1, 0.04)]
    assert (found[1]["frechet"], found[1]["frechet_floor"]) == (12.5, 3.25)
    page = client.get(f"/projects/{project.id}?tab=generator").text
    assert re.search(r"It repeats images of the pool: 40\s%", page)
    assert "12.5" in page
    assert "900" in page


def test_changed_images_are_not_said_to_be_learned_by_heart(
    make: Factory, client: TestClient
) -> None:
    project = make.project()
    lead = make.member(project, Role.LEAD)
    report = {**REPORT, "copied": 1.0, "memorizes": True}
    _generator(make, project, 1, name="perturbation", quality=report, sheet="0" * 64)
    client.cookies.set("cusp_session", make.session_cookie(lead))
    page = client.get(f"/projects/{project.id}?tab=generator").text
    assert "perturbation 1" in page
    assert "repeats" not in page


def test_what_a_training_has_to_say_stands_above_what_it_draws(
    make: Factory, client: TestClient
) -> None:
    project = make.project()
    lead = make.member(project, Role.LEAD)
    _generator(make, project, 1, quality=REPORT, sheet="0" * 64, message="Too faint to be named.")
    client.cookies.set("cusp_session", make.session_cookie(lead))
    found = client.get(f"/api/v1/projects/{project.id}/dashboard").json()["generator"]
    assert found["message"] == "Too faint to be named."
    tab = f"/projects/{project.id}?tab=generator"
    assert "Too faint to be named." in client.get(tab).text
    _generator(make, project, 2, quality=REPORT, sheet="1" * 64, message="")
    assert "Too faint to be named." not in client.get(tab).text


def test_a_generator_without_a_report_shows_none(make: Factory, client: TestClient) -> None:
    project = make.project()
    lead = make.member(project, Role.LEAD)
    _generator(make, project, 1, quality={"frechet": "?"})
    client.cookies.set("cusp_session", make.session_cookie(lead))
    assert "How good it is" not in client.get(f"/projects/{project.id}?tab=generator").text
