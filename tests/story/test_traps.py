"""What goes wrong in other tools of this kind, each trap with the test that it is not one here.

The traps about simultaneous answers and killed workers stand in the files of those names, those
that need a browser in tests/browser.
"""

import http.client
import socket
import uuid
from contextlib import ExitStack

import pytest
from sqlalchemy import create_engine, text
from stage import Stage, ask, send
from web_process import until


def test_the_losing_answer_is_not_told_success(stage: Stage) -> None:
    project = stage.project()
    asked = ask(stage.caller(project), project)
    path = f"/api/escalations/{asked['id']}/resolve"
    anna = stage.caller(project, "founder", "Anna")
    ben = stage.caller(project, "founder", "Ben")

    assert anna.post(path, decision="skip_feature").status == 200
    too_late = ben.post(path, decision="skip_feature")

    assert too_late.status == 409
    assert "Anna" in too_late.body["detail"]
    assert too_late.body["escalation"]["resolved_by"] == "Anna"


def test_the_losing_answer_of_a_page_sees_who_was_faster_and_keeps_its_text(stage: Stage) -> None:
    project = stage.project()
    asked = ask(stage.caller(project), project)
    ben = stage.visitor()
    ben.sign_in(stage.sign_in_link(project, "ben"))
    page = ben.get(f"/escalations/{asked['id']}")
    anna = stage.caller(project, "founder", "Anna")
    anna.post(f"/api/escalations/{asked['id']}/resolve", decision="skip_feature")

    too_late = ben.submit(page, decision="provide_guidance", guidance="Use the other account.")

    assert too_late.status == 409
    assert "Anna" in too_late.text
    assert "Leave it out" in too_late.text
    assert "Use the other account." in too_late.text


def test_an_answer_is_validated_before_the_program_resumes(stage: Stage) -> None:
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    asked = ask(agent, project)
    escalation = f"/api/escalations/{asked['id']}"

    refused = founder.post(f"{escalation}/resolve", decision="build_a_rocket")

    assert refused.status == 422
    assert refused.body["errors"][0]["field"] == "decision"
    assert agent.get(f"{escalation}/decision?wait=0").status == 204
    assert agent.get(escalation).body["status"] == "pending"


def test_the_responders_name_is_not_taken_from_the_client(stage: Stage) -> None:
    project = stage.project()
    asked = ask(stage.caller(project), project)
    founder = stage.caller(project, "founder", "Anna")
    forged = {"resolved_by": "Mallory", "responder": "Mallory", "user": "Mallory"}
    headers = {
        "Authorization": f"Bearer {founder.token}",
        "X-Forwarded-User": "Mallory",
        "X-User": "Mallory",
        "Remote-User": "Mallory",
    }
    path = f"/api/escalations/{asked['id']}"

    body = {"decision": "skip_feature"} | forged
    answer = send(stage.port, "POST", f"{path}/resolve", body, headers)
    if answer.status == 422:  # unknown fields may be refused, which is as good
        answer = send(stage.port, "POST", f"{path}/resolve", {"decision": "skip_feature"}, headers)

    assert answer.status == 200
    assert founder.get(path).body["resolved_by"] == "Anna"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_a_mailed_link_decides_nothing(stage: Stage, method: str) -> None:
    """A mail scanner follows each link before the person does."""
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project)
    link = stage.sign_in_link(project)
    answers = [f"/escalations/{asked['id']}", f"/api/escalations/{asked['id']}/resolve"]

    for path in (link, link, *answers, f"{answers[0]}?decision=skip_feature"):
        send(stage.port, method, path)

    assert agent.get(f"/api/escalations/{asked['id']}").body["status"] == "pending"
    visitor = stage.visitor()
    assert visitor.sign_in(link), "the link was used up by looking at it"


