"""The web manifest, with which browsers install Cusp to a home screen. Knows no feature."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from app import pages as html
from app.accounts import auth

pages = APIRouter(include_in_schema=False)

#: As `--raised` and `--surface` of the light look; pages name the color of the dark one themselves.
_THEME, _BACKGROUND = "#ffffff", "#fafaf9"
_ICONS = (
    {"src": "icon.svg", "type": "image/svg+xml", "sizes": "any"},
    {"src": "icons/cusp-192.png", "type": "image/png", "sizes": "192x192"},
    {"src": "icons/cusp-512.png", "type": "image/png", "sizes": "512x512"},
    {
        "src": "icons/cusp-maskable-512.png",
        "type": "image/png",
        "sizes": "512x512",
        "purpose": "maskable",
    },
)


@pages.get("/manifest.webmanifest", dependencies=[Depends(auth.public)])
def show_manifest(request: Request) -> JSONResponse:
    """Describe the application as a home screen shows it, also under a proxy's sub-path."""
    home = html.url(request, "/")
    icons = [{**icon, "src": html.url(request, f"/static/{icon['src']}")} for icon in _ICONS]
    manifest: dict[str, Any] = {
        "id": home,
        "name": "Cusp",
        "short_name": "Cusp",
        "description": "Label the images on the cusp of a decision.",
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "theme_color": _THEME,
        "background_color": _BACKGROUND,
        "icons": icons,
    }
    headers = {"Cache-Control": "public, max-age=3600"}
    return JSONResponse(manifest, headers=headers, media_type="application/manifest+json")
