"""A Python client that openapi-python-client generates from the document, against a real server."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import BIN
from desk import Desk

NAME = "generated_unstuck"
MESSAGE = "stripe.error.AuthenticationError: No API key provided."
CALLS = {
    "errors": ["report_error"],
    "escalations": ["get_escalation", "list_escalations"],
    "decisions": ["resolve_escalation", "get_decision", "send_receipt"],
    "jobs": ["update_job", "get_events"],
}


@pytest.fixture(scope="module")
def generated(document: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The generated package: `client`, `models`, and each function by its operationId."""
    folder = tmp_path_factory.mktemp("generated")
    settings = folder / "settings.yaml"
    settings.write_text("post_hooks: []\n", "utf-8")  # no tidying: nobody reads it
    command = [str(BIN / "openapi-python-client"), "generate", "--meta", "none"]
    command += ["--fail-on-warning", "--path", str(document), "--config", str(settings)]
    done = subprocess.run(
        [*command, "--output-path", str(folder / NAME)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    try:
        modules = {
            name: importlib.import_module(f"{NAME}.api.{tag}.{name}")
            for tag, names in CALLS.items()
            for name in names
        }
        package, models = (importlib.import_module(f"{NAME}{part}") for part in ("", ".models"))
        yield SimpleNamespace(client=package.AuthenticatedClient, models=models, **modules)
    finally:
        sys.path.remove(str(folder))


def test_an_agent_reports_asks_and_gets_the_decision(desk: Desk, generated: Any) -> None:
    models, project = generated.models, "generated-python"
    agent = generated.client(desk.url, desk.token("agent", project=project), timeout=60)
    founder = generated.client(desk.url, desk.founder, timeout=60)
    body = models.ErrorReport(
        id="r1",
        project_id=project,
        session_id="s1",
        error_type="AuthenticationError",
        error_message=MESSAGE,
        options=[models.Choice(value="skip", label="Skip it"), models.Choice(value="wait")],
    )
    verdict = generated.report_error.sync("build/1", client=agent, body=body)
    assert (verdict.verdict, verdict.category) == ("escalate", "never_retry")

    asked = generated.get_escalation.sync(verdict.escalation_id, client=founder)
    assert (asked.status, [each.value for each in asked.options]) == ("pending", ["skip", "wait"])
    assert generated.get_decision.sync_detailed(asked.id, client=agent).status_code == 204
    answer = models.Resolution(decision="skip", guidance="Not now.", digest=asked.digest)
    resolved = generated.resolve_escalation.sync(asked.id, client=founder, body=answer)
    assert (resolved.status, resolved.founder_decision) == ("resolved", "skip")

    decision = generated.get_decision.sync(asked.id, client=agent, wait=30)
    assert (decision.status, decision.decision, decision.label) == ("resolved", "skip", "Skip it")
    assert decision.guidance == "Not now."
    assert decision.resolved_at.tzinfo is not None
    taken = models.Receipt.from_dict({"stage": "worked", "note": "Done."})
    assert generated.send_receipt.sync(asked.id, client=agent, body=taken).outcome == "worked"
    (listed,) = generated.list_escalations.sync(client=agent, project_id=project)
    assert (listed.id, listed.outcome_note) == (asked.id, "Done.")
    news = models.JobNews.from_dict({"project_id": project, "state": "finished"})
    assert generated.update_job.sync("build/1", client=agent, body=news).state == "finished"
    events = generated.get_events.sync("build/1", client=agent)
    assert [each.seq for each in events] == list(range(1, len(events) + 1))


def test_every_refusal_comes_as_its_own_type(desk: Desk, generated: Any) -> None:
    models, project = generated.models, "refused-python"
    agent = generated.client(desk.url, desk.token("agent", project=project))
    stranger = generated.client(desk.url, "not a token")
    founder = generated.client(desk.url, desk.founder)
    report = {"session_id": "s1", "error_type": "AuthenticationError", "error_message": MESSAGE}
    body = models.ErrorReport(project_id=project, **report)
    refused = generated.report_error.sync("build-1", client=stranger, body=body)
    assert (type(refused), refused.status) == (models.Problem, 401)
    blank = models.ErrorReport(project_id=project, **report | {"session_id": ""})
    invalid = generated.report_error.sync("build-1", client=agent, body=blank)
    assert [each.field for each in invalid.errors] == ["session_id"]

    verdict = generated.report_error.sync("build-1", client=agent, body=body)
    decide = {"client": founder, "body": models.Resolution(decision="provide_guidance")}
    own = decide | {"client": agent}
    forbidden = generated.resolve_escalation.sync(verdict.escalation_id, **own)
    assert (type(forbidden), forbidden.status) == (models.Problem, 403)
    first = generated.get_escalation.sync(verdict.escalation_id, client=founder).options[0].value
    decide["body"] = models.Resolution(decision=first)
    assert generated.resolve_escalation.sync(verdict.escalation_id, **decide).status == "resolved"
    late = generated.resolve_escalation.sync(verdict.escalation_id, **decide)
    assert (type(late), late.status) == (models.AnsweredProblem, 409)
    assert late.escalation.founder_decision == first
    lost = generated.get_escalation.sync("1b4e28ba-2fa1-4d1d-883f-0016d3cca427", client=agent)
    assert (type(lost), lost.status) == (models.Problem, 404)
