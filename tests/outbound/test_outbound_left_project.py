"""Who left a project hears no more of its questions, also where a message told of one before."""

from uuid import UUID

import pytest
from flask import Flask

from webapp.extensions import db
from webapp.operations import people
from webapp.operations.deliveries import Claimed
from webapp.outbound import push_messages
from webapp.outbound.channel import NotNeeded
from webapp.queries import reach


def test_who_left_the_project_does_not_hear_who_answered(app: Flask, ask, sql) -> None:
    with app.app_context():
        people.make_link("ana@example.com", role="founder", project_id="shop")
    key = UUID(ask()["id"])
    ((device,),) = sql(
        "insert into personal_channels (person_id, kind, address, created_at, verified_at,"
        " position) select id, 'push', 'https://push.example/1', now(), now(), 1 from people"
        " where email = 'ana@example.com' returning id"
    )
    sql(
        "insert into deliveries (message_id, channel, kind, project_id, personal_channel_id, state,"
        f" escalation_id, created_at, moved_at) values ('m-0', 'push', 'question', 'shop',"
        f" {device}, 'accepted', '{key}', now(), now())"
    )
    closed = Claimed(
        1, "m-1", "push", reach.ANSWERED, "shop", None, key, None, None, 1, False, device
    )
    with app.app_context():
        to = reach.receiver(db.session(), device)
        assert to is not None
        assert push_messages.of(closed, to, "https://desk.example").payload["notification"]["title"]
        sql("update memberships set project_id = 'other'")
        with pytest.raises(NotNeeded) as left:
            push_messages.of(closed, to, "https://desk.example")
    assert left.value.reason == "no_member"
