"""What holds for every endpoint of the JSON API."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Cast
from webapp.desk.api.endpoint import ENDPOINTS, Endpoint
from webapp.extensions import db
from webapp.models import Token
from webapp.operations import tokens

GUARDED = [endpoint for endpoint in ENDPOINTS if not endpoint.public]
IDS = [f"{endpoint.method} {endpoint.path}" for endpoint in GUARDED]


def address(endpoint: Endpoint) -> str:
    return endpoint.path.format(
        job_id="build-1",
        escalation_id="1b4e28ba-2fa1-4d1d-883f-0016d3cca427",
        agent="cursor",
        ref="sec_never-made",
        attachment_id="6fa459ea-ee8a-4ca4-894e-db77e160355e",
    )


@pytest.mark.parametrize("endpoint", GUARDED, ids=IDS)
def test_nobody_comes_in_without_a_token_that_is_good(
    app: Flask, client: FlaskClient, endpoint: Endpoint
) -> None:
    wrong = [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer wrong"}]
    wrong += [{"Authorization": "Basic d3Jvbmc6d3Jvbmc="}, {"Authorization": "Bearer \xff\xfe"}]
    for headers in wrong:
        answer = client.open(address(endpoint), method=endpoint.method, json={}, headers=headers)
        assert answer.status_code == 401, headers
        assert answer.content_type == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json["detail"]


def test_a_signed_in_browser_is_no_token(anna: FlaskClient) -> None:
    assert anna.get("/api/escalations").status_code == 401


def test_a_revoked_token_is_refused(app: Flask, client: FlaskClient, cast: Cast) -> None:
    headers = cast.token()
    assert client.get("/api/escalations", headers=headers).status_code == 200
    with app.app_context():
        tokens.revoke(db.session.query(Token).one().prefix)
    assert client.get("/api/escalations", headers=headers).status_code == 401


def test_an_agent_may_do_everything_but_what_is_a_founders(
    client: FlaskClient, agent: dict[str, str]
) -> None:
    founders = {endpoint.path for endpoint in ENDPOINTS if endpoint.founder_only}
    assert founders == {
        "/api/escalations/{escalation_id}/extend",
        "/api/escalations/{escalation_id}/resolve",
        "/api/escalations/{escalation_id}/skip",
        "/api/jobs/{job_id}/resume",
    }


def test_no_route_of_the_api_is_undocumented(app: Flask) -> None:
    documented = {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == documented
