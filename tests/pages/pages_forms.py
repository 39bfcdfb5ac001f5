"""Forms of pages, read and sent the way a browser without scripts does."""

import re
import uuid
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def hidden(text: str, mark: str = 'id="answer"') -> dict[str, str]:
    """The hidden fields of the form whose opening tag holds `mark`."""
    form = re.search(rf"<form[^>]*{re.escape(mark)}.*?</form>", text, re.S)
    assert form, f"no form with {mark}"
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    return {name: unescape(value) for name, value in fields}


def send(
    browser: FlaskClient,
    key: uuid.UUID,
    verb: str = "resolve",
    *,
    htmx: bool = False,
    **fields: str,
) -> TestResponse:
    """Open the question, fill its form in and send it."""
    token = hidden(browser.get(f"/escalations/{key}").text)
    return post(browser, key, verb, token, htmx=htmx, **fields)


def post(
    browser: FlaskClient,
    key: uuid.UUID,
    verb: str,
    token: dict[str, str],
    *,
    htmx: bool = False,
    **fields: str,
) -> TestResponse:
    """Send a form that was opened before."""
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(f"/escalations/{key}/{verb}", data=token | fields, headers=headers)
