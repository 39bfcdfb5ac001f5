"""Whatever an address holds, no page and no endpoint fails over it: every GET route, every caller
that gets in."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from callers import World
from flask import Flask, Request
from flask.testing import FlaskClient
from routes import ROWS
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

from tests.conftest import TEMPLATE, config_for
from webapp import create_app, live
from webapp.accounts.counters import Limit, parse
from webapp.actors import DESK
from webapp.embedded import Server
from webapp.operations import jobs

NAMES = re.compile(r"\{(\w+)\}")
READABLE = [key for key in ROWS if key.startswith("GET ")]
OPTIONS = ("_external", "_scheme", "_method", "_anchor", "endpoint", "self", "values", "filename")
"""What Flask's and Werkzeug's functions call their own arguments."""

UUID = "0198f0a0-0000-7000-8000-000000000000"
MOMENT = "2026-03-01T00:00:00+00:00"
MOMENTS = (
    MOMENT,
    MOMENT + ":30",
    "2026-03-01T00:00:00",
    "2026-03-01T00:00:00+23:59",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "\0",
)
HUGE = "9" * 30


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def feed(**fields: object) -> str:
    return cursor(json.dumps({"since": "1:1:"} | fields))


CURSORS = [
    "broken",
    "\0",
    "é",
    cursor("no bar"),
    *(cursor(f"{moment}|{key}") for moment in MOMENTS for key in ("1", UUID)),
    *(cursor(f"{MOMENT}|{key}") for key in (HUGE, "-" + HUGE, "\0", "9" * 5000)),
    *(feed(at=at, id=UUID) for at in (1, True, [], {}, "\0", "soon", "infinity", MOMENT)),
    *(feed(since=since) for since in (None, 1, "1:1", "٣:٣:", f"{'9' * 19}:{'9' * 19}:")),
    feed(until="\0", id=7, more=1),
    cursor("[" * 14_000),
]  # fmt: skip
POSITIONS = ("-1", "0", "07", "٤٢", HUGE, "-" + HUGE, "9" * 5000, "1e9", "\0", "nan")


class Read(ImmutableMultiDict[str, str]):
    """The parameters of a query, and which of them anything has looked at."""

    names: set[str]

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)

    def getlist(self, name: str, type: Any = None) -> list[Any]:  # noqa: A002 - as above it
        self.names.add(name)
        return super().getlist(name, type)

    def __iter__(self) -> Iterator[str]:
        self.names.update(super().keys())
        return super().__iter__()

    def items(self, multi: bool = False) -> Iterator[tuple[str, str]]:
        self.names.update(super().keys())
        return super().items(multi)

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        self.names.update(super().keys())
        return super().lists()


class ReadRequest(Request):
    """Keeps the names that requests have looked at, until the set is emptied."""

    names: ClassVar[set[str]] = set()

    @cached_property
    def args(self) -> Read:  # type: ignore[override]
        given = Read(super().args.items(multi=True))
        given.names = self.names
        return given


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[World]:
    """A desk that raises what it would answer with 500."""
    name = "crafted_queries"
    server.create_database(name, template=TEMPLATE)
    app = create_app(config_for(server.url(name), DECISION_GRACE_S="0"))
    app.testing = True
    app.request_class = type("Watched", (ReadRequest, app.request_class), {})
    counters, plenty = app.extensions["limits"], parse("100000/minute")
    counters.by_address = Limit("address", plenty)
    counters.by_account = Limit("account", plenty)
    world = World(app)
    yield world
    live.stop(app)
    world.close()
    server.drop_database(name)


def statuses(world: World, key: str, queries: list[dict[str, str]]) -> set[int]:
    """What the callers for whom the route is made get, for each of the queries. A parameter that
    nothing looks at is tried once: what it holds makes no difference."""
    name = "agent" if "/api/" in key else "owner"
    caller = world.callers[name]
    path = NAMES.sub(lambda kind: world.new(kind[1], caller=caller), ROWS[key].path)
    parts, found, tried = urlsplit(path), set(), set()
    ReadRequest.names.clear()
    for query in queries:
        if not query.keys() - tried and not query.keys() & ReadRequest.names:
            continue
        tried |= query.keys()
        text = urlencode({**dict(parse_qsl(parts.query)), "wait": "0", **query})
        answer = caller.call("GET", f"{parts.path}?{text}")
        found.add(answer.status_code)
        answer.close()
    return found


@pytest.mark.parametrize("key", READABLE)
def test_the_names_of_a_query_are_harmless(world: World, key: str) -> None:
    queries = [{name: value} for name in OPTIONS for value in ("1", "", "\0")]
    assert max(statuses(world, key, queries)) < 500


@pytest.mark.parametrize("key", READABLE)
def test_no_cursor_and_no_position_is_an_error_of_the_server(world: World, key: str) -> None:
    queries = [{name: each} for each in CURSORS for name in ("cursor", "after")]
    queries += [{"cursor": each, "q": "what"} for each in CURSORS] if "/history" in key else []
    queries += [{"key": each} for each in (*CURSORS, *POSITIONS)] if "/live/" in key else []
    queries += [{name: each} for each in POSITIONS for name in ("after", "before", "limit")]
    assert max(statuses(world, key, queries)) < 500


@pytest.mark.parametrize("key", READABLE)
def test_no_number_and_no_name_in_a_path_is_an_error_of_the_server(world: World, key: str) -> None:
    caller = world.callers["agent" if "/api/" in key else "owner"]
    paths = set()
    for part in (*POSITIONS, "a\0b", "a\nb", "\ufdd0"):
        path = NAMES.sub(quote(part), ROWS[key].path.partition("?")[0])
        paths.add(path if "<" not in key else re.sub(r"\b9+\b", quote(part), path))
    for path in sorted(paths):
        for who in (caller, world.callers["anonymous"]):
            answer = who.call("GET", path)
            assert answer.status_code < 500, (who, path)
            answer.close()


LOOKS = {
    "get": lambda args: args.get("cursor"),
    "get as a number": lambda args: args.get("cursor", type=int),
    "[]": lambda args: args["cursor"],
    "in": lambda args: "cursor" in args,
    "getlist": lambda args: args.getlist("cursor"),
    "to_dict": lambda args: args.to_dict(),
    "items": lambda args: dict(args.items()),
    "**": lambda args: dict(**args),
    "list": lambda args: list(args),
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_at_a_parameter_is_noticed(look: str) -> None:
    with ReadRequest.from_values("/?cursor=7&after=8") as request:
        ReadRequest.names.clear()
        assert request.args.to_dict  # and nothing is noticed where nobody looks
        assert ReadRequest.names == set()
        LOOKS[look](request.args)
        assert "cursor" in ReadRequest.names


def test_the_next_page_keeps_the_query_and_its_own_address(world: World) -> None:
    agent = world.callers["agent"]
    for _ in range(2):
        world.new("question", caller=agent)
    odd = dict.fromkeys(OPTIONS, "1") | {"limit": "1"}
    answer = agent.call("GET", f"/api/escalations?{urlencode(odd)}")
    assert answer.status_code == 200, answer.text
    link = answer.headers["Link"]
    address = urlsplit(link[link.index("<") + 1 : link.index(">")])
    assert (address.scheme, address.netloc, address.path) == ("", "", "/api/escalations")
    query = dict(parse_qsl(address.query))
    assert odd.items() <= query.items()
    following = agent.call("GET", f"{address.path}?{address.query}")
    assert following.json != answer.json
    assert following.status_code == 200


def numbered(app: Flask, *names: str) -> None:
    with app.app_context():
        for name in names:
            jobs.tell(name, "shop", by=DESK, title=f"Called {name}")


@pytest.mark.parametrize("shape", ["00{}", "+{}", "{}.0", " {}", "٤"])
def test_only_the_exact_number_of_a_job_opens_it(
    app: Flask, anna: FlaskClient, sql: object, shape: str
) -> None:
    numbered(app, "first")
    [(key,)] = sql("select id from jobs")  # type: ignore[operator]
    assert anna.get(f"/jobs/{key}").status_code == 200
    name = shape.format(key)
    for query in ("", "?project_id=shop"):
        assert anna.get(f"/jobs/{quote(name)}{query}").status_code == 404
    numbered(app, name)
    [(other,)] = sql("select id from jobs where job_id <> 'first'")  # type: ignore[operator]
    for query in ("", "?project_id=shop"):
        answer = anna.get(f"/jobs/{quote(name)}{query}")
        assert (answer.status_code, answer.location) == (303, f"/jobs/{other}")


def test_a_number_with_a_project_is_a_name(app: Flask, anna: FlaskClient, sql: object) -> None:
    numbered(app, "first")
    [(key,)] = sql("select id from jobs")  # type: ignore[operator]
    assert anna.get(f"/jobs/{key}?project_id=shop").status_code == 404
