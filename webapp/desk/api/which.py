"""Which project and which escalation a request means, and how many it may leave open."""

import uuid

from flask import current_app

from webapp.actors import Actor
from webapp.config import Config
from webapp.errors import Invalid, NotFound
from webapp.extensions import db
from webapp.operations.reports.failure import Policy
from webapp.queries import reach
from webapp.queries.escalations import UNKNOWN
from webapp.rules.reach import Reach


def project_of_call(in_body: str | None, in_query: str | None) -> str | None:
    """The project that a call names; two different names are Invalid."""
    if in_body is not None and in_query is not None and in_body != in_query:
        message = "differs from the project_id in the address: send one of the two"
        raise Invalid(f"project_id {message}.", {"project_id": message})
    return in_body if in_body is not None else in_query


def own_project(named: str | None, by: Actor) -> str | None:
    """The project that a reading call names, or NotFound where the caller may see nothing."""
    if named is not None and by.role_in(named) is None:
        raise NotFound("There is no such project, or it is not one of yours.")
    return named


def escalation_key(text: str) -> uuid.UUID:
    """The id in an address; what is no UUID is as unknown as any other."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(UNKNOWN) from None


def most_open_questions() -> int | None:
    """How many questions of a project may be pending; None without quotas."""
    config: Config = current_app.extensions["unstuck"]
    return config.quotas.open_questions if config.quotas else None


def most_file_bytes() -> int | None:
    """What the files of a project may have together; None without quotas."""
    config: Config = current_app.extensions["unstuck"]
    return config.quotas.file_bytes if config.quotas else None


def policy() -> Policy:
    """What the server is set up to do about failures."""
    config: Config = current_app.extensions["unstuck"]
    return Policy(most_open_questions(), config.waits_s, config.task_attempts)


def reach_of(question: uuid.UUID) -> Reach:
    """Whether anyone learns of a question that is asked now."""
    config: Config = current_app.extensions["unstuck"]
    return reach.of_question(db.session(), question, unset=config.unset_channels)
