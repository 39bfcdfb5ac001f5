"""POST /api/hooks/claude-code: the agent's own questions."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.test_api_hooks import fixture

Ask = Callable[..., TestResponse]
FIRST, SECOND = "Which database shall I use?", "Which pages need a sign-in?"


@pytest.fixture
def ask(client: FlaskClient, agent: dict[str, str]) -> Ask:
    """Sends the questions of the fixture."""

    def ask(wait: float = 0, name: str = "claude-code", **changes: Any) -> TestResponse:
        event = {"claude-code": "PreToolUse", "generic": "question"}[name]
        url = f"/api/hooks/{name}?wait={wait}"
        answer = client.post(url, json=fixture(name, event, **changes), headers=agent)
        assert answer.status_code == 200, answer.text
        answer.close()  # which is when a delivery is noted
        return answer

    return ask


@pytest.fixture
def cards(client: FlaskClient, founder: dict[str, str]) -> Callable[[], list[dict[str, Any]]]:
    """All questions, oldest first."""
    return lambda: list(client.get("/api/escalations", headers=founder).json)


@pytest.fixture
def close(client: FlaskClient, founder: dict[str, str]) -> Callable[..., None]:
    """Closes a card as the founder does."""

    def close(card: dict[str, Any], how: str = "resolve", **body: Any) -> None:
        url = f"/api/escalations/{card['id']}/{how}"
        assert client.post(url, json=body, headers=founder).status_code == 200

    return close


def test_each_question_is_a_card_and_nothing_comes_back_yet(ask: Ask, cards: Any) -> None:
    assert ask().json == {}
    first, second = cards()
    assert first["plain_english_problem"] == FIRST
    assert [option["value"] for option in first["options"]] == [
        "SQLite (Recommended)",
        "PostgreSQL",
        "something_else",
        "answer_in_terminal",
    ]
    assert first["recommended"] == "SQLite (Recommended)"
    assert second["options"] == []
    assert "- Orders" in second["plain_english_problem"]


def test_asking_again_opens_no_other_card(ask: Ask, cards: Any) -> None:
    ask()
    ask()
    assert len(cards()) == 2


def test_all_answers_come_back_together(ask: Ask, cards: Any, close: Any) -> None:
    ask()
    first, second = cards()
    close(first, decision="PostgreSQL", guidance="We have one already.")
    assert ask().json == {}
    close(second, decision="both of them")
    specific = ask().json["hookSpecificOutput"]
    assert specific == {
        "hookEventName": "PreToolUse",
        "permissionDecision": "allow",
        "updatedInput": {
            "questions": fixture("claude-code", "PreToolUse")["tool_input"]["questions"],
            "answers": {
                FIRST: "PostgreSQL. The founder adds: We have one already.",
                SECOND: "both of them",
            },
        },
    }
    assert all(card["delivered_at"] for card in cards())


def test_words_of_the_founder_s_own_are_the_answer(ask: Ask, cards: Any, close: Any) -> None:
    ask()
    first, second = cards()
    close(first, decision="something_else", guidance="A spreadsheet.")
    close(second, decision="none")
    answers = ask().json["hookSpecificOutput"]["updatedInput"]["answers"]
    assert answers[FIRST] == "A spreadsheet."


def test_a_skipped_question_is_a_refusal_with_the_founder_s_words(
    ask: Ask, cards: Any, close: Any
) -> None:
    ask()
    first, second = cards()
    close(first, decision="PostgreSQL")
    close(second, "skip", guidance="Ask me next week.")
    specific = ask().json["hookSpecificOutput"]
    assert specific["permissionDecision"] == "deny"
    assert '"Ask me next week."' in specific["permissionDecisionReason"]
    assert "updatedInput" not in specific


def test_answering_in_the_terminal_leaves_the_dialog_to_the_agent(
    ask: Ask, cards: Any, close: Any
) -> None:
    ask()
    first, second = cards()
    close(first, decision="answer_in_terminal")
    close(second, decision="both")
    assert ask().json == {"hookSpecificOutput": {"hookEventName": "PreToolUse"}}


def test_an_answer_that_comes_while_the_hook_waits_is_brought_at_once(
    ask: Ask, cards: Any, close: Any
) -> None:
    ask(name="generic")
    (card,) = cards()
    found: list[TestResponse] = []
    waiting = Thread(target=lambda: found.append(ask(50, name="generic")))
    waiting.start()
    close(card, decision="PostgreSQL")
    waiting.join(60)
    assert found[0].json == {"status": "resolved", "answer": "PostgreSQL"}


def test_a_generic_question_that_is_closed_has_no_answer(ask: Ask, cards: Any, close: Any) -> None:
    ask(name="generic")
    close(cards()[0], "skip")
    assert ask(name="generic").json == {"status": "skipped"}


@pytest.mark.parametrize(
    "questions",
    [[], [{"question": " "}], [{"question": "Why?", "options": [{"label": ""}]}], "Why?", None],
)
def test_questions_that_are_none_are_named(
    client: FlaskClient, agent: dict[str, str], questions: Any
) -> None:
    payload = fixture("claude-code", "PreToolUse", tool_input={"questions": questions})
    answer = client.post("/api/hooks/claude-code", json=payload, headers=agent)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"].startswith("questions")


@pytest.mark.parametrize("wait", ["-1", "51", "soon"])
def test_a_wait_that_is_none_is_named(
    client: FlaskClient, agent: dict[str, str], wait: str
) -> None:
    answer = client.post(f"/api/hooks/cursor?wait={wait}", json={}, headers=agent)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "wait"


def test_the_question_of_another_project_is_not_shown(
    ask: Ask, client: FlaskClient, other_agent: dict[str, str], cards: Any, close: Any
) -> None:
    """The same id in another project is another question."""
    ask(name="generic")
    close(cards()[0], decision="PostgreSQL")
    payload = fixture("generic", "question")
    answer = client.post("/api/hooks/generic", json=payload, headers=other_agent)
    assert answer.json == {}
