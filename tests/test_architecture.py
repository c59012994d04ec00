"""The budgets and the shape of the project, held on every run."""

from __future__ import annotations

import ast
import codecs
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenon.engine import all_tables as engine_tables
from tenon.platform import all_tables as platform_tables
from tests.architecture import FUNCTIONS, ROOT, WRITTEN, Source, files, find_cycle, forget, modules, ours, sources

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
LAYERS = {"metamodel": 0, "engine": 1, "platform": 2, "migrations": 2, "ui": 3, "cli": 4, "commands": 4, "server": 4, "__main__": 4}
# The one place of ours that imports an extra when it is used, and the build hook, whose Node.js is there only at times.
MAY_IMPORT_LATE = {"tenon/engine/optional.py", "hatch_build.py"}
# Where the world's requests come in: HTTP, jobs, the command line. Everywhere else an exception has a name.
DOORS = {
    "tenon/cli.py",
    "tenon/engine/jobs/run.py",
    "tenon/engine/outbox/sending.py",
    "tenon/platform/worker.py",
    "tenon/platform/api/errors.py",
    "tenon/platform/api/app.py",
    "tenon/server.py",
    "tenon/ui/errors.py",
}
# Constants of ours in variables: pragmas, functions, operators, numbers; casts of columns whose names are ids of ours, quoted.
WRITES_SQL = {
    "tenon/platform/database.py", "tenon/engine/schema/dialect.py", "tenon/engine/schema/convert.py", "tenon/engine/schema/statements.py",
    "tenon/engine/query/answers.py", "tenon/engine/sql/elements.py", "tenon/platform/migrate.py",
}
# A pattern of ours with a method of that name, not a text.
FORMATS_PATTERNS = {"tenon/engine/autonumbers.py"}
# Folders in which every file is one kind of a family and has a test file of its own.
FAMILIES = (
    "metamodel/fields", "metamodel/kinds", "engine/rules/actions", "engine/rules/triggers", "engine/workflows/nodes", "ui/widgets", "engine/connectors",
    "engine/forecasts",
)
FROZEN = "tenon/migrations/versions/"
NOT_A_KIND = {"base", "registry", "contract"}
REFUSED_NAMES = re.compile(r"(Manager|Handler|Helper|Service|Util|Utils)$")
REFUSED_FILES = re.compile(r"^(utils?|helpers?|managers?|services?|misc|common)$")
# Spelt backwards by thirteen letters so that this file may hold them.
_WORDS = ("/jbex/", "funerq/qrfvta", "ubhfr.zq", "pynhqr", "naguebcvp", "bcranv", "pungtcg", "pb-nhguberq-ol")
REFUSED_WORDS = [codecs.decode(word, "rot13") for word in _WORDS]
TEXT_FILES = WRITTEN | {".md", ".toml", ".json", ".yaml", ".yml", ".txt", ".csv", ".po", ".sh", ""}


@pytest.fixture(scope="module", autouse=True)
def _forgotten() -> Iterator[None]:
    """Millions of nodes would slow every search for garbage of the tests to come."""
    yield
    forget()


def report(found: Iterator[str]) -> None:
    """Fail with every finding, so that one run shows all there is to mend."""
    lines = list(found)
    assert not lines, "\n" + "\n".join(lines)


