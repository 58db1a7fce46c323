"""The dashboard over REST."""

import csv
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import artifacts, database, engine
from app.tables import Budget, ModelCheckpoint, Project, Reliability, Stage, User, Worker, now
from app.words import (
    Answer,
    ProjectState,
    Role,
    StageKind,
    StageState,
)
from tests.app.dashboards import seeding
from tests.factories import Factory

SignIn = Callable[[User], TestClient]
on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)


def _read(client: TestClient, project: Project, **asked: Any) -> Any:
    response = client.get(f"/api/v1/projects/{project.id}/dashboard", params=asked)
    assert response.status_code == 200, response.text
    return response.json()


def test_an_empty_project_says_what_comes_next(lead: TestClient, project: Project) -> None:
    found = _read(lead, project)
    assert found["accuracy"] is None
    assert found["forecast"]["verdict"] == "early"
    assert [light["color"] for light in found["lights"]] == ["unknown"] * 3
    assert found["machine"]["sentence"] == "No worker has been seen yet."
    assert [step["done"] for step in found["steps"]] == [False, True, False, True, False, False]
    assert found["curve"] == found["rounds"] == found["stages"] == []


@on_both
def test_a_lively_project_shows_everything(make: Factory, sign_in_as: SignIn) -> None:
    project = seeding.lively(make, rounds=24)
    client = sign_in_as(make.member(project, Role.LEAD))
    found = _read(client, project, target=0.95)
    accuracy = found["accuracy"]
    assert accuracy["low"] < accuracy["value"] < accuracy["high"]
    assert (accuracy["round"], accuracy["answers"], accuracy["change_answers"]) == (24, 230, 100)
    assert found["spending"]["answers_left"] == 270
    assert Decimal(found["spending"]["cost"]) == Decimal("9.20")
    assert found["forecast"]["target"] == 0.95
    assert found["machine"]["sentence"] == "Training the generator."
    assert found["machine"]["stages"][0]["details"] == "epoch 5 of 12, loss 0.0312, attempt 2"
    assert found["steps"] == []
    assert len(found["curve"]) == 23
    predictions, worth, generator = found["lights"]
    assert "of 1,797 real images changed class" in predictions["sentence"]
    assert worth["sentence"].startswith("100 more answers are expected to add")
    assert generator["color"] == "go"
    assert "was fit to be asked and named" in generator["sentence"]
    assert found["advice"].startswith("All in all: ")
    newest, oldest = found["rounds"][0], found["rounds"][-1]
    assert newest["posed"] == {"synthesized": 4, "pool": 5, "explore": 1}
    assert newest["accuracy_after"] is None
    assert found["rounds"][1]["accuracy_after"] == newest["accuracy_before"]
    assert oldest["strategies"] == {"cold_start": "medoids"}
    assert newest["checkpoints"]["generator"] == "vae 1"
    assert sum(source["posed"] for source in found["sources"]) == 240
    assert sum(person["answers"] for person in found["people"]) == 230
    assert found["images"]["holdout"] == 600
    assert len(found["generator"]["sheets"]) == 3
    assert found["workers"][0]["alive"] is True


@pytest.mark.parametrize(
    "path",
    [
        "dashboard",
        "events",
        "queries",
        "queries/1",
        "figures/curve.csv",
        f"sheets/{'0' * 64}.png",
    ],
)
def test_only_leads_of_the_project_may_look(
    make: Factory, project: Project, client: TestClient, sign_in_as: SignIn, path: str
) -> None:
    address = f"/api/v1/projects/{project.id}/{path}"
    assert client.get(address).status_code == 401
    assert sign_in_as(make.member(project)).get(address).status_code == 403
    assert sign_in_as(make.member(make.project(), Role.LEAD)).get(address).status_code == 404


@pytest.mark.parametrize("target", ["0", "1", "95", "soon"])
def test_a_target_that_is_no_share_is_refused(
    lead: TestClient, project: Project, target: str
) -> None:
    address = f"/api/v1/projects/{project.id}/dashboard?target={target}"
    assert lead.get(address).status_code == 422


def test_the_budget_is_counted_by_whichever_cap_comes_first(
    make: Factory, lead: TestClient, project: Project
) -> None:
    budget = make.session.get_one(Budget, project.id)
    budget.max_answers, budget.answers_spent = 100, 5
    budget.price_per_answer, budget.max_cost = Decimal("0.10"), Decimal("1.00")
    budget.cost_spent = Decimal("0.50")
    make.session.commit()
    spending = _read(lead, project)["spending"]
    assert (spending["answers_left"], spending["share"]) == (5, 0.5)


def test_a_spent_budget_is_said(make: Factory, lead: TestClient, project: Project) -> None:
    budget = make.session.get_one(Budget, project.id)
    budget.max_answers = budget.answers_spent = 5
    make.session.add(Worker(id="w", host="here", pid=1))
    make.session.commit()
    found = _read(lead, project)
    assert found["machine"]["sentence"] == "The budget is spent."
    assert found["spending"]["share"] == 1.0


