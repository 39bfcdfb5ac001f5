"""Schemathesis attacks the application with what its own OpenAPI document allows and forbids."""

from collections.abc import Iterator
from threading import Thread

import pytest
import schemathesis
from flask import Flask
from schemathesis.checks import CHECKS
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData
from werkzeug.serving import make_server

from tests.api.questions import QUESTION
from tests.conftest import Cast
from webapp.desk.api.openapi import document

EXAMPLES = 6
"""For each call and phase."""

KEY = "1b4e28ba-2fa1-4d1d-883f-0016d3cca427"
"""The id that the document's own examples name."""

BEYOND_SCHEMAS = (
    "is none of the options",
    "is not a cursor that this server gave out",
    "is not a cursor of this server",
    "the agent worded this question itself",
    "is too large: all texts of a question together",
    "is too large: use at most 2 kB for an option",
    "must have different values",
    '"detail": "The file ',
    "differs from the project_id in the address",
    '"field": "answer_schema.',
    '"field": "answers.',
    '"field": "callback.url"',
    '"field": "deadline',
)
"""Rules that no JSON schema can state, so that content which fits the document breaks them."""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the application, served over real sockets."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _is_a_wait(text: str) -> bool:
    try:
        return 0 < float(text) <= 60
    except ValueError:
        return False


def config(address: str, headers: dict[str, str]) -> SchemathesisConfig:
    """All phases and all checks, the same in every run."""
    generation = GenerationConfig(max_examples=EXAMPLES, deterministic=True, database="none")
    project = ProjectConfig(base_url=address, headers=headers, generation=generation)
    return SchemathesisConfig(seed=1, projects=ProjectsConfig(default=project))


@pytest.fixture
def _nobody_waits() -> Iterator[None]:
    """A call that waits for an answer which never comes would only take time."""

    @schemathesis.hook
    def before_call(context: object, case: schemathesis.Case, kwargs: object) -> None:
        wait = (case.query or {}).get("wait")
        first = wait[0] if isinstance(wait, list) and wait else wait
        if isinstance(first, str | int | float) and _is_a_wait(str(first)):
            case.query["wait"] = 0

    yield
    schemathesis.hooks.unregister(before_call)


def complaints(event: events.ScenarioFinished) -> Iterator[str]:
    """What did not hold in the calls of a scenario, each with its request and answer."""
    for key, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            call = event.recorder.interactions[key]
            answer = call.response.text if call.response else ""
            rejected = isinstance(check.failure_info.failure, RejectedPositiveData)
            if rejected and any(rule in answer for rule in BEYOND_SCHEMAS):
                continue
            request = f"{call.request.method} {call.request.uri} {call.request.body!r}"
            yield f"{check.failure_info.failure}\n{request[:500]}\n{answer[:500]}"


@pytest.mark.usefixtures("_nobody_waits")
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_no_call_breaks_its_promises(app: Flask, cast: Cast, address: str) -> None:
    checks = ProjectConfig().checks
    assert all(checks.get_by_name(name=name).enabled for name in CHECKS.get_all_names())
    founder = cast.token("shop", "founder")
    example = QUESTION | {"id": KEY}
    asked = app.test_client().post("/api/jobs/build-1/escalations", json=example, headers=founder)
    assert asked.status_code == 201
    schema = schemathesis.openapi.from_dict(document(), config=config(address, founder))
    calls, broken = 0, []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            calls += len(event.recorder.interactions)
            broken += complaints(event)
        elif isinstance(event, events.NonFatalError):
            broken.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    assert not broken, "\n\n".join(broken)
    assert calls > 500
