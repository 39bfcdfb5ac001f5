"""The JSON door of the desk: all calls stand in /api/docs, their rules in docs/reference/api.md."""

from flask import Blueprint, Flask

from webapp.desk.api import (
    addresses,
    decisions,
    door,
    escalations,
    jobs,
    live_calls,
    manual,
    reports,
)

__all__ = ["init_app", "register"]

_ROUTES = (reports, escalations, decisions, jobs, live_calls, manual)
"""Imported so that their calls are declared."""


def register(blueprint: Blueprint) -> None:
    """Put the calls on the desk's blueprint."""
    door.register(blueprint)
    blueprint.add_app_template_filter(manual.code)
    blueprint.add_app_template_filter(manual.slug)


def init_app(app: Flask) -> None:
    """Teach the application how job ids stand in addresses; before any route is added."""
    addresses.init_app(app)
