"""One web process for all tests of the page, each with a project and people of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from sqlalchemy.orm import Session

from app import artifacts, database, engine
from app.config import Config
from app.config import config as read_config
from app.tables import User
from tests.e2e.labeling.scene import Scene
from tests.factories import Factory

#: What a browser says of requests that a test made fail; the page is asked what it makes of them.
_EXPECTED = "Failed to load resource"


class Server:
    """The web process on a data folder; it can be stopped and started."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, and return once it answers."""
        if self._process is not None:
            return
        command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
        log = self._data / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--log-level", "warning"],
                env={**os.environ, "CUSP_DATA": str(self._data), "PORT": str(self.port)},
                stdout=output,
                stderr=output,
            )
        for _ in range(300):
            with suppress(httpx.TransportError):
                httpx.get(f"{self.address}/healthz")
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="session")
def data(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database."""
    folder = tmp_path_factory.mktemp("labeling")
    shutil.copytree(migrated_file.parent, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def running(data: Path) -> Iterator[Server]:
    """The server of all these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CUSP_DATABASE_URL", raising=False)
        running = Server(data)
        running.start()
        yield running
        running.stop()


@pytest.fixture
def server(running: Server) -> Server:
    """A server that runs, whatever the test before did to it."""
    running.start()
    return running


@pytest.fixture
def config(config: Config, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """The deployment that the server serves, in place of one for each test."""
    monkeypatch.setenv("CUSP_DATA", str(data))
    for module in (database, engine, artifacts):
        module.forget()
    read_config.cache_clear()
    yield read_config()
    for module in (database, engine, artifacts):
        module.forget()
    read_config.cache_clear()


@pytest.fixture
def session(config: Config) -> Iterator[Session]:
    """A session that waits its turn, as the server writes, too; whoever reads must commit."""
    engine = database.engine().execution_options(writes=True)
    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def open_browser(
    browser: Browser, server: Server, make: Factory
) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser in which somebody is signed in."""
    contexts: list[BrowserContext] = []

    def open_for(user: User, **options: Any) -> BrowserContext:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = browser.new_context(base_url=server.address, **options)
        context.set_default_timeout(60_000)
        context.add_cookies(
            [{"name": "cusp_session", "value": make.session_cookie(user), "url": server.address}]
        )
        contexts.append(context)
        return context

    yield open_for
    for context in contexts:
        context.close()


@pytest.fixture
def no_errors() -> Iterator[Callable[[Page], Page]]:
    """Watch pages: whatever a script throws, logs as an error or may not load fails the test."""
    seen: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and _EXPECTED not in message.text:
            seen.append(message.text)

    def watch(page: Page) -> Page:
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("console", hear)
        return page

    yield watch
    assert seen == []


@pytest.fixture
def scene(make: Factory, open_browser: Callable[..., BrowserContext], no_errors: Any) -> Scene:
    """A project with two classes and nothing to ask yet."""
    return Scene(make, open_browser, no_errors)
