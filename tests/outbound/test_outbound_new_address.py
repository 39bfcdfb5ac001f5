"""A device shows that another address gets its person's messages from now on."""

from flask import Flask
from outbound_app import KEY
from push_device import Device
from receiver import Receiver

from webapp.accounts.access import actor_of_person
from webapp.extensions import db
from webapp.models import Person
from webapp.operations import mailing, people, push, sealing
from webapp.operations.transaction import transaction
from webapp.outbound.worker import Worker
from webapp.queries import accounts


def test_a_device_shows_that_a_new_address_gets_messages(
    app: Flask, worker: Worker, receiver: Receiver
) -> None:
    device = Device(receiver.url)
    with app.app_context():
        link = people.make_link("ana@example.com", role="founder", project_id="shop")
        secret = people.sign_in(link, "Firefox")
        person = db.session.scalars(db.select(Person)).one()
        by = actor_of_person(person, list(accounts.memberships(db.session(), person.id)))
        given = push.Subscription(**device.fields)
        made = push.add_device(given, "Firefox", (KEY,), session_secret=secret, by=by)
        receiver.next()  # the code
        sent = {"personal_channel_id": made.id, "sealed": sealing.seal("a@b.example", (KEY,))}
        with transaction("test") as session:
            mailing.store(session, push.PUSH, "new_address", **sent)
    shown = device.read(receiver.next())["notification"]
    assert shown["body"] == "a@b.example now gets your messages from Unstuck."
    assert shown["navigate"].endswith("/settings/notifications")
