"""How Alembic reaches the database: through the application's own engine."""

from alembic import context

from app.database import engine
from app.tables import Base

with engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        user_module_prefix="base.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
