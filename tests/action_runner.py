"""Runs the steps of a composite action as far as a shell can: what GitHub does, without GitHub.

Only `run:` steps are executed, as GitHub executes them; of the others it is kept that their turn
came. Expressions are the few kinds that action.yml has; an unknown name is a KeyError.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_NAME = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""What `shell: bash` stands for."""


@dataclass
class Ran:
    """What became of an action: the exit status that it ends with, and what it left."""

    status: int
    turns: list[str]
    printed: str
    summary: str
    outputs: Mapping[str, str]


@dataclass
class ActionRunner:
    """An action, the folder that it works in, and what GitHub would tell it."""

    action: Path
    workspace: Path
    temp: Path
    context: Mapping[str, str]
    path: Sequence[Path] = field(default=())

    def run(self, **inputs: str) -> Ran:
        """Take every step whose condition holds, though one before it failed."""
        declared = yaml.safe_load(self.action.read_text(encoding="utf-8"))
        given = {name: one["default"] for name, one in declared["inputs"].items()} | inputs
        names = {f"inputs.{name}": value for name, value in given.items()} | dict(self.context)
        for file in ("summary", "output"):
            (self.temp / file).write_text("", encoding="utf-8")
        status, turns, printed = 0, [], ""
        for step in declared["runs"]["steps"]:
            if not _holds(step.get("if", "success()"), names, failed=status != 0):
                continue
            turns.append(step["name"])
            if "run" in step:
                ended = self._execute(step, names)
                printed += ended.stdout + ended.stderr
                status = status or ended.returncode
        written = (self.temp / "output").read_text(encoding="utf-8").splitlines()
        outputs = dict(line.split("=", 1) for line in written)
        summary = (self.temp / "summary").read_text(encoding="utf-8")
        return Ran(status, turns, printed, summary, outputs)

    def _execute(
        self, step: Mapping[str, Any], names: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        assert step["shell"] == "bash"
        assert _EXPRESSION.search(step["run"]) is None, "nothing is pasted into a script"
        own = {
            name: _EXPRESSION.sub(lambda found: names[found[1]], value)
            for name, value in step.get("env", {}).items()
        }
        environment = {
            **os.environ,
            "PATH": os.pathsep.join([*map(str, self.path), os.environ["PATH"]]),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(self.action.parent),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": "us/ours",
            "GITHUB_RUN_ID": "77",
            **own,
        }
        environment.pop("PYTEST_ADDOPTS", None)
        return subprocess.run(
            [*BASH, step["run"]],
            cwd=self.workspace,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def _holds(condition: str, names: Mapping[str, str], *, failed: bool) -> bool:
    """Decide an `if:` of names, texts, ==, !=, && and always(); without always() a failure ends."""
    if failed and "always()" not in condition:
        return False
    words = condition.replace("always()", "True").replace("success()", "True")
    words = words.replace("&&", " and ")
    words = _NAME.sub(lambda found: repr(names[found[0]]), words)
    return bool(eval(words, {"__builtins__": {}}))  # our own file, of which we just read it
