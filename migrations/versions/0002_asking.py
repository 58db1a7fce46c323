"""Ways to ask, gold and repeats, reliability of annotators, remarks, preferences."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: SQLite does not keep the names of constraints; these are what Postgres calls them.
_NAMES = {
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
}
_FOR_ALL = sa.text("for_user_id IS NULL")
_QUEUE = ["project_id", "state", sa.text("priority DESC"), "id"]


def upgrade() -> None:
    _create_tables()
    with op.batch_alter_table("budgets") as budgets:
        budgets.add_column(sa.Column("max_daily", sa.Integer(), nullable=True))
    with op.batch_alter_table("labels", naming_convention=_NAMES) as labels:
        labels.add_column(sa.Column("refusal", sa.String(32), nullable=True))
        labels.add_column(sa.Column("way", sa.String(32), nullable=False, server_default="single"))
        labels.add_column(sa.Column("marks", sa.JSON(), nullable=True))
        labels.add_column(sa.Column("twin_image_id", sa.Integer(), nullable=True))
        labels.create_foreign_key("labels_twin_image_id_fkey", "images", ["twin_image_id"], ["id"])
    with op.batch_alter_table("queries", naming_convention=_NAMES) as queries:
        queries.drop_index("queries_open")
        queries.drop_constraint("queries_project_id_image_id_key", type_="unique")
        queries.add_column(sa.Column("way", sa.String(32), nullable=False, server_default="single"))
        queries.add_column(sa.Column("about", sa.JSON(), nullable=False, server_default="{}"))
        queries.add_column(sa.Column("for_user_id", sa.Integer(), nullable=True))
        queries.add_column(sa.Column("repeat_of", sa.Integer(), nullable=True))
        queries.add_column(sa.Column("outcome_marks", sa.JSON(), nullable=True))
        queries.add_column(sa.Column("adjudicated_by", sa.Integer(), nullable=True))
        queries.create_foreign_key(
            "queries_for_user_id_fkey", "users", ["for_user_id"], ["id"], ondelete="CASCADE"
        )
        queries.create_foreign_key(
            "queries_repeat_of_fkey", "queries", ["repeat_of"], ["id"], ondelete="CASCADE"
        )
        queries.create_foreign_key(
            "queries_adjudicated_by_fkey", "users", ["adjudicated_by"], ["id"], ondelete="SET NULL"
        )
    op.create_index("queries_open", "queries", _QUEUE)
    op.create_index(
        "queries_once",
        "queries",
        ["project_id", "image_id"],
        unique=True,
        sqlite_where=_FOR_ALL,
        postgresql_where=_FOR_ALL,
    )


def _create_tables() -> None:
    op.create_table(
        "preferences",
        _parent("project_id", "projects.id", primary_key=True),
        _parent("user_id", "users.id", primary_key=True, index=True),
        sa.Column("choices", sa.JSON(), nullable=False),
    )
    op.create_table(
        "reliabilities",
        _parent("project_id", "projects.id", primary_key=True),
        _parent("user_id", "users.id", primary_key=True, index=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("warning", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "query_images",
        _parent("query_id", "queries.id", primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        _parent("image_id", "images.id", index=True),
    )
    op.create_table(
        "remarks",
        sa.Column("id", sa.String(36), primary_key=True),
        _parent("project_id", "projects.id"),
        _parent("query_id", "queries.id", index=True),
        _parent("user_id", "users.id"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("remarks_project", "remarks", ["project_id", "at", "id"])


def _parent(name: str, column: str, **options: bool) -> sa.Column[int]:
    return sa.Column(
        name, sa.Integer(), sa.ForeignKey(column, ondelete="CASCADE"), nullable=False, **options
    )


def downgrade() -> None:
    """Queries of the new kinds go, with what hangs on them; all others stay."""
    for table in ("remarks", "query_images", "reliabilities", "preferences"):
        op.drop_table(table)
    op.execute(
        "DELETE FROM labels WHERE query_id IN (SELECT id FROM queries WHERE for_user_id IS NOT NULL OR way NOT IN ('single', 'grid'))"
    )
    op.execute(
        "DELETE FROM claims WHERE query_id IN (SELECT id FROM queries WHERE for_user_id IS NOT NULL OR way NOT IN ('single', 'grid'))"
    )
    op.execute("DELETE FROM queries WHERE for_user_id IS NOT NULL OR way NOT IN ('single', 'grid')")
    op.drop_index("queries_once", "queries")
    op.drop_index("queries_open", "queries")
    with op.batch_alter_table("queries", naming_convention=_NAMES) as queries:
        for constraint in ("adjudicated_by", "repeat_of", "for_user_id"):
            queries.drop_constraint(f"queries_{constraint}_fkey", type_="foreignkey")
        for column in (
            "adjudicated_by",
            "outcome_marks",
            "repeat_of",
            "for_user_id",
            "about",
            "way",
        ):
            queries.drop_column(column)
        queries.create_unique_constraint(
            "queries_project_id_image_id_key", ["project_id", "image_id"]
        )
    op.create_index("queries_open", "queries", _QUEUE)
    with op.batch_alter_table("labels", naming_convention=_NAMES) as labels:
        labels.drop_constraint("labels_twin_image_id_fkey", type_="foreignkey")
        for column in ("twin_image_id", "marks", "way", "refusal"):
            labels.drop_column(column)
    with op.batch_alter_table("budgets") as budgets:
        budgets.drop_column("max_daily")
