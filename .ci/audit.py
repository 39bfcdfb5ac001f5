"""Whether a package that the desk runs on is known to be vulnerable: pip-audit reads the lock.

Asked once a day at most, and anew when the lock changes. Where the tool or its data cannot be
reached, that is said in one line, and nothing fails, unless AUDIT_REQUIRED is set: set it where the
data can be reached, so that the check cannot be left out there. `make check` and `.ci/run` end with
this, so that the line is the last they print.
"""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
STAMP = ROOT / ".cache" / "audited"
TIMEOUT_S = 120


UNKNOWN = (
    "NOT DONE: audit of dependencies. pip-audit couldn't reach its data, so a known vulnerability "
    "would go unnoticed. Run `make check` where PyPI can be reached."
)


def main() -> int:
    """0 when nothing is known against the packages, or nobody could be asked."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    today = f"{datetime.now(UTC):%Y-%m-%d} {lock}"
    known = STAMP.read_text("utf-8").splitlines() if STAMP.exists() else []
    required = bool(os.environ.get("AUDIT_REQUIRED"))
    if known[:1] != [today] or (required and UNKNOWN in known):
        found = ask()
        known = [today, *([UNKNOWN] if found is None else flaws(found))]
        STAMP.parent.mkdir(exist_ok=True)
        STAMP.write_text("\n".join(known), "utf-8")
    for line in known[1:]:
        print(line)
    unknown = UNKNOWN in known[1:]
    return 1 if (unknown and required) or set(known[1:]) - {UNKNOWN} else 0


def flaws(packages: list[dict[str, Any]]) -> list[str]:
    """What is known against the packages, a line each."""
    return [
        f"{package['name']} {package['version']}: {flaw['id']}, fixed in "
        f"{', '.join(flaw['fix_versions']) or 'no version yet'}"
        for package in packages
        for flaw in package["vulns"]
    ]


def ask() -> list[dict[str, Any]] | None:
    """What pip-audit knows of each package, or None when it could not be asked of them all."""
    tools = subprocess.run(["make", "--silent", ".venv-tools/stamp"], cwd=ROOT, capture_output=True)
    if tools.returncode != 0:
        return None
    command = [".venv-tools/bin/pip-audit", "--requirement", str(LOCK), "--require-hashes"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S)
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    asked = [package for package in packages if "vulns" in package]
    return asked if len(asked) == len(packages) else None


if __name__ == "__main__":
    sys.exit(main())
