"""The traps about retries: agents that loop, counters that never reset, merging that is hidden."""

import uuid

from stage import Stage


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
