"""kill -9 at random moments of web, worker, browser tab and Postgres, while people label.

After each round of deaths every acknowledged answer is there exactly once, no query has more
answers than it needs, and the loop has gone on: new answers came in and a new round was posed.

The suite runs a handful of rounds. A long campaign, and a failing one again:

    CUSP_TEST_CHAOS_ROUNDS=200 pytest -s tests/chaos/test_campaign.py
    CUSP_TEST_CHAOS_SEED=12345 CUSP_TEST_CHAOS_ROUNDS=200 pytest -s tests/chaos/test_campaign.py
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from app.config import Config
from tests.chaos import campaign, postgres
from tests.chaos.campaign import Ground
from tests.chaos.postgres import Postgres
from tests.deployment import deployment
from tests.factories import Factory

ROUNDS = int(os.environ.get("CUSP_TEST_CHAOS_ROUNDS", "4"))
SEED = int(os.environ.get("CUSP_TEST_CHAOS_SEED", random.randrange(10**6)))

pytestmark = [
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.timeout(180 + 90 * ROUNDS),
]


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Iterator[Postgres | None]:
    """A PostgreSQL that may die, or None for SQLite."""
    if request.param == "sqlite":
        yield None
        return
    programs = postgres.binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.cluster(programs) as made:
        yield made


@pytest.fixture
def database_url(cluster: Postgres | None) -> str:
    """The database of everything here."""
    return cluster.url if cluster else ""


@pytest.fixture
def ground(
    config: Config, cluster: Postgres | None, database_url: str, request: pytest.FixtureRequest
) -> Iterator[Ground]:
    """A migrated deployment that runs."""
    with deployment(config.data, database_url) as made:
        made.cusp("migrate")
        make: Factory = request.getfixturevalue("make")
        made.start("worker")
        made.start_web()
        yield Ground(made, make, cluster, SEED)


@pytest.mark.parametrize("cluster", ["sqlite", "postgres"], indirect=True)
def test_nothing_acknowledged_is_lost_or_doubled_and_the_loop_goes_on(ground: Ground) -> None:
    campaign.say(f"\nCUSP_TEST_CHAOS_SEED={SEED} CUSP_TEST_CHAOS_ROUNDS={ROUNDS}")
    for line in campaign.rounds_of(ground, SEED, ROUNDS):
        campaign.say(line)
        for name in ("serve", "worker"):
            assert "database is locked" not in ground.deployment.log(name)


def test_a_seed_draws_the_same_deaths_again() -> None:
    drawn = [
        [campaign.blows(7, number, with_postgres=True) for number in range(50)] for _ in range(2)
    ]
    assert drawn[0] == drawn[1]
    victims = {blow.victim for blows in drawn[0] for blow in blows}
    assert victims == {"web", "worker", "tab", "postgres"}
