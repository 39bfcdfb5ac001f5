"""Two people are made, or two passkeys added, at the same moment: the database decides."""

import threading
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from webapp.extensions import db
from webapp.models import Person
from webapp.operations import people


def test_two_links_to_one_new_address_make_one_person(app: Flask) -> None:
    rounds, gate = 12, threading.Barrier(2)

    def link(number: int) -> str:
        with app.app_context():
            gate.wait(30)
            return people.make_link(f"new{number}@example.com", role="founder", project_id="shop")

    with ThreadPoolExecutor(2) as threads:
        for number in range(rounds):
            first, second = threads.map(link, [number, number])
            assert first != second
    with app.app_context():
        assert db.session.query(Person).count() == rounds
