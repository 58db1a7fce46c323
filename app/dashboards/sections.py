"""What each tab of the lead's page shows, read from the tables and turned into shapes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.dashboards import facts, machine, quality, store
from app.dashboards.curve import Point, measured
from app.dashboards.lights import harvest
from app.dashboards.schemas import (
    ClassRow,
    GeneratorNow,
    ImageCounts,
    RoundRow,
    Sheet,
    SourceRow,
    StageNow,
    StageRow,
    WorkerRow,
)
from app.tables import ModelCheckpoint, Round, Stage, Worker, now
from app.words import Origin, Outcome, QueryState, Source
from models.stopping import Limits, Yield

_SHEETS = 12
#: Rounds of synthesis compared, at either end.
_YIELDS = Limits().rounds
#: Workers that ended longer ago than this are history.
_WORKERS_SHOWN_FOR = timedelta(days=1)


def share(part: int, whole: int) -> float | None:
    """Return a share, or None of nothing."""
    return part / whole if whole else None


def round_rows(
    session: Session,
    project_id: int,
    points: Sequence[Point],
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[RoundRow]:
    """Describe one page of rounds, newest first."""
    rounds = store.rounds(session, project_id, before=before, limit=limit)
    counts = store.round_counts(session, [each.id for each in rounds])
    checkpoints = store.checkpoints(session, project_id)
    known = measured(points)
    return [_round_row(each, counts[each.id], checkpoints, known) for each in rounds]


def _round_row(
    each: Round,
    counts: Mapping[str, int],
    checkpoints: Mapping[int, ModelCheckpoint],
    known: Sequence[Point],
) -> RoundRow:
    labeled, refused = counts.get(Outcome.CLASS, 0), counts.get(Outcome.UNRECOGNIZABLE, 0)
    before, after = _accuracies(known, each.number)
    return RoundRow(
        id=each.id,
        number=each.number,
        created_at=each.created_at,
        planned=_by_source(each.mix.get("planned")),
        posed=_by_source(each.mix.get("posed")),
        why=facts.text(each.mix.get("why")),
        held_back=_held_back(each),
        strategies=facts.texts(each.facts.get("strategies")),
        seconds=facts.numbers(each.facts.get("seconds")),
        answers=each.answers,
        labeled=labeled,
        refused=refused,
        refused_share=share(refused, sum(counts.values())),
        accuracy_before=before,
        accuracy_after=after,
        checkpoints=checkpoint_names(each, checkpoints),
    )


def _by_source(mix: object) -> dict[str, int]:
    """Read counts by source, always in the same order."""
    counts = facts.wholes(mix)
    return {source: counts[source] for source in Source if source in counts}


def _held_back(each: Round) -> int:
    """Count images that were left out because they, or nearly they, had been asked before."""
    posing = each.facts.get("posing")
    by_source = posing.values() if isinstance(posing, Mapping) else ()
    repeated = (facts.wholes(found).get("repeated", 0) for found in by_source)
    return (facts.whole(each.facts.get("held_back")) or 0) + sum(repeated)


def _accuracies(known: Sequence[Point], number: int) -> tuple[float | None, float | None]:
    """Return what the round's own learner reached, and the next one that learned its answers."""
    place = bisect_right(known, number, key=lambda point: point.number)
    own = known[place - 1] if place and known[place - 1].number == number else None
    following = known[place] if place < len(known) else None
    return _value(own), _value(following)


def _value(point: Point | None) -> float | None:
    return point.accuracy.value if point and point.accuracy else None


def checkpoint_names(row: Round, known: Mapping[int, ModelCheckpoint]) -> dict[str, str]:
    """Name the checkpoints that a round rested on, by kind."""
    ids = (row.features_id, row.generator_id, row.learner_id, row.recognizability_id)
    used = [known[each] for each in ids if each is not None and each in known]
    return {checkpoint.kind: f"{checkpoint.name} {checkpoint.version}" for checkpoint in used}


def source_rows(tallies: Sequence[store.Tally]) -> list[SourceRow]:
    """Sum up what the queries of each source came to."""
    return [_source_row(source, tallies) for source in Source if _of(tallies, source=source)]


def _source_row(source: Source, tallies: Sequence[store.Tally]) -> SourceRow:
    labeled = _of(tallies, source=source, outcome=Outcome.CLASS)
    refused = _of(tallies, source=source, outcome=Outcome.UNRECOGNIZABLE)
    disputed = _of(tallies, source=source, outcome=Outcome.DISPUTED)
    return SourceRow(
        source=source,
        posed=_of(tallies, source=source),
        open=_of(tallies, source=source, state=QueryState.OPEN),
        labeled=labeled,
        refused=refused,
        disputed=disputed,
        withdrawn=_of(tallies, source=source, state=QueryState.WITHDRAWN),
        refused_share=share(refused, labeled + refused + disputed),
    )


def _of(
    tallies: Sequence[store.Tally],
    *,
    source: Source,
    state: QueryState | None = None,
    outcome: Outcome | None = None,
) -> int:
    return sum(
        each.queries
        for each in tallies
        if each.source is source
        and (state is None or each.state is state)
        and (outcome is None or each.outcome is outcome)
    )


