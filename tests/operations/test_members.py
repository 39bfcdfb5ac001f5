"""Who is in a project: owners decide it, and there is always one left."""

import threading
from typing import Any

import pytest
from flask import Flask

from webapp.accounts.access import actor_of_person
from webapp.actors import Actor
from webapp.errors import AppError, Conflict, Forbidden, NotFound
from webapp.extensions import db
from webapp.models import Action, AuditEvent, BrowserSession, Membership, Person
from webapp.operations import members, people, sessions
from webapp.queries import accounts


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.app_context():
        yield


def joined(name: str, project: str = "shop", role: str = "founder") -> Actor:
    """A person with that role, and perhaps others they had before."""
    with members.transaction() as session:
        person = people.find_or_make(session, f"{name}@example.com")
        session.merge(Membership(person_id=person.id, project_id=project, role=role))
        key = person.id
    found = db.session.get_one(Person, key)
    return actor_of_person(found, accounts.memberships(db.session(), key))


def proved(by: Actor) -> dict[str, Any]:
    """Who calls, from a browser in which they have just signed in."""
    with members.transaction() as session:
        person = session.get_one(Person, by.person_id)
        secret = sessions.begin_session(session, person, None, how="link")
    return {"by": by, "session_secret": secret}


def owners(project: str = "shop") -> list[str]:
    query = (
        db.select(Person.name)
        .join(Membership)
        .where(Membership.project_id == project, Membership.role == "owner")
    )
    return sorted(db.session.scalars(query))


def test_an_owner_changes_a_role_and_takes_a_member_out() -> None:
    olivia, ben = joined("olivia", role="owner"), joined("ben")
    members.change_role(ben.person_id, "shop", "observer", **proved(olivia))
    assert [m.role for m in accounts.memberships(db.session(), ben.person_id)] == ["observer"]
    members.remove(ben.person_id, "shop", **proved(olivia))
    assert accounts.memberships(db.session(), ben.person_id) == []
    with pytest.raises(NotFound):
        members.remove(ben.person_id, "shop", **proved(olivia))


@pytest.mark.parametrize("role", ["founder", "observer"])
def test_who_is_no_owner_decides_nothing(role: str) -> None:
    joined("olivia", role="owner")
    anna, ben = joined("anna", role=role), joined("ben")
    with pytest.raises(Forbidden):
        members.change_role(ben.person_id, "shop", "owner", **proved(anna))
    with pytest.raises(Forbidden):
        members.change_role(anna.person_id, "shop", "owner", **proved(anna))
    with pytest.raises(Forbidden):
        members.remove(ben.person_id, "shop", **proved(anna))


def test_an_owner_of_one_project_decides_nothing_elsewhere() -> None:
    olivia, otto = joined("olivia", role="owner"), joined("otto", "other")
    everywhere = joined("eve", "*", "owner")
    for person, project in ((otto, "other"), (everywhere, "*"), (otto, "never heard of")):
        with pytest.raises(NotFound):
            members.remove(person.person_id, project, **proved(olivia))


def test_the_last_owner_stays_one() -> None:
    olivia = joined("olivia", role="owner")
    with pytest.raises(Conflict, match="last owner"):
        members.remove(olivia.person_id, "shop", **proved(olivia))
    with pytest.raises(Conflict, match="last owner"):
        members.change_role(olivia.person_id, "shop", "founder", **proved(olivia))
    members.change_role(olivia.person_id, "shop", "owner", **proved(olivia))
    assert owners() == ["Olivia"]


def test_an_owner_of_all_projects_counts_in_each_and_is_the_last_of_all() -> None:
    olivia, eve = joined("olivia", role="owner"), joined("eve", "*", "owner")
    members.remove(olivia.person_id, "shop", **proved(eve))
    with pytest.raises(Conflict, match="last owner"):
        members.remove(eve.person_id, "*", **proved(eve))


def test_a_role_in_all_projects_is_the_least_in_each() -> None:
    joined("eve", "*", "owner")
    eve = joined("eve", "shop", "observer")
    assert (eve.role_in("shop"), eve.role_in("other")) == ("owner", "owner")
    anna = joined("anna", "*", "observer")
    anna = joined("anna", "shop", "founder")
    assert (anna.role_in("shop"), anna.role_in("other")) == ("founder", "observer")


