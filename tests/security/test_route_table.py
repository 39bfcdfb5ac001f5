"""Every route × every kind of caller. A new route fails this until it is listed in routes.py."""

import re
from collections.abc import Iterator

import pytest
from callers import CALLERS, Caller, World
from flask import Flask
from routes import ROWS, Row
from werkzeug.test import TestResponse

from tests.conftest import TEMPLATE, config_for
from webapp import create_app, live
from webapp.accounts.counters import Limit, parse
from webapp.embedded import Server
from webapp.live import fragments

NAMES = re.compile(r"\{(\w+)\}")
SIGNED_IN = ("observer", "founder", "owner of shop")
SHOP_TOKENS = ("agent", "founder's token")
STREAMED = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[World]:
    """One desk for the whole table: each cell gets fresh things, and leaves all others alone."""
    name = "route_table"
    server.create_database(name, template=TEMPLATE)
    app = create_app(config_for(server.url(name), DECISION_GRACE_S="0"))
    app.testing = True
    # The table fails to sign in more often than one address may.
    counters, plenty = app.extensions["limits"], parse("100000/minute")
    counters.by_address = Limit("address", plenty)
    counters.by_account = Limit("account", plenty)
    world = World(app)
    yield world
    live.stop(app)
    world.close()
    server.drop_database(name)


