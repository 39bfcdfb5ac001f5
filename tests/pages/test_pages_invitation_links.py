"""An invitation's link leads here from another machine, or the page says that it doesn't."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pages_forms import hidden

from webapp import addresses
from webapp.operations import people

ONLY_HERE = "set PUBLIC_URL or HOST=0.0.0.0"


@pytest.fixture
def invite(app: Flask):
    """Invite someone from a page that was opened at `root`; returns the next page."""

    def inviting(root: str, **config: str) -> str:
        app.extensions["unstuck"] = replace(app.extensions["unstuck"], **config)
        with app.app_context():
            link = people.make_link("anna@example.com")
        browser: FlaskClient = app.test_client()
        assert browser.post(f"/sign-in/{link}", base_url=root).status_code == 303
        form = hidden(browser.get("/settings", base_url=root).text, 'action="/sign-out"')
        form |= {"email": "new@example.com", "project": "shop", "role": "founder"}
        made = browser.post("/settings/people/invite", data=form, base_url=root)
        assert made.status_code == 200, made.text
        return made.text

    return inviting


@pytest.mark.parametrize("root", ["http://127.0.0.1:5000", "http://[::1]:5000"])
def test_from_this_machine_it_has_a_name_and_says_that_it_works_there_only(invite, root) -> None:
    page = invite(root)
    assert "http://localhost:5000/invitations/" in page
    assert ONLY_HERE in page


def test_of_a_server_for_the_network_it_leads_to_the_address_there(invite, monkeypatch) -> None:
    monkeypatch.setattr(addresses, "network_address", lambda: "192.168.1.20")
    page = invite("http://localhost:5000", host="0.0.0.0")
    assert "http://192.168.1.20:5000/invitations/" in page
    assert ONLY_HERE not in page


def test_opened_at_another_name_it_keeps_that(invite) -> None:
    page = invite("http://desk.localhost:5000")
    assert "http://desk.localhost:5000/invitations/" in page


def test_the_public_address_is_used_where_it_is_set(invite) -> None:
    page = invite("http://localhost:5000", public_url="https://desk.example.com")
    assert "https://desk.example.com/invitations/" in page
    assert ONLY_HERE not in page
