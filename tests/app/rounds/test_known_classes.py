"""Classes that people gave reach a generator that makes images by class."""

from __future__ import annotations

import numpy as np
import pytest

from app.projects.settings import Part
from app.rounds import known_classes, materials, training
from app.rounds.known_classes import UNKNOWN, judge
from app.rounds.stages import Turn
from app.words import StageKind
from tests.app.rounds.conftest import Classroom


def test_too_few_named_images_leave_clusters_to_stand_in() -> None:
    for classes in ([UNKNOWN] * 9, [0] * 9, [0] * 9 + [1] * 4):
        told = judge(np.array(classes))
        assert told.classes is None
        assert "clusters of the pool stand in" in told.why


def test_classes_are_numbered_without_a_gap_and_rare_ones_left_unknown() -> None:
    told = judge(np.array([3] * 5 + [UNKNOWN] * 2 + [1] * 4 + [7] * 6))
    assert told.classes is not None
    assert told.classes.tolist() == [0] * 5 + [UNKNOWN] * 6 + [1] * 6
    assert told.why == "It learned 2 classes from 11 named images."


@pytest.mark.slow
def test_each_answer_stands_at_its_own_image(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_classes, "LEAST_OF_A_CLASS", 1)
    classroom.turn(StageKind.FIT_AND_POSE)
    queries = classroom.open_queries()
    classroom.answer_all()
    session, project_id = classroom.session, classroom.project.id
    told = known_classes.read(session, project_id)
    assert told.classes is not None
    pool = materials.pool_shelf(session, project_id)
    assert len(told.classes) == sum(pool.counts)
    assert (told.classes != UNKNOWN).sum() == len(queries)
    asked = known_classes.asking_store.asked(session, project_id)
    by_class: dict[int, set[int]] = {}
    for row in asked:
        place = int(pool.rows([(row.import_id, row.row)])[0])
        by_class.setdefault(row.outcome_class_id, set()).add(int(told.classes[place]))
    assert all(len(numbers) == 1 for numbers in by_class.values())
    assert len(set.union(*by_class.values())) == len(by_class)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["conditional", "vae"])
def test_only_a_generator_by_class_is_told_answers(part: str, classroom: Classroom) -> None:
    turn = Turn(1, classroom.project.id, StageKind.TRAIN_GENERATOR, number=1, begun=1)
    told = training._told(turn, Part(name=part))
    assert ("classes" in training._classes(told)) is (part == "conditional")
