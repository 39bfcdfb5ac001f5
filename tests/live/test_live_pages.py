"""GET /live/<view>: the regions of a page, rendered once for all who look at it."""

import time
from collections.abc import Callable

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy.exc import OperationalError
from wall import TEMPLATES, Page, Wall

from webapp.extensions import db
from webapp.live import fragments
from webapp.live.service import live


@pytest.fixture
def wall(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(fragments, "VIEWS", {"wall": wall.view()})
    app.jinja_env.loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_env.loader])
    return wall


@pytest.fixture
def tell(wall, anna, shop_jobs) -> Callable[[str, str], None]:
    """Give a job a title; returns when it has been passed on to all open pages, so that nothing
    of it is still to come."""
    page = Page(anna)
    page.regions(2)

    def tell(job_id: str, title: str) -> None:
        shop_jobs.tell(job_id, title)
        page.until(title)

    return tell


def test_on_connect_all_regions_come_as_they_are_now(wall, anna, shop_jobs):
    shop_jobs.tell("build-1", "one <script>")
    found = dict(Page(anna).regions(2))
    assert found["titles"].startswith('<ul id="titles">\n<li>one &lt;script&gt;\n</ul>')
    assert 'href="/static/x"' in found["titles"]
    assert found["count"] == '<b id="count">1</b>'


def test_an_event_between_the_page_and_its_stream_is_not_lost(wall, anna, shop_jobs):
    """Trap: "an event between page render and stream connect is lost"."""
    shop_jobs.tell("build-1", "seen by the page")
    answer = anna.get("/live/wall")  # connected, and nothing read yet
    shop_jobs.tell("build-1", "in between")
    chunks = answer.iter_encoded()
    text = next(chunks).decode()
    while "in between" not in text:
        text += next(chunks).decode()
    assert "seen by the page" not in text
    answer.close()


def test_a_change_sends_the_region_that_it_changes_and_no_other(wall, anna, tell):
    tell("build-1", "one")
    page = Page(anna)
    page.regions(2)
    before = wall.rendered["count"]
    tell("build-1", "two")
    name, html = page.regions(3)[2]
    assert name == "titles"
    assert "two" in html
    assert wall.rendered["count"] == before


def test_an_empty_list_goes_on_refreshing(wall, anna, shop_jobs):
    """Trap: "the live list stops refreshing when it is empty"."""
    page = Page(anna)
    assert dict(page.regions(2))["titles"].startswith('<ul id="titles">\n</ul>')
    shop_jobs.tell("build-1", "the first")
    assert "the first" in page.regions(3)[2][1]


def test_a_region_is_rendered_once_for_all_who_look_at_it(wall, anna, ben, tell):
    tell("build-1", "one")
    pages = [Page(client) for client in [anna, ben] * 10]
    for page in pages:
        page.regions(2)
    before = wall.rendered["titles"]
    assert before < len(pages)  # those who come together share it already
    tell("build-1", "two")
    for page in pages:
        assert "two" in page.regions(3)[2][1]
    assert wall.rendered["titles"] == before + 1


def test_a_burst_of_events_is_a_few_renderings(wall, anna, shop_jobs):
    shop_jobs.tell("build-1", "begin")
    page = Page(anna)
    page.regions(2)
    for number in range(40):
        shop_jobs.write("build-1", number=number)
    shop_jobs.tell("build-1", "end")
    page.until("<li>end")
    assert 2 <= wall.rendered["titles"] <= 30


def test_an_outsider_is_sent_nothing_of_other_projects(wall, anna, otto, shop_jobs, tell):
    inside, outside = Page(anna), Page(otto)
    inside.regions(2)
    outside.regions(2)
    shop_jobs.tell("build-1", "theirs", "other")
    outside.until("theirs")
    before = wall.rendered["titles"]
    tell("build-1", "secret")
    inside.until("secret")
    shop_jobs.tell("build-1", "more of theirs", "other")
    outside.until("more of theirs")
    assert wall.rendered["titles"] == before + 2
    assert "secret" not in outside.text
    assert "theirs" not in inside.text


def test_events_that_do_not_concern_the_subject_render_nothing(wall, anna, shop_jobs):
    page = Page(anna, "/live/wall?key=build-1")
    page.regions(2)
    shop_jobs.tell("build-2", "not mine")
    shop_jobs.tell("build-1", "mine")
    assert "mine" in page.regions(3)[2][1]
    assert wall.rendered["titles"] == 2


def test_without_a_session_the_browser_is_told_not_to_try_again(wall, app):
    answer = app.test_client().get("/live/wall")
    assert answer.status_code == 401
    assert "Sign in" in answer.text


def test_an_agent_s_token_opens_no_page(wall, app, founder):
    assert app.test_client().get("/live/wall", headers=founder).status_code == 401


