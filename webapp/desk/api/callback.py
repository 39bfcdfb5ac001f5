"""The `callback` of a question or a report: checked, and answered with its secret."""

import uuid

from flask import current_app

from webapp.accounts.secret_keys import secret_keys
from webapp.actors import Actor
from webapp.config import Config
from webapp.desk.api.schemas.requests import Callback
from webapp.desk.api.schemas.responses import CallbackSecret
from webapp.errors import OTHERS, Forbidden
from webapp.extensions import db
from webapp.operations import callbacks, jobs
from webapp.queries import ownership


def wanted(callback: Callback | None, job_id: str, named: str | None, by: Actor) -> str | None:
    """The address that the caller wants to be called at. Raises Invalid for one that this server
    does not send to, and Forbidden for a job of another token, whose secret it is."""
    if callback is None:
        return None
    callbacks.check(callback.url, private=_config().private_webhooks)
    project_id = jobs.project_of(db.session(), job_id, named, by=by)
    if not ownership.opened(db.session(), project_id, job_id, by=by):
        raise Forbidden(OTHERS)
    return callback.url


def kept(
    escalation: uuid.UUID, job_id: str, url: str, *, is_new: bool, by: Actor
) -> CallbackSecret:
    """The part of the response that holds the secret. A question that was there already is told
    the address."""
    if not is_new:
        callbacks.keep(escalation, job_id, url, by=by)
    secrets = callbacks.secrets_of(secret_keys(), escalation, job_id)
    return CallbackSecret(url=url, secret=secrets[0])


def _config() -> Config:
    config: Config = current_app.extensions["unstuck"]
    return config
