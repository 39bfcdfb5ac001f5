"""Who sends a request and does not come to its end holds no place for good."""

import io

import gevent
import pytest
from flask import Flask

from webapp.serving.request_timeout import TimedBody


class Trickle:
    """A body of which a byte comes now and then."""

    def read(self, _size: int = -1) -> bytes:
        gevent.sleep(0.05)
        return b"x"

    readline = read


@pytest.mark.parametrize("read", ["read", "readline", "readlines"])
def test_a_body_is_waited_for_only_so_long(read: str) -> None:
    body = TimedBody(Trickle(), 0.12)
    with pytest.raises(TimeoutError):
        [getattr(body, read)() for _ in range(4)]


def test_a_whole_body_is_read_as_it_is() -> None:
    assert TimedBody(io.BytesIO(b"a\nb")).read() == b"a\nb"
    assert TimedBody(io.BytesIO(b"a\nb")).readlines() == [b"a\n", b"b"]
    assert TimedBody(io.BytesIO(b"a\nb")).read(2) == b"a\n"


def test_it_is_answered_as_a_request_that_broke_off(app: Flask) -> None:
    environ = {
        "wsgi.input": TimedBody(Trickle(), 0.12),
        "CONTENT_LENGTH": "1000",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }
    answer = app.test_client().post("/sign-in/password", environ_overrides=environ)
    assert answer.status_code == 400
