"""The one place that limits a query to the projects that the caller may see."""

from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from webapp.actors import Actor


def visible(project_id: InstrumentedAttribute[Any], by: Actor) -> ColumnElement[bool]:
    """The condition that a row's project is one of the caller's."""
    if by.projects is None:
        return true()
    return project_id.in_(by.projects)
