"""Looks into a measured server's database for broken promises.

A program of its own with the server's settings: reads the project's number, prints `store.Truth`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from app import database
from app.benchmarks import store

if __name__ == "__main__":
    with database.reading() as session:
        json.dump(asdict(store.truth(session, int(sys.stdin.read()))), sys.stdout)
