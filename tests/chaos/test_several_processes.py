"""What docker-compose.yml runs, by hand: Postgres, two web and two worker processes.

Both hosts share the data folder, as the containers share a volume.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import httpx
import pytest
import yaml
from sqlalchemy import select, update

from app.tables import Budget, Label, Project, Query, Round, Stage, Worker, now
from app.words import Answer, Role, Source, StageKind, StageState
from tests.chaos.annotators import Annotator, at_work
from tests.chaos.conftest import Stand
from tests.deployment import REPOSITORY, Deployment, deployment, eventually
from tests.factories import Factory

pytestmark = pytest.mark.services
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

TRAINING = StageKind.LEARN_FEATURES


@pytest.fixture
def hosts(stand: Stand) -> Iterator[list[Deployment]]:
    """Two hosts, each with one web and one worker process, after one migration."""
    commands = _commands()
    with ExitStack() as stack:
        first = stand.deployment
        second = stack.enter_context(deployment(first.data, first.database_url))
        assert "head" in first.cusp(*commands["migrate"])
        for host in (first, second):
            host.start("worker", "-m", "app", *commands["worker"])
            host.start("web", "-m", "app", *commands["web"])
        for host in (first, second):
            eventually(lambda url=host.url: _is_ready(url), what="a web process being ready")
        yield [first, second]


def _commands() -> dict[str, list[str]]:
    """What each service of the composition runs, after `cusp`."""
    composition = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
    return {name: service["command"] for name, service in composition["services"].items()}


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@on_postgres
def test_two_hosts_share_the_work_and_make_up_for_a_worker_that_dies(
    stand: Stand, hosts: list[Deployment], make: Factory
) -> None:
    annotators = _annotators(stand, hosts, make)
    eventually(lambda: len(_living(stand)) == 2, what="both workers being seen")
    with at_work(annotators):
        victim = eventually(lambda: _trainer(stand), what="training")
        for host in hosts:
            if host.processes["worker"].pid == victim.pid:
                host.kill("worker")
        eventually(
            lambda: (
                stand.stage(TRAINING, StageState.DONE)
                or (_trainer(stand) or victim).id != victim.id
            ),
            what="the other worker taking over",
        )
        eventually(
            lambda: stand.count(Query, Query.source == Source.SYNTHESIZED),
            what="a synthesized query",
        )
        eventually(lambda: _answered_synthesized(stand), what="an answer to a synthesized query")
    eventually(
        lambda: [worker.id != victim.id for worker in _living(stand)] == [True],
        what="the other worker being the only one",
    )
    assert all(each.acknowledged for each in annotators)
    _nothing_was_done_twice(stand, victim)
    _everything_acknowledged_is_there(stand, annotators)


def _annotators(stand: Stand, hosts: list[Deployment], make: Factory) -> list[Annotator]:
    """Four people whose requests go to both hosts in turn; the budget does not stop them."""
    project = stand.fresh().get_one(Project, stand.project_id)
    stand.session.execute(update(Budget).values(max_answers=None))
    stand.session.commit()
    tokens = [make.token(make.member(project, Role.ANNOTATOR)) for _ in range(4)]
    urls = [host.url for host in hosts]
    return [
        Annotator(urls, token, project.id, seed, pause=0.8) for seed, token in enumerate(tokens)
    ]


def _living(stand: Stand) -> list[Worker]:
    lately = now() - timedelta(seconds=5)
    return list(stand.fresh().scalars(select(Worker).where(Worker.seen_at > lately)))


def _trainer(stand: Stand) -> Worker | None:
    """The worker that is in the middle of training."""
    stage = stand.stage(TRAINING, StageState.RUNNING)
    if stage is None or stage.share < 0.05:
        return None
    return stand.session.get_one(Worker, stage.worker_id)


def _answered_synthesized(stand: Stand) -> int:
    return stand.count(Query, Query.source == Source.SYNTHESIZED, Query.accepted > 0)


def _nothing_was_done_twice(stand: Stand, victim: Worker) -> None:
    stages = stand.fresh().scalars(select(Stage)).all()
    done = Counter((each.kind, each.number) for each in stages if each.state is StageState.DONE)
    assert set(done.values()) == {1}
    assert {each.attempt for each in stages} == {1}
    assert [each.begun for each in stages if each.kind is TRAINING] == [2]
    assert len({each.worker_id for each in stages} - {None}) == 2
    rounds = stand.session.scalars(select(Round.number).order_by(Round.number)).all()
    assert list(rounds) == list(range(1, len(rounds) + 1))


def _everything_acknowledged_is_there(stand: Stand, annotators: list[Annotator]) -> None:
    labels = stand.fresh().scalars(select(Label)).all()
    stored = {label.id for label in labels}
    assert stored >= {label_id for each in annotators for label_id in each.acknowledged}
    accepted = Counter(each.query_id for each in labels if each.answer is not Answer.SKIP)
    assert set(accepted.values()) == {1}
