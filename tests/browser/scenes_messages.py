"""Webhooks that work and fail, and somebody who is told of questions by email."""

from datetime import timedelta

import scenes

from webapp.actors import DESK
from webapp.clock import now
from webapp.extensions import db
from webapp.models import Delivery, PersonalChannel
from webapp.operations import outbox, webhooks

EVENTS = ("agent.waiting_for_input", "agent.escalation_resolved")


def fill(key: str) -> None:
    """Store all of it, as it is after a while."""
    session = db.session
    person = scenes.ANNA.person_id or 0
    moment = now()
    for address, verified in (("anna@phone.example", moment), ("berg@work.example", None)):
        channel = PersonalChannel(person_id=person, kind="email", address=address)
        channel.created_at, channel.verified_at = moment, verified
        channel.position = 1 if verified else None
        session.add(channel)
    device = PersonalChannel(person_id=person, kind="push", name="Chrome on Android")
    device.address = "https://fcm.googleapis.com/fcm/send/anna"
    device.created_at = device.verified_at = moment
    device.position = 2
    session.add(device)
    session.commit()
    for url in ("https://chat.example.com/hooks/unstuck", "https://old.example.com/in"):
        made, _ = webhooks.create("*", url, EVENTS, by=DESK, keys=(key,))
        webhooks.send_test(made.id, by=DESK)
    session.execute(db.text("update outbox set snapshot = '1:1:'"))
    session.execute(db.text("update webhooks set created_at = created_at - interval '90 days'"))
    session.commit()
    outbox.plan()
    ends = [
        ("accepted", None, "200"),
        ("failed_temporarily", None, "503 Service Unavailable"),
        ("failed", None, "No connection: [Errno 111] Connection refused"),
        ("not_needed", "closed", None),
    ]
    for number, row in enumerate(session.scalars(db.select(Delivery)).all()):
        row.state, row.reason, row.provider_answer = ends[0 if number % 7 else number % 4]
        row.attempts = 1 + number % 3
        row.due_at = moment + timedelta(minutes=5) if row.state == "failed_temporarily" else None
    session.commit()
    old = db.text("update webhooks set off_since = now(), off_because = 'failures' where id = 2")
    session.execute(old)
    session.commit()
