"""Every random choice of a project follows from its seed. Knows nothing of what is chosen."""

from __future__ import annotations

import hashlib


def seed_of(project_seed: int, purpose: str, number: int) -> int:
    """Derive a seed in [0, 2**31) for one purpose and one round or version."""
    digest = hashlib.blake2b(f"{project_seed}:{purpose}:{number}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) >> 1
