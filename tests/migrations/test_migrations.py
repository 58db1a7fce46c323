"""The schema goes up and down on both databases, with data, and is what the tables say."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, func, inspect, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import SchemaItem

from app import database, startup
from app.config import Config
from app.errors import DatabaseNewer, DatabaseNotMigrated
from app.rounds import stage_store
from app.tables import (
    AuditEntry,
    Base,
    Claim,
    Image,
    Label,
    ModelCheckpoint,
    Preferences,
    Query,
    QueryImage,
    Reliability,
    Remark,
    SignInFailure,
    Stream,
    StreamImage,
)
from app.words import Answer, Origin, Role
from tests.deployment import REPOSITORY
from tests.factories import Factory

on_both = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgres", marks=pytest.mark.services)],
    indirect=True,
)
#: Newest first.
REVISIONS = [
    script.revision for script in ScriptDirectory(str(REPOSITORY / "migrations")).walk_revisions()
]


def _fill(session: Session, make: Factory) -> None:
    """Put at least one row into every table."""
    project = make.project()
    person = make.member(project, Role.LEAD)
    make.imported(project)
    query = make.query(project, overlap=2)
    make.label(query, person, Answer.CLASS, class_id=make.classes(project)[0].id)
    make.stage(project)
    make.token(person)
    make.session_cookie(person)
    startup.link_for(person.email)
    stage_store.add_worker(session, "worker", host="here", pid=1)
    holdout = make.image(project, Origin.HOLDOUT)
    holdout.class_id = make.classes(project)[1].id
    session.add_all(
        [
            Stream(project_id=project.id, strategy="split", state={}),
            StreamImage(project_id=project.id, client_id="1", content="x", image_id=holdout.id),
            AuditEntry(project_id=project.id, user_id=person.id, action="test"),
            SignInFailure(key="account:x"),
            Claim(query_id=query.id, slot=0, project_id=project.id, user_id=person.id),
            ModelCheckpoint(
                project_id=project.id, kind="features", name="pixels", version=1, artifact="x"
            ),
            Preferences(project_id=project.id, user_id=person.id),
            QueryImage(query_id=query.id, position=0, image_id=holdout.id),
            Reliability(project_id=project.id, user_id=person.id),
            Remark(id="1", project_id=project.id, query_id=query.id, user_id=person.id),
        ]
    )
    session.commit()


def _counts(session: Session) -> dict[str, int]:
    counted = {
        name: session.scalar(select(func.count()).select_from(table))
        for name, table in Base.metadata.tables.items()
    }
    session.rollback()
    return {name: count or 0 for name, count in counted.items()}


def _tables() -> set[str]:
    with database.engine().connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


@on_both
def test_the_migrated_schema_is_what_the_tables_say(config: Config) -> None:
    options = {"compare_type": True, "include_object": _alembic_can_read}
    with database.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def _alembic_can_read(thing: SchemaItem, name: str, *_: object) -> bool:
    """Alembic cannot compare an index with a direction on SQLite; the next test does."""
    return name != "queries_open" or not database.config().on_sqlite


def test_the_migrated_indexes_are_those_of_the_tables(config: Config) -> None:
    created = create_engine("sqlite://")
    Base.metadata.create_all(created)
    assert _indexes(database.engine()) == _indexes(created)


def _indexes(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        found = connection.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'index'"))
        return {sql.replace('"', "") for sql in found if sql}


@on_both
def test_the_schema_goes_down_to_nothing_and_up_again_with_data_in_every_table(
    session: Session, make: Factory
) -> None:
    _fill(session, make)
    assert min(_counts(session).values()) >= 1
    database.migrate("base")
    assert _tables() == set()
    database.migrate()
    assert _tables() == set(Base.metadata.tables)
    assert set(_counts(session).values()) == {0}
    _fill(session, make)


@on_both
@pytest.mark.parametrize("revision", REVISIONS)
def test_going_up_from_every_released_schema_keeps_every_row(
    session: Session, make: Factory, revision: str
) -> None:
    _fill(session, make)
    before = _counts(session)
    database.migrate(revision)
    known = _tables()
    database.migrate()
    database.require_migrated()
    after = _counts(session)
    assert {name: after[name] for name in known} == {name: before[name] for name in known}


@on_both
def test_going_down_takes_the_queries_along_that_the_older_schema_cannot_hold(
    session: Session, make: Factory
) -> None:
    project = make.project()
    person = make.member(project)
    asked = make.query(project)
    repeat = make.query(
        project, image=session.get(Image, asked.image_id), for_user_id=person.id, repeat_of=asked.id
    )
    make.label(repeat, person)
    make.label(asked, person)
    database.migrate("0001")
    database.migrate()
    session.expire_all()
    assert session.scalars(select(Query.id)).all() == [asked.id]
    assert session.scalars(select(Label.query_id)).all() == [asked.id]


@on_both
def test_migrating_twice_changes_nothing(session: Session, make: Factory) -> None:
    _fill(session, make)
    before = _counts(session)
    database.migrate()
    database.migrate(REVISIONS[0])
    assert _counts(session) == before


@on_both
def test_a_revision_that_nobody_knows_changes_nothing(session: Session, make: Factory) -> None:
    _fill(session, make)
    with pytest.raises(database.UnknownRevision):
        database.migrate("nonsense")
    assert min(_counts(session).values()) >= 1


@on_both
def test_a_migration_that_breaks_halfway_leaves_nothing_behind(config: Config) -> None:
    database.migrate("base")
    _run("CREATE TABLE labels (in_the_way INTEGER)")
    with pytest.raises(DatabaseError):
        database.migrate()
    assert _tables() == {"labels"}
    _run("DROP TABLE labels")
    database.migrate()
    database.require_migrated()


@on_both
def test_a_database_without_a_schema_is_too_old(config: Config) -> None:
    database.migrate("base")
    with pytest.raises(DatabaseNotMigrated):
        database.require_migrated()


@on_both
def test_a_newer_database_is_left_alone(session: Session, make: Factory) -> None:
    _fill(session, make)
    before = _counts(session)
    _run("UPDATE alembic_version SET version_num = '9999'")
    for command in (database.migrate, database.require_migrated, _go_down):
        with pytest.raises(DatabaseNewer):
            command()
    assert _counts(session) == before


def _go_down() -> None:
    database.migrate("base")


def _run(statement: str) -> None:
    with database.engine().begin() as connection:
        connection.execute(text(statement))
