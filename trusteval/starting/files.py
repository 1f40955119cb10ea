"""Which files a gate begins with, and what each of them says."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from trusteval.checkpoints.models import DEMO
from trusteval.starting.beginning import Beginning
from trusteval.starting.ci import CI, GITLAB_ROOT
from trusteval.starting.configuration import PYTEST_INI, ini_text
from trusteval.starting.needs import INSTALL_BUILDER

TESTS = Path("trust_tests")
GITHUB_WORKFLOW = Path(".github/workflows/trusteval.yml")
GITLAB_JOBS = Path(".gitlab/trusteval.yml")
GITLAB_INCLUDE = "include:\n  - local: .gitlab/trusteval.yml\n"


def texts_of(beginning: Beginning) -> dict[Path, str]:
    """Return every file of a gate, in the order that they are told in.

    Raises UsageError for a model whose name no pytest.ini can hold.
    """
    return {
        PYTEST_INI: ini_text(beginning.settings(), hint=_hint(beginning)),
        TESTS / "gates.toml": template(f"gates-{beginning.profile}.toml"),
        TESTS / "test_gate.py": template("test_gate.txt"),
        TESTS / "test_own.py": template("test_own.txt"),
        TESTS / "README.md": template("README.md"),
        Path("reports/.gitignore"): template("gitignore.txt"),
        Path("reports/baselines/.gitkeep"): "",
        **_recipe(beginning),
    }


def template(name: str) -> str:
    """Return the text of a file that ships, the same in a wheel and in a checkout."""
    return (files("trusteval.starting") / "templates" / name).read_text(encoding="utf-8")


def recipe(name: str) -> str:
    """Return a recipe for CI."""
    return (files("trusteval.starting") / "recipes" / name).read_text(encoding="utf-8")


def _hint(beginning: Beginning) -> str | None:
    if not beginning.buildable:
        return None
    return f"Beside dense {','.join(beginning.buildable)} can be built after: {INSTALL_BUILDER}"


def _recipe(beginning: Beginning) -> dict[Path, str]:
    match beginning.ci:
        case CI.GITHUB:
            machine = "cpu" if beginning.model == DEMO else "gpu"
            return {GITHUB_WORKFLOW: recipe(f"github-{machine}.yml")}
        case CI.GITLAB:
            return {GITLAB_JOBS: recipe("gitlab.yml"), GITLAB_ROOT: GITLAB_INCLUDE}
        case CI.NONE:
            return {}
