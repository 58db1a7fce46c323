"""How Alembic reaches the database: through the application's own engine."""

from alembic import context
from sqlalchemy import Connection

from app.database import engine
from app.tables import Base


def check_references(connection: Connection, *, check: bool) -> None:
    """Let SQLite check references, or not: it changes a table by writing it anew, and dropping the
    old one would take along all that refers to it. Does nothing within a transaction.
    """
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        raw.execute(f"PRAGMA foreign_keys={'ON' if check else 'OFF'}")


def refuse_broken_references(connection: Connection) -> None:
    """Stop before anything is kept if a migration left references to nothing."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"The migration would leave a broken reference: {broken}.")


with engine().connect() as connection:
    check_references(connection, check=False)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        user_module_prefix="base.",
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
            refuse_broken_references(connection)
        connection.commit()
    finally:
        connection.rollback()
        check_references(connection, check=True)
