"""Webhooks against receivers as they are: signed, slow, cut, full, moved, gone, and inside."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from certificates import certificate
from flask import Flask
from receiver import Receiver, cuts, drips, says

from webapp.clock import now
from webapp.outbound import public_http, signing
from webapp.outbound.worker import Worker
from webapp.rules.public_addresses import NotAllowed

Sql = Callable[..., list[Any]]


def test_a_signature_is_that_of_the_published_example() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signing.headers(
        [secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_request_is_signed_with_its_webhooks_own_secret(
    worker: Worker, receiver: Receiver, webhook, ask
) -> None:
    _, secret = webhook(receiver.url)
    ask()
    got = receiver.next()
    stamp = int(got.headers["webhook-timestamp"])
    assert abs(stamp - time.time()) < 60
    assert signing.headers([secret], got.id, stamp, got.body).items() <= got.headers.items()
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_a_repetition_has_the_same_id_and_a_new_time(
    worker: Worker, receiver: Receiver, webhook, ask, sql: Sql, settled
) -> None:
    receiver.behaves(says(500, "down"), says(200))
    _, secret = webhook(receiver.url)
    ask()
    first = receiver.next()
    settled(1, "failed_temporarily")
    sql("update deliveries set due_at = now()")
    second = receiver.next()
    assert (second.id, second.body) == (first.id, first.body)
    stamp = int(second.headers["webhook-timestamp"])
    assert (
        signing.headers([secret], second.id, stamp, second.body).items() <= second.headers.items()
    )
    (row,) = settled()
    assert (row.attempts, row.provider_answer) == (2, "200")


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_whatever_is_no_success_is_tried_again(
    worker: Worker, receiver: Receiver, webhook, ask, settled, status: int
) -> None:
    receiver.behaves(says(status, "no"))
    webhook(receiver.url)
    ask()
    (row,) = settled(1, "failed_temporarily")
    assert row.provider_answer == f"{status} no"
    assert row.due_at > now() - timedelta(seconds=1)


def test_a_redirect_is_not_followed(
    worker: Worker, receiver: Receiver, webhook, ask, settled
) -> None:
    with Receiver() as other:
        receiver.behaves(says(307, Location=other.url))
        webhook(receiver.url)
        ask()
        settled(1, "failed_temporarily")
        assert other.all == []


def test_a_connection_that_is_cut_may_have_brought_it(
    worker: Worker, receiver: Receiver, webhook, ask, settled
) -> None:
    receiver.behaves(cuts)
    webhook(receiver.url)
    ask()
    (row,) = settled(1, "maybe_sent")
    assert row.due_at is not None
    assert row.provider_answer.startswith("No response:")


def test_nobody_listening_is_a_failure_with_a_reason(worker: Worker, webhook, ask, settled) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    webhook(f"http://127.0.0.1:{port}/")
    ask()
    (row,) = settled(1, "failed_temporarily")
    assert "No connection" in row.provider_answer


def test_a_receiver_that_drips_is_cut_off() -> None:
    with Receiver() as slow:
        slow.behaves(drips)
        began = time.monotonic()
        with pytest.raises(public_http.NoResponse):
            public_http.post(slow.url, b"{}", {}, private=True, all_s=1)
        assert time.monotonic() - began < 10


def test_a_receiver_that_never_shakes_hands_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/"
        with pytest.raises(public_http.NotSent):
            public_http.post(url, b"{}", {}, private=True, all_s=1)


def test_an_address_that_is_gone_switches_its_webhook_off(
    worker: Worker, receiver: Receiver, webhook, ask, sql: Sql, settled
) -> None:
    receiver.behaves(says(410))
    webhook(receiver.url)
    ask()
    settled(1, "failed")
    assert sql("select off_because from webhooks")[0][0] == "gone"


def test_a_webhook_that_failed_for_an_hour_is_switched_off_and_one_that_works_starts_afresh(
    worker: Worker, receiver: Receiver, webhook, ask, sql: Sql, settled
) -> None:
    webhook(receiver.url)
    failing = "update webhooks set failures = 9, failing_since = now() - interval '2 hours'"
    sql(failing)
    ask()
    settled()
    assert sql("select failures, failing_since, off_since from webhooks")[0] == (0, None, None)
    receiver.behaves(says(500))
    sql(failing)
    ask("May I delete the mail?")
    settled(1, "failed")
    assert sql("select off_because from webhooks")[0][0] == "failures"
    ask("May I delete all?")
    assert sql("select count(*) from deliveries")[0][0] == 2


def test_a_text_that_was_erased_meanwhile_does_not_leave(
    app: Flask, receiver: Receiver, webhook, ask, sql: Sql, settled
) -> None:
    from webapp.operations import outbox

    webhook(receiver.url)
    ask("My name is Anna.")
    with app.app_context():
        outbox.plan()
    erased = '{"plain_english_problem": "erased"}'
    sql("update job_events set payload = payload || cast(:erased as jsonb)", erased=erased)
    worker = Worker(app)
    worker.start()
    try:
        assert b"Anna" not in receiver.next().body
    finally:
        worker.stop()


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.0.0.7"],
        ["1.1.1.1", "169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["fd00::1"],
    ],
)
def test_a_name_that_points_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    def look_up(*_: object, **__: object) -> list[Any]:
        return [(2, 1, 6, "", (address, 443)) for address in answers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(NotAllowed):
        public_http.post("https://inside.example/", b"", {}, private=False)


def test_the_connection_goes_to_the_very_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that answers otherwise the second time (DNS rebinding) is not asked a second time."""
    asked: list[str] = []
    tried: list[Any] = []

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        address = "1.1.1.1" if len(asked) == 1 else "127.0.0.1"
        return [(2, 1, 6, "", (address, 443))]

    def connect(address: Any, *_: object) -> Any:
        tried.append(address)
        raise OSError("not in a test")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(public_http.NotSent):
        public_http.post("https://rebinding.example/", b"", {}, private=False)
    assert (asked, tried) == (["rebinding.example"], [("1.1.1.1", 443)])


def test_a_certificate_of_another_name_is_refused(tmp_path) -> None:
    cert, key = certificate(tmp_path, "other.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            try:
                context.wrap_socket(line, server_side=True).close()
            except OSError:
                line.close()

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(public_http.NotSent, match="secure connection"):
            public_http.post(url, b"{}", {}, private=True)
        thread.join()


def test_a_receiver_that_knows_one_of_several_secrets_takes_it() -> None:
    secrets = [signing.PREFIX + "b25l", signing.PREFIX + "dHdv"]
    both = signing.headers(secrets, "msg_1", 1, b"{}")["webhook-signature"].split(" ")
    alone = [signing.headers([one], "msg_1", 1, b"{}")["webhook-signature"] for one in secrets]
    assert both == alone
