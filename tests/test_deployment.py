"""The container set-up: what `docker-compose config` makes of it, and that it holds no secret."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.config import Config

ROOT = Path(__file__).parent.parent
PASSWORD = "only-in-this-test"
#: Set by the image or fixed by the set-up, so not passed on from the shell.
FIXED = {"data", "database_url", "host", "port"}


def _compose(**environment: str) -> subprocess.CompletedProcess[str]:
    command = shutil.which("docker-compose")
    if command is None:
        pytest.skip("docker-compose is not installed")
    return subprocess.run(
        [command, "--file", str(ROOT / "docker-compose.yml"), "config"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": os.environ["PATH"], **environment},
    )


def _read(text: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(text)
    return read


@pytest.fixture
def services() -> dict[str, Any]:
    done = _compose(POSTGRES_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = _read(done.stdout)["services"]
    return found


@pytest.mark.services
def test_without_a_password_nothing_starts_and_a_sentence_says_why() -> None:
    done = _compose()
    assert done.returncode != 0
    assert "set POSTGRES_PASSWORD" in done.stderr


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    named = re.findall(r"\w*(?:PASSWORD|SECRET|TOKEN)\w*: *(.*)", text)
    assert named
    assert all(not value or re.fullmatch(r"\$\{\w+:\?.*\}", value) for value in named), named
    assert not re.search(r"://[^/\s]*:[^/\s]*@", text), "a URL holds a password"


@pytest.mark.services
def test_everything_waits_for_one_migration(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "migrate", "web", "worker", "proxy"}
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services["migrate"]["restart"] == "no"
    for name in ("web", "worker"):
        waits = services[name]["depends_on"]["migrate"]["condition"]
        assert waits == "service_completed_successfully"
        assert services[name]["scale"] >= 2
    assert "/readyz" in str(services["web"]["healthcheck"]["test"])


@pytest.mark.services
def test_only_loopback_is_published_and_only_by_the_proxy(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"proxy": ["127.0.0.1:8000:8080/tcp"]}


@pytest.mark.services
def test_web_and_worker_share_artifacts_and_may_write_nothing_else(
    services: dict[str, Any],
) -> None:
    for name in ("web", "worker", "migrate"):
        assert services[name]["volumes"] == ["artifacts:/data:rw"]
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]


@pytest.mark.services
def test_every_setting_can_be_chosen_from_the_shell(services: dict[str, Any]) -> None:
    chosen = {f"CUSP_{name.upper()}": "7" for name in Config.model_fields if name not in FIXED}
    done = _compose(POSTGRES_PASSWORD=PASSWORD, **chosen)
    environment = _read(done.stdout)["services"]["worker"]["environment"]
    missing = [name for name in chosen if environment.get(name) != "7"]
    assert not missing


def test_the_image_runs_as_nobody_in_particular_and_starts_cusp() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER [1-9]", text, re.MULTILINE)
    assert 'ENTRYPOINT ["cusp"]' in text


def test_the_image_holds_every_folder_that_the_application_reads() -> None:
    copied = set(
        re.findall(r"^COPY (?:--\S+ )?(\w+) \w+$", (ROOT / "Dockerfile").read_text(), re.M)
    )
    assert {"app", "models", "templates", "static", "migrations"} <= copied
    kept = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied <= kept
