"""A hash takes long on purpose, and stalls nobody."""

import subprocess
import sys

from webapp.operations.hashing import fits, hashed, outdated

BESIDE = """
from gevent import monkey
monkey.patch_all()
import gevent
from webapp.operations.hashing import fits, hashed
ticks = 0
def tick():
    global ticks
    while True:
        ticks += 1
        gevent.sleep(0)
ticking = gevent.spawn(tick)
stored = hashed("correct horse battery")
assert ticks > 10, ticks
assert fits(stored, "correct horse battery") and not fits(stored, "another")
print("others were served meanwhile")
"""


def test_a_password_fits_its_hash_and_no_other() -> None:
    stored = hashed("correct horse battery")
    assert fits(stored, "correct horse battery")
    assert not fits(stored, "correct horse batterz")
    assert not fits(None, "a password that nobody has")
    assert not fits("not a hash", "correct horse battery")
    assert hashed("correct horse battery") != stored
    assert not outdated(stored)
    assert outdated(stored.replace("t=2", "t=1"))


def test_greenlets_are_served_while_one_waits_for_its_hash() -> None:
    payload = subprocess.run(
        [sys.executable, "-c", BESIDE], capture_output=True, text=True, timeout=60, check=False
    )
    assert payload.stdout == "others were served meanwhile\n", payload.stderr
