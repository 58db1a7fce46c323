"""Which measurements run, and what becomes of their results."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.benchmarks import runner
from app.benchmarks.plan import LoadPlan, Plan, Say
from app.benchmarks.report import Table
from app.config import Config


def _measure(plan: Plan, say: Say) -> Table:
    say(f"on {plan.data or 'digits'}")
    return Table("One", ("What", "Time"), (("it", "1 ms"),))


@pytest.fixture(autouse=True)
def page(tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runner, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr(runner, "limit_threads", lambda: None)
    monkeypatch.setattr(
        runner, "MEASUREMENTS", {"one": _measure, "two": lambda *asked: [_measure(*asked)] * 2}
    )
    return tmp_path / "benchmarks.md"


def test_a_whole_run_writes_the_page(page: Path) -> None:
    lines: list[str] = []
    runner.run(Plan(data="/some/where/mnist.npz"), lines.append)
    assert page.read_text().count("## One") == 3
    assert "cusp bench speed --data mnist.npz\n" in page.read_text()
    assert "/some/where" not in page.read_text()
    assert "on /some/where/mnist.npz" in lines


def test_the_page_tells_the_command_that_repeats_it_and_no_place(page: Path) -> None:
    load = LoadPlan((8, 50), minutes=30, database_url="postgresql://me:secret@there/cusp")
    runner.run(Plan(data="/some/where/mnist.npz", load=load), lambda _: None)
    told = (
        "cusp bench speed --data mnist.npz --annotators 8 --annotators 50 --minutes 30"
        " --database-url URL\n"
    )
    assert told in page.read_text()
    assert "secret" not in page.read_text()


def test_a_part_of_it_is_only_printed(page: Path) -> None:
    lines: list[str] = []
    runner.run(Plan(names=("two",)), lines.append)
    assert lines[-1].count("## One") == 2
    assert not page.exists()


def test_a_part_takes_its_place_on_a_page_of_the_same_machine(page: Path) -> None:
    runner.run(Plan(), lambda _: None)
    lines: list[str] = []
    runner.run(Plan(names=("one",), data="/some/where/mnist.npz", renew=True), lines.append)
    assert "with `cusp bench speed one --data mnist.npz --renew`." in page.read_text()
    assert lines[-1].startswith("Written to")


def test_no_part_takes_its_place_on_the_page_of_another_machine(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    part = Plan(names=("one",), renew=True)
    with pytest.raises(runner.NotRenewed, match="there is none"):
        runner.run(part, lines.append)
    runner.run(Plan(), lambda _: None)
    monkeypatch.setattr(runner.machine, "_memory", lambda: 1024**2)
    with pytest.raises(runner.NotRenewed, match="another Memory. Measure everything"):
        runner.run(part, lines.append)
    assert lines == []
    assert "by itself" not in page.read_text()


def test_a_section_that_the_page_lacks_is_not_renewed(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner.run(Plan(), lambda _: None)
    page.write_text(page.read_text().replace("## One", "## Another"))
    with pytest.raises(runner.NotRenewed, match="no section 'One'"):
        runner.run(Plan(names=("one",), renew=True), lambda _: None)


def test_an_unknown_measurement_is_refused_before_anything_is_measured() -> None:
    lines: list[str] = []
    with pytest.raises(runner.UnknownMeasurement, match="Choose of: one, two"):
        runner.run(Plan(names=("one", "three")), lines.append)
    assert lines == []
