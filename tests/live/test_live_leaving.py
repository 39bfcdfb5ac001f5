"""Who may no longer listen is cut off within seconds: streams, pages and waiting calls alike."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from in_time import within
from web_process import until

from tests.conftest import Cast
from webapp.actors import DESK, Actor
from webapp.extensions import db
from webapp.live import heartbeat
from webapp.live.service import Live, live
from webapp.models import Person
from webapp.operations import answers, members, sessions, tokens

SOON_S = 5.0
PATIENCE_S = 60.0


def service(app: Flask) -> Live:
    with app.app_context():
        return live()


@pytest.fixture(autouse=True)
def _quick_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another look at who may listen each half second, instead of every five."""
    monkeypatch.setattr(heartbeat, "_BEAT_S", 0.5)


class Listening:
    """A stream that somebody reads to its end."""

    def __init__(self, client: FlaskClient, path: str, headers: dict[str, str]) -> None:
        self.answer = client.get(path, headers=headers)
        assert self.answer.status_code == 200
        self.text = ""
        self.began = threading.Event()
        self.over = threading.Event()
        threading.Thread(target=self.read, daemon=True).start()
        assert self.began.wait(20)

    def read(self) -> None:
        for chunk in self.answer.iter_encoded():
            self.text += chunk.decode()
            self.began.set()
        self.over.set()


def person_id(app: Flask, email: str = "anna@example.com") -> int:
    with app.app_context():
        return db.session.scalars(db.select(Person.id).where(Person.email == email)).one()


def test_a_member_who_is_taken_out_sees_nothing_more(
    app: Flask, anna: FlaskClient, ben: FlaskClient, shop_jobs
) -> None:
    key = shop_jobs.ask()
    paths = ["/live/inbox", f"/live/question?key={key}", f"/live/pages?of=question%3Fkey%3D{key}"]
    open_pages = [Listening(anna, path, {}) for path in paths]
    other = Listening(ben, paths[0], {})
    with app.app_context():
        members.remove(person_id(app), "shop", by=DESK)
    for page in open_pages:
        assert page.over.wait(PATIENCE_S)
    assert anna.get("/live/inbox").status_code in (401, 404)
    assert anna.get(f"/escalations/{key}").status_code in (303, 404)
    assert not other.over.is_set()


def test_a_session_that_is_ended_from_elsewhere_ends_its_streams(
    app: Flask, cast: Cast, anna: FlaskClient
) -> None:
    phone = cast.browser("anna@example.com")
    page = Listening(phone, "/live/inbox", {})
    own = Listening(anna, "/live/inbox", {})
    by = Actor(ref=f"person:{person_id(app)}", name="Anna")
    with app.app_context(), anna.session_transaction() as cookie:
        sessions.end_other_sessions(cookie["browser"], by=by)
    assert page.over.wait(PATIENCE_S)
    assert not own.over.is_set()


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_token_that_is_over_ends_the_stream_and_the_wait(
    app: Flask, agent: dict[str, str], shop_jobs, sql, end: str
) -> None:
    key = shop_jobs.ask("build-1")
    stream = Listening(
        app.test_client(), "/api/jobs/build-1/events", agent | {"Accept": "text/event-stream"}
    )
    path = f"/api/escalations/{key}/decision?wait=50"
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(app.test_client().get, path, headers=agent)
        until(lambda: app.extensions["live"].hub.waits.topics(), "the call waits")
        with within(SOON_S, instead_of=50):
            if end == "revoked":
                with app.app_context():
                    tokens.revoke(agent["Authorization"].removeprefix("Bearer "))
            else:
                # Notified, because no token's end is ever brought forward by anybody else.
                sql(
                    "with ended as (update tokens set expires_at = now() - interval '1 second'"
                    " returning id) select pg_notify('unstuck', 'token ended') from ended"
                )
            assert call.result(50).status_code == 401
            assert stream.over.wait(50)


def test_an_answer_does_not_reach_whose_owner_has_just_left_that_project(
    app: Flask, anna: FlaskClient, shop_jobs, sql
) -> None:
    key = shop_jobs.ask("build-1")
    with app.app_context():
        sql("insert into memberships values (1, 'other', 'founder')")
        _, secret = tokens.create("hers", ["*"], "founder", person_id=1)
    headers = {"Authorization": f"Bearer {secret}"}
    path = f"/api/escalations/{key}/decision?wait=50"
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(app.test_client().get, path, headers=headers)
        until(lambda: service(app).hub.waits.topics(), "the call waits")
        sql("delete from memberships where project_id = 'shop'")  # she still is in the other
        with app.app_context():
            answers.skip(key, by=DESK)
        assert call.result(PATIENCE_S).status_code == 404
