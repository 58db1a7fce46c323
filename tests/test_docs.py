"""The documentation is tested: what it names exists, and what exists is named."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import typer

from app import words
from app.__main__ import cli
from app.config import Config
from app.health import metrics
from app.labeling.claims import Lending
from app.labeling.schemas import Verdict
from app.main import create_app
from app.projects.settings import ProjectSettings
from models import catalog
from models.presets import PRESETS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
#: Words of the design that everything is written in.
WORDS = """
project pool image holdout generator latent features learner strategy utility query round answer
label unrecognizable recognizability outcome overlap claim budget stage checkpoint model source mix
margin worker replay
"""


def _text(name: str) -> str:
    return (DOCS / name).read_text()


def _sections(text: str, level: int) -> dict[str, str]:
    """Map headings of a level to what stands below them."""
    parts = re.split(rf"^{'#' * level} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _blocks(page: Path) -> Iterator[str]:
    """Yield the shell commands of a page, continued lines joined."""
    for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        yield block.replace("\\\n", " ")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


# ---- commands ----


def _commands(group: Any = None, prefix: str = "cusp") -> Iterator[tuple[str, Any]]:
    group = group or typer.main.get_command(cli)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{prefix} {name}")
        elif not command.hidden:
            yield f"{prefix} {name}", command


COMMANDS = dict(_commands())
#: A call of `cusp` in a shell block: the command, and what follows it.
CUSP = r"(?:^|&& |/)cusp ((?:user |bench )?[a-z]+)([^&]*)"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_heading_with_every_option(name: str) -> None:
    section = _sections(_text("commands.md"), 2)[name]
    for parameter in COMMANDS[name].params:
        if parameter.param_type_name == "option" and not parameter.hidden:
            assert parameter.opts[0] in section, f"{name} {parameter.opts[0]}"


def test_no_command_is_described_that_does_not_exist() -> None:
    described = {name for name in _sections(_text("commands.md"), 2) if name.startswith("cusp ")}
    assert described == set(COMMANDS)


def test_every_make_target_is_named_and_every_named_one_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", _text("commands.md"))) == targets
    for page in PAGES:
        named = set(re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", page.read_text(), re.MULTILINE))
        assert {one or other for one, other in named} <= targets, _name(page)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_commands_in_blocks_exist(page: Path) -> None:
    for block in _blocks(page):
        for line in block.splitlines():
            if "docker-compose" in line:
                continue
            for name, rest in re.findall(CUSP, line.split("#")[0]):
                command = COMMANDS[f"cusp {name}"]
                known = {option for parameter in command.params for option in parameter.opts}
                used = [each for each in shlex.split(rest) if each.startswith("--")]
                assert set(used) <= known, line


# ---- settings ----


@pytest.mark.parametrize("name", Config.model_fields)
def test_every_setting_of_a_deployment_is_listed_with_its_default(name: str) -> None:
    default = str(Config.model_fields[name].default)
    row = rf"^\| `CUSP_{name.upper()}` \| {f'`{re.escape(default)}`' if default else ''} ?\| \S"
    assert re.search(row, _text("operations.md"), re.MULTILINE), f"CUSP_{name.upper()}: {default}"


def test_no_setting_is_named_that_does_not_exist() -> None:
    known = {f"CUSP_{name.upper()}" for name in Config.model_fields}
    known |= {"CUSP_DEMO", "CUSP_TOKEN", "CUSP_TEST_POSTGRES_URL"}
    known |= {"CUSP_TEST_CHAOS_ROUNDS", "CUSP_TEST_CHAOS_SEED"}
    for page in PAGES:
        named = set(re.findall(r"\bCUSP_[A-Z_]+[A-Z]\b", page.read_text()))
        assert named <= known, _name(page)


@pytest.mark.parametrize("name", ProjectSettings.model_fields)
def test_every_setting_of_a_project_is_listed_with_its_default(name: str) -> None:
    row = re.search(rf"^\| `{name}` \| (.+?) \| (.+?) \|", _text("leads.md"), re.MULTILINE)
    assert row, name
    default = ProjectSettings.model_fields[name].default
    match default:
        case bool():
            told = "yes" if default else "no"
        case StrEnum():
            told = f"`{default}`"
        case int() | float():
            told = str(default)
        case _ if hasattr(default, "name"):
            told = f"`{default.name}`"
        case _:
            told = " / ".join(f"{share:g}" for share in default.model_dump().values())
    assert row[1] == told


@pytest.mark.parametrize("entry", catalog.ENTRIES, ids=lambda entry: entry.name)
def test_every_part_is_listed_with_its_options(entry: catalog.Entry) -> None:
    row = re.search(rf"^\| `{entry.name}` \| {entry.kind} \|.*$", _text("leads.md"), re.MULTILINE)
    assert row, entry.name
    for each in fields(entry.options):
        told = each.default if isinstance(each.default, str) else f"{each.default:g}"
        assert f"`{each.name}` ({told})" in row[0]


def test_every_preset_is_named() -> None:
    for name in PRESETS:
        assert f"- `{name}`:" in _text("leads.md")


# ---- words ----


@pytest.mark.parametrize("word", WORDS.split())
def test_every_word_of_the_design_is_in_the_glossary(word: str) -> None:
    assert _sections(_text("glossary.md"), 3)[word].strip()


def test_a_word_has_one_heading() -> None:
    headings = re.findall(r"^### (.+)$", _text("glossary.md"), re.MULTILINE)
    assert len(headings) == len(set(headings))


def _enums() -> list[type[StrEnum]]:
    found = vars(words).values()
    return [each for each in found if isinstance(each, type) and issubclass(each, StrEnum)]


@pytest.mark.parametrize("kind", [kind for kind in _enums() if kind is not StrEnum])
def test_every_value_in_the_database_is_explained(kind: type[StrEnum]) -> None:
    section = _sections(_text("glossary.md"), 3)[kind.__name__]
    missing = [member.value for member in kind if f"`{member.value}`" not in section]
    assert not missing


@pytest.mark.parametrize("value", [*Verdict, *Lending])
def test_every_reply_to_a_labeling_program_is_explained(value: str) -> None:
    assert re.search(rf"^\| `{value}` \| \S", _text("admins.md"), re.MULTILINE)


def test_every_metric_is_listed(session: Any) -> None:
    exposed = metrics.text(session).decode()
    for name in set(re.findall(r"^# HELP (cusp_[a-z_]+?)(?:_total|_created)? ", exposed, re.M)):
        assert f"`{name}`" in _text("operations.md"), name


# ---- decisions ----

DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_in_the_index_under_its_title_and_complete(page: Path) -> None:
    text = page.read_text()
    title = text.splitlines()[0].removeprefix("# ")
    assert title.startswith(page.stem[:4])
    assert re.search(rf"^- \[.+\]\({page.name}\)$", _text("decisions/README.md"), re.MULTILINE)
    assert f"[{title}]" in _text("decisions/README.md")
    assert list(_sections(text, 2)) == ["Context", "Decision", "Consequences", "Alternatives"]


def test_the_index_names_no_decision_that_is_not_there() -> None:
    named = re.findall(r"\]\((0\d+-[a-z0-9-]+\.md)\)", _text("decisions/README.md"))
    assert named == [page.name for page in DECISIONS]


# ---- links and paths ----


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_within_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if link.startswith(("http:", "https:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    folders = r"(?:app|models|templates|static|migrations|scripts|tests)"
    for name in re.findall(rf"`({folders}/[\w./-]+)`", page.read_text()):
        assert (ROOT / name).exists(), name


# ---- REST ----

CALL = re.compile(r'curl (?:-X (?P<method>[A-Z]+) )?"\$CUSP(?P<path>/[^"?]+)')


def _calls() -> list[tuple[str, str, str]]:
    found = []
    for page in PAGES:
        for block in _blocks(page):
            for text in re.findall(r"^curl .*?(?=^curl |\Z)", block, re.MULTILINE | re.DOTALL):
                call = CALL.match(text)
                assert call, text
                found.append((call["method"] or "GET", call["path"], text))
    return found


def test_rest_examples_name_calls_that_exist() -> None:
    described = create_app().openapi()["paths"]
    templates = {re.sub(r"\{\w+\}", "[^/]+", path): path for path in described}
    calls = _calls()
    assert len(calls) > 10
    for method, path, _ in calls:
        fitting = [each for pattern, each in templates.items() if re.fullmatch(pattern, path)]
        assert any(method.lower() in described[each] for each in fitting), f"{method} {path}"


def test_bodies_of_rest_examples_are_json() -> None:
    for _, path, text in _calls():
        for body in re.findall(r"-d '(.*?)'", text, re.DOTALL):
            assert json.loads(body), path
        for choices in re.findall(r"-F 'choices=(.*?)'", text, re.DOTALL):
            assert json.loads(choices), path


# ---- the readme ----


def test_the_two_commands_stand_at_the_top() -> None:
    top = (ROOT / "README.md").read_text().splitlines()[:6]
    assert [line.split("#")[0].strip() for line in top[3:5]] == ["make run", "make test"]


def test_every_folder_is_on_the_map() -> None:
    readme = _sections((ROOT / "README.md").read_text(), 2)["Map of the code"]
    features = [path.parent.name for path in (ROOT / "app").glob("*/__init__.py")]
    assert [name for name in features if f"{name}/" not in readme] == []


def test_every_guide_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for page in DOCS.glob("*.md"):
        assert f"docs/{page.name}" in readme, page.name
