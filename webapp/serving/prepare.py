"""The steps of the start that need the application; a process of its own, which then ends.

Brings the schema up to date and prints the path that the first person opens.
"""

import os
import sys

import flask_migrate

from webapp import create_app
from webapp.extensions import db
from webapp.operations import people
from webapp.queries import accounts


def main() -> None:
    """Upgrade, then print the path."""
    app = create_app()
    if gate := os.environ.get("DESK_GATE"):
        os.read(int(gate), 1)  # returns when the database answers: nobody writes to it
    with app.app_context():
        flask_migrate.upgrade()
        sys.stdout.write(first_path() + "\n")


def first_path() -> str:
    """A one-time sign-in link while nobody has ever signed in, so that the first founder needs no
    command; afterwards the front page."""
    if accounts.anyone_signed_in(db.session()):
        return "/"
    return f"/sign-in/{people.make_first_link()}"


if __name__ == "__main__":
    main()
