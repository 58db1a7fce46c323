"""The web application: puts features, middleware and error answers together."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from app import middleware, pages, problems
from app.config import config

#: Modules that offer `router` (REST, under /api/v1), `pages` (HTML), or both.
_FEATURES = [
    "app.accounts.routes",
    "app.accounts.sign_in_routes",
    "app.accounts.account_routes",
    "app.accounts.people_routes",
    "app.projects.routes",
    "app.projects.page_routes",
    "app.labeling.routes",
    "app.labeling.page_routes",
    "app.dashboards.routes",
    "app.dashboards.page_routes",
    "app.interchange.routes",
    "app.health.routes",
]


def create_app() -> FastAPI:
    """Build the application from the environment's configuration."""
    app = FastAPI(
        title="Cusp",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        root_path=config().root_path.rstrip("/"),
    )
    for name in _FEATURES:
        if find_spec(name) is not None:
            feature = import_module(name)
            if hasattr(feature, "router"):
                app.include_router(feature.router, prefix="/api/v1")
            if hasattr(feature, "pages"):
                app.include_router(feature.pages)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    problems.install(app)
    middleware.install(app)
    return app