def test_signing_out_ends_the_stream(wall, anna, app, sql):
    page = Page(anna)
    page.regions(2)
    sql("update browser_sessions set ended_at = now()")
    page.wait_over()
    assert anna.get("/live/wall").status_code == 401


def test_another_role_ends_the_stream_so_that_it_comes_back_with_it(wall, anna, sql):
    page = Page(anna)
    page.regions(2)
    sql("update memberships set role = 'observer'")
    page.wait_over()
    Page(anna).regions(2)


def test_a_region_that_cannot_be_rendered_closes_the_streams_instead_of_going_stale(
    wall, anna, shop_jobs, caplog
):
    page = Page(anna)
    page.regions(2)
    wall.failures.append(ValueError("a mistake in a template"))
    shop_jobs.tell("build-1", "one")
    page.wait_over()
    assert "could not be rendered" in caplog.text
    assert "one" in dict(Page(anna).regions(2))["titles"]


def test_a_database_that_is_away_for_a_moment_delays_the_region(wall, anna, shop_jobs, caplog):
    page = Page(anna)
    page.regions(2)
    wall.failures.append(OperationalError("select", {}, Exception("the server closed")))
    shop_jobs.tell("build-1", "one")
    assert "one" in page.regions(3)[2][1]
    assert "trying again" in caplog.text


def test_no_connection_is_held_between_events(wall, anna, ben, shop_jobs, app):
    pages = [Page(who) for who in (anna, ben) for _ in range(15)]  # the pool has 20
    for page in pages:
        page.regions(2)
    shop_jobs.tell("build-1", "one")
    for page in pages:
        page.regions(3)
    end = time.monotonic() + 10
    with app.app_context():
        while db.engine.pool.checkedout() and time.monotonic() < end:  # the last round's own
            time.sleep(0.01)
        assert db.engine.pool.checkedout() == 0
        assert len(live().hub.readers()) == 30


def test_one_stream_serves_all_pages_of_a_browser(wall, anna, shop_jobs):
    shop_jobs.tell("build-1", "one")
    path = "/live/pages?of=wall&of=wall%3Fkey%3Dbuild-1&of=wall%3Fkey%3Dgone&of=nothing"
    page = Page(anna, path)
    page.until("id: wall\nevent: titles")
    page.until("id: wall?key=build-1\nevent: titles")
    page.until("id: wall?key=gone\nevent: gone")
    page.until("id: nothing\nevent: gone")
    shop_jobs.tell("build-1", "once more")  # what was told before the stream began is behind it
    page.until(frame_of("wall", "once more"))
    page.until(frame_of("wall?key=build-1", "once more"))
    page.forget()
    for title in ("two", "three", "two", "three", "two"):
        shop_jobs.tell("build-2", title)
        page.until(frame_of("wall", "once more", title))
    shop_jobs.tell("build-1", "one again")
    page.until(frame_of("wall?key=build-1", "one again", "two"))
    # One for its own change, and perhaps one for the change before, which came late.
    assert page.text.count("id: wall?key=build-1\n") <= 2, "build-2 is not its subject"


def frame_of(channel: str, *titles: str) -> str:
    """What the stream says of the titles in that channel, up to the last of them."""
    lines = "".join(f"\ndata: <li>{title}" for title in titles)
    return f'id: {channel}\nevent: titles\ndata: <ul id="titles">{lines}'


@pytest.mark.parametrize(
    "query", ["", "?of=" + "&of=".join(f"wall%3Fkey%3D{n}" for n in range(51))]
)
def test_a_stream_of_no_page_or_of_too_many_is_refused(wall, anna, query):
    assert anna.get(f"/live/pages{query}").status_code == 422


def test_who_reads_in_another_language_gets_the_same_regions_in_that_one(anna, ben, shop_jobs):
    english, german = Page(anna, "/live/inbox"), Page(ben, "/live/inbox?lang=de")
    assert "Nothing needs you right now" in dict(english.regions(2))["inbox-list"]
    assert "Gerade braucht dich nichts" in dict(german.regions(2))["inbox-list"]
    for page in (english, german):
        page.forget()
    shop_jobs.ask("build-1")
    assert "Waiting</span>" in dict(english.regions(2))["inbox-list"]
    assert "Wartet</span>" in dict(german.regions(2))["inbox-list"]
    assert "Waiting</span>" not in german.text


def test_one_browser_may_have_pages_in_two_languages(anna):
    page = Page(anna, "/live/pages?of=inbox&of=inbox%3Flang%3Dde")
    page.regions(4)
    assert "id: inbox\n" in page.text
    assert "id: inbox?lang=de\n" in page.text
    assert "Gerade braucht dich nichts" in page.text
    assert "Nothing needs you right now" in page.text
