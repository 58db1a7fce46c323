"""A real server in a process of its own, and a real browser in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.config import Config
from app.tables import User
from tests.factories import Factory


class Server:
    """The web process on the test's own data; it can be stopped and started."""

    def __init__(self, config: Config) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = config.data / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, and return once it answers."""
        command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--log-level", "warning"],
                env={**os.environ, "PORT": str(self.port)},
                stdout=log,
                stderr=log,
            )
        for _ in range(200):
            with suppress(httpx.TransportError):
                httpx.get(f"{self.address}/healthz")
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        pytest.fail(f"the server did not start: {self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def server(config: Config) -> Iterator[Server]:
    """A running server."""
    server = Server(config)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_browser(
    browser: Browser, server: Server, make: Factory
) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser in which somebody is signed in."""
    contexts: list[BrowserContext] = []

    def open_for(user: User, **options: Any) -> BrowserContext:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = browser.new_context(base_url=server.address, **options)
        context.set_default_timeout(8000)
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
    """Watch pages: whatever a script throws or the policy blocks fails the test."""
    seen: list[str] = []

    def watch(page: Page) -> Page:
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on(
            "console",
            lambda message: (
                seen.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        return page

    yield watch
    assert seen == []
