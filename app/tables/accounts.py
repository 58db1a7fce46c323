"""People, and the ways in which they sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, now, parent


class User(Base):
    """A person who may sign in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    #: argon2; None until the person chose one through a sign-in link.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: Set when the person may no longer sign in; their labels stay.
    disabled_at: Mapped[datetime | None]


class SignInSession(Base):
    """A browser that is signed in; the cookie's value is stored hashed."""

    __tablename__ = "sign_in_sessions"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = parent("users.id", index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    #: Whether a one-time link began it: such a person may have lost the password.
    by_link: Mapped[bool] = mapped_column(default=False)


class SignInLink(Base):
    """A link that signs one person in, once."""

    __tablename__ = "sign_in_links"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = parent("users.id", index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """A failed sign-in, kept for the rate limit."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("sign_in_failures_key", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: `account:…` or `address:…`.
    key: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(default=now)


class Token(Base):
    """A bearer token of a user; shown once, stored hashed."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = parent("users.id", index=True)
    name: Mapped[str] = mapped_column(String(100))
    #: The first characters, so that people can tell their tokens apart.
    prefix: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who changed what, and when."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=now)
