"""The web process: uvicorn around the application."""

from __future__ import annotations

import gc
from asyncio import Transport
from typing import cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app import database, engine, ports, processes
from app.config import config
from app.main import create_app
from app.sending import Gathering

#: New objects between two looks for garbage in circles; most of a request's is gone by itself.
GARBAGE = 20_000


class OnePiece(HttpToolsProtocol):
    """Speaks HTTP as uvicorn does, and sends together what one turn of the event loop writes."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to listen to a browser."""
        super().connection_made(cast("Transport", Gathering(transport, self.loop)))


def serve() -> None:
    """Serve until told to stop."""
    processes.share_memory()
    database.require_migrated()
    engine.prepare()
    ports.require_free(config().host, config().port)
    app = create_app()
    # What is there now stays; looking through it again and again would cost the annotators.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    uvicorn.run(
        app,
        host=config().host,
        port=config().port,
        http=OnePiece,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
