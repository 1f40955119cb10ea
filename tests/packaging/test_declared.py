"""What trusteval imports is what pyproject.toml declares."""

from __future__ import annotations

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("openai", "quantize", "demo", "plot", "rivals", "fair", "inspect")
"""What a user may add; the others are for who works on trusteval."""
ON_DEMAND = {
    *("crowd-kit", "fairlearn", "gguf", "gptqmodel", "httpcore2", "httpx2", "pandas"),
    *("inspect-ai", "scikit-learn"),
}
"""What is imported only by who asked for it: its extra is named where it is missing."""
UNSEEN = {"hypothesis"}
"""What a user's copy of the vote's laws imports, and no module of trusteval."""


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def imported() -> set[str]:
    """Return the distributions that modules of trusteval import from, wherever in them."""
    roots = set()
    for path in (ROOT / "trusteval").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                roots |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                roots.add(str(node.module).split(".")[0])
    homes = {"crowdkit": ["crowd-kit"]} | packages_distributions()  # known where not installed
    foreign = roots - set(sys.stdlib_module_names) - {"trusteval"}
    return {canonicalize_name(home) for root in foreign for home in homes.get(root, [root])}


def test_every_import_is_declared() -> None:
    declared = names(PROJECT["dependencies"])
    optional = {name for extra in EXTRAS for name in names(PROJECT["optional-dependencies"][extra])}
    assert imported() - declared - (optional & ON_DEMAND) == set()


def test_what_is_imported_on_demand_only_is_no_dependency_of_all() -> None:
    assert imported() >= ON_DEMAND
    assert ON_DEMAND & names(PROJECT["dependencies"]) == set()


def test_every_dependency_is_imported() -> None:
    assert names(PROJECT["dependencies"]) - imported() == UNSEEN


def test_everything_declared_is_pinned_in_the_set_that_is_tested() -> None:
    pinned = {
        canonicalize_name(line.split("==")[0])
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    }
    wanted = names(PROJECT["dependencies"]) | names(PROJECT["optional-dependencies"]["dev"])
    assert wanted - pinned == set()
