"""Eleven faults under load lose nothing, and what is lost is found out; `make kill` does 200."""

from collections.abc import Iterator

import psycopg
import pytest
from kill_run import Harness, Lost
from quick import folder_in_memory

pytestmark = pytest.mark.timeout(600)  # its start and each cycle may take long on a busy machine
NAMES = [
    "kill a worker",
    "end a worker",
    "stop workers",
    "kill all workers",
    "kill a session of the database",
    "stop sessions of the database",
    "kill the database",
    "kill the sender of messages",
    "kill the main process",
    "kill all but the supervisor",
    "kill the supervisor",
]


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    with folder_in_memory(tmp_path_factory.mktemp("killed")) as folder:
        harness = Harness(folder / "data")
        yield harness
        harness.stop()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_doubled_or_changed(harness: Harness, name: str) -> None:
    harness.cycle(name)


SABOTAGE = {
    "lost: question": "delete from agent_escalations where id = (select id from agent_escalations "
    "where outcome = 'worked' limit 1)",
    "changed: question": "update agent_escalations set plain_english_problem = 'Else?' where id = "
    "(select id from agent_escalations limit 1)",
    "changed: the answer": "update agent_escalations set founder_decision = 'else' where id = "
    "(select id from agent_escalations where outcome = 'worked' limit 1)",
    "lost: the receipt": "update agent_escalations set outcome = null where id = "
    "(select id from agent_escalations where outcome = 'worked' limit 1)",
    "changed: the secret": "update handed_secrets set wiped_why = 'expired' where id = "
    "(select id from handed_secrets where wiped_why = 'taken' limit 1)",
    "has gaps": "delete from job_events where seq = 1 and job = (select job from job_events "
    "limit 1)",
}


@pytest.mark.parametrize("channel", ["webhook", "callback"])
def test_a_message_that_is_never_sent_is_found_out(harness: Harness, channel: str) -> None:
    """A database that drops what the worker should send."""
    with psycopg.connect(harness.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "create function dropped() returns trigger language plpgsql as 'begin return null; end'"
        )
        connection.execute(
            "create trigger dropped before insert on deliveries for each row "
            f"when (new.channel = '{channel}') execute function dropped()"
        )
        harness.told_s = 1.0
        try:
            with pytest.raises(Lost, match=f"lost: the {channel} of"):
                harness.cycle("end a worker")
        finally:
            connection.execute("drop trigger dropped on deliveries")
            connection.execute("drop function dropped()")
            harness.journal.forget_untold()


@pytest.mark.parametrize("word", SABOTAGE)
def test_sabotage_is_found_out(harness: Harness, word: str) -> None:
    """Last: each of these leaves its mark."""
    with psycopg.connect(harness.url.replace("+psycopg", "")) as connection:
        connection.execute(SABOTAGE[word])
    with pytest.raises(Lost, match=word):
        harness.compare(f"sabotage: {word}")
