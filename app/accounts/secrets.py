"""Secrets that people and programs hold: made at random, stored as a hash, never read back."""

from __future__ import annotations

import hashlib
import secrets


def make() -> str:
    """Return a new secret of 256 random bits that fits into a URL and a cookie."""
    return secrets.token_urlsafe(32)


def make_prefix() -> str:
    """Return the public part of a token, by which people tell their tokens apart."""
    return secrets.token_hex(4)


def hashed(secret: str) -> str:
    """Return what is stored instead of a secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
