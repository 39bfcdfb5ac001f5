"""The JSON API: all endpoints are listed in /api/docs, their rules in docs/reference/api.md."""

from flask import Blueprint, Flask

from webapp.desk.api import (
    addresses,
    attachments,
    deadlines,
    decisions,
    endpoint,
    escalations,
    hooks,
    jobs,
    live_endpoints,
    manual,
    mcp,
    messages,
    reports,
    secrets,
    tokens,
)

__all__ = ["init_app", "register"]

_ROUTES = (
    reports,
    escalations,
    decisions,
    deadlines,
    messages,
    attachments,
    secrets,
    jobs,
    tokens,
    hooks,
    live_endpoints,
    manual,
)
"""Imported so that their endpoints are declared."""


def register(blueprint: Blueprint) -> None:
    """Put the endpoints on the blueprint."""
    endpoint.register(blueprint)
    mcp.register(blueprint)
    blueprint.add_app_template_filter(manual.code)
    blueprint.add_app_template_filter(manual.slug)


def init_app(app: Flask) -> None:
    """Teach the application how job ids stand in addresses; before any route is added."""
    addresses.init_app(app)
