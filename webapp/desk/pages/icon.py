"""The tab's icon, with the number of waiting questions in it."""

from flask import Blueprint, Response, render_template

from webapp.templating.assets import FOREVER

MOST = 10
"""From ten on the icon says 9+."""


def icon(count: int) -> Response:
    """The icon for so many questions. It tells nothing about anyone, so everybody may have it."""
    svg = render_template("icon.svg", count=min(count, MOST))
    response = Response(svg, content_type="image/svg+xml")
    response.headers["Cache-Control"] = FOREVER
    return response


def add_to(bp: Blueprint) -> None:
    """Give the icon its address."""
    bp.add_url_rule("/icon/<int:count>.svg", "icon", icon)
