"""The HTML pages: each endpoint reads input, calls one operation or query, renders a page or a
fragment."""

from flask import Blueprint

from webapp.desk.pages import (
    asking_back,
    assigning,
    attachments,
    audit,
    deadlines,
    escalations,
    follow_ups,
    history,
    icon,
    inbox,
    inbox_answers,
    jobs,
    morning,
    numbers,
    offers,
    package,
    presence,
    problems,
    push,
    secrets,
    settings,
    snoozes,
    together,
)

_ROUTES = (
    inbox,
    morning,
    inbox_answers,
    escalations,
    deadlines,
    asking_back,
    assigning,
    follow_ups,
    attachments,
    snoozes,
    together,
    secrets,
    jobs,
    problems,
    history,
    numbers,
    settings,
    audit,
    icon,
    presence,
    push,
)
_FOR_ANYONE = (offers, package)
"""Each adds its own pages."""


def register(blueprint: Blueprint) -> None:
    """Put the pages on the desk's blueprint."""
    for module in (*_ROUTES, *_FOR_ANYONE):
        module.add_to(blueprint)
