import pytest

from app.dashboards import facts


@pytest.mark.parametrize("odd", [None, "text", [1], True, {}])
def test_odd_facts_read_as_nothing(odd: object) -> None:
    assert facts.number(odd) is None
    assert facts.wholes(odd) == {}
    assert facts.texts(odd) == {}


def test_what_is_of_the_right_kind_is_kept() -> None:
    assert facts.wholes({"pool": 5, "odd": None, "yes": True}) == {"pool": 5}
    assert facts.texts({"pool": "margin", "odd": 3}) == {"pool": "margin"}
    assert facts.series([0.2, None, 0.1]) == [0.2, 0.1]
    assert facts.series("0.2") == []


def test_provenance_is_written_for_people() -> None:
    lines = facts.readable(
        {
            "seed": 7,
            "latent": [0.5] * 24,
            "twins": [[1, 0.5]],
            "why": {"margin": 0.1},
            "options": {"clip_to": 0.123456789, "diverse": True},
            "started_at": None,
        }
    )
    assert lines == {
        "seed": "7",
        "latent": "0.5, 0.5, 0.5, 0.5, … (24 numbers)",
        "options: clip to": "0.123457",
        "options: diverse": "yes",
        "started at": "none",
    }
