"""Files at the API: attached once, shown as what they are, and bound to the answer."""

import hashlib
import io
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pictures import jpeg, png, webp
from questions import QUESTION, Ask
from werkzeug.test import TestResponse

from tests.conftest import Cast

MakeApp = Callable[..., Flask]
Headers = dict[str, str]
HTML = b"<html><script>alert(1)</script></html>"


def attach(
    client: FlaskClient, key: str, headers: Headers, content: bytes, name: str = "build.log"
) -> TestResponse:
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return client.post(
        f"/api/escalations/{key}/attachments",
        data=head.encode() + content + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
        headers=headers,
    )


def test_a_file_is_attached_and_read(client: FlaskClient, ask: Ask, agent: Headers) -> None:
    asked = ask()
    made = attach(client, asked["id"], agent, png(), "checkout.png")
    assert made.status_code == 201
    file = made.json
    assert (file["name"], file["media_type"]) == ("checkout.png", "image/png")
    assert (file["size"], file["width"], file["height"]) == (len(png()), 3, 2)
    assert file["sha256"] == hashlib.sha256(png()).hexdigest()
    assert made.headers["Location"] == f"/api/attachments/{file['id']}"
    read = client.get(made.headers["Location"], headers=agent)
    assert (read.status_code, read.data) == (200, png())
    assert read.content_type == "image/png"
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in read.headers["Content-Security-Policy"]
    assert "default-src 'none'" in read.headers["Content-Security-Policy"]
    assert client.get(f"/api/escalations/{asked['id']}", headers=agent).json["attachments"] == [
        file
    ]


def test_texts_are_saved_and_never_shown_as_pages(
    client: FlaskClient, ask: Ask, agent: Headers
) -> None:
    log = "Grüße\n".encode() + HTML
    made = attach(client, ask()["id"], agent, log, "x.html").json
    assert (made["name"], made["media_type"], made["width"]) == ("x.html.txt", "text/plain", None)
    read = client.get(f"/api/attachments/{made['id']}", headers=agent)
    assert read.data == log
    assert read.content_type == "text/plain; charset=utf-8"
    assert read.headers["Content-Disposition"].startswith('attachment; filename="x.html.txt"')


def test_the_same_file_again_is_the_stored_one(
    client: FlaskClient, ask: Ask, agent: Headers
) -> None:
    key = ask()["id"]
    first = attach(client, key, agent, b"It failed.")
    again = attach(client, key, agent, b"It failed.")
    assert (again.status_code, again.json) == (200, first.json)
    assert attach(client, key, agent, b"It failed.", "other.log").status_code == 201
    assert attach(client, key, agent, b"It failed again.").status_code == 201
    full = attach(client, key, agent, b"It failed once more.")
    assert (full.status_code, "3 files" in full.json["detail"]) == (409, True)
    assert attach(client, key, agent, b"It failed.").json == first.json


def test_of_ten_at_once_three_are_kept(app: Flask, ask: Ask, agent: Headers) -> None:
    key = ask()["id"]

    def send(number: int) -> int:
        return attach(app.test_client(), key, agent, b"Log %d" % number).status_code

    with ThreadPoolExecutor(5) as pool:
        found = sorted(pool.map(send, range(10)))
    assert found == [201] * 3 + [409] * 7
    with ThreadPoolExecutor(5) as pool:
        key = ask("build-2")["id"]
        same = list(pool.map(lambda _: attach(app.test_client(), key, agent, b"Log"), range(5)))
    assert sorted(each.status_code for each in same) == [200] * 4 + [201]
    assert len({each.json["id"] for each in same}) == 1


@pytest.mark.parametrize(
    "content",
    [
        HTML,
        b"<svg onload='alert(1)'/>",
        b"%PDF-1.7\n",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        png() + HTML,
        jpeg() + b"PK\x03\x04",
        webp() + b"\0",
        png()[:-1],
    ],
)
def test_what_is_no_image_and_no_text_is_refused_whatever_its_name(
    client: FlaskClient, ask: Ask, agent: Headers, content: bytes
) -> None:
    for name in ("a.png", "a.txt"):
        refused = attach(client, ask()["id"], agent, content, name)
        assert refused.status_code == 415
        assert refused.json["detail"].startswith("The file ")


def test_two_megabytes_fit_and_one_byte_more_does_not(
    client: FlaskClient, ask: Ask, agent: Headers
) -> None:
    most = b"It failed.\n" * 181_818 + b"\n\n"
    assert len(most) == 2_000_000
    key = ask()["id"]
    assert attach(client, key, agent, most).status_code == 201
    assert attach(client, key, agent, most + b"\n", "more.log").status_code == 413
    assert attach(client, key, agent, most * 2, "more.log").status_code == 413
    empty = attach(client, key, agent, b"")
    assert (empty.status_code, empty.json["errors"][0]["field"]) == (422, "file")


