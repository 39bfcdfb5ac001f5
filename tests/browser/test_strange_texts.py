"""Whatever an agent writes is text: it runs nothing and breaks no page."""

import pytest
from playwright.sync_api import Page, expect
from stage import ask
from windows import Windows, note

pytestmark = pytest.mark.browser

SCRIPT = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>{{ 7 * 7 }}"
TEXTS = {
    "a script": SCRIPT,
    "emoji": "👩‍👩‍👧‍👦 the 🍵 shop is 🔥, or is it? 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "right to left": "خدمة الدفع ترفض بطاقتنا التجريبية ‮ משהו השתבש",
    "50 kB in one word": "x" * 50_000,
    "50 kB of words": "The cup is broken. " * 2_600,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_strange_question_is_shown_as_text_and_can_be_answered(
    windows: Windows, text: str
) -> None:
    stage = windows.stage
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(
        agent,
        project,
        plain_english_problem=text,
        recommended_action=text[:5_000],
        attempts_summary=[text[:5_000]],
        options=[{"value": "go_on", "label": text[:200], "description": text[:500]}],
        error_message=text,
    )
    phone = {"width": 390, "height": 844}
    page = windows.open(project, viewport=phone)
    start = text[:15]  # a card shows the first sentence
    card = page.locator(f'a[href="/escalations/{asked["id"]}"]').first
    expect(card).to_contain_text(start)
    assert_sane(page)

    card.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(start)
    page.get_by_text("Technical details").click()
    assert_sane(page)
    page.get_by_role("radio").check()
    note(page).fill(text[:5_000])
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    expect(page.locator("#question-state")).to_contain_text(start)
    assert_sane(page)
    stored = agent.get(f"/api/escalations/{asked['id']}").body
    assert stored["founder_guidance"] == text[:5_000].strip()


def assert_sane(page: Page) -> None:
    """No text ran as a script, and none made the page wider than the screen."""
    assert page.evaluate("window.hacked") is None
    too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(too_wide) <= 0
