"""What all tables share: times in UTC, exact money, words as text."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, DateTime, Enum, ForeignKey, Table, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app import words


def now() -> datetime:
    """Return the present, aware and in UTC."""
    return datetime.now(UTC)


class Utc(TypeDecorator[datetime]):
    """A time that is aware and in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as UTC; SQLite forgets the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An amount, stored as a whole number of ten-thousandths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Store ten-thousandths."""
        return None if value is None else round(value * 10_000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Read a decimal."""
        return None if value is None else Decimal(value) / 10_000


def _word(kind: type[StrEnum]) -> Enum:
    """Store an enum by its value, as plain text that both databases can compare."""
    return Enum(
        kind,
        native_enum=False,
        length=32,
        create_constraint=False,
        values_callable=lambda members: [member.value for member in members],
    )


_WORDS = [
    kind
    for kind in vars(words).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
]


class Base(DeclarativeBase):
    """All tables."""

    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy when the class is made
        datetime: Utc,
        Decimal: Money,
        # None is NULL, not the word `null`.
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON,
        **{kind: _word(kind) for kind in _WORDS},
    }


def parent(column: str, **options: Any) -> Mapped[int]:
    """Declare a column that refers to a row which takes this one along when it goes."""
    return mapped_column(ForeignKey(column, ondelete="CASCADE"), **options)


def table_of(kind: type[Base]) -> Table:
    """Return the bare table, for statements that need no objects: they cost a third."""
    return cast(Table, kind.__table__)
