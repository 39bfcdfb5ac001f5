"""Under which names the desk answers: its own, this machine's, and those that are allowed."""

import pytest
from flask import Flask

from tests.conftest import config_for
from webapp import create_app
from webapp.accounts.hosts import Hosts

PUBLIC = "https://desk.example.com"


def desk(**environ: str) -> Flask:
    return create_app(config_for("postgresql://nobody@nowhere/none", **environ))


def answers(host: str, **environ: str) -> bool:
    config = config_for("postgresql://nobody@nowhere/none", **environ)
    return Hosts(config).answers_to(host)


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "LocalHost", "a.localhost"],
)
@pytest.mark.parametrize("environ", [{}, {"PUBLIC_URL": PUBLIC}, {"HOST": "0.0.0.0"}])
def test_this_machine_always_reaches_it(host: str, environ: dict[str, str]) -> None:
    assert answers(host, **environ)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "desk.example.com.evil.example",
        "desk.example.com@evil.example",
        "evil.example#localhost",
        "localhost, evil.example",
        "localhost/evil.example",
        "",
        ":",
        "[::1",
    ],
)
@pytest.mark.parametrize("environ", [{}, {"PUBLIC_URL": PUBLIC}, {"HOST": "0.0.0.0"}])
def test_a_foreign_name_is_refused(host: str, environ: dict[str, str]) -> None:
    """DNS rebinding: somebody's name that points to this machine."""
    assert not answers(host, **environ)


def test_the_public_address_is_its_own() -> None:
    assert answers("desk.example.com", PUBLIC_URL=PUBLIC)
    assert answers("Desk.Example.Com:443", PUBLIC_URL=PUBLIC)
    assert not answers("192.168.1.7", PUBLIC_URL=PUBLIC)


def test_beyond_this_machine_it_answers_to_what_nobody_outside_can_point_here() -> None:
    for host in ("192.168.1.7:5000", "[fe80::1]:5000", "unstuck:5000"):
        assert answers(host, HOST="0.0.0.0")
        assert not answers(host)


def test_more_names_can_be_allowed() -> None:
    allowed = "desk.lan, .example.com"
    assert answers("desk.lan:5000", ALLOWED_HOSTS=allowed)
    assert answers("a.b.example.com", ALLOWED_HOSTS=allowed)
    assert not answers("badexample.com", ALLOWED_HOSTS=allowed)
    assert answers("anything.example.org", ALLOWED_HOSTS="*")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/api/escalations", "/static/icons.svg", "/x"])
def test_whoever_comes_under_a_foreign_name_is_told_so(path: str) -> None:
    answer = desk().test_client().get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "under this host name" in answer.text
    assert "evil" not in answer.text
    kind = "application/problem+json" if path.startswith("/api") else "text/html"
    assert answer.mimetype == kind


def test_orchestrators_ask_for_its_health_under_any_name() -> None:
    client = desk(PUBLIC_URL=PUBLIC).test_client()
    assert client.get("/healthz", headers={"Host": "10.0.0.7:5000"}).status_code == 200


def test_a_proxy_that_is_trusted_says_the_name() -> None:
    client = desk(PUBLIC_URL=PUBLIC, TRUSTED_PROXIES="1").test_client()
    headers = {"X-Forwarded-Host": "evil.example"}
    assert client.get("/sign-in", headers=headers).status_code == 400
    assert desk().test_client().get("/assets/x/desk.css", headers=headers).status_code == 200
