"""The floors that no list of modules can say; the contracts in pyproject.toml say the others."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for folder in ("app", "models") for path in (ROOT / folder).rglob("*.py"))
#: What begins a statement to the database.
STATEMENTS = {"select", "insert", "update", "delete", "text", "exists", "func", "literal"}
#: A library that one place alone may use, so that it can be exchanged there.
ONE_PLACE = {
    "alembic": {"app/database.py"},
    "argon2": {"app/accounts/passwords.py"},
    "dbos": {"app/engine.py", "app/worker.py"},
    "fsspec": {"app/artifacts.py"},
    "safetensors": {"models/checkpoints.py"},
    "uvicorn": {"app/serving.py"},
}
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield each imported module with the names taken out of it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, {each.name for each in node.names}
        elif isinstance(node, ast.Import):
            yield from ((each.name, set()) for each in node.names)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("app", "models")


def _may_hold_statements(path: Path) -> bool:
    in_tables = path.parent.name == "tables"
    return in_tables or path.stem.endswith("store") or path.stem in ("database", "liveness")


def test_statements_to_the_database_stand_in_stores_alone() -> None:
    strays = [
        _name(path)
        for path in MODULES
        if not _may_hold_statements(path)
        for module, names in _imports(path)
        if module.partition(".")[0] == "sqlalchemy" and names & STATEMENTS
    ]
    assert not strays


def test_no_module_imports_itself_in_a_circle(graph: grimp.ImportGraph) -> None:
    below = {each: graph.find_modules_directly_imported_by(each) for each in graph.modules}
    # Raises where there is a circle.
    assert set(TopologicalSorter(below).static_order()) == graph.modules


def test_only_the_application_knows_routes(graph: grimp.ImportGraph) -> None:
    routes = [each for each in graph.modules if each.endswith("routes")]
    assert len(routes) > 10
    known = {each: graph.find_modules_that_directly_import(each) for each in routes}
    assert {each: found for each, found in known.items() if found != {"app.main"}} == {}


def test_stores_know_tables_and_pure_rules_but_no_service(graph: grimp.ImportGraph) -> None:
    below = ("app.tables", "app.database", "app.words", "app.errors", "app.engine")
    rules = {
        "app.dashboards.curve",
        "app.labeling.consensus",
        "app.labeling.judging",
        "app.labeling.preferences_keys",
        "app.projects.budgets",
        "app.trust.evidence",
        "models.stopping",
    }
    for store in [each for each in graph.modules if each.endswith("store")]:
        for known in graph.find_modules_directly_imported_by(store):
            fits = known.startswith(below) or known.endswith("store") or known in rules
            assert fits, f"{store} imports {known}"


@pytest.mark.parametrize("library", ONE_PLACE)
def test_a_library_that_may_be_exchanged_has_one_place(library: str) -> None:
    users = {
        _name(path)
        for path in MODULES
        for module, _ in _imports(path)
        if module.partition(".")[0] == library
    }
    assert users == ONE_PLACE[library]


def test_services_never_commit() -> None:
    committing = {
        _name(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback")
    }
    assert committing <= {"app/database.py"}


def test_the_web_process_never_loads_torch(tmp_path: Path) -> None:
    script = (
        "import sys; from app import serving, startup, supervisor; from app.main import create_app;"
        " create_app().openapi(); sys.exit(' '.join({'torch', 'sklearn'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "CUSP_DATA": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr


def test_the_command_line_lists_its_commands_without_loading_torch() -> None:
    script = (
        "import sys, app.__main__; sys.exit('torch' in sys.modules or 'fastapi' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60, cwd=ROOT)
    assert done.returncode == 0


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= LONGEST_MODULE
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long


def test_nothing_under_tests_hides_the_application() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
