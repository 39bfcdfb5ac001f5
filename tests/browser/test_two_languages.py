"""Two founders of one project, one of whom reads German: each page stays in its own language,
whatever arrives on it and whatever scripts write there."""

import re

import pytest
from playwright.sync_api import Page, expect
from stage import ask
from windows import Windows

pytestmark = pytest.mark.browser

ENGLISH = re.compile(r"\b(waits?|waiting|answered|minutes? ago|just now|next question)\b", re.I)


def no_english_on(page: Page) -> None:
    """The page holds no word of the desk in English."""
    seen = page.locator("body").inner_text()
    assert not ENGLISH.search(seen), seen


def test_each_founder_reads_what_happens_in_their_own_language(patient_windows: Windows) -> None:
    windows, project = patient_windows, patient_windows.stage.project()
    anna = windows.open(project, locale="en-GB")
    ben = windows.open(project, name="ben", locale="en-GB")
    ben.goto("/settings")
    ben.locator("#language-chosen").select_option("de")
    ben.locator("form[action='/settings/language'] button").click()
    expect(ben.get_by_role("status").filter(has_text="Deine Sprache")).to_be_visible()
    ben.goto("/")
    for page in (anna, ben):
        expect(page.locator("#connection")).to_have_text("Live")
    asked = ask(windows.stage.caller(project), project, recommended_action="")
    expect(anna.locator(".card .waits")).to_contain_text("a moment")
    expect(ben.locator(".card .waits")).to_contain_text("unter 1 Minute")
    expect(ben.locator("#announcer")).to_have_text("1 Frage wartet auf dich.")
    no_english_on(ben)

    ben.goto(f"/escalations/{asked['id']}")
    expect(ben.locator("#connection")).to_have_text("Live")
    anna.goto(f"/escalations/{asked['id']}")
    anna.get_by_role("radio").first.check()
    anna.get_by_role("button", name="Send answer").click()
    expect(anna.get_by_text(re.compile(r"The agent gets it in \d seconds?\."))).to_be_visible()
    expect(ben.get_by_text(re.compile(r"Der Agent bekommt sie in \d Sekunden?\."))).to_be_visible()
    expect(anna.get_by_role("heading", name="Answered")).to_be_visible()
    expect(ben.get_by_role("heading", name="Beantwortet")).to_be_visible()
    expect(ben.get_by_role("link", name="Zurück zum Eingang")).to_be_visible()
    no_english_on(ben)


def test_times_go_on_in_the_language_of_the_page(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = windows.open(project, locale="de-DE")
    page.clock.install()
    page.goto(f"/escalations/{asked['id']}")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("[data-time=ago]").first).to_have_text("gerade eben")
    page.clock.fast_forward("05:00")
    expect(page.locator("[data-time=ago]").first).to_have_text("vor 5 Minuten")
    page.clock.fast_forward("48:00:00")
    expect(page.locator("[data-time=ago]").first).to_have_text("vor 2 Tagen")
    page.clock.fast_forward(18 * 86_400_000)
    expect(page.locator("[data-time=ago]").first).to_have_text("vor 2 Wochen")


def test_a_card_goes_on_counting_in_the_language_of_the_page(windows: Windows) -> None:
    project = windows.stage.project()
    ask(windows.stage.caller(project), project)
    page = windows.open(project, locale="de-DE")
    page.clock.install()
    page.goto("/")
    expect(page.locator(".card [data-time=span]")).to_have_text("unter 1 Minute")
    page.clock.fast_forward("05:00")
    expect(page.locator(".card [data-time=span]")).to_have_text("5 Minuten")
