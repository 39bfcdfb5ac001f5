"""The public MCP conformance suite and the MCP Inspector against a real server."""

import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import HERE, PACKAGES, node
from desk import Desk

SUITE = PACKAGES / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
INSPECTOR = (
    PACKAGES / "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
)
REVISIONS = ("2025-11-25", "2026-07-28")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a program of npm finds the packages."""
    (tmp_path / "node_modules").symlink_to(PACKAGES / "node_modules")
    shutil.copy(HERE / "with_token.mjs", tmp_path)
    return tmp_path


@pytest.mark.parametrize("revision", REVISIONS)
def test_only_what_is_expected_fails_in_the_conformance_suite(
    desk: Desk, folder: Path, revision: str
) -> None:
    asked = ["--suite", "all", "--spec-version", revision, "--output-dir", "results"]
    known = ["--expected-failures", HERE / "expected_failures.yaml"]
    printed = node(
        *("--import", folder / "with_token.mjs", SUITE, "server", "--url", f"{desk.url}/api/mcp"),
        *asked,
        *known,
        cwd=folder,
        UNSTUCK_TOKEN=desk.token("conformance", project=f"conformance-{revision}"),
    )
    summary = printed[printed.index("=== SUMMARY ===") :]
    passed = re.search(r"Total: (\d+) passed", summary)
    print(f"\nMCP {revision}\n{summary}")
    assert passed
    assert int(passed[1]) >= 35, summary


def test_every_expected_failure_has_a_reason() -> None:
    blocks = (
        (HERE / "expected_failures.yaml").read_text("utf-8").split("server:\n")[1].split("\n\n")
    )
    for block in blocks:
        assert re.match(r"  # \S.*\.\n  - ", re.sub(r"\n  # ", " ", block)), block


def test_the_inspector_lists_the_tools_and_asks(desk: Desk, folder: Path) -> None:
    token = desk.token("inspector", project="inspected")
    server = ["--cli", f"{desk.url}/api/mcp", "--transport", "http"]
    headers = ["--header", f"Authorization: Bearer {token}", "X-Unstuck-Job: build-1"]
    home = {"cwd": folder, "HOME": str(folder)}

    listed = node(INSPECTOR, *server, "--method", "tools/list", "--strict", *headers, **home)
    assert re.findall(r'^ {6}"name": "(\w+)"', listed, flags=re.M) == [
        "report_failure",
        "ask_founder",
        "wait_for_decision",
        "report_outcome",
    ]
    arguments = ["--tool-arg", "question=Do we ship on Friday?", "wait_s=0"]
    call = ["--method", "tools/call", "--tool-name", "ask_founder", *arguments]
    asked = json.loads(node(INSPECTOR, *server, *call, *headers, **home))
    assert asked["structuredContent"]["status"] == "pending"
    (question,) = desk.questions("inspected")
    assert question["id"] == asked["structuredContent"]["escalation_id"]