def rules(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def outcome(answer: TestResponse) -> int | str:
    answer.close()
    away = answer.status_code == 303 and (answer.location or "").startswith("/sign-in")
    return "sign in" if away else answer.status_code


def send(caller: Caller, key: str, row: Row, path: str) -> TestResponse:
    return caller.call(key.split(" ")[0], path, **row.sent)


def test_every_route_is_listed(world: World) -> None:
    missing, gone = rules(world.app) - set(ROWS), set(ROWS) - rules(world.app)
    assert not missing, f"say in tests/security/routes.py who may call {sorted(missing)}"
    assert not gone, f"no longer there: {sorted(gone)}"


@pytest.mark.parametrize("key", ROWS)
def test_nobody_gets_in_where_they_do_not_belong(world: World, key: str) -> None:
    row, found = ROWS[key], {}
    for name in CALLERS:
        # New at the desk where the call ends sessions: the callers are needed for other calls.
        caller = world.arrive(name) if row.ends_sessions else world.callers[name]
        path = NAMES.sub(lambda kind: world.new(kind[1], caller=caller), row.path)  # noqa: B023
        found[name] = outcome(send(caller, key, row, path))
    assert found == row.outcomes


def seen(answer: TestResponse, key: str) -> tuple[int, list[str], str]:
    """Status, headers and body, without the id that was asked for and the token of each form."""
    body = re.sub(r'(?<=name="csrf_token" value=")[^"]+', "", answer.text)
    body = re.sub(rf"(?<!\w){re.escape(key)}(?!\w)", "ID", body) if len(key) > 3 else body
    return answer.status_code, sorted(answer.headers.keys()), body


LINKS = ("link", "invited", "offered")  # whoever has them may
WITH_THINGS = [
    (key, kind)
    for key, row in ROWS.items()
    for kind in NAMES.findall(row.path)
    if kind not in ("session", "link", "invited", "offered")
    and row.outcomes["foreign agent"] != 200
]
NAMING_A_PROJECT = [key for key, row in ROWS.items() if "project_id" in row.sent.get("json", {})]


@pytest.mark.parametrize(("key", "kind"), WITH_THINGS)
def test_things_of_another_project_are_told_apart_from_unknown_ones_by_nobody(
    world: World, key: str, kind: str
) -> None:
    row = ROWS[key]
    if "project_id" in row.sent.get("json", {}):
        pytest.skip("the call makes what it names; its project is named in the body")
    for name in SHOP_TOKENS if "/api/" in key else SIGNED_IN:
        ids = world.new(kind, "other"), world.unknown(kind)
        foreign, unknown = (
            seen(send(world.callers[name], key, row, NAMES.sub(each, row.path)), each)
            for each in ids
        )
        assert foreign == unknown
        # Who may do nothing of the kind in their own project either is told that.
        assert foreign[0] == 404 or row.outcomes.get(name) == foreign[0] == 403


@pytest.mark.parametrize("name", SHOP_TOKENS)
@pytest.mark.parametrize("key", NAMING_A_PROJECT)
def test_the_name_of_another_project_is_told_apart_from_an_unknown_one_by_nobody(
    world: World, key: str, name: str
) -> None:
    row, answers = ROWS[key], []
    world.new("job", "other")
    for project in ("other", "never-made"):
        body = row.sent["json"] | {"project_id": project}
        path = NAMES.sub(world.unknown("job"), row.path)
        answer = world.callers[name].call(key.split(" ")[0], path, json=body)
        answers.append(seen(answer, project))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


@pytest.mark.parametrize("name", SHOP_TOKENS)
def test_the_stream_of_another_project_s_job_is_the_same_404(world: World, name: str) -> None:
    ids = world.new("job", "other"), world.unknown("job")
    foreign, unknown = (
        seen(world.callers[name].call("GET", f"/api/jobs/{each}/events", headers=STREAMED), each)
        for each in ids
    )
    assert foreign == unknown
    assert foreign[0] == 404


@pytest.mark.parametrize("view", sorted(set(fragments.VIEWS) & {"question", "job", "problem"}))
@pytest.mark.parametrize("name", SIGNED_IN)
def test_the_live_page_of_another_project_s_thing_is_the_same_404(
    world: World, view: str, name: str
) -> None:
    kind = {"question": "question", "job": "job_key", "problem": "problem"}[view]
    ids = world.new(kind, "other"), world.unknown(kind)
    foreign, unknown = (
        seen(world.callers[name].call("GET", f"/live/{view}?key={each}"), each) for each in ids
    )
    assert foreign == unknown
    assert foreign[0] == 404


CHANGING = [key for key in ROWS if not key.startswith("GET ")]
LINK = "POST /sign-in/<secret>"  # the secret is the proof; a foreign Origin is refused
PROVED_BY_ADDRESS = (LINK, "POST /unsubscribe/<given>")  # mail programs have no page's token

# A service worker has no page whose token it could send: its browser says where it comes from.
PROVED_BY_ORIGIN = ("POST /push/shown", "POST /push/answers")
WITH_TOKEN = [
    key
    for key in CHANGING
    if "/api/" not in key and key not in (*PROVED_BY_ADDRESS, *PROVED_BY_ORIGIN)
]


@pytest.mark.parametrize("key", PROVED_BY_ORIGIN)
@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_what_a_worker_sends_is_taken_from_this_origin_alone(
    world: World, key: str, headers: dict[str, str]
) -> None:
    sent = ROWS[key].sent["form"] | {"csrf_token": world.callers["founder"].csrf}
    answer = world.callers["founder"].client.post(ROWS[key].path, data=sent, headers=headers)
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("key", WITH_TOKEN)
@pytest.mark.parametrize("token", [None, "made-up", "another browser's"])
def test_no_form_is_taken_without_the_token_of_its_page(
    world: World, key: str, token: str | None
) -> None:
    founder, row = world.callers["founder"], ROWS[key]
    path = NAMES.sub(lambda kind: world.new(kind[1], caller=founder), row.path)
    fields = dict(row.sent["form"])
    if token:
        owner = world.callers["owner"]
        fields["csrf_token"] = owner.csrf if token.startswith("another") else token
    for headers in ({}, {"HX-Request": "true"}, {"Origin": "http://localhost"}):
        answer = founder.client.open(path, method="POST", data=fields, headers=headers)
        assert answer.status_code == 400, answer.text
        assert "Nothing was sent" in answer.text


@pytest.mark.parametrize("key", [key for key in CHANGING if "/api/" in key])
def test_no_call_believes_a_cookie(world: World, key: str) -> None:
    assert {ROWS[key].outcomes[name] for name in ("observer", "founder", "owner")} == {401}


@pytest.mark.parametrize("key", CHANGING)
def test_nothing_is_decided_by_opening_an_address(world: World, key: str) -> None:
    if key == LINK:
        return  # a page with a button, which uses nothing up: tests/pages/test_pages_sign_in.py
    path = NAMES.sub(lambda kind: world.new(kind[1]), ROWS[key].path)
    for name in ("founder", "founder's token"):
        for method in ("GET", "HEAD"):
            found = outcome(world.callers[name].call(method, path))
            read = f"GET {key.split(' ')[1]}" in ROWS  # the same address may be read, too
            assert read or found in ("sign in", 401, 404, 405), (method, path)