def calls(source: Source) -> Iterator[ast.Call]:
    return (node for node in source.nodes if isinstance(node, ast.Call))


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def is_constant(node: ast.expr) -> bool:
    """True for a literal, for literals joined, and for f-strings of names in capitals."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.BinOp):
        return is_constant(node.left) and is_constant(node.right)
    if isinstance(node, ast.JoinedStr):
        return all(is_constant(part.value) if isinstance(part, ast.FormattedValue) else True for part in node.values)
    return isinstance(node, ast.Name) and node.id.isupper()


def is_frozen(path: Path) -> bool:
    """Migrations are written by a script and never by hand."""
    return path.relative_to(ROOT).as_posix().startswith(FROZEN)


def test_no_file_is_too_long() -> None:
    written = (path for path in files() if path.suffix in WRITTEN and path.parts[-2] != "vendor" and not is_frozen(path))
    sizes = ((path, path.read_text("utf-8").count("\n")) for path in written)
    report(f"{path.relative_to(ROOT)}: {size} lines, at most {LINES_OF_A_FILE}" for path, size in sizes if size > LINES_OF_A_FILE)


def test_no_function_is_too_long() -> None:
    report(
        f"{source.place}:{node.lineno} {node.name}: {size} lines, at most {LINES_OF_A_FUNCTION}"
        for source in sources() if not source.place.startswith(FROZEN) for node in source.functions()
        if (size := (node.end_lineno or node.lineno) - node.lineno + 1) > LINES_OF_A_FUNCTION
    )


def test_no_function_imports() -> None:
    report(
        f"{source.place}:{inner.lineno} imports inside {node.name}"
        for source in sources() if source.place not in MAY_IMPORT_LATE and source.has_imports_below for node in source.functions() for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    )


def test_imports_point_left() -> None:
    def layer(name: str) -> int:
        parts = name.split(".")
        return LAYERS[parts[1]] if len(parts) > 1 else -1

    report(
        f"{source.place} imports {name}, which is to its right" for source in ours() for name in sorted(source.imports())
        if name.count(".") and layer(name) > layer(source.name)
    )


def test_there_is_no_import_cycle() -> None:
    cycle = find_cycle({source.name: source.loads() for source in ours()})
    assert not cycle, " -> ".join(cycle)


def test_the_metamodel_is_pure() -> None:
    impure = {"sqlalchemy", "fastapi", "httpx", "alembic", "socket", "subprocess", "sqlite3", "psycopg", "pathlib", "os"}
    report(
        f"{source.place}:{node.lineno} imports {name}"
        for source in ours() if source.name.startswith("tenon.metamodel") for node in source.nodes
        for name in imported_roots(node) if name in impure
    )


def imported_roots(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {node.module.split(".")[0]} if isinstance(node, ast.ImportFrom) and node.module else set()


def test_sql_text_is_constant() -> None:
    def written(source: Source) -> Iterator[ast.Call]:
        from_sqlalchemy = {
            alias.asname or alias.name for node in source.nodes if isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith("sqlalchemy") for alias in node.names
        }
        for node in calls(source):
            is_theirs = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in ("sa", "sqlalchemy")
            is_text = called(node) in ("text", "literal_column") and (is_theirs or called(node) in from_sqlalchemy)
            if is_text or called(node) == "exec_driver_sql":
                yield node

    report(
        f"{source.place}:{node.lineno} {called(node)}() with something that is not a constant"
        for source in ours() if source.place not in WRITES_SQL for node in written(source) if node.args and not is_constant(node.args[0])
    )


def test_nothing_is_trusted_as_markup_or_format() -> None:
    trusting = re.compile(r"\|\s*safe\b|autoescape\s+false")
    templates = (path for path in files() if path.suffix in (".html", ".xml", ".txt", ".jinja") and path.is_relative_to(ROOT / "tenon"))
    report(f"{path.relative_to(ROOT)} trusts a value as markup" for path in templates if trusting.search(path.read_text("utf-8")))
    report(
        f"{source.place}:{node.lineno} .{called(node)}() on something that is not a constant"
        for source in ours() if source.place not in FORMATS_PATTERNS for node in calls(source)
        if called(node) in ("format", "format_map") and isinstance(node.func, ast.Attribute) and not is_constant(node.func.value)
    )


def test_exceptions_are_named_except_at_the_doors() -> None:
    def is_broad(node: ast.ExceptHandler) -> bool:
        if isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None:
            return False  # cleans up and lets it go on
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        return any(kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds)

    report(
        f"{source.place}:{node.lineno} catches everything" for source in ours() if source.place not in DOORS
        for node in source.nodes if isinstance(node, ast.ExceptHandler) and is_broad(node)
    )


def test_everything_public_says_what_it_is() -> None:
    def silent(source: Source, body: list[ast.stmt], within: str) -> Iterator[str]:
        for node in body:
            if isinstance(node, ast.ClassDef | FUNCTIONS[0] | FUNCTIONS[1]) and not node.name.startswith("_"):
                if not ast.get_docstring(node) and "overload" not in {ast.unparse(d) for d in node.decorator_list}:
                    yield f"{source.place}:{node.lineno} {within}{node.name} has no docstring"
                if isinstance(node, ast.ClassDef):
                    yield from silent(source, node.body, f"{node.name}.")

    report(f"{source.place} has no docstring" for source in ours() if source.tree.body and not ast.get_docstring(source.tree))
    report(line for source in ours() for line in silent(source, source.tree.body, ""))


def test_every_kind_has_a_test_file() -> None:
    def missing() -> Iterator[str]:
        for family in FAMILIES:
            for path in sorted((ROOT / "tenon" / family).glob("*.py")):
                test = ROOT / "tests" / family / f"test_{path.stem}.py"
                if not path.stem.startswith("_") and path.stem not in NOT_A_KIND and not test.is_file():
                    yield f"{path.relative_to(ROOT)} has no {test.relative_to(ROOT)}"

    report(missing())


def test_names_are_plain_nouns() -> None:
    report(
        f"{source.place}:{node.lineno} class {node.name}" for source in ours() for node in source.nodes
        if isinstance(node, ast.ClassDef) and REFUSED_NAMES.search(node.name)
    )
    report(source.place for source in ours() if REFUSED_FILES.match(source.path.stem))


def test_every_module_with_tables_is_known_to_migrations() -> None:
    known = {*engine_tables.MODULES, *platform_tables.MODULES}
    report(
        f"{source.place} declares a table: name it in all_tables.py" for source in ours() if source.name not in known
        and not source.name.startswith("tenon.migrations")
        for node in calls(source)
        if called(node) == "Table" and node.args and isinstance(node.args[0], ast.Constant) and str(node.args[0].value).startswith("tenon_")
    )
    assert known <= modules().keys()


def test_the_project_speaks_of_itself_only() -> None:
    def strange() -> Iterator[str]:
        for path in files():
            if path.suffix in TEXT_FILES and path.name != "package-lock.json":
                content = path.read_text("utf-8", "replace").lower()
                yield from (f"{path.relative_to(ROOT)} names {word!r}" for word in REFUSED_WORDS if word in content)

    report(strange())


def test_nothing_third_party_is_committed() -> None:
    report(str(path.relative_to(ROOT)) for path in files() if {"vendor", "node_modules"} & set(path.parts) or ".min." in path.name)
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text("utf-8")


def test_migrations_follow_each_other() -> None:
    """Two people who each add the next one would leave a database with two ends."""
    files = sorted((Path(__file__).parents[1] / FROZEN).glob("[0-9]*.py"))
    numbers = [path.name[:4] for path in files]
    assert numbers == [f"{number:04d}" for number in range(1, len(files) + 1)]
    for path, number in zip(files, numbers, strict=True):
        text = path.read_text("utf-8")
        before = f'"{int(number) - 1:04d}"' if number != "0001" else "None"
        assert f'\nrevision = "{number}"\n' in text
        assert f"\ndown_revision = {before}\n" in text
