"""The one place that limits a query to the projects that the caller may see."""

from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import InstrumentedAttribute

from webapp.actors import ALL_PROJECTS, Actor


def visible(project_id: InstrumentedAttribute[Any], by: Actor) -> ColumnElement[bool]:
    """The condition that a row's project is one of the caller's."""
    if by.projects is None:
        return true()
    return project_id.in_(by.projects)


def owned(by: Actor) -> list[str]:
    """The projects of which the caller is an owner; `*` where it is all of them."""
    return sorted(project for project, role in by.grants.items() if role == "owner")


def of_owner(project_id: InstrumentedAttribute[Any], by: Actor) -> ColumnElement[bool]:
    """The condition that the caller owns a row's project. Rows of no project, which concern the
    desk as a whole, are for those who own all of it."""
    projects = owned(by)
    if ALL_PROJECTS in projects:
        return true()
    return project_id.in_(projects) if projects else false()
