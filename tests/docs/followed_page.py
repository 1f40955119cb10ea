"""A page followed to the letter: its marked files written, its marked commands typed.

No model is at hand: a script answers where one would. A page is followed in a repository of its
own that holds a gate and the run that it left, or in an empty folder where the page says so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

from tests.docs.marked_blocks import MarkedCommands, MarkedFile, marked_blocks
from tests.project import ANSWERS, ROOT

INI = """\
[pytest]
testpaths = trust_tests
trust_model = models/mine
trust_variants = dense,gptq-8,gptq-4
"""
SCRIPT = {"*": ANSWERS}
_GIT = {
    f"GIT_{who}_{what}": "reader" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where pages are followed: a repository to copy, and a cache that all of them share."""

    repository: Path
    cache: Path

    def follow(self, page: Path, folder: Path) -> list[str]:
        """Follow a page in a folder that is not there yet; return what went otherwise than said."""
        shutil.copytree(self.repository, folder)
        complaints: list[str] = []
        for block in marked_blocks(page):
            if isinstance(block, MarkedFile):
                path = folder / block.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
                continue
            if block.in_empty_folder:
                shutil.rmtree(folder)
                folder.mkdir()
            complaints += self._complaints(block, folder)
        return complaints

    def _complaints(self, block: MarkedCommands, folder: Path) -> list[str]:
        ended = self.type("\n".join(block.commands), folder)
        if ended.returncode != block.exit_status:
            said = f"ended with {ended.returncode}, not {block.exit_status}"
            return [f"{block.place} {said}:\n{ended.stdout[-3000:]}"]
        flags = ELLIPSIS | NORMALIZE_WHITESPACE
        if block.output is None or OutputChecker().check_output(block.output, ended.stdout, flags):
            return []
        return [f"{block.place} printed otherwise:\n{ended.stdout[-3000:]}"]

    def type(self, commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Type commands one after the other, up to the first that fails."""
        return subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", commands],
            cwd=folder,
            env=self._environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )

    def _environment(self, folder: Path) -> dict[str, str]:
        script = self.repository / "models" / "mine"
        answered = f"--trust-engine=scripted --trust-model={script} --trust-html=off"
        kept = {name: value for name, value in os.environ.items() if name != "TRUSTEVAL_DATA"}
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {
            **kept,
            **_GIT,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTEST_ADDOPTS": answered,
            "TRUSTEVAL_CACHE": str(self.cache),
            "GITHUB_STEP_SUMMARY": str(folder / "job-summary.md"),
            "CI": "true",
        }


def laid_desk(folder: Path) -> Desk:
    """Make the repository that pages start from, and run its gate once."""
    repository = folder / "repository"
    without_laws = shutil.ignore_patterns("properties", "__pycache__", "__init__.py")
    shutil.copytree(ROOT / "trust_tests", repository / "trust_tests", ignore=without_laws)
    (repository / "models").mkdir()
    (repository / "models" / "mine").write_text(json.dumps(SCRIPT), encoding="utf-8")
    (repository / "pytest.ini").write_text(INI, encoding="utf-8")
    desk = Desk(repository, cache=folder / "cache")
    ended = desk.type("git init --quiet && pytest -q", repository)
    if ended.returncode:
        raise RuntimeError(f"the gate of the pages' repository did not run:\n{ended.stdout}")
    return desk
