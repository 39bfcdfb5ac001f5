"""What a connection makes of silence."""

import pytest
from sqlalchemy import make_url

from webapp.connections import Reach, opener


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
