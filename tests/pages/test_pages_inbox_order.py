"""The order of the inbox, its projects, and what can be looked for among what waits."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden, send
from sqlalchemy import event, text, update

from webapp.actors import DESK, Actor
from webapp.clock import now
from webapp.extensions import db
from webapp.live.fragments import VIEWS
from webapp.models import AgentEscalation
from webapp.operations import answers, jobs, people
from webapp.operations.reports import receive
from webapp.operations.reports.context import Report
from webapp.queries import waiting
from webapp.queries.waiting import PAGE_LENGTH

Ask = Callable[..., uuid.UUID]

DANGEROUS = {"value": "drop", "label": "Delete it", "description": "", "irreversible": True}
KEEP = {"value": "keep", "label": "Keep it", "description": ""}


def cards(page: str) -> list[str]:
    return re.findall(r'id="card-([0-9a-f-]{36})"', page)


def groups(page: str) -> list[tuple[str, int]]:
    found = re.findall(
        r'class="group-title"><a href="[^"]+"><bdi>([^<]+)</bdi></a> <span class="tally">(\d+)<',
        page,
    )
    return [(name, int(count)) for name, count in found]


def several(app: Flask, project: str = "shop") -> str:
    """A question that two jobs wait for."""
    with app.app_context():
        for job in ("first", "second"):
            report = Report("s", "AuthError", "Invalid API key", intent="take payments")
            verdict = receive.report(job, project, report, by=DESK)
    assert verdict.escalation_id
    return verdict.escalation_id


def test_what_holds_up_most_stands_first(
    app: Flask, anna: FlaskClient, ask: Ask, stop: Callable[..., list[uuid.UUID]]
) -> None:
    plain = ask(job="plain", plain_english_problem="Which logo?")
    final = ask(
        job="final",
        plain_english_problem="Delete the old orders?",
        options=[KEEP, DANGEROUS],
        recommended="keep",
    )
    joined = several(app)
    paused = stop(job="halted")
    page = anna.get("/").text
    assert cards(page) == [*map(str, paused), joined, str(final), str(plain)]
    assert page.count('data-state="paused"') == len(paused)
    assert page.count("Can&#39;t be undone") + page.count("Can't be undone") == 1


def test_questions_are_grouped_by_project_with_counts(
    app: Flask, omar: FlaskClient, ask: Ask
) -> None:
    ask(project="shop")
    ask(project="shop", job="build-2")
    ask(project="club")
    assert groups(omar.get("/").text) == [("shop", 2), ("club", 1)]
    several(app, "club")
    assert groups(omar.get("/").text) == [("club", 2), ("shop", 2)]


def test_the_next_question_follows_the_order_of_the_inbox(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    plain = ask(plain_english_problem="Which logo?")
    joined = several(app)
    last = ask(plain_english_problem="Which font?")
    assert anna.get("/escalations/next").location == f"/escalations/{joined}"
    for after, then in ((joined, plain), (plain, last), (last, joined), (uuid.uuid4(), joined)):
        location = anna.get(f"/escalations/next?after={after}").location
        assert location == f"/escalations/{then}"


def walk(person: FlaskClient) -> list[str]:
    """The questions in the order in which the page offers the next one, until the first again."""
    walked = [person.get("/escalations/next").location.rpartition("/")[2]]
    while (
        then := person.get(f"/escalations/next?after={walked[-1]}").location.rpartition("/")[2]
    ) != walked[0]:
        walked.append(then)
    return walked


def test_the_next_question_is_the_one_below_in_the_grouped_list(
    app: Flask, omar: FlaskClient, ask: Ask, stop: Callable[..., list[uuid.UUID]]
) -> None:
    for number in range(3):
        ask(project="club", job=f"club-{number}")
        ask(project="shop", job=f"shop-{number}")
    several(app, "shop")
    page = omar.get("/").text
    assert groups(page) == [("shop", 4), ("club", 3)]
    assert walk(omar) == cards(page)
    for key in stop(job="halted", project="yard"):
        send(omar, key, "skip")
    below = ask(project="yard", job="last")
    page = omar.get("/").text
    assert cards(page)[0] == str(below), "its project has a job that only has to be continued"
    assert walk(omar) == cards(page)


def test_the_next_question_follows_the_pages_of_a_long_inbox(omar: FlaskClient, ask: Ask) -> None:
    for number in range(PAGE_LENGTH + 3):
        ask(project=("club", "shop")[number % 2], job=f"job-{number}")
    first = omar.get("/").text
    later = re.search(r'href="(/\?cursor=[^"]+)" rel="next"', first)
    assert later
    assert walk(omar) == cards(first) + cards(omar.get(later[1]).text)


def test_the_next_question_is_found_by_one_statement_and_the_index_of_what_waits(
    app: Flask, ask: Ask
) -> None:
    ask()
    sent: list[tuple[str, Any]] = []
    anyone = Actor(ref="person:1", name="Anna", grants={"shop": "founder"})
    with app.app_context():
        session = db.session()
        note = lambda _on, _cursor, statement, values, *_: sent.append((statement, values))  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            waiting.next_after(session, None, by=anyone)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        [(statement, values)] = sent
        session.execute(text("set local enable_seqscan = off"))
        plan = session.connection().exec_driver_sql(f"explain {statement}", values)
        assert "ix_agent_escalations_pending" in "".join(row[0] for row in plan)


def test_only_what_waits_for_a_day_is_late(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    key = ask()
    assert "data-late" not in anna.get("/").text
    with app.app_context(), db.session.begin():
        db.session.execute(
            update(AgentEscalation)
            .where(AgentEscalation.id == key)
            .values(created_at=now() - timedelta(hours=25))
        )
    assert anna.get("/").text.count("data-late") == 1


def test_the_nearest_deadline_stands_before_what_cannot_be_undone(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    plain = ask(job="plain")
    final = ask(job="final", options=[KEEP, DANGEROUS], recommended="keep")
    far, near = (
        ask(job=f"due-{hours}", deadline_at=now() + timedelta(hours=hours)) for hours in (30, 0.5)
    )
    joined = several(app)
    page = anna.get("/").text
    assert cards(page) == [joined, *map(str, (near, far, final, plain))]
    assert page.count("data-late") == 1  # only the one that is due within the hour


def test_one_project_is_shown_alone_and_stays_live(app: Flask, omar: FlaskClient, ask: Ask) -> None:
    ask(project="shop")
    alone = ask(project="club & bar")
    path = "/?project=club+%26+bar"
    page = omar.get(path).text
    assert cards(page) == [str(alone)]
    assert 'data-count="2"' in page
    assert 'sse-connect="/live/inbox?key=project%3Dclub%2B%2526%2Bbar"' in page
    region = next(part for part in VIEWS["inbox"].regions if part.name == "inbox-list")
    with app.app_context():
        assert region.render(db.session(), DESK, "project=club+%26+bar") in page


def test_a_project_of_others_is_no_place_to_follow(
    anna: FlaskClient, otto: FlaskClient, ask: Ask
) -> None:
    ask(project="shop")
    assert cards(otto.get("/?project=shop").text) == []
    assert otto.get("/live/inbox?key=project%3Dshop").status_code == 404
    assert anna.get("/live/inbox?key=project%3Dmade-up").status_code == 404
    assert anna.get("/live/inbox?key=q%3Dlogo").status_code == 404


def test_words_are_looked_for_in_questions_and_jobs(
    app: Flask, anna: FlaskClient, ask: Ask
) -> None:
    with app.app_context():
        jobs.tell("build-7", "shop", by=DESK, title="The newsletter")
    logo = ask(plain_english_problem="Which logo is the current one?")
    letter = ask(job="build-7", plain_english_problem="Who gets it?")
    assert cards(anna.get("/?q=LOGO+current").text) == [str(logo)]
    assert cards(anna.get("/?q=newsletter").text) == [str(letter)]
    page = anna.get("/?q=newsletter").text
    assert "1 question found" in page
    assert 'sse-connect="/live/quiet"' in page
    nothing = anna.get("/?q=50%25").text
    assert "No waiting question has these words" in nothing
    assert 'href="/history?q=50%25"' in nothing


def test_an_answer_in_a_narrowed_inbox_leaves_it_narrowed(
    app: Flask, omar: FlaskClient, ask: Ask
) -> None:
    ask(project="club")
    first, second = ask(project="shop", job="one"), ask(project="shop", job="two")
    html = omar.get(f"/escalations/{first}/options", headers={"HX-Request": "true"}).text
    answer = omar.post(
        f"/escalations/{first}/resolve",
        data=hidden(html, "card-answer") | {"decision": "skip_feature"},
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/?project=shop"},
    )
    assert answer.status_code == 200
    assert cards(answer.text) == [str(second)]


def test_a_made_up_cursor_is_refused(anna: FlaskClient) -> None:
    for cursor in ("MA", "NXwyMDI2LTAxLTAxfDE", "a=b"):
        assert anna.get("/", query_string={"cursor": cursor}).status_code == 422


def test_news_of_owners_is_one_folded_line(app: Flask, omar: FlaskClient) -> None:
    with app.app_context():
        people.make_link("eve@example.com")
        people.make_link("dan@example.com")
    page = omar.get("/").text
    assert page.count('<details class="reminder">') == 1


def test_answered_questions_leave_the_counts(app: Flask, anna: FlaskClient, ask: Ask) -> None:
    first, _ = ask(), ask(job="build-2")
    with app.app_context():
        answers.skip(first, by=DESK)
    assert groups(anna.get("/").text) == [("shop", 1)]
