"""A token that is ended works no longer, in no process, though processes remember tokens."""

import queue
import threading
from datetime import timedelta

import pytest
from web_process import until

from webapp.accounts.token_cache import TokenCache
from webapp.clock import now
from webapp.events.log import Event
from webapp.extensions import db
from webapp.live.listener import Listener
from webapp.models import Token
from webapp.operations import tokens
from webapp.queries.accounts import LiveToken


def token(**values) -> LiveToken:
    given = {"id": 1, "name": "a", "scope": "agent", "project_ids": ["shop"]}
    return LiveToken(**given | {"last_used_at": None, "expires_at": None} | values)


@pytest.fixture
def cache() -> TokenCache:
    cache = TokenCache()
    cache.listening(True)
    return cache


def test_what_was_looked_up_is_known_for_a_moment(cache):
    known = token()
    assert cache.find("hash") is None
    assert cache.look_up("hash", lambda: known) is known
    assert cache.find("hash") is known
    assert cache.find("another") is None


def test_one_that_is_not_known_is_looked_up_every_time(cache):
    assert cache.look_up("hash", lambda: None) is None
    assert cache.look_up("hash", lambda: token()) == token()


def test_all_is_forgotten_when_one_is_ended(cache):
    cache.look_up("hash", token)
    cache.forget()
    assert cache.find("hash") is None


def test_one_that_is_ended_while_it_is_looked_up_is_not_kept(cache):
    def look() -> LiveToken:
        cache.forget()
        return token()

    assert cache.look_up("hash", look) == token()
    assert cache.find("hash") is None


def test_a_process_that_does_not_listen_remembers_nothing(cache):
    cache.look_up("hash", token)
    cache.listening(False)
    assert cache.find("hash") is None
    cache.look_up("hash", token)
    assert cache.find("hash") is None


def test_one_that_expires_meanwhile_is_not_known(cache):
    cache.look_up("hash", lambda: token(expires_at=now() - timedelta(seconds=1)))
    assert cache.find("hash") is None


def test_a_ring_that_comes_along_with_the_end_of_a_token_is_heard_too(
    app, cache, shop_jobs, sql, monkeypatch
):
    shop_jobs.tell("build-1", "begin")
    # Without the net: only the notifications tell.
    monkeypatch.setattr("webapp.live.listener._LOOK_EVERY_S", 3_600.0)
    events: queue.Queue[Event] = queue.Queue()
    stop = threading.Event()
    with app.app_context():
        url = db.engine.url

    def receive(_: object, came: list[Event]) -> None:
        for event in came:
            events.put(event)

    listener = Listener(url, receive, lambda *_: None, cache, stop, position=0)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    assert events.get(timeout=20).payload["title"] == "begin"  # it listens from here on
    cache.look_up("hash", token)
    shop_jobs.write_unheard("build-1", title="unheard")
    [[job]] = sql("select id from jobs")
    sql(f"select pg_notify('unstuck', 'token ended'), pg_notify('unstuck', '{job}')")
    assert events.get(timeout=20).payload["title"] == "unheard"
    # The event may have come with the notification before this one.
    until(lambda: cache.find("hash") is None, "the token is forgotten")
    stop.set()
    sql("select pg_notify('unstuck', '0')")
    thread.join(20)


def test_an_ended_token_is_refused_by_every_worker(site, app, shop_jobs):
    shop_jobs.tell("build-1", "begin")
    for _ in range(20):  # so that both workers know it
        assert site.call("GET", "/api/jobs/build-1")[0] == 200
    with app.app_context():
        agents = db.select(Token.prefix).where(Token.scope == "agent")
        tokens.revoke(db.session.scalars(agents).one())
    until(lambda: site.call("GET", "/api/jobs/build-1")[0] == 401, "the token is refused", 2)
    for _ in range(20):
        assert site.call("GET", "/api/jobs/build-1")[0] == 401
