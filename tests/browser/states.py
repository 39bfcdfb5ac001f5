"""States of pages that one reaches by doing something: for the gallery, and for tests of access."""

from collections.abc import Callable

from playwright.sync_api import Page
from windows import note

State = tuple[str, Callable[[Page], None]]


def states(pages: dict[str, str]) -> dict[str, State]:
    """By the name of the picture: the page to open, and what to do on it."""
    return {
        "question-chosen": (pages["question-payment"], _choose),
        "question-remembered": (pages["question-photos"], _remember),
        "question-offered": (pages["question-attached"], _open_what_else),
        "question-huge": (pages["question-huge"], _open_details),
        "inbox-keys": ("/", _open_help),
        "inbox-selected": ("/?select=1", _select),
        "question-together": ("/?select=1", _answer_together),
        "numbers-table": ("/numbers", _open_table),
        "settings-done": ("/settings?done=name", lambda _page: None),
        "settings-sure": ("/settings/tokens", _ask_to_revoke),
        "settings-replace": ("/settings/tokens", _ask_to_replace),
        "settings-member": ("/settings/people", _ask_to_revoke),
        "settings-invitation": ("/settings/people", _invite),
        "settings-refused": ("/settings", _call_oneself_by_address),
        "settings-token": ("/settings/tokens", _make_token),
        "inbox-ended": ("/", _lose_session),
        # The last ones: what they cut off stays cut off for this tab.
        "question-sending": (pages["question-ten"], _send),
        "history-searching": ("/history", _search_slowly),
        "inbox-reconnecting": ("/", _lose_desk),
        "inbox-offline": ("/", _lose_network),
    }


def _choose(page: Page) -> None:
    """The question while it is being answered, with its details open."""
    page.locator(".choice").first.click()
    note(page).fill("The key is in the settings now.")
    page.locator("#kind summary").click()
    page.locator("#technical summary").click()
    page.locator(".waiters summary").click()


def _open_what_else(page: Page) -> None:
    """What one may do before answering: ask the agent, assign it, snooze it."""
    for part in ("#ask-back", "#assign", "#snoozing"):
        page.locator(f"{part} summary").click()


def _remember(page: Page) -> None:
    """An answer that is to be given automatically next time. Only Unstuck's own words offer it."""
    page.locator(".choice").first.click()
    page.locator("[name=remember]").check()


def _send(page: Page) -> None:
    """The moment until the desk has taken the answer, which here never comes."""
    page.route("**/resolve", lambda _route: None)
    page.locator("#connection[data-state=live]").wait_for()
    page.locator(".choice").nth(2).click()
    page.locator("#answer .primary").click()
    page.locator("#answer[data-sending]").wait_for()


def _select(page: Page) -> None:
    """Two cards that share their options."""
    for number in range(2):
        page.locator("[data-same]").nth(number).check()


def _answer_together(page: Page) -> None:
    _select(page)
    page.locator("#together .primary").click()
    page.locator(".together-answer").wait_for()


def _open_help(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


def _lose_desk(page: Page) -> None:
    page.route("**/live/**", lambda route: route.abort())
    page.reload()
    page.locator("#connection[data-state=reconnecting]").wait_for()


def _lose_network(page: Page) -> None:
    page.unroute("**/live/**")
    page.reload()
    page.locator("#connection[data-state=live]").wait_for()
    page.context.set_offline(True)
    page.locator("#connection[data-state=offline]").wait_for()


def _lose_session(page: Page) -> None:
    """Signed out elsewhere, which the page hears when it comes back from a tunnel."""
    page.locator("#connection[data-state=live]").wait_for()
    kept = page.context.cookies()
    page.context.set_offline(True)
    page.locator("#connection[data-state=offline]").wait_for()
    page.context.clear_cookies()
    page.context.set_offline(False)
    page.locator("#connection[data-state=ended]").wait_for()
    page.context.add_cookies(
        [{"name": c["name"], "value": c["value"], "url": page.url} for c in kept]
    )


def _search_slowly(page: Page) -> None:
    """A search whose answer is still on its way."""
    page.route("**/history?**", lambda _route: None)
    page.locator("#connection[data-state=live]").wait_for()
    with page.expect_request("**/history?**"):
        page.locator("#q").fill("photo")
    page.locator(".searching").wait_for()


def _open_details(page: Page) -> None:
    """A hundred thousand characters of an error message."""
    page.locator("#technical summary").click()


def _open_table(page: Page) -> None:
    page.locator(".chart summary").click()


def _ask_to_revoke(page: Page) -> None:
    page.locator(".sure:has(.danger) summary").first.click()


def _ask_to_replace(page: Page) -> None:
    page.locator(".sure:has(select) summary").first.click()


def _call_oneself_by_address(page: Page) -> None:
    page.locator("#name").fill("anna@example.com")
    page.locator("form[action='/settings/name'] button").click()
    page.locator(".field-error").wait_for()


def _make_token(page: Page) -> None:
    page.locator("#token-name").fill("Agent of the picture")
    page.locator("#token-project").fill("flower-shop")
    page.locator("#new-token button").click()
    page.locator(".secret").wait_for()
    page.locator("#connection[data-state=live]").wait_for()


def _invite(page: Page) -> None:
    page.locator("#invitation-email").fill("carla@example.com")
    page.locator("#invitation-project").fill("flower-shop")
    page.locator("#invite button").click()
    page.locator(".secret").wait_for()
    page.locator("#connection[data-state=live]").wait_for()
