"""Passwords: which are good, and how they are stored."""

from __future__ import annotations

import pytest

from app.accounts import passwords
from app.accounts.errors import BadPassword, PasswordIsEmail


def test_a_password_is_stored_as_argon2id_and_matches_itself_alone() -> None:
    stored = passwords.hashed("correct horse battery")

    assert stored.startswith("$argon2id$")
    assert passwords.matches("correct horse battery", stored)
    assert not passwords.matches("correct horse batter", stored)


def test_nothing_matches_a_missing_password() -> None:
    assert not passwords.matches("nobody has this password", None)


def test_nothing_matches_a_damaged_hash() -> None:
    assert not passwords.matches("anything at all", "no hash")


@pytest.mark.parametrize("password", ["", "ninechars", "x" * 201])
def test_a_password_has_10_to_200_characters(password: str) -> None:
    with pytest.raises(BadPassword):
        passwords.require_good(password, "ada@example.org")


def test_a_password_is_not_the_email() -> None:
    with pytest.raises(PasswordIsEmail):
        passwords.require_good(" Ada@Example.org", "ada@example.org")
