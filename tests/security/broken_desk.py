"""A desk of which two pages fail in a way that nobody foresaw, for tests under gunicorn."""

from typing import NoReturn

from webapp import create_app
from webapp.extensions import csrf

SECRET = "unstuck_secret-of-somebody"

app = create_app()


def fail(secret: str = "") -> NoReturn:
    payload = {"password": SECRET}
    raise RuntimeError(f"it broke with {len(payload)} {secret and 'secret'}")


app.add_url_rule("/broken/<secret>", "broken_page", fail)
app.add_url_rule("/api/broken", "broken_call", csrf.exempt(fail), methods=["GET", "POST"])