def test_what_is_no_form_with_a_file_is_refused(
    client: FlaskClient, ask: Ask, agent: Headers
) -> None:
    path = f"/api/escalations/{ask()['id']}/attachments"
    assert client.post(path, json={"file": "x"}, headers=agent).status_code == 415
    for data in ({}, {"file": "no file"}, {"other": (io.BytesIO(b"x"), "x.log")}):
        body: dict[str, Any] = {"data": data, "content_type": "multipart/form-data"}
        refused = client.post(path, headers=agent, **body)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "file")


def test_only_the_agent_that_asked_attaches(
    client: FlaskClient, ask: Ask, cast: Cast, agent: Headers, other_agent: Headers
) -> None:
    key = ask()["id"]
    assert attach(client, key, {}, b"x").status_code == 401
    assert attach(client, key, cast.token("shop"), b"x").status_code == 403
    assert attach(client, key, other_agent, b"x").status_code == 404
    assert attach(client, str(uuid.uuid4()), agent, b"x").status_code == 404
    assert attach(client, "no-id", agent, b"x").status_code == 404
    file = attach(client, key, agent, b"x").json["id"]
    assert client.get(f"/api/attachments/{file}").status_code == 401
    assert client.get(f"/api/attachments/{file}", headers=other_agent).status_code == 404
    assert client.get(f"/api/attachments/{uuid.uuid4()}", headers=agent).status_code == 404
    assert client.get("/api/attachments/no-id", headers=agent).status_code == 404


def test_an_answer_is_bound_to_the_files_that_were_shown(
    client: FlaskClient, ask: Ask, agent: Headers, founder: Headers
) -> None:
    asked = ask()
    key, path = asked["id"], f"/api/escalations/{asked['id']}/resolve"
    body = {"decision": asked["options"][0]["value"], "digest": asked["digest"]}
    attach(client, key, agent, b"It failed.")
    changed = client.post(path, json=body, headers=founder)
    assert (changed.status_code, changed.json["type"]) == (409, "urn:unstuck:changed")
    shown = changed.json["escalation"]
    assert [file["name"] for file in shown["attachments"]] == ["build.log"]
    body["digest"] = shown["digest"]
    assert client.post(path, json=body, headers=founder).status_code == 200
    decision = client.get(f"/api/escalations/{key}/decision", headers=agent).json
    assert decision["digest"] == shown["digest"]
    late = attach(client, key, agent, b"One more.")
    assert (late.status_code, late.json["escalation"]["status"]) == (409, "resolved")


def test_an_answer_and_a_file_at_once_never_miss_each_other(
    app: Flask, client: FlaskClient, ask: Ask, agent: Headers, founder: Headers
) -> None:
    for number in range(5):
        asked = ask(f"build-{number}")
        body = {"decision": asked["options"][0]["value"], "digest": asked["digest"]}
        path = f"/api/escalations/{asked['id']}/resolve"
        with ThreadPoolExecutor(2) as pool:
            answer = pool.submit(app.test_client().post, path, json=body, headers=founder)
            file = pool.submit(attach, app.test_client(), asked["id"], agent, b"It failed.")
        statuses = (answer.result().status_code, file.result().status_code)
        assert statuses in {(200, 409), (409, 201)}


def test_keys_in_a_text_are_masked(client: FlaskClient, ask: Ask, agent: Headers) -> None:
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    made = attach(client, ask()["id"], agent, f"export STRIPE={key}\n".encode()).json
    read = client.get(f"/api/attachments/{made['id']}", headers=agent)
    assert key not in read.text
    assert read.text.startswith("export STRIPE=")
    assert made["sha256"] == hashlib.sha256(read.data).hexdigest()


def test_the_files_of_a_project_have_only_so_much_room(make_app: MakeApp) -> None:
    app = make_app(QUOTA_FILES_MB="2")
    client, agent = app.test_client(), Cast(app).token("shop")
    url = "/api/jobs/build-1/escalations"
    keys = [
        client.post(url, json=QUESTION | {"id": str(uuid.uuid4())}, headers=agent).json["id"]
        for _ in range(2)
    ]
    large = b"It failed.\n" * 100_000
    assert attach(client, keys[0], agent, large).status_code == 201
    refused = attach(client, keys[1], agent, large)
    assert (refused.status_code, "QUOTA_FILES_MB" in refused.json["detail"]) == (409, True)
    assert attach(client, keys[1], agent, b"It failed.").status_code == 201
