"""How often somebody may try: failures are counted, what works is not."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Cast, config_for
from webapp import create_app, live
from webapp.accounts import counters, limits
from webapp.accounts.counters import TooMany
from webapp.accounts.limits import SignInAttempt
from webapp.config import ConfigError
from webapp.extensions import db
from webapp.operations import people, sessions

WRONG = {"Authorization": "Bearer unstuck_never-made"}


@pytest.fixture
def strict(database_url: str) -> Iterator[Flask]:
    """A desk that soon has enough of strangers, and of agents."""
    config = config_for(database_url, RATE_LIMIT_UNKNOWN="3/minute", RATE_LIMIT_AGENTS="5/minute")
    app = create_app(config)
    app.testing = True
    yield app
    live.stop(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _one_minute() -> Iterator[None]:
    """No window ends in the middle of a test."""
    with time_machine.travel("2026-03-03T12:00:01Z", tick=False):
        yield


def statuses(client: FlaskClient, times: int, path: str, **sent: object) -> list[int]:
    return [client.get(path, **sent).status_code for _ in range(times)]  # type: ignore[arg-type]


def test_wrong_tokens_are_refused_for_a_while_and_good_ones_never_notice(strict: Flask) -> None:
    client, good = strict.test_client(), Cast(strict).token("shop")
    assert statuses(client, 5, "/api/escalations", headers=WRONG) == [401, 401, 401, 429, 429]
    refused = client.get("/api/escalations", headers=WRONG)
    assert refused.mimetype == "application/problem+json"
    assert refused.json["status"] == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert client.get("/api/escalations", headers=good).status_code == 200
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}, "headers": WRONG}
    assert client.get("/api/escalations", **elsewhere).status_code == 401
    with time_machine.travel("2026-03-03T12:02:00Z", tick=False):
        assert client.get("/api/escalations", headers=WRONG).status_code == 401


def test_strangers_are_asked_to_wait_by_a_page_and_signed_in_people_are_not(strict: Flask) -> None:
    anna = Cast(strict).browser()  # one try of a stranger
    client = strict.test_client()
    assert statuses(client, 3, "/sign-in") == [200, 200, 429]
    page = client.get("/sign-in")
    assert page.mimetype == "text/html"
    assert "Too many requests" in page.text
    assert "Retry-After" in page.headers
    assert statuses(client, 2, "/healthz") == [200, 200]
    assert set(statuses(anna, 5, "/")) == {200}
    made_up = {"Cookie": "session=made-up"}
    assert client.get("/sign-in", headers=made_up).status_code == 429
    assert client.get("/sign-in", headers=WRONG).status_code == 429


def test_agents_are_counted_only_where_it_is_set(strict: Flask, app: Flask, agent) -> None:
    one, another = Cast(strict).token("shop"), Cast(strict).token("shop")
    client = strict.test_client()
    assert statuses(client, 6, "/api/escalations", headers=one) == [200] * 5 + [429]
    assert client.get("/api/escalations", headers=another).status_code == 200
    assert set(statuses(app.test_client(), 50, "/api/escalations", headers=agent)) == {200}


def test_guesses_of_links_are_stopped_and_fifty_good_ones_are_not(app: Flask) -> None:
    for number in range(50):
        with app.app_context():
            link = people.make_link(f"person-{number}@example.com")
        assert app.test_client().post(f"/sign-in/{link}").status_code == 303
    client = app.test_client()
    got = [client.post("/sign-in/a-guess").status_code for _ in range(31)]
    assert got == [410] * 30 + [429]
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
    assert client.post("/sign-in/a-guess", **elsewhere).status_code == 410


def test_one_account_is_guarded_from_many_addresses(app: Flask) -> None:
    def attempt(number: int, account: str = "anna@example.com") -> SignInAttempt:
        address = {"REMOTE_ADDR": f"203.0.113.{number}"}
        with app.test_request_context(environ_base=address):
            return SignInAttempt(account)

    for number in range(10):
        attempt(number, " Anna@Example.com")
    with pytest.raises(TooMany):
        attempt(11)
    attempt(11, "ben@example.com")


def test_addresses_of_one_ipv6_network_are_one_caller(app: Flask) -> None:
    def seen(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return limits.address()

    assert seen("2001:db8::1") == seen("2001:db8::ffff:1") != seen("2001:db8:0:1::1")
    assert seen("::ffff:203.0.113.7") == seen("203.0.113.7")
    assert seen("") == "unknown"


def test_tokens_are_not_made_without_end(
    app: Flask, anna: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = app.extensions["limits"]
    found.new_tokens = counters.Limit("token", counters.parse("1/hour"))
    page = anna.get("/settings/tokens").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "name": "builder", "project": "shop", "scope": "agent"}
    got = [anna.post("/settings/tokens", data=form).status_code for _ in range(2)]
    assert got == [200, 429]


def test_a_store_that_does_not_answer_stops_nobody(
    strict: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shared = counters.FixedWindowRateLimiter(counters.storage_from_string("memory://"))

    def fail(*_: object, **__: object) -> None:
        raise counters.StorageError(ConnectionError("away"))

    monkeypatch.setattr(shared, "hit", fail)
    monkeypatch.setattr(shared, "get_window_stats", fail)
    strict.extensions["limits"]._redis = shared
    got = statuses(strict.test_client(), 4, "/api/escalations", headers=WRONG)
    assert got == [401, 401, 401, 429]
    assert caplog.text.count("does not answer") == 1


@pytest.mark.parametrize("url", ["redis://localhost:1/0", "nonsense://x", "x"])
def test_a_store_that_cannot_be_used_is_named_at_the_start(url: str) -> None:
    config = config_for("postgresql://nobody@nowhere/none", RATE_LIMIT_STORAGE_URL=url)
    with pytest.raises(ConfigError, match="RATE_LIMIT_STORAGE_URL"):
        create_app(config)


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/api/escalations", "Basic dXNlcg=="),
        ("/api/escalations", "Bearer "),
        ("/api/escalations", "unstuck_no-scheme"),
        ("/api/docs", "Bearer unstuck_never-read"),
        ("/api/nothing-here", "Bearer unstuck_never-read"),
    ],
)
def test_no_header_saves_a_stranger_from_being_counted(
    strict: Flask, path: str, header: str
) -> None:
    got = statuses(strict.test_client(), 5, path, headers={"Authorization": header})
    assert got[3:] == [429, 429]
    assert 429 not in got[:3]


def test_a_stranger_cannot_use_up_the_tries_of_who_is_signed_in(app: Flask) -> None:
    for number in range(10):  # typed as an address at the entrance
        address = {"REMOTE_ADDR": f"203.0.113.{number}"}
        with app.test_request_context(environ_base=address):
            SignInAttempt("person:1")
    with app.test_request_context():
        for _ in range(10):
            SignInAttempt(confirms="person:1")
        with pytest.raises(TooMany):
            SignInAttempt(confirms="person:1")


@pytest.mark.parametrize("path", ["/sign-in", "/", "/api/escalations", "/no-such-page"])
def test_the_cookie_of_an_ended_session_counts_as_a_stranger_s(strict: Flask, path: str) -> None:
    client = with_ended_session(strict)
    got = statuses(client, 5, path)
    assert got[2:] == [429, 429, 429]  # the sign-in was a stranger's too
    assert 429 not in got[:2]


def test_a_session_that_never_existed_counts_as_a_stranger_s(strict: Flask) -> None:
    client = strict.test_client()
    with client.session_transaction() as cookie:
        cookie["browser"] = "a secret that nobody was given"
    assert statuses(client, 5, "/sign-in") == [200, 200, 200, 429, 429]


def test_an_ended_session_sends_no_large_form(app: Flask) -> None:
    client = with_ended_session(app)
    assert client.post("/sign-in", data={"email": "x" * 20_000}).status_code == 413


@pytest.mark.parametrize("path", ["/sign-in/a-guess", "/invitations/a-guess"])
def test_a_signed_in_browser_that_guesses_links_counts_as_a_stranger(
    strict: Flask, path: str
) -> None:
    anna = Cast(strict).browser()  # one try of a stranger
    assert statuses(anna, 4, path) == [410, 410, 429, 429]
    assert anna.get("/").status_code == 200


def test_wrong_tokens_for_the_metrics_are_counted(strict: Flask) -> None:
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    got = statuses(strict.test_client(), 5, "/metrics", headers=elsewhere)
    assert got == [401, 401, 401, 429, 429]


def with_ended_session(app: Flask) -> FlaskClient:
    """A browser that still sends the cookie of a session that was ended elsewhere."""
    client = Cast(app).browser()
    with app.app_context(), client.session_transaction() as cookie:
        sessions.sign_out(cookie["browser"])
    return client


def test_readyz_is_counted_unless_it_is_asked_from_this_machine(strict: Flask) -> None:
    client = strict.test_client()
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
    assert statuses(client, 5, "/readyz", **elsewhere) == [200, 200, 200, 429, 429]
    assert statuses(client, 5, "/readyz") == [200] * 5
    assert statuses(client, 5, "/healthz", **elsewhere) == [200] * 5
