"""The repository as it is shipped, copied into a folder and run there with a scripted engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.forked_runs import run_module
from tests.project import ANSWERS, ROOT, pytest_in

REFUSES = [{"say": "I cannot answer that."}]
SCRIPT = {"*": ANSWERS, "gptq-3": REFUSES}


class Shipped:
    """A copy of the repository's gate; the laws of the vote are left out, they take long."""

    def __init__(self, root: Path) -> None:
        self.root = root
        leave = shutil.ignore_patterns("properties", "__pycache__")
        for name in ("trust_tests", "fixtures"):
            shutil.copytree(ROOT / name, root / name, ignore=leave)
        for name in ("pytest.ini", "conftest.py"):
            shutil.copy(ROOT / name, root / name)
        self.script(SCRIPT)

    def script(self, answers: object) -> None:
        (self.root / "script.json").write_text(json.dumps(answers), encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        if not any(argument.startswith("--trust-engine") for argument in arguments):
            arguments = ("--trust-engine=scripted", "--trust-model=script.json", *arguments)
        if not any(argument.startswith("--trust-html") for argument in arguments):
            arguments = ("--trust-html=off", *arguments)
        path = os.pathsep.join([str(self.root), str(ROOT)])
        return pytest_in(self.root, *arguments, timeout=120, PYTHONPATH=path)

    def report(self) -> str:
        """Print the report again, as `trusteval report` does."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        ran = run_module("trusteval", ["report"], cwd=self.root, env=environment, timeout=120)
        ran.check_returncode()
        return ran.stdout

    @property
    def verdicts(self) -> dict[str, Any]:
        path = self.root / "reports/latest/verdicts.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    @property
    def markdown(self) -> str:
        return (self.root / "reports/latest/report.md").read_text(encoding="utf-8")