def test_a_failure_that_a_later_attempt_mended_is_past(
    make: Factory, lead: TestClient, project: Project
) -> None:
    make.session.add(Worker(id="w", host="here", pid=1))
    _stage(make, project, state=StageState.FAILED, problem="The disk is full.")
    found = _read(lead, project)["machine"]
    assert found["sentence"] == "Training the generator failed."
    assert "The disk is full." in found["hint"]
    assert found["retry"]["kind"] == "train_generator"
    _stage(make, project, state=StageState.DONE, attempt=2)
    assert _read(lead, project)["machine"]["retry"] is None


def _stage(make: Factory, project: Project, **columns: Any) -> Stage:
    columns = {"kind": StageKind.TRAIN_GENERATOR, "number": 1} | columns
    stage = Stage(project_id=project.id, **columns)
    make.session.add(stage)
    make.session.commit()
    return stage


def test_undone_answers_do_not_count_for_a_person(
    make: Factory, lead: TestClient, project: Project
) -> None:
    person = make.member(project, user=make.user(name="Ada"))
    label = {"duration_ms": 1500, "class_id": make.classes(project)[0].id}
    make.label(make.query(project), person, Answer.CLASS, **label)
    make.label(make.query(project), person, Answer.CLASS, undone_at=now(), **label)
    make.label(make.query(project), person, Answer.UNRECOGNIZABLE, duration_ms=2500)
    make.label(make.query(project), person, Answer.SKIP, duration_ms=60_000)
    row = next(row for row in _read(lead, project)["people"] if row["name"] == "Ada")
    assert (row["answers"], row["refused"], row["skips"]) == (2, 1, 1)
    assert row["median_seconds"] == 2.0


def test_an_admin_who_labels_without_being_a_member_is_listed(
    make: Factory, lead: TestClient, project: Project
) -> None:
    admin = make.user(name="Grace", is_admin=True)
    make.label(make.query(project), admin, Answer.UNRECOGNIZABLE)
    assert "Grace" in [row["name"] for row in _read(lead, project)["people"]]


def test_other_projects_are_not_counted(make: Factory, lead: TestClient, project: Project) -> None:
    other = make.project()
    make.label(make.query(other), make.member(other), Answer.UNRECOGNIZABLE)
    make.round(other, 7, holdout_right=1, holdout_count=2)
    _stage(make, other)
    found = _read(lead, project)
    assert found["rounds"] == found["sources"] == found["stages"] == []
    assert found["images"] == {"pool": 0, "synthesized": 0, "holdout": 0, "stream": 0}


@pytest.mark.parametrize(
    ("figure", "columns"),
    [
        ("curve", {"round", "answers", "accuracy", "low", "high"}),
        ("rounds", {"number", "posed.pool", "seconds.pose", "strategies.pool"}),
        ("sources", {"source", "posed", "refused_share"}),
        ("classes", {"name", "outcomes", "holdout"}),
        ("people", {"name", "answers", "median_seconds"}),
        ("activity", {"kind", "state", "seconds", "problem"}),
    ],
)
def test_every_figure_is_downloaded_whole(
    make: Factory, sign_in_as: SignIn, figure: str, columns: set[str]
) -> None:
    project = seeding.lively(make, rounds=3)
    client = sign_in_as(make.member(project, Role.LEAD))
    response = client.get(f"/api/v1/projects/{project.id}/figures/{figure}.csv")
    assert response.headers["content-type"].startswith("text/csv")
    assert "attachment" in response.headers["content-disposition"]
    rows = list(csv.DictReader(StringIO(response.text)))
    assert rows
    assert columns <= set(rows[0])


def test_more_rounds_than_a_page_are_all_downloaded(
    make: Factory, lead: TestClient, project: Project
) -> None:
    for number in range(1, 121):
        make.round(project, number, answers=number)
    text = lead.get(f"/api/v1/projects/{project.id}/figures/rounds.csv").text
    numbers = [int(row["number"]) for row in csv.DictReader(StringIO(text))]
    assert numbers == list(range(1, 121))


def test_a_name_that_looks_like_a_formula_stays_text(
    make: Factory, lead: TestClient, project: Project
) -> None:
    make.project_class(project, '=HYPERLINK("http://example.org")')
    text = lead.get(f"/api/v1/projects/{project.id}/figures/classes.csv").text
    names = [row["name"] for row in csv.DictReader(StringIO(text))]
    assert '\'=HYPERLINK("http://example.org")' in names


def test_an_unknown_figure_is_not_found(lead: TestClient, project: Project) -> None:
    assert lead.get(f"/api/v1/projects/{project.id}/figures/secrets.csv").status_code == 404


