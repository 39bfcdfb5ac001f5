"""A page is right again by itself: after a 502, a lost network, sleep; and says so meanwhile."""

import pytest
from outage import proxy_without_a_desk
from playwright.sync_api import Page, expect
from sqlalchemy import delete
from stage import Stage, ask, ask_by_report, question
from windows import SOON_MS, Windows

from webapp.actors import DESK
from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.operations.escalations import Question, open_question

pytestmark = pytest.mark.browser

BACK_MS = 10_000
"""Within what a page is right again once the desk is in reach."""


def live(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def ask_unheard(stage: Stage, project: str, words: str) -> None:
    """Ask while the desk is not there."""
    asked = question(plain_english_problem=words, options=[])
    with stage.app.app_context():
        open_question("build-1", project, Question(**asked), by=DESK)


def test_a_502_in_between_does_not_end_the_stream(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    page = live(windows.open(project))
    stage.kill_desk()
    with proxy_without_a_desk(stage) as asked:
        assert asked.wait(10), "the page asks again"
        expect(page.locator("#connection")).to_have_text("Reconnecting…")
        assert asked.clear() is None
        assert asked.wait(10), "and once more"
        ask_unheard(stage, project, "Asked behind a 502?")
    stage.desk.start()
    card = page.get_by_role("link", name="Asked behind a 502?")
    expect(card).to_be_visible(timeout=BACK_MS)
    live(page)


def test_a_lost_network_is_said_and_made_good_when_it_is_back(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    page = live(windows.open(project))
    links = page.get_by_role("navigation", name="Main")
    place = links.bounding_box()
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_have_text("Offline")
    assert links.bounding_box() == place, "a longer word moves no link"
    ask(stage.caller(project), project, plain_english_problem="Asked while I was in a tunnel?")
    expect(page.get_by_text("Nothing needs you right now")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("link", name="in a tunnel?")).to_be_visible(timeout=BACK_MS)
    live(page)


def test_after_sleep_a_connection_is_not_believed(windows: Windows) -> None:
    """A laptop that slept: no error came, but the clock jumped and nothing was heard."""
    stage = windows.stage
    project = stage.project()
    page = windows.open(project)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.goto("/")
    live(page)
    before = len([url for url in asked if "/live/" in url])
    page.clock.fast_forward("30:00")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    ask(stage.caller(project), project, plain_english_problem="Asked while I slept?")
    expect(page.get_by_role("link", name="Asked while I slept?")).to_be_visible(timeout=BACK_MS)
    assert len([url for url in asked if "/live/" in url]) > before


def test_a_question_that_is_gone_is_not_shown_as_live(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    asked = ask(stage.caller(project), project)
    page = live(windows.open(project, path=f"/escalations/{asked['id']}"))
    inbox = live(windows.beside(page, "/"))
    with stage.app.app_context():
        db.session.execute(delete(AgentEscalation).where(AgentEscalation.id == asked["id"]))
        db.session.commit()
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_have_text("Offline")
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_have_text("This page may be out of date.")
    live(inbox)


def test_the_number_stands_in_the_title_and_the_icon(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    page = live(windows.open(project, path="/history"))
    icon = page.locator('link[rel="icon"]').first
    expect(icon).to_have_attribute("href", "/icon/0.svg")
    ask(stage.caller(project), project)
    expect(page).to_have_title("(1) History — Unstuck", timeout=SOON_MS)
    expect(icon).to_have_attribute("href", "/icon/1.svg")
    ask(stage.caller(project), project, plain_english_problem="Another?")
    expect(icon).to_have_attribute("href", "/icon/2.svg")


def test_a_card_stays_under_the_pointer(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    first, second = (
        ask(agent, project, plain_english_problem=words) for words in ("The first?", "The second?")
    )
    page = live(windows.open(project))
    card = page.locator(f"#card-{second['id']}")
    card.hover()
    place = card.bounding_box()
    founder.post(f"/api/escalations/{first['id']}/resolve", decision="skip_feature")
    ask(agent, project, plain_english_problem="The third?")
    expect(page).to_have_title("(2) Inbox — Unstuck")
    assert card.bounding_box() == place
    expect(page.get_by_role("link", name="The first?")).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.get_by_role("link", name="The first?")).to_have_count(0, timeout=SOON_MS)
    expect(page.get_by_role("link", name="The third?")).to_be_visible()


def test_a_resting_pointer_does_not_hold_the_page_up_for_long(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    first, second = (
        ask(agent, project, plain_english_problem=words) for words in ("The first?", "The second?")
    )
    page = live(windows.open(project))
    page.locator(f"#card-{second['id']}").hover()
    founder.post(f"/api/escalations/{first['id']}/resolve", decision="skip_feature")
    expect(page.get_by_role("link", name="The first?")).to_have_count(0, timeout=7_000)


def test_a_click_counts_though_the_page_changes_while_the_button_is_down(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    agent = stage.caller(project)
    answered, _other = (ask(agent, project, plain_english_problem=words) for words in ("A?", "B?"))
    path = f"/escalations/{answered['id']}"
    page = live(windows.open(project, path=path))
    other_tab = live(windows.beside(page, path))  # what it shows has come to both
    page.locator("input[value=skip_feature]").check()
    page.get_by_role("button", name="Send answer").click()
    onward = page.get_by_role("link", name="Next question")
    onward.hover()
    page.mouse.down()
    agent.post(f"/api/escalations/{answered['id']}/receipt", stage="worked", note="It is out.")
    expect(other_tab.get_by_text("It is out.")).to_be_visible()
    expect(page.get_by_text("It is out.")).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_role("heading", level=1)).to_have_text("B?")


def test_new_cards_come_below_without_waiting_for_the_pointer(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project, plain_english_problem="The first?")
    page = live(windows.open(project))
    page.locator(f"#card-{asked['id']}").hover()
    ask(agent, project, plain_english_problem="The second?")
    expect(page.get_by_role("link", name="The second?")).to_be_visible(timeout=SOON_MS)


def test_a_choice_stays_under_the_pointer_when_something_above_it_grows(windows: Windows) -> None:
    stage = windows.stage
    project = stage.project()
    asked = ask_by_report(stage.caller(project), project)
    small = {"width": 390, "height": 500}
    page = live(windows.open(project, path=f"/escalations/{asked['id']}", viewport=small))
    choice = page.locator(".choice").last
    choice.hover()
    place = choice.bounding_box()
    stage.join(asked)
    expect(page.get_by_text("2 jobs are waiting for this answer")).to_have_count(1)
    now = choice.bounding_box()
    assert now
    assert place
    assert abs(now["y"] - place["y"]) < 1, "less than a pixel"
