"""What a connection makes of silence."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from database_faults import Wire
from sqlalchemy import create_engine, make_url, text

from webapp.connections import Reach, opener, watched


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> list[Reach]:
    """Each look whether the database still answers."""
    asked: list[Reach] = []
    monkeypatch.setattr("webapp.connections._SILENCE_S", 0.2)
    monkeypatch.setattr(Reach, "answers", lambda reach: asked.append(reach) or True)
    return asked


def test_a_listener_that_hears_nothing_opens_no_further_connection(
    database_url: str, probes: list[Reach]
) -> None:
    with opener(make_url(database_url), autocommit=True)() as connection:
        connection.execute("listen nothing")
        assert list(connection.notifies(timeout=1.0)) == []
    assert probes == []


def test_a_statement_without_an_answer_asks_whether_the_database_is_there(
    database_url: str, probes: list[Reach]
) -> None:
    with opener(make_url(database_url), autocommit=True)() as connection:
        connection.execute("select pg_sleep(1)")
    assert probes


@pytest.fixture
def wire(database_url: str) -> Iterator[Wire]:
    wire = Wire(database_url)
    yield wire
    wire.close()


def test_a_database_that_answers_others_is_there_though_a_new_connection_is_late(
    wire: Wire,
) -> None:
    """As on a machine that is too busy to accept one in time."""
    engine = create_engine(wire.url, isolation_level="AUTOCOMMIT")
    watched(engine)
    with engine.connect() as slow, engine.connect() as quick, ThreadPoolExecutor(1) as pool:
        wire.accepts_none.set()
        slept = pool.submit(slow.execute, text("select pg_sleep(5)"))
        while not slept.done():
            quick.execute(text("select pg_sleep(0.02)"))
        slept.result()
    engine.dispose()
