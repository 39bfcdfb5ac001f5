"""What the pages of jobs tell first: who needs a person, what the agent says, what came up."""

import re
import uuid
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp.actors import DESK
from webapp.extensions import db
from webapp.live.fragments import VIEWS
from webapp.operations import answers, jobs, problems, receipts
from webapp.queries import jobs as queries

Ask = Callable[..., uuid.UUID]


def listed(page: str) -> list[str]:
    return re.findall(r'<h2 class="row-title"><a href="/jobs/\d+"><bdi>([^<]+)</bdi>', page)


def key_of(app: Flask, job_id: str) -> int:
    with app.app_context():
        return queries.find(db.session(), job_id, "shop", by=DESK).id


def test_paused_jobs_stand_first_then_those_that_wait(
    app: Flask, anna: FlaskClient, ask: Ask, stop: Callable[..., list[uuid.UUID]]
) -> None:
    ask(job="asks")
    stop(job="halted")
    with app.app_context():
        jobs.tell("works", "shop", by=DESK, title="works")
    assert listed(anna.get("/jobs").text) == ["halted", "asks", "works"]


def test_a_paused_job_is_resumed_in_its_row(
    app: Flask, anna: FlaskClient, olga: FlaskClient, stop: Callable[..., list[uuid.UUID]]
) -> None:
    stop(job="halted")
    key = key_of(app, "halted")
    assert f'formaction="/jobs/{key}/resume"' not in olga.get("/jobs").text
    page = anna.get("/jobs").text
    assert f'formaction="/jobs/{key}/resume"' in page
    token = hidden(page, 'id="resume-jobs"')
    path = f"/jobs/{key}/resume"
    answer = anna.post(path, data=token, headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<section id="jobs-list"')
    assert "Continue the job" not in answer.text
    again = anna.post(path, data=token)
    assert (again.status_code, again.location) == (303, "/jobs")


def test_the_jobs_of_one_project_are_shown_alone_and_live(
    app: Flask, omar: FlaskClient, otto: FlaskClient
) -> None:
    with app.app_context():
        for project in ("shop", "club"):
            jobs.tell("build", project, by=DESK, title=f"Build the {project}")
    page = omar.get("/jobs?project=club").text
    assert listed(page) == ["Build the club"]
    assert 'sse-connect="/live/jobs?key=club"' in page
    region = next(part for part in VIEWS["jobs"].regions if part.name == "jobs-list")
    with app.app_context():
        assert region.render(db.session(), DESK, "club") in page
    assert listed(otto.get("/jobs?project=shop").text) == []
    assert otto.get("/live/jobs?key=shop").status_code == 404


def test_an_agent_tells_its_story_and_its_result(app: Flask, anna: FlaskClient) -> None:
    with app.app_context():
        jobs.tell(
            "build-1",
            "shop",
            by=DESK,
            summary="The shop <sells> bouquets now.",
            result_url="https://shop.example.com/?a=1&b=2",
            preview="https://shop.example.com/preview.png",
        )
    page = anna.get(f"/jobs/{key_of(app, 'build-1')}").text
    assert "The shop &lt;sells&gt; bouquets now." in page
    link = re.search(r'<a class="button" href="https://shop.example.com/\?a=1&amp;b=2"[^>]*>', page)
    assert link
    assert 'rel="noopener noreferrer nofollow"' in link[0]
    assert page.count('<bdi class="where">shop.example.com</bdi>') == 2
    assert "<img" not in page  # a picture elsewhere would learn who looks at it, and when
    assert "The shop &lt;sells&gt; bouquets now." in anna.get("/jobs").text


def test_each_problem_of_a_job_is_a_line_that_says_how_it_stands(
    app: Flask, anna: FlaskClient, tell: Callable[..., object]
) -> None:
    def story() -> str:
        page = anna.get(f"/jobs/{key_of(app, 'build-1')}").text
        found = re.search(r'<section id="job-story".*?</section>', page, re.S)
        assert found
        return re.sub(r"<[^>]+>|\s+", " ", found[0])

    verdict = tell()
    tell(error_type="AssertionError", error_message="expected 12 thumbnails, found 11")
    assert "Waiting for you" in story()
    assert "Being tried" in story()
    key = uuid.UUID(verdict.escalation_id)
    with app.app_context():
        answers.resolve(key, "provide_credentials", by=DESK)
    assert "Answered" in story()
    with app.app_context():
        receipts.give(key, "failed", by=DESK)
    assert "Failed again" in story()
    with app.app_context():
        problems.heal("build-1", "shop", verdict.error_signature, by=DESK)
    assert "Solved" in story()


def test_the_timeline_names_what_failed(
    app: Flask, anna: FlaskClient, tell: Callable[..., object]
) -> None:
    tell(error_type="AssertionError", error_message="expected 12 thumbnails, found 11")
    assert ">AssertionError</code>" in anna.get(f"/jobs/{key_of(app, 'build-1')}").text
