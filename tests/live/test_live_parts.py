"""The parts of the live machinery on their own: the reader's backlog, the bookmarks, the frames."""

import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from webapp.accounts.revalidation import Credential
from webapp.events.log import Event
from webapp.live.bookmarks import Bookmarks
from webapp.live.frames import HEARTBEAT, Frame, region_frame
from webapp.live.reader import MISSED, Reader
from webapp.live.socket_writer import SocketWriter

NOBODY = Credential("", frozenset())
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def frame(seq: int, size: int = 10) -> Frame:
    return Frame(b"x" * size, seq)


def event(job: int, seq: int, txid: int) -> Event:
    return Event(job, seq, "agent.job_changed", NOON, {}, "shop", f"job {job}", txid)


def test_a_region_s_html_is_split_at_every_end_of_line_and_nowhere_else():
    html = "<p>\na\r\nb\rc\u2028d\x0be</p>\n"
    assert region_frame("question?key=7", "card", html).body.decode() == (
        "id: question?key=7\nevent: card\ndata: <p>\n"
        "data: a\ndata: b\ndata: c\u2028d\x0be</p>\ndata: \n\n"
    )


def test_a_chunk_carries_its_size_in_bytes():
    assert Frame("é".encode() * 10).chunk == b"14\r\n" + "é".encode() * 10 + b"\r\n"


def test_a_backlog_that_is_too_large_is_taken_as_missed():
    reader = Reader(NOBODY)
    reader.send(frame(1, 600_000))
    reader.send(frame(2, 600_000))
    reader.send(frame(3))
    assert reader.take() == [MISSED]
    reader.send(frame(4))
    assert reader.take() == [frame(4)]


def test_a_heartbeat_is_not_added_to_what_waits_already():
    reader = Reader(NOBODY)
    reader.beat()
    reader.beat()
    assert reader.take() == [HEARTBEAT]
    reader.send(frame(1))
    reader.beat()
    assert reader.take() == [frame(1)]


def test_a_heartbeat_comes_only_where_nothing_was_sent_since_the_last_one(ends):
    ours, theirs = ends
    reader = direct(ours)
    reader.send(frame(1, 1))
    reader.beat()
    assert theirs.recv(100) == b"x"
    reader.beat()
    assert theirs.recv(100) == HEARTBEAT.body


def test_what_is_not_taken_for_too_long_ends_the_stream(monkeypatch):
    monkeypatch.setattr("webapp.live.reader._STALLED_S", 0.0)
    reader = Reader(NOBODY)
    reader.send(frame(1))
    reader.beat()
    assert reader.take() == []


def test_a_closed_reader_takes_nothing_more():
    reader = Reader(NOBODY)
    reader.close()
    reader.send(frame(1))
    reader.beat()
    assert reader.take() == []


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(10)
    yield ours, theirs
    ours.close()
    theirs.close()


def direct(ours: socket.socket) -> Reader:
    """A reader whose request waits, so that `send` writes by itself."""
    reader = Reader(NOBODY, SocketWriter(ours, chunked=False))
    reader._direct = True
    return reader


def test_while_the_request_waits_frames_are_written_at_once_and_only_once(ends):
    ours, theirs = ends
    reader = direct(ours)
    for seq in (1, 2, 2, 1, 3):
        reader.send(Frame(b"%d;" % seq, seq))
    assert theirs.recv(100) == b"1;2;3;"
    assert reader.position == 3


def test_a_gap_is_left_to_the_request(ends):
    ours, theirs = ends
    reader = direct(ours)
    reader.send(Frame(b"1;", 1))
    reader.send(Frame(b"3;", 3))
    reader.send(Frame(b"4;", 4))
    assert theirs.recv(100) == b"1;"
    assert [item.seq for item in reader.take()] == [3, 4]


def test_what_a_full_socket_does_not_take_is_written_later_and_in_order(ends):
    ours, theirs = ends
    reader = direct(ours)
    frames = [Frame(b"%d" % seq * 400_000, seq) for seq in (1, 2, 3, 4)]
    for item in frames:
        reader.send(item)
    got: list[bytes] = []
    reading = threading.Thread(target=lambda: got.extend(iter(lambda: theirs.recv(65536), b"")))
    reading.start()
    ours.setblocking(True)  # gevent's sockets wait when they are full; this one blocks
    taken = reader.take()
    ours.shutdown(socket.SHUT_RDWR)
    reading.join(10)
    assert 0 < len(taken) < 4
    assert b"".join([*got, *(item.body for item in taken)]) == b"".join(f.body for f in frames)


def test_a_reader_that_is_gone_ends_its_stream(ends):
    ours, theirs = ends
    reader = direct(ours)
    theirs.close()
    reader.send(Frame(b"1;", 1))
    assert reader.take() == []


def test_a_blocking_socket_or_none_is_no_writer(ends):
    ours, _ = ends
    environ = {"gunicorn.socket": ours, "SERVER_PROTOCOL": "HTTP/1.1"}
    assert SocketWriter.of(environ) is not None
    assert SocketWriter.of(environ | {"SERVER_PROTOCOL": "HTTP/2"}) is None
    assert SocketWriter.of({"SERVER_PROTOCOL": "HTTP/1.1"}) is None
    os.set_blocking(ours.fileno(), True)
    assert SocketWriter.of(environ) is None


def test_a_bookmark_is_kept_as_long_as_its_events_could_be_read_again():
    marks = Bookmarks()
    marks.start(90)
    marks.advance([event(1, 1, 95), event(1, 2, 100), event(2, 7, 93)])
    assert marks.positions([1, 2, 3]) == {1: 2, 2: 7, 3: 0}
    assert marks.behind({1: 2, 2: 8, 3: 1}) == {2, 3}
    for position in range(90, 110):
        marks.looked(position)
        # Either the job is remembered, or its events are too old to be read once more.
        forgotten = marks.positions([1]) == {1: 0}
        assert forgotten == (marks.since > 100)


def test_bookmarks_fit_no_database_that_lost_its_last_transactions():
    marks = Bookmarks()
    assert not marks.fits(100)  # nothing was read yet
    marks.start(100)
    assert marks.fits(100)
    assert not marks.fits(99)
