"""Seeds follow from the project's."""

from __future__ import annotations

from models.rounds.seeds import seed_of


def test_the_same_choice_gets_the_same_seed_on_every_machine() -> None:
    assert seed_of(0, "round", 1) == 1276587601


def test_purposes_rounds_and_projects_get_seeds_of_their_own() -> None:
    seeds = {seed_of(p, purpose, n) for p in range(3) for purpose in ("a", "b") for n in range(5)}
    assert len(seeds) == 30
    assert all(0 <= seed < 2**31 for seed in seeds)
