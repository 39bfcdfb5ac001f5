"""The form of a question in a real browser: what is typed survives, and nothing is sent unseen."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from stage import ask
from windows import SOON_MS, Windows, note, wait_until

pytestmark = pytest.mark.browser

GUIDANCE = "Anything the agent should know"
DRAFTS = "Object.keys(sessionStorage).filter((name) => name.startsWith('draft:'))"
FAILURE = {
    "session_id": "session-1",
    "error_type": "KeyError",
}
NAMES = ("STRIPE", "OPENAI", "TWILIO", "GITHUB", "SENDGRID")


def failed(windows: Windows, project: str, number: int = 0) -> str:
    """A failure that becomes a question in the server's words; returns its id."""
    message = f"KeyError: '{NAMES[number]}_API_KEY'"
    body = FAILURE | {"project_id": project, "error_message": message}
    answer = windows.stage.caller(project).post("/api/jobs/build-1/errors", **body)
    return str(answer.body["escalation_id"])


def listening(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("Live")
    return page


def test_what_was_typed_survives_a_reload_until_it_is_sent(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project, options=[], recommended=None)
    path = f"/escalations/{asked['id']}"
    page = listening(windows.open(project, path=path))
    page.get_by_label("Your answer").fill("The blue one")
    note(page).fill("It fits the logo.")
    page.reload()
    expect(page.get_by_label("Your answer")).to_have_value("The blue one")
    expect(page.get_by_label(GUIDANCE)).to_have_value("It fits the logo.")
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    wait_until(page, f"{DRAFTS}.length === 0")


def test_on_a_phone_the_answer_stands_on_the_first_screen(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(
        windows.stage.caller(project),
        project,
        plain_english_problem="I cannot set up payments. The shop has no access key yet.",
    )
    phone = {"width": 390, "height": 844}
    page = windows.open(project, path=f"/escalations/{asked['id']}", viewport=phone)
    for part in (page.locator(".choice").first, page.get_by_role("button", name="Send answer")):
        expect(part).to_be_in_viewport(ratio=1)
    # The button stays in reach, and covers nothing that has the focus.
    page.locator(".skip button").focus()
    expect(page.locator(".skip button")).to_be_in_viewport(ratio=1)
    page.evaluate("scrollTo(0, 0)")
    expect(page.get_by_role("button", name="Send answer")).to_be_in_viewport(ratio=1)


def test_an_answer_that_needs_words_opens_the_note(windows: Windows) -> None:
    project = windows.stage.project()
    agent, verdict = windows.stage.caller(project), {}
    for attempt in range(4):
        body = FAILURE | {"project_id": project, "approach": f"Way {attempt}."}
        body |= {"error_type": "AssertionError", "error_message": "expected 3 teas, got 2"}
        verdict = agent.post("/api/jobs/build-1/errors", **body).body
    page = listening(windows.open(project, path=f"/escalations/{verdict['escalation_id']}"))
    expect(page.get_by_label(GUIDANCE)).to_be_hidden()
    page.get_by_role("radio", name=re.compile("^Here's what to do")).check()
    expect(page.get_by_label(GUIDANCE)).to_be_visible()


def test_a_choice_survives_a_reload_and_signing_out_forgets_it(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project)
    page = listening(windows.open(project, path=f"/escalations/{asked['id']}"))
    page.keyboard.press("2")
    note(page).fill("Half a thought")
    page.reload()
    expect(page.get_by_role("radio", name=re.compile("^I know how"))).to_be_checked()
    expect(page.get_by_label(GUIDANCE)).to_have_value("Half a thought")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    wait_until(page, f"{DRAFTS}.length === 0")


def test_a_long_paste_is_kept_and_counted(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project, options=[], recommended=None)
    page = listening(windows.open(project, path=f"/escalations/{asked['id']}"))
    box = page.get_by_label("Your answer")
    box.fill("x" * 300)
    expect(page.get_by_text("45 characters too many.")).to_be_visible()
    page.get_by_role("button", name="Send answer").click()
    expect(page.locator("#decision-error")).to_be_visible()
    expect(box).to_have_value("x" * 300)
    box.fill("é" * 255)
    expect(page.get_by_text("255 / 255")).to_be_visible()
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()


def test_the_tick_comes_and_goes_with_the_options_it_is_for(windows: Windows) -> None:
    project = windows.stage.project()
    page = listening(windows.open(project, path=f"/escalations/{failed(windows, project)}"))
    tick = page.get_by_label("Give this answer automatically next time")
    expect(tick).to_be_hidden()
    page.get_by_role("radio", name=re.compile("^Leave this feature out")).check()
    tick.check()
    page.get_by_role("radio", name=re.compile("^I've")).check()
    expect(tick).to_be_hidden()
    expect(tick).not_to_be_checked()
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    expect(page.locator(".rule-note")).to_have_count(0)


def test_the_only_option_can_be_refused(windows: Windows) -> None:
    project = windows.stage.project()
    agent = windows.stage.caller(project)
    asked = ask(agent, project, options=[{"value": "merge", "label": "Merge"}])
    page = listening(windows.open(project, path=f"/escalations/{asked['id']}"))
    note(page).fill("Ask Ben first.")
    page.get_by_role("button", name="No, don't do this").click()
    expect(page.get_by_role("heading", name="Skipped")).to_be_visible()
    payload = agent.get(f"/api/escalations/{asked['id']}/decision").body
    assert payload["guidance"] == "No. Don't do this.\n\nAsk Ben first."


def test_what_cannot_be_undone_asks_once_more(windows: Windows) -> None:
    project = windows.stage.project()
    options = [
        {"value": "drop table", "label": "Drop table", "irreversible": True},
        {"value": "keep"},
    ]
    asked = ask(windows.stage.caller(project), project, options=options, recommended="keep")
    page = listening(windows.open(project, path=f"/escalations/{asked['id']}"))
    second = page.get_by_label("Yes, do this.")
    expect(second).to_be_hidden()
    page.get_by_role("radio", name=re.compile("^Drop table")).check()
    expect(second).to_be_visible()
    page.get_by_role("button", name="Send answer").click()
    expect(page.locator("#confirm-error")).to_be_visible()
    expect(second).to_be_focused()
    second.check()
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()


def test_a_paused_job_continues_from_the_last_answer_while_the_inbox_looks_on(
    windows: Windows,
) -> None:
    project = windows.stage.project()
    keys = [failed(windows, project, number) for number in range(5)]
    founder = windows.stage.caller(project, "founder")
    for key in keys[1:]:
        founder.post(f"/api/escalations/{key}/skip")
    inbox = listening(windows.open(project))
    page = listening(windows.beside(inbox, f"/escalations/{keys[0]}"))
    page.get_by_role("radio", name=re.compile("^Leave this feature out")).check()
    page.get_by_role("button", name="Send answer").click()
    card = inbox.get_by_role("link", name="All 5 questions are answered. Continue the job?")
    expect(card).to_be_visible(timeout=SOON_MS * 3)
    expect(inbox).to_have_title(re.compile(r"^\(1\) "))
    page.get_by_role("button", name="Continue the job").click()
    expect(page.get_by_role("button", name="Continue the job")).to_be_hidden()
    expect(card).to_be_hidden(timeout=SOON_MS * 3)
    expect(inbox.get_by_text("Nothing needs you right now")).to_be_visible()
    expect(inbox).to_have_title(re.compile("^Inbox"))


def test_a_paused_job_continues_from_the_inbox(windows: Windows) -> None:
    project = windows.stage.project()
    founder = windows.stage.caller(project, "founder")
    for number in range(5):
        founder.post(f"/api/escalations/{failed(windows, project, number)}/skip")
    page = listening(windows.open(project))
    page.get_by_role("button", name="Continue the job").click()
    expect(page.get_by_text("Nothing needs you right now")).to_be_visible()
    job = founder.get(f"/api/jobs/build-1?project_id={project}").body
    assert job["state"] == "working"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_day_on_which_a_rule_ends_is_the_viewer_s(windows: Windows, zone: str) -> None:
    project = windows.stage.project()
    key = failed(windows, project)
    body = {"decision": "skip_feature", "remember_days": 30}
    answer = windows.stage.caller(project, "founder").post(
        f"/api/escalations/{key}/resolve", **body
    )
    assert answer.status == 200, answer.body
    page = windows.open(project, path=f"/escalations/{key}", timezone_id=zone)
    shown = page.locator(".rule-note time")
    ends = datetime.fromisoformat(str(shown.get_attribute("datetime")))
    hours = 14 if zone.endswith("Kiritimati") else -11
    local = ends.astimezone(UTC) + timedelta(hours=hours)
    expect(shown).to_have_text(re.compile(f"^{local.day} {local:%B}"))
