"""The tab's icon, with the number of waiting questions in it, and what a phone needs to keep the
desk among its apps."""

from typing import Final

from flask import Blueprint, Response, json, render_template

from webapp.templating.assets import FOREVER, static_url

_PAPER: Final = "#faf9f6"
"""The colour behind the pages (static/css/tokens.css), while the app opens."""

MOST = 10
"""From ten on the icon says 9+."""


def icon(count: int) -> Response:
    """The icon for so many questions. It tells nothing about anyone, so everybody may have it."""
    svg = render_template("icon.svg", count=min(count, MOST))
    response = Response(svg, content_type="image/svg+xml")
    response.headers["Cache-Control"] = FOREVER
    return response


def manifest() -> Response:
    """How the desk is installed: its name, its colours, its icons; nothing about anyone."""
    icons = [
        {
            "src": static_url(f"app/{name}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for name, purpose in (("icon", "any"), ("maskable", "maskable"))
        for size in (192, 512)
    ]
    content = {
        "id": "/",
        "name": "Unstuck",
        "short_name": "Unstuck",
        "description": "The questions of your agents.",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": _PAPER,
        "theme_color": _PAPER,
        "icons": icons,
    }
    response = Response(json.dumps(content), content_type="application/manifest+json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def add_to(bp: Blueprint) -> None:
    """Give them their addresses."""
    bp.add_url_rule("/icon/<int:count>.svg", "icon", icon)
    bp.add_url_rule("/manifest.webmanifest", "manifest", manifest)
