"""The answer to the job that asked: at the address it gave as `callback`."""

from typing import ClassVar

from flask import current_app

from webapp.accounts.secret_keys import secret_keys
from webapp.config import Config
from webapp.extensions import db
from webapp.models import EscalationWaiter, Job
from webapp.operations.callbacks import secrets_of
from webapp.operations.deliveries import Claimed
from webapp.outbound.channel import Channel, NotNeeded
from webapp.outbound.webhooks import Request, payload_of, post
from webapp.rules.sending import Attempt


class Callbacks(Channel[Request]):
    """Requests to agents that do not want to wait for an answer."""

    name: ClassVar[str] = "callback"
    threads: ClassVar[int] = 8

    def load(self, delivery: Claimed) -> Request:
        """The answer, and where it goes. Raises NotNeeded."""
        waiter = db.session.get(EscalationWaiter, (delivery.escalation_id, delivery.job))
        if waiter is None or waiter.callback_url is None:
            raise NotNeeded("callback_gone")
        job = db.session.get_one(Job, waiter.job)
        config: Config = current_app.extensions["unstuck"]
        return Request(
            url=waiter.callback_url,
            secrets=secrets_of(secret_keys(), waiter.escalation_id, job.job_id),
            message_id=delivery.message_id,
            payload=payload_of(delivery),
            private=config.private_webhooks,
        )

    def send(self, message: Request) -> Attempt:
        """One request, signed now."""
        return post(message)