def test_two_owners_who_remove_each_other_at_once_leave_one(app: Flask) -> None:
    for attempt in range(5):
        project = f"shop-{attempt}"
        olivia, omar = joined("olivia", project, "owner"), joined("omar", project, "owner")
        refused = at_once(app, project, [(olivia, omar), (omar, olivia)])
        assert len(owners(project)) == 1
        assert len(refused) == 1


def at_once(app: Flask, project: str, pairs: list[tuple[Actor, Actor]]) -> list[type[AppError]]:
    """The first of each pair removes the second, all at the same time. Returns the refusals."""
    start, refused = threading.Barrier(len(pairs)), []

    def remove(by: Actor, victim: Actor) -> None:
        with app.app_context():
            proof = proved(by)
            start.wait()
            try:
                members.remove(victim.person_id, project, **proof)
            except AppError as error:
                refused.append(type(error))

    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return refused


def test_every_change_is_on_record() -> None:
    olivia, ben = joined("olivia", role="owner"), joined("ben")
    members.change_role(ben.person_id, "shop", "observer", **proved(olivia))
    members.change_role(ben.person_id, "shop", "observer", **proved(olivia))  # changes nothing
    members.remove(ben.person_id, "shop", **proved(olivia))
    changes = AuditEvent.action.startswith("member.")
    rows = db.session.scalars(db.select(AuditEvent).where(changes).order_by(AuditEvent.id)).all()
    assert [(row.action, row.project_id, row.details.get("role")) for row in rows] == [
        (Action.MEMBER_CHANGED, "shop", "observer"),
        (Action.MEMBER_REMOVED, "shop", None),
    ]
    assert {row.subject for row in rows} == {ben.ref}


def test_who_was_removed_meanwhile_decides_nothing_any_more() -> None:
    """The actor was made when the request came; the database has the last word."""
    olivia, ben = joined("olivia", role="owner"), joined("ben", role="owner")
    his = proved(ben)
    members.remove(ben.person_id, "shop", **proved(olivia))
    with pytest.raises(Forbidden):
        members.remove(olivia.person_id, "shop", **his)
    assert owners() == ["Olivia"]


def in_force() -> list[int]:
    query = db.select(BrowserSession.person_id).where(BrowserSession.ended_at.is_(None))
    return sorted(db.session.scalars(query))


def signed_in(person: Actor) -> None:
    with members.transaction() as session:
        sessions.begin_session(
            session, session.get_one(Person, person.person_id), "phone", how="link"
        )


def test_an_owner_signs_a_member_out_on_all_devices() -> None:
    olivia, ben = joined("olivia", role="owner"), joined("ben")
    for person in (olivia, ben, ben):
        signed_in(person)
    members.sign_out(ben.person_id, "shop", by=olivia)
    assert in_force() == [olivia.person_id]
    [row] = db.session.scalars(
        db.select(AuditEvent).where(AuditEvent.action == Action.MEMBER_SIGNED_OUT)
    )
    assert (row.project_id, row.subject) == ("shop", f"person:{ben.person_id}")
    signed_in(ben)  # they may come back
    members.sign_out(ben.person_id, "shop", by=olivia)
    members.sign_out(ben.person_id, "shop", by=olivia)  # once more is no error


@pytest.mark.parametrize("elsewhere", ["other", "*"])
def test_nobody_takes_access_from_a_member_that_is_not_theirs(elsewhere: str) -> None:
    olivia = joined("olivia", role="owner")
    joined("ben", elsewhere)
    ben = joined("ben")
    signed_in(ben)
    with pytest.raises(Forbidden):
        members.sign_out(ben.person_id, "shop", by=olivia)
    with pytest.raises(NotFound):
        members.sign_out(ben.person_id, elsewhere, by=olivia)
    assert in_force() == [ben.person_id]
    of_the_desk = joined("dora", "*", role="owner")
    members.sign_out(ben.person_id, "shop", by=of_the_desk)
    assert in_force() == []


@pytest.mark.parametrize("role", ["founder", "observer"])
def test_who_is_no_owner_signs_nobody_out(role: str) -> None:
    joined("olivia", role="owner")
    anna, ben = joined("anna", role=role), joined("ben")
    signed_in(ben)
    with pytest.raises(Forbidden):
        members.sign_out(ben.person_id, "shop", by=anna)
    assert in_force() == [ben.person_id]
