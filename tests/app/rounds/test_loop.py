"""The loop on real digits: fit, pose, label, again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import artifacts, database
from app.bodies import body_of
from app.projects.settings import ProjectSettings
from app.rounds import evaluating, materials, stage_store, stages
from app.rounds.replaying import NotSynthesized, replay
from app.tables import Image, Import, ModelCheckpoint, Project, Query, Stage
from app.words import Origin, Outcome, ProjectState, QueryState, Source, StageKind, StageState
from tests.app.rounds.conftest import Classroom

pytestmark = pytest.mark.slow

POSE, EVALUATE = StageKind.FIT_AND_POSE, StageKind.EVALUATE
LEARN, TRAIN = StageKind.LEARN_FEATURES, StageKind.TRAIN_GENERATOR


def test_the_first_round_asks_typical_images_before_anything_is_trained(
    classroom: Classroom,
) -> None:
    classroom.turn(POSE)
    assert [query.source for query in classroom.open_queries()] == [Source.COLD_START] * 10
    assert classroom.rounds()[0].learner_id is None


def test_answers_make_a_learner_whose_accuracy_is_measured(classroom: Classroom) -> None:
    classroom.turn(POSE)
    classroom.answer_all()
    classroom.turn(POSE)
    classroom.turn(EVALUATE)
    latest = classroom.rounds()[-1]
    assert (latest.number, latest.labeled, latest.answers) == (2, 10, 10)
    assert latest.holdout_count == 359
    assert latest.holdout_right is not None
    assert latest.holdout_right > 359 * 0.4


def test_a_trained_generator_brings_synthesized_queries(trained: Classroom) -> None:
    sources = {query.source for query in trained.open_queries()}
    assert sources == {Source.SYNTHESIZED, Source.POOL, Source.EXPLORE}
    made = [q for q in trained.open_queries() if q.source is Source.SYNTHESIZED]
    for query in made:
        image = trained.session.get_one(Image, query.image_id)
        assert image.origin is Origin.SYNTHESIZED
        assert artifacts.exists(artifacts.image_name(image.sha256))
        assert len(query.provenance["latent"]) == 24


def test_changed_images_stand_in_for_an_autoencoder_that_draws_too_faintly(
    classroom: Classroom,
) -> None:
    project = classroom.session.get_one(Project, classroom.project.id)
    # No autoencoder keeps every edge.
    asked = {"name": "vae", "options": {"epochs": 1, "least_steps": 20, "least_edges": 1.0}}
    project.settings = {**project.settings, "generator": asked}
    classroom.session.commit()
    classroom.turn(LEARN)
    (stage,) = classroom.turn(TRAIN)
    made = classroom.session.scalars(
        select(ModelCheckpoint).where(ModelCheckpoint.kind == "generator")
    ).one()
    assert (made.name, made.facts["asked"]) == ("perturbation", asked)
    assert "too few to be named" in stage.facts["message"]
    assert made.facts["message"] == stage.facts["message"]
    # It answers to the settings, so that nothing is trained again.
    assert classroom.turn(TRAIN) == []
    classroom.turn(POSE)
    classroom.answer_all()
    classroom.turn(POSE)
    query = next(q for q in classroom.open_queries() if q.source is Source.SYNTHESIZED)
    classroom.session.rollback()
    assert "bit for bit" in replay(query.id)


def test_a_synthesized_query_replays_bit_for_bit_from_its_row(trained: Classroom) -> None:
    query = next(q for q in trained.open_queries() if q.source is Source.SYNTHESIZED)
    trained.session.rollback()
    materials.forget()
    assert "bit for bit" in replay(query.id)


def test_a_changed_latent_does_not_replay(trained: Classroom) -> None:
    query = next(q for q in trained.open_queries() if q.source is Source.SYNTHESIZED)
    latent = [-number for number in query.provenance["latent"]]
    query.provenance = {**query.provenance, "latent": latent}
    trained.session.commit()
    assert "differs" in replay(query.id)


def test_a_real_image_has_nothing_to_replay(trained: Classroom) -> None:
    query = next(q for q in trained.open_queries() if q.source is Source.POOL)
    trained.session.rollback()
    with pytest.raises(NotSynthesized):
        replay(query.id)


def test_no_image_is_asked_twice_and_no_holdout_image_ever(trained: Classroom) -> None:
    for _ in range(4):
        trained.answer_all()
        trained.turn(POSE)
    session = trained.session
    images = session.scalars(select(Query.image_id)).all()
    assert len(images) == len(set(images)) >= 50
    origins = set(session.scalars(select(Image.origin).where(Image.id.in_(images))))
    assert origins == {Origin.POOL, Origin.SYNTHESIZED}


def test_unrecognizable_is_an_answer_that_never_becomes_a_class(trained: Classroom) -> None:
    made = [q for q in trained.open_queries() if q.source is Source.SYNTHESIZED]
    for query in made:
        trained.settle(query, Outcome.UNRECOGNIZABLE)
    trained.answer_all()
    trained.turn(POSE)
    latest = trained.rounds()[-1]
    assert latest.refused == len(made)
    assert latest.labeled == 20 - len(made)
    assert latest.answers == 20


def test_enough_refusals_train_the_recognizability_head(trained: Classroom) -> None:
    for _ in range(6):
        made = [q for q in trained.open_queries() if q.source is Source.SYNTHESIZED]
        for query in made[::2]:
            trained.settle(query, Outcome.UNRECOGNIZABLE)
        trained.answer_all()
        trained.turn(POSE)
    latest = trained.rounds()[-1]
    assert latest.recognizability_id is not None
    assert 0 <= latest.facts["recognizability"]["auc"] <= 1


def test_disputed_queries_teach_nothing(classroom: Classroom) -> None:
    classroom.turn(POSE)
    first, *rest = classroom.open_queries()
    classroom.settle(first, Outcome.DISPUTED)
    for query in rest:
        classroom.settle(query)
    classroom.turn(POSE)
    assert classroom.rounds()[-1].labeled == 9


def test_the_queue_is_reranked_by_a_newer_learner(trained: Classroom) -> None:
    before = {query.id: query.priority for query in trained.open_queries()}
    for query in trained.open_queries()[:6]:
        trained.settle(query)
    trained.turn(POSE)
    trained.session.rollback()
    after = {query.id: query.priority for query in trained.open_queries()}
    assert any(after[each] != before[each] for each in after.keys() & before.keys())


def test_what_another_worker_has_taken_over_does_not_count(classroom: Classroom) -> None:
    def overtaken(turn: stages.Turn) -> None:
        with database.writing() as session:
            stage_store.begin(session, turn.stage_id, worker_id="another")
        body_of(POSE)(turn)

    classroom.turn(EVALUATE)
    stage = classroom.session.scalars(select(Stage).where(Stage.kind == POSE)).one()
    classroom.session.rollback()
    stages.run(stage.id, worker_id="here", body_of={POSE: overtaken}.__getitem__)
    assert classroom.rounds() == []
    assert classroom.open_queries() == []
    assert classroom.session.get_one(Stage, stage.id).state is StageState.RUNNING


def test_a_stage_that_is_done_is_not_run_again(classroom: Classroom) -> None:
    done = classroom.turn(POSE)[0]
    stages.run(done.id, worker_id="another", body_of=body_of)
    assert len(classroom.rounds()) == 1


def test_lost_vectors_are_made_again(trained: Classroom) -> None:
    features = trained.session.scalars(
        select(ModelCheckpoint).where(ModelCheckpoint.kind == "features")
    ).one()
    name = (
        f"{features.artifact}.{materials.pool_shelf(trained.session, trained.project.id).key}.npy"
    )
    trained.answer_all()
    assert artifacts.exists(name)
    artifacts.delete(name)
    materials.forget()
    trained.turn(POSE)
    assert artifacts.exists(name)
    assert len(trained.rounds()) == 3


def test_a_lost_checkpoint_ends_in_a_sentence_and_loses_nothing(trained: Classroom) -> None:
    generator = trained.session.scalars(
        select(ModelCheckpoint).where(ModelCheckpoint.kind == "generator")
    ).one()
    artifacts.delete(generator.artifact)
    materials.forget()
    trained.answer_all()
    failed = trained.turn(POSE)[0]
    assert failed.state is StageState.FAILED
    assert "is gone; restore it from a backup" in failed.problem
    answered = select(func.count()).select_from(Query).where(Query.state == QueryState.SETTLED)
    assert trained.session.scalar(answered) == 20


def test_a_pool_of_three_images_is_asked_and_then_finished(classroom: Classroom) -> None:
    session, project = classroom.session, classroom.project
    brought_in = session.scalars(select(Import)).one()
    pool = materials.images(materials.pool_shelf(session, project.id))[:3]
    artifacts.write_array(brought_in.pool_array, pool.copy())
    brought_in.pool_count = 3
    session.commit()
    materials.forget()
    for _ in range(4):
        classroom.turn()
        classroom.answer_all()
    classroom.turn()
    session.expire_all()
    posed = session.scalars(select(Query.source)).all()
    assert len(posed) == 3
    assert session.get_one(Project, project.id).state is ProjectState.FINISHED
    assert "Import more images" in session.get_one(Project, project.id).notice
    refusals = set(session.scalars(select(Stage.problem).where(Stage.kind.in_([LEARN, TRAIN]))))
    assert all("needs at least" in problem for problem in refusals)


def test_a_round_takes_the_settings_that_hold_when_it_is_posed(classroom: Classroom) -> None:
    classroom.turn(POSE)
    classroom.answer_all()
    project = classroom.session.get_one(Project, classroom.project.id)
    changed = ProjectSettings.model_validate({**project.settings, "batch_size": 4, "overlap": 3})
    project.settings, project.settings_version = changed.model_dump(mode="json"), 2
    classroom.session.commit()
    classroom.turn(POSE)
    assert classroom.rounds()[-1].settings_version == 2
    assert [query.overlap for query in classroom.open_queries()] == [3] * 4


def test_a_learner_is_compared_with_the_one_before_it(classroom: Classroom) -> None:
    for _ in range(3):
        classroom.turn(POSE)
        classroom.turn(EVALUATE)
        classroom.answer_all()
    first, second, third = (each.facts for each in classroom.rounds())
    assert "kappa" not in first
    assert "kappa" not in second
    assert 0.3 < third["agreement"] < 1
    assert 0 < third["kappa"] < third["agreement"]


def test_learners_are_compared_on_real_images_that_are_the_same_in_every_round(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, "STOPPING_SET", 40)
    sets = [evaluating._stopping_set(classroom.session, classroom.project.id) for _ in range(2)]
    (pool, rows), (_, again) = sets
    assert pool.origin is Origin.POOL
    assert len(set(rows.tolist())) == 40
    assert rows.tolist() == again.tolist()
    assert rows.max() < sum(pool.counts)
