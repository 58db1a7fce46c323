"""The web process: uvicorn around the application."""

from __future__ import annotations

import uvicorn

from app import database, engine, ports
from app.config import config
from app.main import create_app


def serve() -> None:
    """Serve until told to stop."""
    database.require_migrated()
    engine.prepare()
    ports.require_free(config().host, config().port)
    uvicorn.run(
        create_app(),
        host=config().host,
        port=config().port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
