"""A TypeScript client whose types openapi-typescript makes of the document: checked, and run
against a real server."""

import shutil
from pathlib import Path

from conftest import HERE, PACKAGES, node
from desk import Desk


def test_an_agent_reports_asks_and_gets_the_decision(
    desk: Desk, document: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(PACKAGES / "node_modules")
    for name in ("agent.mts", "tsconfig.json"):
        shutil.copy(HERE / name, tmp_path)
    found = tmp_path / "node_modules"
    node(found / "openapi-typescript/bin/cli.js", document, "-o", "schema.d.ts", cwd=tmp_path)
    node(found / "typescript/bin/tsc", "-p", ".", cwd=tmp_path)
    project = "generated-typescript"
    printed = node(
        "agent.mts",
        cwd=tmp_path,
        UNSTUCK_URL=desk.url,
        AGENT=desk.token("agent", project=project),
        FOUNDER=desk.founder,
        PROJECT=project,
    )
    assert printed.splitlines()[-1] == "done"