def test_a_sheet_of_a_stage_or_checkpoint_is_served(
    make: Factory, lead: TestClient, project: Project
) -> None:
    of_stage, of_checkpoint = (artifacts.write_image(text) for text in (b"one", b"two"))
    _stage(make, project, facts={"sheet": of_stage})
    make.session.add(
        ModelCheckpoint(
            project_id=project.id,
            kind="generator",
            name="vae",
            version=1,
            artifact="",
            facts={"sheet": of_checkpoint},
        )
    )
    make.session.commit()
    for sha256, content in ((of_stage, b"one"), (of_checkpoint, b"two")):
        response = lead.get(f"/api/v1/projects/{project.id}/sheets/{sha256}.png")
        assert response.content == content
        assert response.headers["content-type"] == "image/png"
        assert "immutable" in response.headers["cache-control"]


def test_a_picture_that_is_no_sheet_of_the_project_is_not_served(
    make: Factory, lead: TestClient, project: Project
) -> None:
    foreign = artifacts.write_image(b"foreign")
    _stage(make, make.project(), facts={"sheet": foreign})
    of_image = make.image(project).sha256
    for name in (foreign, of_image, "0" * 64, "..%2F..%2Fcusp"):
        response = lead.get(f"/api/v1/projects/{project.id}/sheets/{name}.png")
        assert response.status_code == 404


def test_a_sheet_whose_file_is_gone_is_said_to_be_gone(
    make: Factory, lead: TestClient, project: Project
) -> None:
    sha256 = artifacts.write_image(b"gone")
    _stage(make, project, facts={"sheet": sha256})
    artifacts.delete(artifacts.image_name(sha256))
    response = lead.get(f"/api/v1/projects/{project.id}/sheets/{sha256}.png")
    assert response.status_code == 410


def test_a_stage_is_canceled_and_tried_again(
    make: Factory, lead: TestClient, project: Project
) -> None:
    engine.prepare()
    stage = _stage(make, project, state=StageState.RUNNING)
    address = f"/api/v1/projects/{project.id}/stages/{stage.id}"
    assert lead.post(f"{address}/cancel").status_code == 204
    assert _state(stage.id) is StageState.CANCELED
    assert lead.post(f"{address}/cancel").status_code == 409
    assert lead.post(f"{address}/retry").status_code == 204
    found = _read(lead, project)["stages"]
    assert [(row["state"], row["attempt"]) for row in found] == [("queued", 2), ("canceled", 1)]


def _state(stage_id: int) -> StageState:
    with database.reading() as session:
        return session.get_one(Stage, stage_id).state


def test_a_stage_of_another_project_is_left_alone(
    make: Factory, lead: TestClient, project: Project
) -> None:
    stage = _stage(make, make.project(), state=StageState.RUNNING)
    for verb in ("cancel", "retry"):
        address = f"/api/v1/projects/{project.id}/stages/{stage.id}/{verb}"
        assert lead.post(address).status_code == 404
    assert _state(stage.id) is StageState.RUNNING


def test_annotators_cancel_nothing(make: Factory, project: Project, sign_in_as: SignIn) -> None:
    stage = _stage(make, project, state=StageState.RUNNING)
    client = sign_in_as(make.member(project))
    address = f"/api/v1/projects/{project.id}/stages/{stage.id}/cancel"
    assert client.post(address).status_code == 403


def test_a_finished_project_is_still_shown(
    make: Factory, lead: TestClient, project: Project
) -> None:
    project.state = ProjectState.FINISHED
    make.session.commit()
    assert _read(lead, project)["machine"]["sentence"] == "Finished."


def test_a_lead_reads_who_answers_badly_and_how_far_people_agree(
    make: Factory, lead: TestClient, project: Project
) -> None:
    person = make.member(project, user=make.user(name="Mallory"))
    counted = {"gold": 10, "gold_right": 4, "compared": 20, "agreed": 11, "others_wrong": 0.05}
    make.session.add(
        Reliability(
            project_id=project.id,
            user_id=person.id,
            weight=0.3,
            warning="unreliable",
            facts=counted,
        )
    )
    measured = {"alpha": 0.71, "fleiss": None, "cohen": 0.7, "compared": 40}
    make.stage(project, StageKind.ASSESS, state=StageState.DONE, finished_at=now(), facts=measured)
    found = _read(lead, project)
    row = next(row for row in found["people"] if row["name"] == "Mallory")
    assert (row["gold"], row["gold_right"], row["agreed"], row["weight"]) == (10, 0.4, 0.55, 0.3)
    assert row["repeats_same"] is None
    assert row["warnings"] == [
        "15 of 30 checked answers were wrong; of everybody else's, about 5%."
        " Where people disagree, each of theirs counts 0.3 of a vote."
    ]
    (agreement,) = found["agreement"]
    assert (agreement["queries"], agreement["alpha"], agreement["fleiss"]) == (40, 0.71, None)
