import pytest

from app.dashboards import figures


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.93, "93.0 %"), (1.0, "100.0 %"), (0.9999, "99.9 %"), (0.0, "0.0 %"), (0.0001, "0.1 %")],
)
def test_percent_never_claims_all_or_nothing_too_soon(share: float, text: str) -> None:
    assert figures.percent(share) == text


@pytest.mark.parametrize(
    ("change", "text"),
    [(0.012, "+1.2 points"), (-0.003, "−0.3 points"), (0.0001, "±0.0 points")],
)
def test_changes_carry_their_sign(change: float, text: str) -> None:
    assert figures.points(change) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (42, "42 s"), (60, "1 min"), (7200, "2 h"), (200_000, "2 d")],
)
def test_spans_use_their_largest_unit(seconds: float, text: str) -> None:
    assert figures.span(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"), [(7, "7"), (44, "44"), (437, "440"), (1_049, "1,000"), (98_765, "99,000")]
)
def test_forecast_counts_are_no_more_exact_than_known(number: int, text: str) -> None:
    assert figures.rounded(number) == text


@pytest.mark.parametrize(("share", "text"), [(0.95, "95 %"), (0.995, "99.5 %")])
def test_targets_have_no_decimals_to_spare(share: float, text: str) -> None:
    assert figures.target(share) == text


def test_counts_agree_with_their_noun() -> None:
    assert figures.count(1, "query", "queries") == "1 query"
    assert figures.count(1200, "answer") == "1,200 answers"


def test_short_steps_are_said_in_milliseconds() -> None:
    assert figures.step(0.03) == "30 ms"
    assert figures.step(1.25) == "1.2 s"
