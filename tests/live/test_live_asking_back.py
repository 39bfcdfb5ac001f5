"""A question back reaches the agent that waits for its turn, on any process, and its stream."""

import threading
from typing import Any

QUESTION = {"session_id": "s1", "error_type": "E", "plain_english_problem": "Which key?"}


def test_a_wait_for_the_turn_ends_with_the_founders_question(site):
    _, asked = site.call("POST", "/api/jobs/build-1/escalations?project_id=shop", QUESTION)
    path = f"/api/escalations/{asked['id']}"
    heard: dict[str, tuple[int, Any]] = {}

    def wait(until: str) -> None:
        heard[until] = site.call("GET", f"{path}/decision?wait=60&until={until}")

    waits = [threading.Thread(target=wait, args=(until,)) for until in ("turn", "answer")]
    with site.follow("build-1") as stream:
        for each in waits:
            each.start()
        assert stream.next().event == "agent.waiting_for_input"
        status, _ = site.call("POST", f"{path}/messages", {"text": "In test mode?"}, site.founder)
        assert status == 201
        waits[0].join(90)
        status, body = heard["turn"]
        assert (status, body["turn"], body["messages"][0]["text"]) == (
            200,
            "agent",
            "In test mode?",
        )
        assert stream.next().json()["text"] == "In test mode?"
        assert "answer" not in heard, "who waits for the answer waits on"
        assert site.call("POST", f"{path}/messages", {"text": "Yes."})[0] == 201
        assert stream.next().event == "agent.replied"
        site.call("POST", f"{path}/resolve", {"decision": "Use it."}, site.founder)
        waits[1].join(90)
        assert heard["answer"][1]["decision"] == "Use it."
