"""The web application: puts features, middleware and error answers together."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig
from starlette.responses import Response
from starlette.types import Scope

from app import middleware, pages, problems
from app.accounts import account_routes, people_routes, sign_in_routes
from app.accounts import routes as accounts_routes
from app.config import config
from app.dashboards import page_routes as dashboards_pages
from app.dashboards import routes as dashboards_routes
from app.health import routes as health_routes
from app.interchange import routes as interchange_routes
from app.labeling import page_routes as labeling_pages
from app.labeling import query_routes
from app.labeling import routes as labeling_routes
from app.manifest import routes as manifest_routes
from app.projects import page_routes as projects_pages
from app.projects import routes as projects_routes
from app.reference import routes as reference_routes
from app.remarks import page_routes as remarks_pages
from app.remarks import routes as remarks_routes
from app.streams import routes as streams_routes
from app.trust import page_routes as trust_pages
from app.trust import routes as trust_routes

# What annotators do all day comes first: a request is compared with one route after the other.
_API = (
    labeling_routes.always,
    labeling_routes.router,
    query_routes.router,
    accounts_routes.router,
    projects_routes.router,
    dashboards_routes.router,
    interchange_routes.router,
    streams_routes.router,
    trust_routes.router,
    remarks_routes.router,
)
_PAGES = (
    labeling_pages.pages,
    sign_in_routes.pages,
    account_routes.pages,
    people_routes.pages,
    projects_pages.pages,
    dashboards_pages.pages,
    trust_pages.pages,
    remarks_pages.pages,
    health_routes.pages,
    manifest_routes.pages,
    reference_routes.pages,
)


#: Durations and faults are in metrics and a log of our own (`app.middleware`); looking for somebody
#: who wants FastAPI's costs every request.
_OURS: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


def create_app() -> FastAPI:
    """Build the application from the environment's configuration."""
    app = FastAPI(
        title="Cusp",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        root_path=config().root_path.rstrip("/"),
        telemetry=_OURS,
    )
    for router in _API:
        app.include_router(router, prefix="/api/v1")
    for router in _PAGES:
        app.include_router(router)
    app.mount("/static", _Static(directory=pages.STATIC), name="static")
    problems.install(app)
    middleware.install(app)
    return app


class _Static(StaticFiles):
    """Files that a browser keeps for long if the page named their content, else asks about."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Say how long the file may be kept."""
        response = await super().get_response(path, scope)
        named = scope.get("query_string", b"").startswith(b"v=")
        keep = "public, max-age=31536000, immutable" if named else "no-cache"
        response.headers["Cache-Control"] = keep
        return response
