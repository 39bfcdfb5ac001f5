"""A founder asks the agent back, and the agent replies: whose turn it is, and what rests."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from kept import events, stored

from webapp.actors import Actor
from webapp.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.extensions import db
from webapp.operations import answers, asking_back, deadlines, erasing, escalations, holding
from webapp.operations.answers import AlreadyAnswered, Answer
from webapp.operations.asking_back import LONGEST, say
from webapp.operations.erasing import ERASED
from webapp.operations.escalations import Question
from webapp.rules.limits import MOST_ROUNDS

AGENT = Actor(ref="token:1", name="builder", grants={"shop": "agent"})
STRANGER = Actor(ref="token:2", name="stranger", grants={"shop": "agent"})
ANNA = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})
BEN = Actor(ref="person:2", name="Ben", grants={"shop": "owner"})
OLGA = Actor(ref="person:3", name="Olga", grants={"shop": "observer"})
OTTO = Actor(ref="person:4", name="Otto", grants={"other": "founder"})
START = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ask(app: Flask, **changes: Any) -> uuid.UUID:
    with app.app_context():
        asked = Question(
            **{
                "session_id": "s1",
                "error_type": "KeyError",
                "error_signature": "shop:KeyError:v1-1",
                "plain_english_problem": "Which key?",
            }
            | changes
        )
        return escalations.open_question("build-1", "shop", asked, by=AGENT)[0].id


def test_the_question_goes_to_the_agent_and_returns_with_its_reply(app: Flask) -> None:
    key = ask(app)
    assert stored(app, key).turn == "founder"
    with app.app_context():
        say(key, "In test mode?", by=ANNA)
    assert stored(app, key).turn == "agent"
    with app.app_context():
        say(key, "Yes, in test mode.", by=AGENT)
    found = stored(app, key)
    assert (found.status, found.turn, found.rounds) == ("pending", "founder", 1)
    assert [(said["by"], said["name"], said["text"]) for said in found.messages] == [
        ("founder", "Anna", "In test mode?"),
        ("agent", "builder", "Yes, in test mode."),
    ]
    assert [(event.kind, event.payload["text"]) for event in events(app)] == [
        ("agent.question_asked_back", "In test mode?"),
        ("agent.replied", "Yes, in test mode."),
    ]


def test_nobody_speaks_out_of_turn_and_five_rounds_are_enough(app: Flask) -> None:
    key = ask(app)
    with app.app_context():
        with pytest.raises(Conflict, match="founder's turn"):
            say(key, "May I add something?", by=AGENT)
        for number in range(MOST_ROUNDS):
            say(key, f"Question {number}?", by=ANNA)
            with pytest.raises(Conflict, match="agent's turn"):
                say(key, "And another?", by=BEN)
            say(key, f"Reply {number}.", by=AGENT)
        with pytest.raises(Conflict, match="5 times"):
            say(key, "One more?", by=ANNA)
    assert len(stored(app, key).messages) == 2 * MOST_ROUNDS


def test_the_same_message_again_is_the_one_that_is_stored(app: Flask) -> None:
    key = ask(app)
    with app.app_context():
        assert say(key, "In test mode?", by=ANNA)[1]
        assert not say(key, "In test mode?", by=ANNA)[1]
        assert say(key, "Yes.", by=AGENT)[1]
        assert not say(key, "Yes.", by=AGENT)[1]
    assert len(stored(app, key).messages) == len(events(app)) == 2


def test_only_who_answers_asks_and_only_the_agent_of_the_job_replies(app: Flask) -> None:
    key = ask(app)
    with app.app_context():
        for by, error in ((OLGA, Forbidden), (OTTO, NotFound), (STRANGER, Forbidden)):
            with pytest.raises(error):
                say(key, "Hello?", by=by)
        with pytest.raises(NotFound):
            say(uuid.uuid4(), "Hello?", by=ANNA)
        say(key, "In test mode?", by=ANNA)
        with pytest.raises(Forbidden):
            say(key, "Send it to me.", by=STRANGER)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST + 1)])
def test_a_message_says_something_and_not_too_much(app: Flask, text: str) -> None:
    key = ask(app)
    with app.app_context(), pytest.raises(Invalid):
        say(key, text, by=ANNA)


def test_no_key_is_kept_in_a_message(app: Flask) -> None:
    key, secret = ask(app), "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    with app.app_context():
        with pytest.raises(Invalid, match="secret key"):
            say(key, f"Is it {secret}?", by=ANNA)
        say(key, "What did you find?", by=ANNA)
        say(key, f"I found {secret}.", by=AGENT)
    assert secret not in str(stored(app, key).messages)
    assert secret not in str([event.payload for event in events(app)])


def test_the_deadline_rests_while_the_agent_has_to_reply(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        key = ask(app, deadline_at=START + 2 * HOUR)
        traveller.move_to(START + HOUR)
        with app.app_context():
            say(key, "In test mode?", by=ANNA)
        traveller.move_to(START + 5 * HOUR)
        with app.app_context():
            assert deadlines.expire_due() == 0
            assert deadlines.next_deadline(db.session()) is None
            say(key, "Yes.", by=AGENT)
        assert stored(app, key).deadline_at == START + 6 * HOUR
        traveller.move_to(START + 6 * HOUR)
        with app.app_context():
            assert deadlines.expire_due() == 1


@pytest.mark.parametrize("grace_s", [0, 5])
def test_a_founder_may_answer_although_it_is_the_agents_turn(app: Flask, grace_s: float) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        key = ask(app, deadline_at=START + HOUR)
        with app.app_context():
            say(key, "In test mode?", by=ANNA)
        traveller.move_to(START + 2 * HOUR)
        with app.app_context():
            holding.hold(key, Answer("Use the test key."), grace_s, by=BEN)
            with pytest.raises(AlreadyAnswered):
                say(key, "Yes.", by=AGENT)
    assert grace_s or stored(app, key).turn is None


def test_after_its_deadline_nobody_asks_back(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        key = ask(app, deadline_at=START + HOUR)
        traveller.move_to(START + HOUR)
        with app.app_context(), pytest.raises(AlreadyAnswered):
            say(key, "In test mode?", by=ANNA)
    assert stored(app, key).status == "expired"


def test_an_answer_and_a_question_at_once_leave_one_story(app: Flask) -> None:
    key = ask(app)
    together = threading.Barrier(2)

    def ask_back() -> str:
        together.wait(60)
        with app.app_context():
            try:
                say(key, "In test mode?", by=ANNA)
                return "asked"
            except AlreadyAnswered:
                return "too late"

    def answer() -> None:
        together.wait(60)
        with app.app_context():
            answers.resolve(key, "Use the test key.", by=BEN)

    with ThreadPoolExecutor(2) as pool:
        asked, answered = pool.submit(ask_back), pool.submit(answer)
        answered.result()
        said = asked.result()
    kinds = [event.kind for event in events(app)]
    before = ["agent.question_asked_back"] if said == "asked" else []
    assert kinds == [*before, "agent.escalation_resolved"]
    assert stored(app, key).founder_decision == "Use the test key."


def test_what_was_said_can_be_erased_with_the_answer(app: Flask) -> None:
    key = ask(app)
    with app.app_context():
        say(key, "Does Mr Miller know?", by=ANNA)
        say(key, "Mr Miller knows.", by=AGENT)
        answers.resolve(key, "Go on.", by=ANNA)
        erasing.erase(key, by=BEN)
    assert {said["text"] for said in stored(app, key).messages} == {ERASED}
    assert "Miller" not in str([event.payload for event in events(app)])
    assert not erasing.has_text(stored(app, key))


def test_an_answer_after_a_reply_is_no_precedent(app: Flask) -> None:
    key = ask(app)
    assert asking_back.MOST_ROUNDS == MOST_ROUNDS
    with app.app_context():
        say(key, "In test mode?", by=ANNA)
    assert not stored(app, key).words_are_ours
