"""The layout holds: who may import whom, as docs/explanation/architecture.md says."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "webapp"

GROUND = {"addresses", "rules", "errors", "config", "extensions", "clock", "actors", "origin"}
GROUND |= {"connections", "database_errors", "embedded", "metrics", "pool", "schema", "statements"}
GROUND |= {"backup", "disk", "json_logs", "log_masking", "quiet_hours", "several_hosts", "version"}
FLOORS = [
    GROUND,
    {"models"},
    {"events", "queries"},
    {"operations"},
    {"accounts"},
    {"desk", "live", "outbound", "templating"},
]
TOP = {
    "__init__",
    "cli",
    "cli_backup",
    "cli_database",
    "cli_founders",
    "serving",
    "demo",
    "health",
    "monitoring",
    "gunicorn.conf",
}


LONGEST = 300
LONGER = {
    "tests/security/callers.py": "everybody who calls, and the things they call for",
    "tests/security/routes.py": "one row for each route",
    "webapp/config.py": "all settings: what may be set, and what is refused",
    "webapp/desk/api/schemas/requests.py": "the fields of all requests",
    "webapp/desk/api/schemas/responses.py": "the fields of all responses",
    "webapp/models/escalations.py": "the columns of one table, and who waits for its rows",
    "webapp/operations/answers.py": "every way to answer: they share what is checked and locked",
    "webapp/operations/escalations.py": "every way to ask: one statement and the row it stores",
    "webapp/operations/reports/context.py": "a report, and what is known of it",
}
"""Files that are longer because they are read together, and why."""
TO_SPLIT = {
    "tests/api/test_api_hooks.py",
    "tests/api/test_api_mcp.py",
    "tests/operations/test_handed_secrets.py",
    "tests/outbound/test_outbound_mail.py",
    "tests/pages/test_pages_connect.py",
    "tests/pages/test_pages_problems.py",
    "tests/pages/test_pages_provider.py",
    "tests/pages/test_pages_push.py",
}
"""Files that are longer for no good reason: no other may become one."""


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def floor(name: str) -> int:
    return next((level for level, names in enumerate(FLOORS) if name in names), len(FLOORS))


def parts(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("webapp.")}


ALL = list(modules())


def test_every_module_has_its_floor() -> None:
    known = TOP.union(*FLOORS)
    assert {name for name, _ in ALL} <= known, "give the new module a floor, here and in the docs"


def named(*packages: str) -> list[Path]:
    return [path for name, path in ALL if name in packages]


def test_no_arrow_points_up() -> None:
    for name, path in ALL:
        if name not in TOP:
            higher = {other for other in parts(path) - {name} if floor(other) > floor(name)}
            assert not higher, f"{path.relative_to(ROOT)} imports from a higher floor: {higher}"


def test_operations_know_no_request() -> None:
    forbidden = {"flask.request", "flask.session", "flask.g", "flask.current_app"}
    for path in named("operations"):
        assert not imports(path) & forbidden, path


def test_rules_are_pure() -> None:
    impure = {"flask", "sqlalchemy", "psycopg", "datetime", "random", "time"}
    for path in named("rules"):
        assert not {name.split(".")[0] for name in imports(path)} & impure, path
        assert parts(path) <= {"rules"}, path


def test_one_interface_never_uses_the_other() -> None:
    other = {"pages": "webapp.desk.api", "api": "webapp.desk.pages"}
    for path in named("desk"):
        interface = path.relative_to(PACKAGE).parts[1]
        if interface in other:
            assert not any(name.startswith(other[interface]) for name in imports(path)), path


def test_only_operations_write() -> None:
    for path in [path for name, path in ALL if name != "operations"]:
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "session"
        }
        assert not calls & {"add", "add_all", "delete", "commit", "merge"}, path


def test_no_function_is_longer_than_a_screen() -> None:
    for _, path in ALL:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= 40, f"{path.relative_to(ROOT)}: {node.name} has {lines} lines"


def test_no_file_is_longer_than_what_is_read_at_a_time() -> None:
    files = [each for folder in ("webapp", "tests", "client/unstuck") for each in python(folder)]
    lines = {each: len((ROOT / each).read_text("utf-8").splitlines()) for each in files}
    long = {name for name, count in lines.items() if count > LONGEST}
    more = sorted(long - TO_SPLIT - LONGER.keys())
    assert not more, f"split it, or say in LONGER why it is read together: {more}"


def python(folder: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.py"))


def test_fragments_are_named_and_made_as_fragments() -> None:
    for path in sorted((ROOT / "templates").rglob("_*.html")):
        text = path.read_text("utf-8")
        assert "{% extends" not in text, f"{path.name} is a fragment and extends a page"


def test_no_two_test_files_have_one_name() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names)), "pytest imports them by name: give one another name"


def test_no_file_holds_what_a_merge_left_undecided() -> None:
    marks = ("<" * 7 + " ", ">" * 7 + " ")
    for folder in ("webapp", "templates", "static", "docs", "tests", "migrations"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in {".py", ".html", ".css", ".js", ".md"}:
                lines = path.read_text("utf-8").splitlines()
                assert not [line for line in lines if line.startswith(marks)], path
