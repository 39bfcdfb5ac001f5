"""A key is typed into a real browser: it goes to the server once, and the browser keeps nothing."""

import json
import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect
from stage import ask
from windows import Windows

pytestmark = pytest.mark.browser

NAME = "STRIPE_API_KEY"
KEY = "sk_test_" + "9Qm7Zt4LxW2cVb8NsR6yHd3f"
SCHEMA = {
    "type": "object",
    "properties": {NAME: {"type": "string", "format": "secret", "x-options": ["skip_feature"]}},
}
KEPT = """async () => {
    const kept = [JSON.stringify(sessionStorage), JSON.stringify(localStorage), document.cookie];
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) kept.push(request.url);
    }
    const databases = await indexedDB.databases();
    return kept.concat(databases.map((each) => each.name), document.documentElement.outerHTML);
}"""


def opened(windows: Windows) -> tuple[Page, str]:
    """A window in which a question that asks for a key is open, and its address."""
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project, answer_schema=SCHEMA)
    path = f"/escalations/{asked['id']}"
    return windows.open(project, path=path), path


def kept_by(page: Page) -> str:
    return json.dumps([page.evaluate(KEPT), page.context.cookies(), page.url])


def test_the_browser_keeps_nothing_of_a_key(windows: Windows) -> None:
    page, path = opened(windows)
    requests: list[str] = []
    page.on("request", lambda sent: requests.append(f"{sent.url} {sent.post_data or ''}"))
    page.get_by_label(NAME).fill(KEY)
    assert KEY not in kept_by(page)
    page.reload()
    expect(page.get_by_label(NAME)).to_have_value("")
    page.get_by_label(NAME).fill(KEY)
    page.get_by_role("button", name="Hand over and answer").click()
    expect(page.locator("#question-secrets")).to_contain_text("entered it")
    expect(page.locator("#question-state")).to_contain_text("Leave it out")
    assert KEY not in kept_by(page)
    page.go_back()
    page.wait_for_load_state()
    assert KEY not in kept_by(page)
    for field in page.locator("textarea").all():
        assert KEY not in field.input_value()
    page.goto(path)
    assert KEY not in page.content()
    with_key = [sent for sent in requests if KEY in sent]
    assert [re.sub(r" .*", "", sent, flags=re.S) for sent in with_key] == [
        f"{windows.stage.url}{path}/secrets"
    ]


def test_another_founder_sees_in_place_that_the_key_was_handed_over(windows: Windows) -> None:
    page, path = opened(windows)
    project = page.locator(".where bdi").first.inner_text()
    ben = windows.open(project, "ben", path)
    expect(ben.locator("#connection")).to_have_text("Live")
    page.get_by_label(NAME).fill(KEY)
    page.get_by_role("button", name="Hand over and answer").click()
    expect(ben.locator("#question-secrets")).to_contain_text("entered it")
    assert KEY not in ben.content()


def test_a_pasted_key_of_several_lines_arrives_whole_and_unreadable(windows: Windows) -> None:
    page, _ = opened(windows)
    pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----"
    field = page.get_by_label(NAME)
    field.focus()
    page.keyboard.insert_text(pem)
    expect(field).to_have_value(pem)
    expect(field).to_have_css("-webkit-text-security", "disc")
    requests: list[str] = []
    page.on("request", lambda sent: requests.append(sent.post_data or ""))
    page.get_by_role("button", name="Hand over and answer").click()
    expect(page.locator("#question-secrets")).to_contain_text("entered it")
    (body,) = [parse_qs(sent) for sent in requests if "PRIVATE" in sent]
    assert body[f"secret.{NAME}"] == [pem.replace("\n", "\r\n")]


def test_on_a_phone_one_button_stands_out(windows: Windows) -> None:
    project = windows.stage.project()
    asked = ask(windows.stage.caller(project), project, answer_schema=SCHEMA)
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    page = windows.open(project, path=f"/escalations/{asked['id']}", **phone)
    expect(page.locator("main .primary:visible")).to_have_text(["Hand over and answer"])
    expect(page.locator(".answer .actions")).to_have_css("position", "static")
