"""Images and the imports that brought them in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, now, parent
from app.words import Origin


class Import(Base):
    """Images brought in together; their working-size pixels are one array in the artifact store."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = parent("projects.id", index=True)
    #: What to read: kind, path or upload, holdout share, seed.
    request: Mapped[dict[str, Any]]
    #: `.npy`, uint8 (n, channels, height, width): the pool's images; empty until done.
    pool_array: Mapped[str] = mapped_column(String(300), default="")
    holdout_array: Mapped[str] = mapped_column(String(300), default="")
    pool_count: Mapped[int] = mapped_column(default=0)
    holdout_count: Mapped[int] = mapped_column(default=0)
    #: Counts by verdict, and the first files of each that was refused.
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]


class Image(Base):
    """One picture of a project; its bytes are in the artifact store under their hash."""

    __tablename__ = "images"
    __table_args__ = (
        UniqueConstraint("project_id", "sha256"),
        Index("images_rows", "project_id", "origin", "import_id", "row"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    #: Of the PNG that people see.
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    #: What the source calls it, without its class folder; empty for a synthesized image.
    name: Mapped[str] = mapped_column(String(300), default="")
    origin: Mapped[Origin]
    #: Of a pool or holdout image: where it stands in its import's array.
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    row: Mapped[int | None]
    #: Of a holdout image: its true class.
    class_id: Mapped[int | None] = mapped_column(ForeignKey("classes.id"))
