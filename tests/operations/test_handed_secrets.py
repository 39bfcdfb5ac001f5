"""Secrets that founders hand over: sealed, taken by the job that waits, acknowledged, wiped."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from webapp import log_masking
from webapp.actors import Actor
from webapp.clock import now
from webapp.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.extensions import db
from webapp.models import AgentEscalation, HandedSecret, Person
from webapp.operations import (
    answers,
    escalations,
    handing_over,
    holding,
    people,
    secret_takes,
    vault,
)
from webapp.operations.answers import AlreadyAnswered, Answer, Changed
from webapp.operations.escalations import Question
from webapp.operations.handing_over import Keeping
from webapp.operations.reports.context import Report
from webapp.operations.reports.receive import report as receive_report
from webapp.operations.sessions import ConfirmFirst

KEYS = ("a master key for tests that is long enough, 0123456789",)
NEW = ("another master key for tests, long enough, 9876543210",)
VALUE = "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc"
NAME = "STRIPE_API_KEY"
AGENT = Actor(ref="token:1", name="deploy-bot", grants={"shop": "agent"})
SECOND = Actor(ref="token:2", name="second-bot", grants={"shop": "agent"})
FOUNDERS_TOKEN = Actor(ref="token:3", name="script", grants={"shop": "founder"})
OTTO = Actor(ref="person:99", name="Otto", grants={"other": "founder"})
YES, NO = "provide_credentials", "skip_feature"
OPTIONS = [
    {"value": YES, "label": "Here is the key", "description": ""},
    {"value": NO, "label": "Leave it out", "description": ""},
]


def schema(required: bool = False, **said: Any) -> dict[str, Any]:
    secret = {"type": "string", "format": "secret", "x-options": [YES]} | said
    asked: dict[str, Any] = {"type": "object", "properties": {NAME: secret}}
    return asked | ({"required": [NAME]} if required else {})


class Anna:
    """A founder with a browser in which she has just signed in."""

    def __init__(self) -> None:
        link = people.make_link("anna@example.com", role="founder", project_id="shop")
        self.browser = people.sign_in(link, None)
        person = db.session.scalars(db.select(Person)).one()
        self.actor = Actor(ref=f"person:{person.id}", name="Anna", grants={"shop": "founder"})

    def hands_over(self, key: uuid.UUID, value: str = VALUE, **more: Any) -> None:
        handing_over.hand_over(
            key, {NAME: value}, self.browser, Keeping(KEYS, 24), by=self.actor, **more
        )

    def answers(self, key: uuid.UUID, decision: str = YES) -> None:
        answers.resolve(key, decision, by=self.actor)


@pytest.fixture
def anna(app: Flask):
    with app.app_context():
        yield Anna()


def ask(asked: dict[str, Any] | None = None, job: str = "build-1") -> uuid.UUID:
    question = Question(
        *("s1", "KeyError", f"shop:KeyError:v1-{uuid.uuid4().hex[:16]}", "I need a key."),
        options=OPTIONS,
        answer_schema=asked or schema(),
    )
    return escalations.open_question(job, "shop", question, by=AGENT)[0].id


def ref_of(key: uuid.UUID) -> str:
    query = db.select(HandedSecret.ref).where(HandedSecret.escalation_id == key)
    return db.session.scalars(query.order_by(HandedSecret.id.desc())).first() or ""


def row_of(ref: str) -> HandedSecret:
    query = db.select(HandedSecret).where(HandedSecret.ref == ref)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def take(ref: str, job: str = "build-1", by: Actor = AGENT) -> str:
    return secret_takes.take(ref, job, KEYS, by=by).value


def handed(anna: Anna, asked: dict[str, Any] | None = None) -> str:
    """A secret that went along with an answer; returns its ref."""
    key = ask(asked)
    anna.hands_over(key)
    anna.answers(key)
    return ref_of(key)


def test_the_job_that_waits_takes_it_acknowledges_it_and_then_it_is_gone(anna: Anna) -> None:
    ref = handed(anna)
    taken = secret_takes.take(ref, "build-1", KEYS, by=AGENT)
    assert (taken.name, taken.value, taken.lease_s) == (NAME, VALUE, 60)
    assert take(ref) == VALUE  # the first response was lost
    secret_takes.ack(ref, None, by=AGENT)
    secret_takes.ack(ref, "build-1", by=AGENT)  # so was that one
    with pytest.raises(secret_takes.Gone):
        take(ref)
    assert (row_of(ref).sealed, row_of(ref).wiped_why) == (None, "taken")


def test_the_answer_only_names_it(anna: Anna) -> None:
    key = ask()
    anna.hands_over(key)
    anna.answers(key)
    stored = db.session.get_one(AgentEscalation, key)
    assert stored.answers == {NAME: {"secret": "stored", "ref": ref_of(key)}}


def test_nobody_takes_it_before_the_question_is_answered(anna: Anna) -> None:
    key = ask()
    anna.hands_over(key)
    with pytest.raises(NotFound):
        take(ref_of(key))
    holding.hold(key, Answer(YES), 60, by=anna.actor)
    with pytest.raises(NotFound):
        take(ref_of(key))


@pytest.mark.parametrize("by", [SECOND, FOUNDERS_TOKEN, OTTO])
def test_for_everyone_but_the_agent_of_the_job_it_does_not_exist(anna: Anna, by: Actor) -> None:
    ref = handed(anna)
    for call in (
        lambda: take(ref, by=by),
        lambda: secret_takes.ack(ref, "build-1", by=by),
        lambda: secret_takes.ack(ref, None, by=by),
        lambda: take("sec_never-made", by=by),
    ):
        with pytest.raises(NotFound) as caught:
            call()
        assert caught.value.detail == str(handing_over.UNKNOWN)
    with pytest.raises(NotFound):
        take(ref, "another-job")


def test_a_founder_reads_it_by_no_call(anna: Anna) -> None:
    ref = handed(anna)
    with pytest.raises(NotFound):
        take(ref, by=anna.actor)


def test_each_job_that_waits_takes_it_once_and_the_last_wipes_it(anna: Anna) -> None:
    def report(job: str, by: Actor) -> uuid.UUID:
        told = Report(session_id="s", error_type="KeyError", error_message=f"KeyError: '{NAME}'")
        return uuid.UUID(receive_report(job, "shop", told, by=by).escalation_id or "")

    key = report("build-1", AGENT)
    assert report("build-2", SECOND) == key
    anna.hands_over(key)
    anna.answers(key)
    ref = ref_of(key)
    assert take(ref) == take(ref, "build-2", SECOND) == VALUE
    secret_takes.ack(ref, None, by=AGENT)
    with pytest.raises(secret_takes.Gone):
        take(ref)
    assert take(ref, "build-2", SECOND) == VALUE
    secret_takes.ack(ref, None, by=SECOND)
    assert row_of(ref).wiped_why == "taken"


def test_an_acknowledgement_comes_after_the_taking(anna: Anna) -> None:
    with pytest.raises(Conflict):
        secret_takes.ack(handed(anna), None, by=AGENT)


def test_a_question_of_the_server_asks_for_the_key_that_is_missing(anna: Anna) -> None:
    told = Report(session_id="s", error_type="KeyError", error_message=f"KeyError: '{NAME}'")
    verdict = receive_report("build-1", "shop", told, by=AGENT)
    asked = db.session.get_one(AgentEscalation, uuid.UUID(verdict.escalation_id or ""))
    assert list((asked.answer_schema or {})["properties"]) == [NAME]
    assert asked.words_are_ours
    anna.hands_over(asked.id)
    anna.answers(asked.id)
    again = receive_report("build-1", "shop", told, by=AGENT)
    assert again.answers == {NAME: {"secret": "stored", "ref": ref_of(asked.id)}}
    assert ref_of(asked.id) in again.instruction
    assert VALUE not in again.instruction


def test_another_answer_wipes_what_was_entered(anna: Anna) -> None:
    key = ask()
    anna.hands_over(key)
    anna.answers(key, NO)
    row = row_of(ref_of(key))
    assert (row.sealed, row.wiped_why) == (None, "unused")
    assert db.session.get_one(AgentEscalation, key).answers is None


@pytest.mark.parametrize("close", ["skip", "withdraw"])
def test_closing_the_question_wipes_what_was_entered(anna: Anna, close: str) -> None:
    key = ask()
    anna.hands_over(key)
    if close == "skip":
        answers.skip(key, by=anna.actor)
    else:
        escalations.withdraw(key, by=AGENT)
    assert row_of(ref_of(key)).sealed is None


def test_an_answer_that_needs_a_secret_is_refused_without_it(anna: Anna) -> None:
    key = ask(schema(required=True))
    with pytest.raises(Invalid) as caught:
        anna.answers(key)
    assert caught.value.fields == [f"answers.{NAME}"]
    anna.answers(key, NO)  # the secret belongs to the other option


def test_it_is_entered_again_to_replace_it(anna: Anna) -> None:
    key = ask()
    anna.hands_over(key, "sk_test_the-wrong-account-0123")
    anna.hands_over(key)
    anna.answers(key)
    assert take(ref_of(key)) == VALUE
    assert db.session.query(HandedSecret).count() == 1


def test_a_revoked_one_is_taken_by_nobody(anna: Anna) -> None:
    key = ask()
    anna.hands_over(key)
    anna.answers(key)
    handing_over.revoke(key, ref_of(key), by=anna.actor)
    handing_over.revoke(key, ref_of(key), by=anna.actor)
    with pytest.raises(secret_takes.Gone):
        take(ref_of(key))
    assert (row_of(ref_of(key)).sealed, row_of(ref_of(key)).wiped_by) == (None, "Anna")


def test_it_is_too_late_to_revoke_what_an_agent_has(anna: Anna) -> None:
    key = ask()
    anna.hands_over(key)
    anna.answers(key)
    take(ref_of(key))
    secret_takes.ack(ref_of(key), None, by=AGENT)
    with pytest.raises(Conflict):
        handing_over.revoke(key, ref_of(key), by=anna.actor)


def test_its_time_ends(anna: Anna) -> None:
    ref = handed(anna)
    with time_machine.travel(now() + timedelta(hours=23, minutes=59), tick=False):
        assert handing_over.wipe_due() == 0
        assert take(ref) == VALUE
    with time_machine.travel(now() + timedelta(hours=24, seconds=1), tick=False):
        with pytest.raises(secret_takes.Gone):
            take(ref)
        assert handing_over.wipe_due() == 1
        assert handing_over.wipe_due() == 0
    assert (row_of(ref).sealed, row_of(ref).wiped_why) == (None, "expired")


def test_nobody_hands_over_who_does_not_answer_there(anna: Anna) -> None:
    key = ask()
    olga = Actor(ref="person:98", name="Olga", grants={"shop": "observer"})
    for by, error in ((OTTO, NotFound), (olga, Forbidden), (AGENT, Forbidden)):
        with pytest.raises(error):
            handing_over.hand_over(key, {NAME: VALUE}, "", Keeping(KEYS, 24), by=by)
        with pytest.raises(error):
            handing_over.revoke(key, "sec_any", by=by)


def test_a_token_hands_nothing_over_because_it_has_no_recent_sign_in(anna: Anna) -> None:
    key = ask()
    with pytest.raises(Forbidden):
        handing_over.hand_over(key, {NAME: VALUE}, "", Keeping(KEYS, 24), by=FOUNDERS_TOKEN)


def test_a_sign_in_of_an_hour_ago_is_confirmed_first(anna: Anna) -> None:
    key = ask()
    with (
        time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=False),
        pytest.raises(ConfirmFirst),
    ):
        anna.hands_over(key)


def test_nothing_is_entered_for_a_question_that_is_closed_held_or_changed(anna: Anna) -> None:
    key = ask()
    with pytest.raises(Changed):
        anna.hands_over(key, digest="another")
    holding.hold(key, Answer(NO), 60, by=anna.actor)
    with pytest.raises(AlreadyAnswered):
        anna.hands_over(key)
    holding.undo(key, by=anna.actor)
    anna.answers(key, NO)
    with pytest.raises(AlreadyAnswered):
        anna.hands_over(key)


@pytest.mark.parametrize("value", ["", "  \n", "x" * 8193, "sk_\x07bell", "pk_live_no-such-start"])
def test_what_is_no_such_key_is_refused_by_its_name(anna: Anna, value: str) -> None:
    key = ask(schema(pattern="^sk_(live|test)_[A-Za-z0-9]+$"))
    with pytest.raises(Invalid) as caught:
        anna.hands_over(key, value)
    assert caught.value.fields == [NAME]
    assert value.strip() not in caught.value.detail or not value.strip()
    assert db.session.query(HandedSecret).count() == 0


def test_spaces_around_a_pasted_key_are_left_out(anna: Anna) -> None:
    key = ask()
    anna.hands_over(key, f"  {VALUE}\n")
    anna.answers(key)
    assert take(ref_of(key)) == VALUE


def test_a_new_master_key_opens_all_after_the_rotation(anna: Anna) -> None:
    ref = handed(anna)
    with pytest.raises(secret_takes.Gone):
        secret_takes.take(ref, "build-1", NEW, by=AGENT)
    assert handing_over.reseal(NEW) == (0, 1)  # the old key is missing
    assert handing_over.reseal(NEW + KEYS) == (1, 0)
    assert handing_over.reseal(NEW + KEYS) == (0, 0)
    assert secret_takes.take(ref, "build-1", NEW, by=AGENT).value == VALUE


def test_a_sealed_value_opens_in_no_other_row() -> None:
    place = vault.Place("sec_1", "q", "shop", "build-1", NAME)
    sealed = vault.seal(VALUE, place, KEYS[0])
    assert VALUE.encode() not in sealed
    assert vault.unseal(sealed, place, vault.key_id(KEYS[0]), KEYS) == VALUE
    other = vault.Place("sec_2", "q", "shop", "build-1", NAME)
    assert vault.unseal(sealed, other, vault.key_id(KEYS[0]), KEYS) is None
    assert vault.unseal(sealed[:-1], place, vault.key_id(KEYS[0]), KEYS) is None


def together(app: Flask, *calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on a connection of its own; returns what each gave,
    or the error that it raised."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        with app.app_context():
            gate.wait(30)
            try:
                return call()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_takings_at_once_are_one_taking(app: Flask, anna: Anna, sql) -> None:
    for _ in range(5):
        ref = handed(anna)
        db.session.remove()
        assert together(app, lambda: take(ref), lambda: take(ref)) == [VALUE, VALUE]  # noqa: B023
    assert len(sql("select from secret_takings")) == 5
    assert len(sql("select from job_events where kind = 'agent.secret_taken'")) == 5


def test_a_taking_and_a_revocation_at_once_are_in_order(app: Flask, anna: Anna) -> None:
    for _ in range(10):
        key = ask()
        anna.hands_over(key)
        anna.answers(key)
        ref = ref_of(key)
        db.session.remove()
        taken, revoked = together(
            app,
            lambda: take(ref),  # noqa: B023
            lambda: handing_over.revoke(key, ref, by=anna.actor),  # noqa: B023
        )
        assert revoked is None
        assert taken == VALUE or isinstance(taken, secret_takes.Gone)
        with pytest.raises(secret_takes.Gone):
            take(ref)
        assert row_of(ref).sealed is None


def test_a_revocation_and_the_answer_at_once_leave_no_value_behind(app: Flask, anna: Anna) -> None:
    for _ in range(10):
        key = ask()
        anna.hands_over(key)
        ref = ref_of(key)
        db.session.remove()
        found = together(
            app,
            lambda: anna.answers(key),  # noqa: B023
            lambda: handing_over.revoke(key, ref, by=anna.actor),  # noqa: B023
        )
        assert found == [None, None]
        assert row_of(ref).sealed is None


def test_what_passed_through_is_masked_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    log_masking.install()
    log_masking.remember(VALUE)
    import logging

    log = logging.getLogger("somewhere")
    log.warning("values: %r", {"key": VALUE})
    try:
        raise ValueError(VALUE)
    except ValueError:
        log.exception("it broke with %s", VALUE)
    assert "***" in caplog.text
    assert VALUE not in caplog.text
