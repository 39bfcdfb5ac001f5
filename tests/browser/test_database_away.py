"""A page whose server lost its database doesn't claim to be live."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from database_faults import stopped
from playwright.sync_api import expect
from stage import Stage, ask, desk_with_grace
from web_process import until
from windows import PATIENCE_MS, Windows

from tests.conftest import migrated_server
from webapp.embedded import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL of this test's own, to stop."""
    with migrated_server(tmp_path / "postgres") as server:
        yield server


@pytest.fixture
def stage(server: Server, tmp_path: Path) -> Iterator[Stage]:
    with desk_with_grace(server, tmp_path, "stopped", 0, workers=1) as stage:
        yield stage


def test_a_page_says_that_it_is_stale_while_the_database_is_away(
    windows: Windows, server: Server
) -> None:
    stage = windows.stage
    page = windows.open("shop")
    connection = page.locator("#connection")
    expect(connection).to_have_text("Live", timeout=PATIENCE_MS)
    with stopped(server._process.pid):
        expect(connection).to_have_text("This page may be out of date.", timeout=PATIENCE_MS)
    expect(connection).to_have_text("Live", timeout=PATIENCE_MS)
    agent = stage.caller("shop")
    until(
        lambda: agent.get("/api/escalations?project_id=shop").status == 200, "requests are served"
    )
    ask(agent, "shop", plain_english_problem="Asked after the outage?")
    card = page.get_by_role("link", name="Asked after the outage?")
    expect(card).to_be_visible(timeout=PATIENCE_MS)
