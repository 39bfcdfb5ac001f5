"""The jobs, one job's feed, and letting a paused one go on."""

import re
import uuid
from collections.abc import Callable
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.actors import DESK
from webapp.events.kinds import Kind
from webapp.events.log import record
from webapp.extensions import db
from webapp.operations import jobs
from webapp.operations.transaction import transaction
from webapp.queries import jobs as queries
from webapp.queries.screens_jobs import FEED_LENGTH, JOBS_SHOWN

Ask = Callable[..., uuid.UUID]

NO_WORDS = "this page can't describe"


def key_of(app: Flask, job_id: str, project: str = "shop") -> int:
    with app.app_context():
        return queries.find(db.session(), job_id, project, by=DESK).id


def recorded(app: Flask, job: int, *events: tuple[Kind, dict[str, object]]) -> None:
    with app.app_context(), transaction() as session:
        for kind, payload in events:
            record(session, job, kind, **payload)


def test_no_job_yet(anna: FlaskClient) -> None:
    assert "No jobs yet" in anna.get("/jobs").text


def test_each_job_with_its_state(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    ask(job="asks")
    with app.app_context():
        for state in ("working", "finished", "failed"):
            jobs.tell(state, "shop", by=DESK, title=f"A {state} job", state=state)
    page = anna.get("/jobs").text
    for words in ("Waiting for an answer", "Working", "Finished", "Failed", "A failed job", "asks"):
        assert words in page
    assert page.index("asks") < page.index("A failed job") < page.index("A working job")


def test_many_jobs_follow_each_other_page_by_page(app: Flask, anna: FlaskClient) -> None:
    with app.app_context():
        db.session.execute(
            db.text(
                "insert into jobs (project_id, job_id, created_at) select 'shop', 'job ' || n, "
                "now() - n / 3 * interval '1 hour' from generate_series(1, 5000) as n"
            )
        )
        db.session.commit()
    page, seen = anna.get("/jobs").text, []
    assert 'sse-swap="jobs-list"' in page
    for _ in range(3):
        seen += [int(number) for number in re.findall(r"<bdi>job (\d+)</bdi>", page)]
        older = re.search(r'href="(/jobs\?cursor=[^"]+)"', page)
        assert older
        page = anna.get(older[1]).text
        assert 'sse-swap="jobs-list"' not in page
    assert len(seen) == len(set(seen)) == 3 * JOBS_SHOWN
    assert [number // 3 for number in seen] == sorted(number // 3 for number in seen)
    assert anna.get("/jobs?cursor=broken").status_code == 422


def test_the_page_of_a_job(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    question = ask()
    page = anna.get(f"/jobs/{key_of(app, 'build-1')}").text
    for words in ("build-1", "shop", "session-1", "Waiting for an answer", "1 open question"):
        assert words in page
    assert f'href="/escalations/{question}"' in page


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    "payload", [{}, {"surprise": [1], "attempt": "x", "retry_after_s": None, "note": 7}]
)
def test_every_kind_of_event_has_a_sentence(
    app: Flask, anna: FlaskClient, kind: Kind, payload: dict[str, object]
) -> None:
    with app.app_context():
        job = jobs.tell("build-1", "shop", by=DESK, title="A job").id
    recorded(app, job, (kind, payload))
    page = anna.get(f"/jobs/{job}")
    assert page.status_code == 200
    assert f'data-kind="{kind}"' in page.text
    assert NO_WORDS not in page.text


def test_a_kind_of_tomorrow_is_no_error(app: Flask, anna: FlaskClient) -> None:
    with app.app_context():
        job = jobs.tell("build-1", "shop", by=DESK, title="A job").id
    recorded(app, job, ("agent.of_tomorrow", {"escalation_id": "no id"}))  # type: ignore[arg-type]
    assert NO_WORDS in anna.get(f"/jobs/{job}").text


def test_an_old_event_keeps_its_date_in_one_place(app: Flask, anna: FlaskClient) -> None:
    with time_machine.travel("2020-03-03"), app.app_context():
        job = jobs.tell("build-1", "shop", by=DESK, title="A job").id
    feed = anna.get(f"/jobs/{job}").text.partition('id="job-feed"')[2]
    # A word beside the `time` would be a cell of the row's grid of its own.
    day = r'</div><span class="feed-time">on <time [^>]*>3 March 2020</time></span></li>'
    assert re.search(day, feed)


@pytest.mark.parametrize("job_id", ["a/b/c", "über 9 000", "?x=1&y=#z", "x" * 255, "..", "7", "🙂"])
def test_any_name_of_a_job_has_a_page(app: Flask, anna: FlaskClient, job_id: str) -> None:
    with app.app_context():
        key = jobs.tell(job_id, "shop", by=DESK, title="By name").id
    assert "By name" in anna.get(f"/jobs/{key}").text
    if job_id != "..":
        named = anna.get(f"/jobs/{quote(job_id)}?project_id=shop")
        assert (named.status_code, named.location) == (303, f"/jobs/{key}")


def test_unknown_and_foreign_jobs_are_the_same(
    app: Flask, anna: FlaskClient, otto: FlaskClient, ask: Ask
) -> None:
    ask()
    foreign, unknown = otto.get(f"/jobs/{key_of(app, 'build-1')}"), anna.get("/jobs/999999")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.text == unknown.text
    for path in ("/jobs/nobody", "/jobs/nobody?project_id=shop", "/jobs/" + "9" * 40):
        assert anna.get(path).status_code == 404


def test_a_long_feed_shows_the_latest_and_leads_to_the_rest(app: Flask, anna: FlaskClient) -> None:
    with app.app_context():
        job = jobs.tell("build-1", "shop", by=DESK, title="The first thing").id
    recorded(app, job, *[(Kind.RETRYING, {"attempt": 1})] * (FEED_LENGTH + 20))
    page = anna.get(f"/jobs/{job}").text
    assert page.count('<li id="event-') == FEED_LENGTH
    assert "The agent is working on" not in page
    assert "?before=22" in page
    older = anna.get(f"/jobs/{job}?before=22").text
    assert older.count('<li id="event-') == 21
    assert "The agent is working on" in older
    for strange in ("0", "-5", "99999999999999999999", "x"):
        assert anna.get(f"/jobs/{job}?before={strange}").status_code == 200


def test_a_paused_job_says_why_and_goes_on_by_one_button(
    app: Flask, anna: FlaskClient, stop: Callable[..., list[uuid.UUID]]
) -> None:
    questions = stop()
    key = key_of(app, "build-1")
    page = anna.get(f"/jobs/{key}").text
    header = page.partition('id="job-feed"')[0]
    assert "Paused" in header
    for question in questions:
        assert f'href="/escalations/{question}"' in header
    form = hidden(page, 'class="resume"')
    assert anna.post(f"/jobs/{key}/resume").status_code == 400
    answer = anna.post(f"/jobs/{key}/resume", data=form)
    assert (answer.status_code, answer.location) == (303, f"/jobs/{key}")
    page = anna.get(f"/jobs/{key}").text
    assert "resumed the job" in page
    assert 'data-state="waiting_for_input"' in page


def test_resuming_with_htmx_gives_the_header_and_twice_is_no_error(
    app: Flask, anna: FlaskClient, stop: Callable[..., list[uuid.UUID]]
) -> None:
    stop()
    key = key_of(app, "build-1")
    form = hidden(anna.get(f"/jobs/{key}").text, 'class="resume"')
    for _ in range(2):
        answer = anna.post(f"/jobs/{key}/resume", data=form, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert answer.text.startswith('<header id="job-header"')
        assert "Paused" not in answer.text


def test_an_outsider_resumes_nothing(
    app: Flask, otto: FlaskClient, stop: Callable[..., list[uuid.UUID]]
) -> None:
    stop()
    key = key_of(app, "build-1")
    form = hidden(otto.get("/").text, 'action="/sign-out"')
    assert otto.post(f"/jobs/{key}/resume", data=form).status_code == 404
    with app.app_context():
        assert queries.find(db.session(), "build-1", "shop", by=DESK).state == "paused"
