"""One pass over the source: what each file is, imports and defines, for the checks of the architecture."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WRITTEN = {".py", ".js", ".css", ".html"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Source:
    """One Python file of ours."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """The path from the root, as messages show it."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree, walked once."""
        return tuple(ast.walk(self.tree))

    @property
    def has_imports_below(self) -> bool:
        """True when something is imported elsewhere than at the top."""
        return sum(isinstance(node, ast.Import | ast.ImportFrom) for node in self.nodes) > sum(isinstance(node, ast.Import | ast.ImportFrom) for node in self.tree.body)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Yield every function, nested ones too."""
        return (node for node in self.nodes if isinstance(node, FUNCTIONS))

    def imports(self, *, with_typing: bool = True) -> set[str]:
        """Return the modules of ours that are imported; without ``TYPE_CHECKING`` blocks when asked so."""
        found: set[str] = set()
        for node in _walk_runtime(self.tree) if not with_typing else self.nodes:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    found.add(inner if inner in modules() else node.module)
        return {name for name in found if name in modules() and name != self.name}

    def loads(self) -> set[str]:
        """Return the modules of ours that importing this one runs: with the packages they lie in, and those that a package finds by itself."""
        imported = self.imports(with_typing=False)
        around = {".".join(name.split(".")[:n]) for name in imported for n in range(1, name.count(".") + 1)}
        found = {name for name in modules() if name.rpartition(".")[0] == self.name} if self._finds_its_modules else set()
        return {name for name in imported | around | found if name in modules() and not self.name.startswith(f"{name}.") and name != self.name}

    @cached_property
    def _finds_its_modules(self) -> bool:
        """True for a package that imports what lies in it by looking."""
        names = [node for node in self.nodes if isinstance(node, ast.Name) and node.id == "__path__"]
        return self.path.name == "__init__.py" and bool(names)


def _walk_runtime(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from _walk_runtime(child)


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the project: what git knows or would add; in an unpacked archive, what lies there."""
    try:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        skipped = {".git", ".venv", "build", "dist", "vendor", "node_modules", "__pycache__"}
        return tuple(f for f in sorted(ROOT.rglob("*")) if f.is_file() and not skipped & set(f.relative_to(ROOT).parts))
    # A virtual environment that is not ignored would be listed, too.
    return tuple(ROOT / name for name in sorted(set(listed)) if name and not name.startswith(".venv") and (ROOT / name).is_file())


@cache
def modules() -> dict[str, Source]:
    """Return the Python files of the package by module name."""
    return {source.name: source for source in sources() if source.place.startswith("tenon/")}


@cache
def sources() -> tuple[Source, ...]:
    """Return every Python file, parsed."""
    found = []
    for path in files():
        if path.suffix == ".py":
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Source(path, name, ast.parse(path.read_text("utf-8"), str(path))))
    return tuple(found)


@cache
def ours() -> tuple[Source, ...]:
    """Return the Python files of the package."""
    return tuple(modules().values())


def forget() -> None:
    """Let go of what was parsed."""
    for kept in (ours, modules, sources):
        kept.cache_clear()


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return one cycle of a graph, or an empty list."""
    done: set[str] = set()
    for start in graph:
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(graph[start])))] if start not in done else []
        path = [start]
        while stack:
            node, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                done.add(node)
                stack.pop()
                path.pop()
            elif step in path:
                return [*path[path.index(step) :], step]
            elif step not in done:
                path.append(step)
                stack.append((step, iter(sorted(graph[step]))))
    return []
