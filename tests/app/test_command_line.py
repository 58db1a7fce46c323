"""Bad situations on the command line: one plain sentence, exit code 1, nothing lost."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app import __main__ as command_line
from app import database, processes
from app.config import Config
from app.config import config as read_config
from tests.app.conftest import on_both
from tests.chaos.disks import Disk
from tests.deployment import free_port
from tests.factories import Factory

Refused = Callable[..., str]


@pytest.fixture
def refused(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Refused]:
    """Run a command that cannot go on, with other settings; returns the sentence that it says."""
    monkeypatch.setattr("app.logs.log_to_stderr", lambda: None)

    def run(*arguments: str, **settings: str) -> str:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        _forget()
        monkeypatch.setattr(sys, "argv", ["cusp", *arguments])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        said = capsys.readouterr()
        assert ended.value.code == 1
        _is_a_sentence(said.err)
        return said.err.strip()

    yield run
    _forget()


def _forget() -> None:
    database.forget()
    read_config.cache_clear()


def _is_a_sentence(said: str) -> None:
    assert said.count("\n") == 1, said
    assert said.endswith(".\n"), said
    assert said[0].isupper() or said[0] == "/", said
    assert "Traceback" not in said


def _run(statement: str) -> None:
    with database.engine().begin() as connection:
        connection.execute(text(statement))


@on_both
@pytest.mark.parametrize("command", ["run", "serve", "worker", "migrate"])
def test_a_database_of_a_newer_release_is_left_alone(refused: Refused, command: str) -> None:
    _run("UPDATE alembic_version SET version_num = '9999'")
    said = refused(command, PORT=str(free_port()))
    assert "written by a newer release of Cusp" in said
    assert "install that release" in said


@on_both
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_an_older_database_is_not_used_before_it_is_migrated(
    refused: Refused, command: str
) -> None:
    database.migrate("base")
    assert "run `cusp migrate`, then start again" in refused(command)


def test_a_second_run_on_the_same_data_is_refused_and_names_the_first(
    config: Config, refused: Refused
) -> None:
    with processes.only_one(config.data):
        said = refused("run")
    assert f"already runs on {config.data} (process {os.getpid()})" in said
    assert "set CUSP_DATA to another folder" in said


@pytest.mark.parametrize("command", ["run", "serve"])
@pytest.mark.parametrize("listening", [True, False])
def test_a_port_that_is_taken_is_named(refused: Refused, command: str, listening: bool) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        if listening:
            other.listen()
        port = str(other.getsockname()[1])
        said = refused(command, PORT=port)
    assert said == f"Another program listens on port {port}; end it, or set PORT to another."


def test_an_address_of_another_machine_is_refused(refused: Refused) -> None:
    assert "cannot listen on 192.0.2.1" in refused("serve", CUSP_HOST="192.0.2.1")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CUSP_PORT", "abc"),
        ("PORT", "70000"),
        ("CUSP_SESSION_DAYS", "0"),
        ("CUSP_THREADS", "many"),
        ("CUSP_DEVICE", "gpu"),
        ("CUSP_LOG_LEVEL", "loud"),
        ("CUSP_STAGE_ATTEMPTS", ""),
    ],
)
@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_setting_that_makes_no_sense_is_named(
    refused: Refused, command: str, variable: str, value: str
) -> None:
    said = refused(command, **{variable: value})
    assert f"{variable} cannot be {value!r}" in said


@pytest.mark.parametrize("url", ["nonsense", "mysql://root@localhost/cusp"])
def test_an_address_that_is_no_databases_is_refused(refused: Refused, url: str) -> None:
    said = refused("migrate", CUSP_DATABASE_URL=url)
    assert said.startswith("CUSP_DATABASE_URL should look like this: postgresql://")


def test_a_database_that_does_not_answer_is_named_without_its_password(refused: Refused) -> None:
    url = f"postgresql://cusp:secret@127.0.0.1:{free_port()}/cusp"
    said = refused("serve", CUSP_DATABASE_URL=url)
    assert "does not answer" in said
    assert "secret" not in said


@pytest.mark.parametrize("command", ["run", "serve", "migrate"])
def test_a_damaged_database_is_named(config: Config, refused: Refused, command: str) -> None:
    file = config.data / "cusp.sqlite"
    database.forget()
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    file.write_bytes(b"not a database at all" * 500)
    said = refused(command, PORT=str(free_port()))
    assert said == f"The database {file} is damaged; restore it from a backup."


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_damaged_queue_is_named(config: Config, refused: Refused, command: str) -> None:
    file = config.data / "engine.sqlite"
    file.write_bytes(b"not a database at all" * 500)
    said = refused(command, PORT=str(free_port()))
    assert said == (
        f"The queue {file} is damaged. Delete this file, then start again: nothing is lost with it."
    )


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_data_folder_that_is_a_file_is_refused(
    refused: Refused, tmp_path: Path, command: str
) -> None:
    file = tmp_path / "file"
    file.write_text("precious")
    said = refused(command, CUSP_DATA=str(file))
    assert str(file) in said
    assert "CUSP_DATA" in said
    assert file.read_text() == "precious"


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "12345", "digits"),
        ("export", "12345", "labels.csv"),
        ("rehearse", "12345"),
        ("replay", "12345"),
        ("user", "link", "nobody@example.org"),
        ("migrate", "nonsense"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_does_not_exist_is_refused(
    refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(*arguments)
    assert not list(tmp_path.glob("labels*"))


def test_a_source_that_is_not_there_is_refused(refused: Refused, make: Factory) -> None:
    project = make.project()
    assert "/no/such/folder" in refused("import", str(project.id), "/no/such/folder")


@pytest.mark.services
@pytest.mark.parametrize("command", ["run", "serve", "worker", "migrate"])
def test_a_folder_that_may_not_be_written_is_named(
    config: Config, refused: Refused, tmp_path: Path, command: str
) -> None:
    disk = Disk(tmp_path / "disk")
    if not disk.mount(20):
        pytest.skip("this user may not mount a file system")
    try:
        shutil.copytree(config.data, disk.folder / "var")
        disk.make_read_only()
        said = refused(command, CUSP_DATA=str(disk.folder / "var"), PORT=str(free_port()))
    finally:
        _forget()
        disk.unmount()
    assert str(disk.folder) in said
    assert "may not be read or written by this user" in said


def test_what_a_person_cannot_put_right_is_not_hidden(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(database, "migrate", lambda _: broken())
    monkeypatch.setattr(sys, "argv", ["cusp", "migrate"])
    with pytest.raises(ZeroDivisionError):
        command_line.main()
