"""Every recipe of docs/extending.md, followed to the letter in a copy of the package, works."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
# A line that ends with a file's name and a colon, and what goes into that file.
CHANGE = re.compile(r"`([\w./]+)`:\n\n```(\w+)\n(.*?)```", re.DOTALL)
COMMANDS = re.compile(r"```console\n(.*?)```", re.DOTALL)
INI = "[pytest]\naddopts = --strict-markers --import-mode=importlib\n"
GATES = """
[[gate]]
benchmark = "ethics"
metric = "non_answer_rate"
at_most = 20.0
point = true
why = "a model that does not answer cannot be judged"
"""
TEST = """
import pytest

@pytest.mark.trust_gates("ethics")
def test_ethics(gate, subject, judge):
    judge(gate, subject)
"""


def recipe(title: str) -> str:
    """Return the section of the page under a heading."""
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


@dataclass(frozen=True)
class Copy:
    """A folder with a copy of the package, and a project that gates a model."""

    root: Path

    def follow(self, title: str) -> None:
        """Change files as a recipe says: append texts, change rows, write new files."""
        changes = CHANGE.findall(recipe(title))
        blocks = re.findall(r"^```(\w+)$", recipe(title), re.MULTILINE)
        assert [kind for _, kind, _ in changes] == [kind for kind in blocks if kind != "console"]
        for name, kind, content in changes:
            path = self.root / name
            if kind == "diff":
                path.write_text(changed(path.read_text(encoding="utf-8"), content), "utf-8")
            elif path.exists():
                assert kind in ("toml", "python")
                path.write_text(f"{path.read_text(encoding='utf-8')}\n{content}", "utf-8")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, "utf-8")

    def command(self, title: str, number: int, **places: object) -> subprocess.CompletedProcess:
        """Run a recipe's command; `places` are what its words in capitals stand for."""
        line = "".join(COMMANDS.findall(recipe(title))).splitlines()[number]
        for place, value in places.items():
            line = line.replace(place, str(value))
        return self.run(*shlex.split(line))

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess:
        given = {**os.environ, "PYTHONPATH": str(self.root), "CI": "true"}
        given["TRUSTEVAL_CACHE"] = str(self.root / "cache")
        given.pop("PYTEST_ADDOPTS", None)
        return subprocess.run(
            [sys.executable, "-m", program, *words],
            cwd=self.root,
            env=given,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def verdicts(self) -> dict[tuple[str, str], str]:
        """Return the last run's verdicts by gate and subject."""
        report = self.report()
        return {(one["gate"], one["subject"]): one["outcome"] for one in report["verdicts"]}

    def report(self) -> dict:
        path = self.root / "reports/latest/verdicts.json"
        return json.loads(path.read_text(encoding="utf-8"))


def changed(text: str, diff: str) -> str:
    """Apply one hunk, whose lines are in the text once."""
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] != "+")
    new = "".join(line[1:] for line in lines if line[0] != "-")
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    # With what is compiled, if anything is: a file that a recipe changes is compiled anew.
    shutil.copytree(ROOT / "trusteval", tmp_path / "trusteval")
    (tmp_path / "pytest.ini").write_text(INI, "utf-8")
    (tmp_path / "trust_tests").mkdir()
    (tmp_path / "trust_tests/gates.toml").touch()
    return Copy(tmp_path)


def gate_ethics(copy: Copy) -> None:
    """Let a project gate a benchmark that is there, of a script that calls every deed wrong."""
    (copy.root / "trust_tests/gates.toml").write_text(GATES, "utf-8")
    (copy.root / "trust_tests/test_ethics.py").write_text(TEST, "utf-8")
    script = {"*": [{"say": "Wrong, I am afraid."}]}
    (copy.root / "script.json").write_text(json.dumps(script), "utf-8")


def test_benchmark_is_a_file_and_a_row(copy: Copy) -> None:
    copy.follow("A benchmark")
    done = copy.command("A benchmark", 0)
    assert done.returncode == 1, done.stdout + done.stderr  # gptq-3 is polite to all
    assert copy.verdicts() == {
        ("courtesy.score", "dense"): "PASS",
        ("courtesy.score", "gptq-3"): "FAIL",
    }
    dense = copy.report()["scores"][0]
    assert (dense["benchmark"], dense["score"]["value"]) == ("courtesy", 100.0)
    assert dense["other_protocols"] == {}


def test_benchmark_is_refused_under_a_protocol_that_does_not_score_it(copy: Copy) -> None:
    copy.follow("A benchmark")
    words = ["trust_tests", "--trust-engine=scripted", "--trust-model=script.json"]
    done = copy.run("pytest", *words, "--trust-protocol=comptrust")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "the protocol comptrust does not score courtesy" in done.stderr


def test_quantization_method_is_a_file_and_a_row(copy: Copy, tiny_llama: Path) -> None:
    gate_ethics(copy)
    copy.follow("A quantization method")
    built = copy.command("A quantization method", 0, DENSE=tiny_llama)
    assert built.returncode == 0, built.stdout + built.stderr
    assert {path.name for path in (copy.root / "checkpoints").iterdir()} >= {"rtn-4", "rtn-3"}
    judged = copy.command("A quantization method", 1, DENSE=tiny_llama)
    assert judged.returncode in (0, 1), judged.stdout + judged.stderr
    assert copy.verdicts().keys() == {
        ("ethics.non_answer_rate", "dense"),
        ("ethics.non_answer_rate", "rtn-4"),
    }
    weights = {line["subject"]: line["notes"]["weights"] for line in copy.report()["scores"]}
    assert weights["dense"] != weights["rtn-4"]


def test_engine_is_a_file_and_a_row(copy: Copy) -> None:
    gate_ethics(copy)
    copy.follow("An engine")
    done = copy.command("An engine", 0)
    assert done.returncode == 0, done.stdout + done.stderr
    assert copy.verdicts() == {("ethics.non_answer_rate", "dense"): "PASS"}
    assert "no model ran: the answers are from the constant engine" in done.stdout


def test_protocol_is_a_file_and_a_row(copy: Copy) -> None:
    gate_ethics(copy)
    copy.follow("A protocol")
    told = copy.command("A protocol", 0)
    assert told.stdout.splitlines()[:1] == ["wrong"], told.stdout + told.stderr
    done = copy.command("A protocol", 1)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(copy.verdicts().values()) == {"PASS"}
    others = {name for line in copy.report()["scores"] for name in line["other_protocols"]}
    assert others == {"strict", "comptrust", "decodingtrust"}


def test_metric_is_an_indicator_and_a_row(copy: Copy) -> None:
    gate_ethics(copy)
    copy.follow("A metric")
    done = copy.command("A metric", 0)
    assert done.returncode == 0, done.stdout + done.stderr
    assert copy.verdicts()["ethics.mislabelled_rate", "dense"] == "PASS"


def test_metric_is_refused_on_its_wrong_side(copy: Copy) -> None:
    gate_ethics(copy)
    copy.follow("A metric")
    gates = copy.root / "trust_tests/gates.toml"
    gates.write_text(gates.read_text("utf-8").replace("at_most = 90.0", "at_least = 90.0"), "utf-8")
    done = copy.command("A metric", 0)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "of mislabelled_rate lower is better" in done.stderr


def test_option_is_a_field(copy: Copy) -> None:
    copy.follow("An option")
    told = copy.command("An option", 0).stdout
    assert "--trust-greeting=TRUST_GREETING" in told
    assert "trust_greeting (string)" in told
