"""Projects, their classes, members, settings and budgets."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, now, parent
from app.words import ProjectState, Role


class Project(Base):
    """One set of classes, one pool, one budget."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    question: Mapped[str] = mapped_column(String(300), default="")
    guidelines: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ProjectState] = mapped_column(default=ProjectState.DRAFT)
    #: Why the machine itself stopped, in one sentence; empty otherwise.
    notice: Mapped[str] = mapped_column(String(500), default="")
    #: The current version of the settings; older ones are in `settings_versions`.
    settings: Mapped[dict[str, Any]]
    settings_version: Mapped[int] = mapped_column(default=1)
    #: The working size of images, fixed by the first import; None before.
    channels: Mapped[int | None]
    height: Mapped[int | None]
    width: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class SettingsVersion(Base):
    """One version of a project's settings: who set it, and when."""

    __tablename__ = "settings_versions"

    project_id: Mapped[int] = parent("projects.id", primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    settings: Mapped[dict[str, Any]]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(default=now)


class ProjectClass(Base):
    """A class of a project: archived when no longer wanted, never deleted."""

    __tablename__ = "classes"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    name: Mapped[str] = mapped_column(String(100))
    #: The key that answers with it.
    key: Mapped[str] = mapped_column(String(20), default="")
    position: Mapped[int]
    archived_at: Mapped[datetime | None]


class Membership(Base):
    """A user's role in a project."""

    __tablename__ = "memberships"

    project_id: Mapped[int] = parent("projects.id", primary_key=True)
    user_id: Mapped[int] = parent("users.id", primary_key=True, index=True)
    role: Mapped[Role]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Budget(Base):
    """What a project may spend, and what it has spent."""

    __tablename__ = "budgets"

    project_id: Mapped[int] = parent("projects.id", primary_key=True)
    #: Cap on answers; None is no cap.
    max_answers: Mapped[int | None]
    price_per_answer: Mapped[Decimal] = mapped_column(default=Decimal(0))
    #: Cap on money; None is no cap.
    max_cost: Mapped[Decimal | None]
    #: Cap on the answers of each annotator in a day; None is no cap.
    max_daily: Mapped[int | None]
    #: Classes and refusals that count; skips and undone answers do not.
    answers_spent: Mapped[int] = mapped_column(default=0)
    cost_spent: Mapped[Decimal] = mapped_column(default=Decimal(0))
