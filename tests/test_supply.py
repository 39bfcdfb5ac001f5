"""What comes from elsewhere: packages pinned with hashes, and files whose licence is listed."""

import hashlib
import json
import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
VENDORED = (ROOT / "docs" / "reference" / "vendored.md").read_text("utf-8")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==(\S+)", re.M)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(name: str) -> dict[str, str]:
    return {plain(package): version for package, version in PINNED.findall(text(name))}


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "requirements",
        "requirements-dev",
        "bench/requirements",
        "client/tests/requirements",
        "client/tests/requirements-crewai",
        "client/interop/requirements",
    ],
)
def test_the_lock_is_that_of_the_requirements(name: str) -> None:
    wanted, locked = pins(f"{name}.txt"), pins(f"{name}.lock")
    assert wanted.items() <= locked.items(), "call `make lock`, and commit what it writes"


@pytest.mark.parametrize("name", ["requirements-dev.lock", "bench/requirements.lock"])
def test_what_tests_and_measures_run_with_is_what_the_desk_runs_with(name: str) -> None:
    assert pins("requirements.lock").items() <= pins(name).items()


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "requirements-dev.lock",
        "bench/requirements.lock",
        "client/tests/requirements.lock",
        "client/tests/requirements-crewai.lock",
        "client/interop/requirements.lock",
    ],
)
def test_every_package_is_named_by_version_and_hash(name: str) -> None:
    packages = re.split(r"^(?=[a-z0-9])", text(name), flags=re.M)[1:]
    assert len(packages) > 30
    for package in packages:
        assert re.match(r"[a-z0-9._-]+==\S+", package), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package), package


def test_they_are_installed_by_their_hashes() -> None:
    makefile = text("Makefile")
    assert "$(RUNTIME): requirements.lock" in makefile
    assert makefile.count("--require-hashes --no-deps -r $<") == 6


def test_every_package_of_npm_is_named_by_version_and_hash() -> None:
    wanted = json.loads(text("client/interop/package.json"))["dependencies"]
    locked = json.loads(text("client/interop/package-lock.json"))["packages"]
    assert locked.pop("")["dependencies"] == wanted, (
        "call `make lock-npm`, and commit what it writes"
    )
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    missing = [name for name, each in locked.items() if not each["integrity"].startswith("sha512-")]
    assert not missing


def vendored() -> list[Path]:
    folders = (ROOT / "static" / "vendor", ROOT / "tests" / "browser" / "vendor")
    return [path for folder in folders for path in sorted(folder.glob("*.js"))]


@pytest.mark.parametrize("path", vendored(), ids=lambda path: path.name)
def test_each_vendored_file_is_listed_with_its_licence_and_unchanged(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    (line,) = [line for line in VENDORED.splitlines() if f"`{name}`" in line]
    assert hashlib.sha256(path.read_bytes()).hexdigest() in line
    (licence,) = re.findall(r"\]\(\.\./\.\./(\S+LICENSE\.txt)\)", line)
    assert (ROOT / licence).stat().st_size > 300


def test_the_icons_are_listed_with_their_licence() -> None:
    (line,) = [line for line in VENDORED.splitlines() if "`static/icons.svg`" in line]
    assert "lucide-LICENSE.txt" in line


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The audit, where nobody can be reached."""
    spec = spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    audit = module_from_spec(spec)
    spec.loader.exec_module(audit)
    monkeypatch.setattr(audit, "STAMP", tmp_path / "audited")
    monkeypatch.setattr(audit, "ask", lambda: None)
    return audit


@pytest.mark.parametrize(("required", "result"), [("", 0), ("1", 1)])
def test_a_check_without_data_says_so_and_fails_where_it_is_required(
    audit: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    required: str,
    result: int,
) -> None:
    """FIELD: `make check` passed in silence although pip-audit had nothing to compare with."""
    monkeypatch.setenv("AUDIT_REQUIRED", required)
    for _ in range(2):  # the second time from what is kept of today
        assert audit.main() == result
        assert capsys.readouterr().out.startswith("NOT DONE: audit of dependencies")


def test_an_audit_that_is_required_asks_again_after_one_without_data(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUDIT_REQUIRED", raising=False)
    assert audit.main() == 0
    monkeypatch.setattr(audit, "ask", list)  # its data can be reached by now
    monkeypatch.setenv("AUDIT_REQUIRED", "1")
    assert audit.main() == 0


def test_the_audit_comes_last_and_is_required_where_its_data_can_be_reached() -> None:
    check = re.search(r"^check:.*\n((?:\t.*\n)+)", text("Makefile"), re.M)
    assert check is not None
    assert check[1].splitlines()[-1] == "\t@$(PY) .ci/audit.py"
    assert text(".ci/run").splitlines()[-1].startswith(".venv/bin/python .ci/audit.py")
    assert 'AUDIT_REQUIRED: "1"' in text(".github/workflows/ci.yml")
