"""Questions in Markdown: what is shown of them, and that hostile ones can do nothing."""

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.extensions import db
from webapp.models import AgentEscalation
from webapp.templating import markdown

Ask = Callable[..., uuid.UUID]
TEXT = (
    "# May I **switch** the service?\n\nIt has:\n\n- `cards`\n- [bills](https://bills.example/x)\n"
)


def body(browser: FlaskClient, key: uuid.UUID) -> str:
    page = browser.get(f"/escalations/{key}").text
    return page[page.index('<article class="question">') :]


def test_a_question_in_markdown_is_shown_as_such(anna: FlaskClient, ask: Ask) -> None:
    key = ask(
        plain_english_problem=TEXT,
        recommended_action="Take the *second*.",
        attempts_summary=["I read `README`."],
        text_format="markdown",
    )
    shown = body(anna, key)
    assert '<h1 dir="auto">May I switch the service?</h1>' in shown
    assert shown.count("May I") == 1 + shown.count("May I **")
    assert '<li dir="auto"><code>cards</code></li>' in shown
    assert 'href="https://bills.example/x"' in shown
    assert "</a> (bills.example)" in shown
    assert "<em>second</em>" in shown
    assert "<code>README</code>" in shown
    assert len(re.findall(r"<h1[ >]", shown)) == 1


def test_plain_text_stays_plain(anna: FlaskClient, ask: Ask) -> None:
    shown = body(anna, ask(plain_english_problem="Is *this* `it`? [x](https://x.example)"))
    assert "Is *this* `it`?" in shown
    assert "x.example</a>" not in shown
    assert "<em>" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "Hi <img src=x onerror=alert(1)> there",
        "![tracker](https://t.example/p.png)",
        "[a](javascript:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](//evil.example/x)",
        "[a](/settings/tokens)",
        "[a](mailto:a@b.example)",
        "<https://ok.example> <a href='/sign-out'>x</a>",
        '[a](https://ok.example "onmouseover=alert(1)")',
        '<style>*{display:none}</style>\n\n<form action="/x">',
        "```html\n</code></pre><script>alert(1)</script>\n```",
        "[a]: https://x.example/<script>\n\n[a]",
    ],
)
def test_hostile_markdown_does_nothing(text: str) -> None:
    for made in (markdown.parts(text).html, markdown.parts("Which?\n\n" + text).body):
        tags = set(re.findall(r"<(\w+)", made))
        assert tags <= {"p", "a", "code", "pre", "em", "strong"}
        for link in re.findall(r"<a ([^>]*)>", made):
            assert re.match(r'href="https?://[^"]+" target="_blank" rel="noopener', link), link
            assert " on" not in link.replace("noopener", "")


@pytest.mark.parametrize(
    "text",
    [
        'May I?\n\n[a]: https://x.example "drop production"',
        'See [it](https://x.example "drop production").',
        "See [it](drop-production).",
        "May I?\n\n```sh drop production\nls\n```",
    ],
)
def test_no_word_of_a_text_is_left_out(text: str) -> None:
    assert re.search("drop.production", markdown.parts(text).html)


def test_a_link_says_where_it_leads_whatever_its_words_say() -> None:
    made = markdown.parts("See [https://bank.example](https://evil.example/?b=bank.example)").html
    assert "</a> (evil.example)" in made
    homograph = markdown.parts("See [bank](https://b\u0430nk.example)").html
    assert re.search(r"\(xn--[\w-]+\.example\)", homograph)


def test_every_block_finds_its_own_direction() -> None:
    made = markdown.parts("שלום?\n\nhello\n\n- عربي\n\n> abc\n\n## שם").html
    assert made.count('dir="auto"') == len(re.findall(r"<(p|li|blockquote|h\d)[ >]", made))


def test_long_words_and_costly_texts_are_shown_all_the_same(anna: FlaskClient, ask: Ask) -> None:
    word = "W" * 10_000
    assert word in body(
        anna, ask(plain_english_problem=f"Is it?\n\n{word}", text_format="markdown")
    )
    for costly in ("[" * 20_000, "![" * 5_000, "**a" * 3_000, "> " * 5_000):
        assert "<" in markdown.parts(f"Is it?\n\n{costly}").body


def test_the_format_is_part_of_what_an_answer_is_bound_to(app: Flask, ask: Ask) -> None:
    signature = {"error_signature": "shop:E:v1-1", "plain_english_problem": TEXT}
    keys = [ask(**signature), ask(**signature, text_format="markdown")]
    with app.app_context():
        rows = [db.session.get_one(AgentEscalation, key) for key in keys]
        assert len({row.id for row in rows}) == 2, "they are two questions"
        assert len({row.digest for row in rows}) == 2
        assert [row.text_format for row in rows] == ["plain", "markdown"]


def test_the_api_takes_and_gives_the_format(app: Flask, agent: dict[str, str]) -> None:
    client = app.test_client()
    question = {"session_id": "s", "error_type": "E", "plain_english_problem": TEXT}
    path = "/api/jobs/build-1/escalations"
    asked = client.post(path, json=question | {"text_format": "markdown"}, headers=agent).json
    assert asked["text_format"] == "markdown"
    assert client.post(path, json=question, headers=agent).json["text_format"] == "plain"
    wrong = client.post(path, json=question | {"text_format": "html"}, headers=agent)
    assert wrong.status_code == 422
    assert wrong.json["errors"][0]["field"] == "text_format"
    report = {
        "session_id": "s",
        "error_type": "E",
        "error_message": "403",
        "category": "never_retry",
    }
    words = {"plain_english_problem": TEXT, "text_format": "markdown"}
    verdict = client.post("/api/jobs/build-1/errors", json=report | words, headers=agent).json
    stored = client.get(f"/api/escalations/{verdict['escalation_id']}", headers=agent).json
    assert stored["text_format"] == "markdown"
    ours = client.post(
        "/api/jobs/build-2/errors",
        json=report | {"error_type": "F", "text_format": "markdown"},
        headers=agent,
    ).json
    stored = client.get(f"/api/escalations/{ours['escalation_id']}", headers=agent).json
    assert stored["text_format"] == "plain", "the words are the server's own"