def test_a_timeout_is_not_recorded_as_a_refusal(stage: Stage) -> None:
    project = stage.project()
    agent = stage.caller(project)
    asked = ask(agent, project)

    assert agent.get(f"/api/escalations/{asked['id']}/decision?wait=1").status == 204

    stored = agent.get(f"/api/escalations/{asked['id']}").body
    assert stored["status"] == "pending"
    assert (stored["founder_decision"], stored["resolved_by"]) == (None, None)


def test_an_answer_is_not_consumed_by_an_agent_that_never_resumed(stage: Stage) -> None:
    """Delivered is not picked up: the founder sees the difference, and who asks again is told."""
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    asked = ask(agent, project)
    escalation = f"/api/escalations/{asked['id']}"
    founder.post(f"{escalation}/resolve", decision="skip_feature")

    first = agent.get(f"{escalation}/decision?wait=0")
    assert first.status == 200
    until(lambda: agent.get(escalation).body["delivered_at"], "the delivery is noted")
    assert agent.get(escalation).body["picked_up_at"] is None

    again = agent.get(f"{escalation}/decision?wait=0")
    assert again.body == first.body
    agent.post(f"{escalation}/receipt", stage="picked_up")
    assert agent.get(escalation).body["picked_up_at"]


def test_an_answer_given_before_the_wait_began_is_not_missed(stage: Stage) -> None:
    project = stage.project()
    agent, founder = stage.caller(project), stage.caller(project, "founder")
    asked = ask(agent, project)
    founder.post(f"/api/escalations/{asked['id']}/resolve", decision="skip_feature")

    late = agent.get(f"/api/escalations/{asked['id']}/decision?wait=30")

    assert late.body["decision"] == "skip_feature"


def test_open_streams_hold_no_database_connections(stage: Stage) -> None:
    """More streams than the pools of both workers hold connections, and the site still answers."""
    streams = 100
    project = stage.project()
    agent = stage.caller(project)
    ask(agent, project)
    with ExitStack() as open_ones:
        for _ in range(streams):
            open_ones.enter_context(_stream(stage, agent.token, project))
        assert agent.get("/api/escalations").status == 200
        assert ask(agent, project)["status"] == "pending"
        engine = create_engine(stage.database_url)
        with engine.connect() as connection:
            query = text("select count(*) from pg_stat_activity where datname = current_database()")
            assert connection.scalar(query) < streams / 2
        engine.dispose()


def _stream(stage: Stage, token: str, project: str) -> socket.socket:
    """An open stream of a job's events, of which the first bytes were read."""
    stream = socket.create_connection(("127.0.0.1", stage.port), timeout=10)
    head = (
        f"GET /api/jobs/build-1/events?project_id={project} HTTP/1.1\r\nHost: desk\r\n"
        f"Accept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    stream.sendall(head.encode())
    assert b"200 OK" in stream.recv(4096)
    return stream


def test_a_reader_that_was_away_is_sent_what_it_missed(stage: Stage) -> None:
    """FIELD: the stream cannot replay, and an event between reading and connecting is lost."""
    project = stage.project()
    agent = stage.caller(project)
    for _ in range(3):
        ask(agent, project)
    connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=10)
    headers = {
        "Accept": "text/event-stream",
        "Authorization": f"Bearer {agent.token}",
        "Last-Event-ID": "1",
    }
    connection.request("GET", f"/api/jobs/build-1/events?project_id={project}", headers=headers)
    stream = connection.getresponse()
    seen: list[int] = []
    while len(seen) < 3:
        line = stream.readline().decode()
        if line.startswith("id:"):
            seen.append(int(line.removeprefix("id:")))
        if seen == [2, 3]:
            ask(agent, project)
            seen.append(0)  # the live one comes on top
    while not (line := stream.readline().decode()).startswith("id:"):
        pass
    connection.close()
    assert [*seen[:2], int(line.removeprefix("id:"))] == [2, 3, 4]


