"""What the database holds after an operation."""

import uuid

from flask import Flask

from webapp.events import log
from webapp.extensions import db
from webapp.models import AgentEscalation, Job


def stored(app: Flask, key: uuid.UUID) -> AgentEscalation:
    """The question as it is stored, apart from any session."""
    with app.app_context():
        found = db.session.get_one(AgentEscalation, key)
        db.session.expunge(found)
        return found


def events(app: Flask) -> list[log.Event]:
    """The log of the only job."""
    with app.app_context():
        job = db.session.query(Job).one()
        return log.read(db.session(), job.id, 1)
