"""What a route asks for to reach the database: one request is one transaction.

A writing request commits when its function returns and before anything is sent, so that an
acknowledgment always means that the answer is on disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from app import database


def _reading() -> Iterator[Session]:
    with database.reading() as session:
        yield session


def _writing() -> Iterator[Session]:
    with database.writing() as session:
        yield session


Reading = Annotated[Session, Depends(_reading, scope="function")]
Writing = Annotated[Session, Depends(_writing, scope="function")]
