"""Settings over REST: versioned, checked, never overwriting somebody else's change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app import database
from app.projects import versions
from app.projects.errors import StaleSettings
from app.projects.settings import ProjectSettings
from app.tables import Project
from tests.app.projects.conftest import Api, on_both_databases
from tests.factories import Factory

pytestmark = on_both_databases


@pytest.fixture
def api(make: Factory, as_lead: Callable[[Project], Api]) -> Api:
    return as_lead(make.project())


def _save(api: Api, version: int, **changed: Any) -> Any:
    return api.ask("PUT", "/settings", {"version": version, "settings": changed})


def test_settings_come_with_what_they_mean_and_allow(api: Api) -> None:
    found = api.ask("GET", "/settings").json()
    assert found["version"] == 1
    assert {each["name"] for each in found["fields"]} == set(found["settings"])
    assert {each["name"] for each in found["presets"]} >= {"default", "paper"}
    assert "next round" in found["takes_effect"]
    assert found["fixed"] == {}


def test_every_version_is_kept_with_who_and_what_changed(api: Api) -> None:
    assert _save(api, 1, batch_size=20).json()["version"] == 2
    assert _save(api, 2, batch_size=30).json()["version"] == 3
    newest = api.ask("GET", "/settings/versions?limit=2").json()
    assert [each["version"] for each in newest["items"]] == [3, 2]
    assert newest["items"][0]["changes"][0] | {"title": ""} == {
        "field": "batch_size",
        "title": "",
        "before": "20",
        "after": "30",
    }
    assert newest["items"][0]["by"]["name"]
    oldest = api.ask("GET", f"/settings/versions?after={newest['next']}").json()
    assert [each["version"] for each in oldest["items"]] == [1]
    assert oldest["next"] is None


def test_stale_settings_are_refused_with_the_others_change(api: Api) -> None:
    _save(api, 1, batch_size=20)
    answer = _save(api, 1, batch_size=30)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/stale-settings")
    assert "Queries per round: 10 → 20" in answer.json()["detail"]
    assert api.ask("GET", "/settings").json()["settings"]["batch_size"] == 20


def test_a_version_of_the_future_is_refused(api: Api) -> None:
    answer = _save(api, 9)
    assert (answer.status_code, "no version 9" in answer.json()["detail"]) == (409, True)


def test_saving_the_same_settings_makes_no_version(api: Api) -> None:
    assert _save(api, 1).json()["version"] == 1


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"features": {"name": "eyes"}}, "no features called 'eyes'"),
        ({"learner": {"name": "linear_svm", "options": {"depth": 2}}}, "no option 'depth'"),
        ({"overlap": 0}, "overlap"),
        ({"temperature": 1}, "temperature"),
        ({"mix": {"gold": 1}}, "gold"),
    ],
)
def test_unknown_names_and_bad_values_are_refused(
    api: Api, changed: dict[str, Any], part: str
) -> None:
    answer = _save(api, 1, **changed)
    assert answer.status_code == 422
    assert part in answer.json()["detail"]
    assert api.ask("GET", "/settings").json()["version"] == 1


def test_a_check_tells_changes_and_saves_nothing(api: Api) -> None:
    checked = api.ask("POST", "/settings/check", {"settings": {"batch_size": 20}}).json()
    assert [each["field"] for each in checked["changes"]] == ["batch_size"]
    assert checked["problems"] == []
    assert "20 answers" in checked["consequences"]["batch_size"]
    assert api.ask("GET", "/settings").json()["version"] == 1


def test_a_check_tells_what_does_not_fit_by_field(api: Api) -> None:
    checked = api.ask("POST", "/settings/check", {"settings": {"batch_size": -1, "x": 1}}).json()
    assert {each["field"] for each in checked["problems"]} == {"batch_size", "x"}


def test_the_overlap_stays_once_queries_are_posed(
    make: Factory, as_lead: Callable[[Project], Api]
) -> None:
    project = make.project()
    make.query(project)
    api = as_lead(project)
    answer = _save(api, 1, overlap=3)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/setting-fixed")
    assert "would not weigh the same" in answer.json()["detail"]
    assert "overlap" in api.ask("GET", "/settings").json()["fixed"]
    assert _save(api, 1, batch_size=5).status_code == 200


def test_the_image_size_stays_once_images_are_imported(
    make: Factory, images: Callable[[Project], Project], as_lead: Callable[[Project], Api]
) -> None:
    answer = _save(as_lead(images(make.project())), 1, image_size=64)
    assert answer.status_code == 409
    assert "stored at that size" in answer.json()["detail"]


def test_of_many_who_save_at_once_one_wins_and_the_others_are_told(make: Factory) -> None:
    project = make.project()

    def save(batch_size: int) -> bool:
        settings = ProjectSettings(batch_size=batch_size)
        try:
            with database.writing() as session:
                versions.save(session, project.id, settings, version=1, by=None)
        except StaleSettings:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(save, range(20, 28)))
    assert saved.count(True) == 1
