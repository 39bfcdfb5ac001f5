"""Several processes behave as one desk: what happens in one is seen in all."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sse import EventStream
from web_process import DeskProcess, until


@pytest.fixture
def second(environ: dict[str, str]) -> Iterator[DeskProcess]:
    """Another gunicorn on the same database, as on another machine."""
    process = DeskProcess(environ, workers=1)
    try:
        process.start()
        yield process
    finally:
        process.stop()


def cookies(browser: FlaskClient) -> dict[str, str]:
    """The headers with which that person is signed in at every process."""
    return {"Cookie": f"session={browser.get_cookie('session').value}"}


def test_two_servers_on_one_database_are_one_desk(site, second, shop_jobs, anna):
    shop_jobs.tell("build-1", "begin")
    path = "/api/jobs/build-1/events"
    with (
        site.follow("build-1") as here,
        EventStream(second.port, path, site.agent) as there,
        EventStream(second.port, "/live/inbox", cookies(anna)) as page,
    ):
        assert [here.next().seq, there.next().seq] == [1, 1]
        regions = {page.next().event, page.next().event}
        assert regions == {"inbox-counts", "inbox-list"}
        key = shop_jobs.ask()
        assert [here.next().seq, there.next().seq] == [2, 2]
        card = page.next()
        while str(key) not in card.data:
            card = page.next()
        assert site.resolve(key)[0] == 200
        assert [here.next().seq, there.next().seq] == [3, 3]
        while card.event != "inbox-list" or str(key) in card.data:
            card = page.next()


def test_each_open_page_of_both_workers_gets_each_change(site, shop_jobs, anna, ben):
    pages = [
        EventStream(site.desk.port, "/live/inbox", cookies(browser)) for browser in [anna, ben] * 5
    ]
    try:
        for page in pages:
            assert {page.next().event, page.next().event} == {"inbox-counts", "inbox-list"}
        key = shop_jobs.ask()
        for page in pages:
            until(lambda page=page: str(key) in page.next().data, "the card comes")
        shop_jobs.resolve(key)
        for page in pages:
            until(lambda page=page: gone(page.next(), key), "the card goes")
    finally:
        for page in pages:
            page.close()


def gone(message, key) -> bool:
    return message.event == "inbox-list" and str(key) not in message.data
