"""Every random choice follows from one seed. Knows nothing of what is chosen."""

from __future__ import annotations

import hashlib


def seed_of(seed: int, purpose: str, number: int) -> int:
    """Derive a seed in [0, 2**31) for one purpose and one round or version."""
    digest = hashlib.blake2b(f"{seed}:{purpose}:{number}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) >> 1