def class_rows(session: Session, project_id: int, tallies: Sequence[store.Tally]) -> list[ClassRow]:
    """Count outcomes and holdout images by class."""
    holdout = store.holdout_by_class(session, project_id)
    return [
        ClassRow(
            class_id=each.id,
            name=each.name,
            archived=each.archived_at is not None,
            outcomes=sum(tally.queries for tally in tallies if tally.class_id == each.id),
            holdout=holdout.get(each.id, 0),
        )
        for each in store.classes(session, project_id)
    ]


def image_counts(session: Session, project_id: int) -> ImageCounts:
    """Count images by origin."""
    counts = store.images_by_origin(session, project_id)
    return ImageCounts(
        pool=counts.get(Origin.POOL, 0),
        synthesized=counts.get(Origin.SYNTHESIZED, 0),
        holdout=counts.get(Origin.HOLDOUT, 0),
        stream=counts.get(Origin.STREAM, 0),
    )


def yields(session: Session, project_id: int) -> list[Yield]:
    """Say what synthesis came to in its first rounds and in its last ones."""
    rounds = store.synthesis(session, project_id)
    shown = rounds if len(rounds) <= 2 * _YIELDS else rounds[:_YIELDS] + rounds[-_YIELDS:]
    counts = store.round_counts(session, [each for each, _ in shown], source=Source.SYNTHESIZED)
    return [
        harvest(
            facts.wholes(told),
            named=counts[each].get(Outcome.CLASS, 0),
            refused=counts[each].get(Outcome.UNRECOGNIZABLE, 0),
        )
        for each, told in shown
    ]


def generator(session: Session, project_id: int) -> GeneratorNow:
    """Show what the generator draws, the newest sheet first."""
    stages = store.generator_stages(session, project_id)
    checkpoints = [
        each for each in store.checkpoints(session, project_id).values() if each.kind == "generator"
    ]
    newest = checkpoints[-1] if checkpoints else None
    losses = facts.series(stages[0].facts.get("losses")) if stages else []
    return GeneratorNow(
        name=newest.name if newest else None,
        version=newest.version if newest else None,
        message=facts.text(newest.facts.get("message")) if newest else "",
        sheets=_sheets(stages, checkpoints)[:_SHEETS],
        losses=losses or (facts.series(newest.facts.get("losses")) if newest else []),
        reports=quality.reports(checkpoints),
    )


def _sheets(stages: Sequence[Stage], checkpoints: Sequence[ModelCheckpoint]) -> list[Sheet]:
    """Collect sheets from checkpoints and from stages without one, each picture once."""
    found: dict[str, Sheet] = {}
    for checkpoint in checkpoints:
        sha256 = facts.text(checkpoint.facts.get("sheet"))
        found[sha256] = Sheet(
            sha256=sha256,
            name=checkpoint.name,
            version=checkpoint.version,
            at=checkpoint.created_at,
        )
    for stage in stages:
        sha256 = facts.text(stage.facts.get("sheet"))
        at = stage.finished_at or stage.started_at or stage.queued_at
        found.setdefault(sha256, Sheet(sha256=sha256, name="training", version=None, at=at))
    found.pop("", None)
    return sorted(found.values(), key=lambda sheet: sheet.at, reverse=True)


def has_sheet(session: Session, project_id: int, sha256: str) -> bool:
    """Whether a picture is a sheet of this project's generator."""
    stages = [each.facts for each in store.generator_stages(session, project_id)]
    checkpoints = [each.facts for each in store.checkpoints(session, project_id).values()]
    return any(known.get("sheet") == sha256 for known in stages + checkpoints)


def stage_now(work: machine.Work) -> StageNow:
    """Describe a stage under way."""
    return StageNow.model_validate(work)


def stage_rows(session: Session, project_id: int) -> list[StageRow]:
    """Describe the latest stages."""
    return [_stage_row(each) for each in store.stages(session, project_id)]


def _stage_row(stage: Stage) -> StageRow:
    work = to_work(stage)
    end = stage.finished_at or now()
    return StageRow(
        **stage_now(work).model_dump(),
        number=stage.number,
        attempt=stage.attempt,
        begun=stage.begun,
        problem=stage.problem,
        final=stage.final,
        seconds=(end - stage.started_at).total_seconds() if stage.started_at else None,
        queued_at=stage.queued_at,
    )


def to_work(stage: Stage) -> machine.Work:
    """Turn a stage's row into what the words need."""
    return machine.Work(
        id=stage.id,
        kind=stage.kind,
        state=stage.state,
        share=stage.share,
        attempt=stage.attempt,
        begun=stage.begun,
        epoch=facts.whole(stage.facts.get("epoch")),
        epochs=facts.whole(stage.facts.get("epochs")),
        loss=facts.number(stage.facts.get("loss")),
        message=facts.text(stage.facts.get("message")),
        problem=stage.problem,
        given_up=stage.final,
        worker=stage.worker_id or "",
        since=stage.started_at,
    )


def worker_rows(session: Session) -> list[WorkerRow]:
    """Describe workers that run, and those that ended lately."""
    at = now()
    known = store.workers(session)
    return [_worker_row(each, at) for each in known if at - each.seen_at < _WORKERS_SHOWN_FOR]


def _worker_row(worker: Worker, at: datetime) -> WorkerRow:
    unseen = (at - worker.seen_at).total_seconds()
    alive = worker.stopped_at is None and not machine.is_missed(unseen)
    return WorkerRow(
        id=worker.id,
        host=worker.host,
        pid=worker.pid,
        started_at=worker.started_at,
        seen_at=worker.seen_at,
        alive=alive,
    )
