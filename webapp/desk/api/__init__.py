"""The JSON door of the desk: all calls stand in /api/docs, their rules in docs/reference/api.md."""

from flask import Blueprint, Flask

from webapp.desk.api import addresses, decisions, door, escalations, jobs, reports

__all__ = ["init_app", "register"]

_ROUTES = (reports, escalations, decisions, jobs)
"""Imported so that their calls are declared, in the order in which the documentation has them."""


def register(blueprint: Blueprint) -> None:
    """Put the calls on the desk's blueprint."""
    door.register(blueprint)


def init_app(app: Flask) -> None:
    """Teach the application how job ids stand in addresses; before any route is added."""
    addresses.init_app(app)