def test_55_identical_failures_are_three_retries_and_one_question(stage: Stage) -> None:
    """FIELD: 55 identical retries in a row; each repetition looks new for its numbers and names."""
    project = stage.project()
    agent = stage.caller(project)
    verdicts = []
    for n in range(55):
        message = (
            f'File "/tmp/build-{uuid.uuid4().hex}/shop/cart.py", line {n + 10}, in total\n'
            f"TypeError: unsupported operand type(s) for +: 'int' and 'str' (request {n:08x})"
        )
        report = {
            "project_id": project,
            "session_id": f"session-{n}",
            "error_type": "TypeError",
            "error_message": message,
            "approach": f"approach number {n}",
        }
        verdicts.append(agent.post("/api/jobs/build-1/errors", **report).body)

    assert [verdict["verdict"] for verdict in verdicts] == ["retry"] * 3 + ["escalate"] * 52
    assert len({verdict["escalation_id"] for verdict in verdicts[3:]}) == 1


def test_progress_resets_the_counter_and_waiting_spends_none_of_it(stage: Stage) -> None:
    """FIELD: the counter never resets on success and kills healthy runs; infrastructure trouble is
    counted as being stuck."""
    project = stage.project()
    agent = stage.caller(project)

    def report(error_message: str) -> dict[str, str]:
        body = {
            "project_id": project,
            "session_id": "session-1",
            "error_type": "CommandFailed",
            "error_message": error_message,
            "approach": uuid.uuid4().hex,
        }
        verdict: dict[str, str] = agent.post("/api/jobs/build-1/errors", **body).body
        return verdict

    failing = "FAILED tests/test_cart.py::test_total - AssertionError: 3 != 4"
    for _ in range(4):
        verdicts = [report(failing) for _ in range(2)]
        assert [verdict["verdict"] for verdict in verdicts] == ["retry", "retry"]
        waiting = report("connect ECONNREFUSED 127.0.0.1:5432")
        assert waiting["verdict"] == "wait"
        for signature in (verdicts[0]["error_signature"], waiting["error_signature"]):
            body = {"project_id": project, "error_signature": signature}
            assert agent.post("/api/jobs/build-1/errors/healed", **body).status == 200


def test_one_problem_of_three_jobs_is_one_question_that_says_so(stage: Stage) -> None:
    """FIELD: hidden merging looks broken when the next equal question pops up."""
    project = stage.project()
    agent = stage.caller(project)
    ids = set()
    for job in ("build-1", "build-2", "build-3"):
        report = {
            "project_id": project,
            "session_id": "session-1",
            "error_type": "MissingKey",
            "error_message": "No API key provided: set PAYMENTS_API_KEY",
        }
        ids.add(agent.post(f"/api/jobs/{job}/errors", **report).body["escalation_id"])
    assert len(ids) == 1

    visitor = stage.visitor()
    visitor.sign_in(stage.sign_in_link(project))
    assert "3 jobs" in visitor.get(f"/escalations/{ids.pop()}").text


@pytest.mark.parametrize("number", range(11))
def test_any_number_of_options_is_shown_and_can_be_chosen(stage: Stage, number: int) -> None:
    """FIELD: exactly four options rendered nothing."""
    project = stage.project()
    agent = stage.caller(project)
    options = [
        {"value": f"choice_{n}", "label": f"Choice {n}", "description": f"What {n} does."}
        for n in range(number)
    ]
    asked = ask(agent, project, options=options)
    visitor = stage.visitor()
    visitor.sign_in(stage.sign_in_link(project))

    page = visitor.get(f"/escalations/{asked['id']}")
    for option in options:
        assert page.has_choice("decision", option["value"])
    chosen = options[-1]["value"] if options else "Please go on."
    assert "Please go on." in visitor.submit(page, decision=chosen, guidance="Please go on.").text

    stored = agent.get(f"/api/escalations/{asked['id']}").body
    assert (stored["status"], stored["founder_decision"]) == ("resolved", chosen)
