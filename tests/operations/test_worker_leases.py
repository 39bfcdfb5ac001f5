"""What only one worker does at a time."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from webapp.operations import worker_leases
from webapp.operations.transaction import transaction
from webapp.operations.worker_leases import Lease, LeaseLost, Turn

ONE = Lease("telegram:1", "worker one")
TWO = Lease("telegram:1", "worker two")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_another_worker_goes_on_where_the_first_one_ended(sql: Callable[..., list[Any]]) -> None:
    assert worker_leases.take(ONE) == 0
    assert worker_leases.take(TWO) is None
    worker_leases.skip(Turn(ONE, 7))
    assert worker_leases.take(ONE) == 8
    sql("update worker_leases set until = now() - interval '1 hour'")
    assert worker_leases.take(TWO) == 8
    assert worker_leases.take(ONE) is None
    worker_leases.give_back(TWO)
    assert worker_leases.take(ONE) == 8


@pytest.mark.parametrize("turn", [Turn(TWO, 8), Turn(ONE, 7)])
def test_nothing_is_done_without_the_lease_or_twice(
    sql: Callable[..., list[Any]], turn: Turn
) -> None:
    worker_leases.take(ONE)
    worker_leases.skip(Turn(ONE, 7))
    with pytest.raises(LeaseLost), transaction() as session:
        worker_leases.keep(session, turn)
    assert sql("select position from worker_leases")[0].position == 8


def test_a_position_that_is_a_week_old_counts_no_more(sql: Callable[..., list[Any]]) -> None:
    """After a week without updates Telegram starts from another number."""
    worker_leases.take(ONE)
    worker_leases.skip(Turn(ONE, 7))
    sql("update worker_leases set moved_at = now() - interval '7 days'")
    assert worker_leases.take(ONE) == 0
