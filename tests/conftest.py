"""What tests share: a fresh database each, a web client, and rows to begin with."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from app import artifacts, database, engine
from app.config import Config
from app.config import config as read_config
from app.main import create_app
from app.rounds import wake
from app.tables import User
from tests.factories import Factory

# No test fails for the time it took, least of all on a busy machine.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")

ADDRESS = "http://127.0.0.1:8000"
CHROMIUM = os.environ.get("CUSP_TEST_CHROMIUM", "/usr/bin/chromium")
#: It must not look for updates: there may be no network, and tests do not wait for one.
_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: What a page does not show by then, it never will; a busy machine is only slow.
expect.set_options(timeout=60_000)

#: Tests read the log of what they provoke; a line per request would only be in the way.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; where CI is set a missing one is a failure."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("CUSP_TEST_DATA", beside))
    if not (folder / "mnist.npz").exists():
        pytest.skip(f"there are no data sets in {folder}; name their folder in CUSP_TEST_DATA")
    return folder


def _forget() -> None:
    database.forget()
    engine.forget()
    artifacts.forget()
    wake.forget()
    read_config.cache_clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI is set, nothing may be left out: a skipped test has failed."""
    report = yield
    if os.environ.get("CI") and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where CI is set: {call.excinfo}"
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=_CHROMIUM_FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One SQLite file that the real migrations made; tests copy it."""
    folder = tmp_path_factory.mktemp("migrated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUSP_DATA", str(folder))
        patch.delenv("CUSP_DATABASE_URL", raising=False)
        _forget()
        database.migrate()
        engine.prepare()
        with database.engine().connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        _forget()
    return folder / "cusp.sqlite"


def _postgres_admin() -> Engine:
    """Reach the test server of Postgres, or skip; on the CI a missing one is a failure."""
    url = os.environ.get("CUSP_TEST_POSTGRES_URL", "")
    if not url:
        pytest.skip("CUSP_TEST_POSTGRES_URL is not set, so there is no Postgres to test on")
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(url, isolation_level="AUTOCOMMIT")


def _sibling(admin: Engine, name: str) -> str:
    url = admin.url.set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[tuple[Engine, str]]:
    """One Postgres database that the real migrations made; tests are given copies of it."""
    admin, name = _postgres_admin(), f"cusp_template_{uuid4().hex[:8]}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUSP_DATABASE_URL", _sibling(admin, name))
        _forget()
        database.migrate()
        engine.prepare()
        _forget()
    yield admin, name
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty, migrated database: SQLite, or what `on_both_databases` asks for."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield ""
        return
    admin, template = request.getfixturevalue("postgres_template")
    name = f"cusp_test_{uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield _sibling(admin, name)
    _forget()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def config(
    tmp_path: Path, migrated_file: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Config]:
    """A deployment of its own: an empty data folder with a migrated database."""
    for name in [name for name in os.environ if name.startswith("CUSP_")]:
        if not name.startswith("CUSP_TEST_"):
            monkeypatch.delenv(name)
    data = tmp_path / "var"
    data.mkdir()
    if not database_url:
        shutil.copytree(migrated_file.parent, data, dirs_exist_ok=True)
    monkeypatch.setenv("CUSP_DATA", str(data))
    monkeypatch.setenv("CUSP_DATABASE_URL", database_url)
    monkeypatch.setenv("PORT", "8000")
    _forget()
    if not database_url:
        event.listen(database.engine(), "connect", _without_waiting_for_the_disk)
    yield read_config()
    _forget()


def _without_waiting_for_the_disk(connection: DBAPIConnection, _record: object) -> None:
    """Spare a test the wait for the platter; no test in this process pulls the plug."""
    connection.cursor().execute("PRAGMA synchronous=OFF")


@pytest.fixture
def session(config: Config) -> Iterator[Session]:
    """A session whose work the test may commit; several commits are fine."""
    with Session(database.engine(), expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def make(session: Session) -> Factory:
    """Rows to begin with, each committed: `make.project()`, `make.query(project)`."""
    return Factory(session)


@lru_cache
def _app() -> FastAPI:
    """Build the application once; what it does follows the configuration of the moment."""
    return create_app()


@pytest.fixture
def client(config: Config) -> Iterator[TestClient]:
    """A browser in front of the application; it follows no redirect by itself."""
    with TestClient(_app(), base_url=ADDRESS, follow_redirects=False) as opened:
        opened.headers["Origin"] = ADDRESS
        yield opened


@pytest.fixture
def sign_in_as(client: TestClient, make: Factory) -> Callable[[User], TestClient]:
    """Give the client somebody's session: `sign_in_as(make.user())`."""

    def sign_in(user: User) -> TestClient:
        client.cookies.clear()
        client.cookies.set("cusp_session", make.session_cookie(user), domain="127.0.0.1")
        return client

    return sign_in
