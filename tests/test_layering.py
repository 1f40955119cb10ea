"""The import rule: a room imports only rooms of the rows above it; heavy packages load on use.

Tests take what is public, and what they share from modules that are no tests.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "trusteval"
ROOMS = (
    {"types", "printable", "suggestion", "stats"},
    {"errors", "tables"},
    {"system", "answers", "reading", "charts"},
    {"metrics", "store", "checkpoints"},
    {"gates", "benchmarks", "quantizers"},
    {"protocols", "suite", "engines"},
    {"tracking", "importers", "doctor", "starting"},
    {"judging"},
    {"evaluation", "audit", "ensemble", "results"},
    {"report"},
    {"run"},
    {"plugin", "cli"},
)
"""A room is a folder, or a file beside them; those of one row do not know each other."""
ENTRIES = {"", "__main__", "pytest_plugin", "pytest_fixtures", "demo", "gate"}
"""What others name; imports freely, and is imported by nobody here."""
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
NUMPY = (
    *("stats", "answers", "metrics", "gates", "tracking", "audit", "ensemble", "results"),
    *("judging", "report"),
)
EAGER = {
    "plugin": {"pytest", "_pytest", "xdist"},
    "pytest_plugin": {"pytest"},
    "gate": {"pytest", "hypothesis"},
    "system": {"platformdirs"},
    **{room: {"numpy"} for room in NUMPY},
}
"""What the modules of a room may load when they are imported."""
HEAVY = (
    *("torch", "transformers", "datasets", "gptqmodel", "matplotlib", "scipy", "jinja2", "rich"),
    *("httpx2", "statsmodels"),
)
LIGHT = (
    *("types", "errors", "stats", "reading", "answers", "metrics", "gates", "protocols", "suite"),
    *("pytest_plugin", "run"),
)
"""Rooms, every module of which leaves heavy packages alone when it is imported."""


def _modules() -> dict[str, Path]:
    names = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        names[".".join(part for part in parts if part != "__init__")] = path
    return names


MODULES = _modules()
modules = pytest.mark.parametrize("name", MODULES, ids=lambda name: name or "trusteval")


TESTS = {
    path: str(path.relative_to(PACKAGE.parent))
    for path in sorted(Path(__file__).parent.rglob("*.py"))
}


def _imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


class _AtImport(ast.NodeTransformer):
    """Keeps only what runs when a module is imported."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        return None

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        return None

    def visit_If(self, node: ast.If) -> ast.If | None:
        checked = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if checked else node


def test_every_module_has_a_room() -> None:
    assert {name.split(".")[0] for name in MODULES} == FLOOR.keys() | ENTRIES


@modules
def test_room_imports_only_rooms_above_it(name: str) -> None:
    room = name.split(".")[0]
    if room in ENTRIES:
        return
    imported = {
        module.split(".")[1]
        for module in _imports(ast.parse(MODULES[name].read_text(encoding="utf-8")))
        if module.startswith("trusteval.")
    }
    assert {other for other in imported - {room} if FLOOR[other] >= FLOOR[room]} == set()


@modules
def test_module_loads_heavy_packages_on_use_only(name: str) -> None:
    tree = _AtImport().visit(ast.parse(MODULES[name].read_text(encoding="utf-8")))
    roots = {module.split(".")[0] for module in _imports(tree)}
    third_party = roots - set(sys.stdlib_module_names) - {"trusteval"}
    assert third_party <= EAGER.get(name.split(".")[0], set())


@pytest.mark.parametrize("path", TESTS, ids=TESTS.get)
def test_test_takes_no_private_name_of_ours_and_nothing_of_another_test(path: Path) -> None:
    taken, called = [], set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("trusteval", "tests")
        ):
            taken += [f"{node.module}.{alias.name}" for alias in node.names]
            called |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            taken += [f"{node.value.id}.{node.attr}"] if node.value.id in called else []
    others = re.compile(r"\._(?!_)|^tests\.(.*\.)?test_")
    assert [name for name in taken if others.search(name)] == []


def test_pure_core_and_plugin_leave_heavy_packages_alone() -> None:
    names = [f"trusteval.{name}" for name in MODULES if name.split(".")[0] in LIGHT]
    script = f"import sys, {', '.join(names)}; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
