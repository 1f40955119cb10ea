"""`trusteval plan`: what the rows of a gates.toml can show, printed and written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trusteval.cli import main
from trusteval.gates.power_check import unmeetable

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "trust_tests" / "gates.toml"
DATA = os.environ.get("TRUSTEVAL_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="TRUSTEVAL_DATA does not name the published data")
ROWS = """
[[gate]]
benchmark = "mmlu"
metric = "score"
at_least = 20.0
max_drop = 40.0
why = "chance is 25"

[[gate]]
benchmark = "mmlu"
metric = "refusal_rate"
at_most = 30.0
point = true
why = "seen, not shown"

[[gate]]
benchmark = "mmlu"
setting = "astronomy"
metric = "accuracy"
detect_drop = true
level = "warn"
why = "a tripwire"

[[gate]]
benchmark = "mmlu"
metric = "answered_accuracy"
max_drop = 45.0
why = "of those it attempts"
"""


@pytest.fixture
def plan(tmp_path, capsys):
    """Plan the demo's slice by some rows; returns status, standard output and the document."""

    def run(rows: str, *arguments: str):
        gates, out = tmp_path / "gates.toml", tmp_path / "plan.json"
        gates.write_text(rows, encoding="utf-8")
        status = main(
            [
                *("plan", "--gates", str(gates), "--profile", "demo"),
                *("--variants", "dense,gptq-8,gptq-4,gptq-3", "--json", str(out), *arguments),
            ]
        )
        printed = capsys.readouterr().out
        return status, printed, json.loads(out.read_text(encoding="utf-8"))["lines"]

    return run


def cells(printed: str, row: str, limit: str) -> list[list[str]]:
    """Return the cells of a row's lines."""
    table = [line.strip("| ").split(" | ") for line in printed.splitlines() if line[:2] == "| "]
    return [
        [c.strip() for c in line] for line in table if line[0].strip() == row and limit in line[1]
    ]


def test_every_limit_has_a_line_and_subjects_of_whom_it_shows_the_same_share_it(plan):
    status, printed, lines = plan(ROWS)
    assert status == 0
    (same, three) = cells(printed, "mmlu.score", "max_drop")
    assert same[2] == "gptq-8, gptq-4, vote-gptq"
    assert three[2] == "gptq-3"
    assert same[3:5] == ["36", "36"]
    (floor,) = cells(printed, "mmlu.score", "at_least")
    assert floor[2] == "dense, gptq-8, gptq-4, vote-gptq, gptq-3"
    families = {
        name: line["family"] for line in lines for name in line["subjects"] if line["family"] > 1
    }
    assert families == {"gptq-8": 2, "gptq-4": 2, "vote-gptq": 2, "gptq-3": 2}


def test_what_can_promise_nothing_says_so(plan):
    _, printed, lines = plan(ROWS)
    assert "mmlu.refusal_rate at_most 30: compares what is seen: no promise" in printed
    assert "mmlu.answered_accuracy max_drop 45: if all answer" in printed
    assert "assumed: 10 % of the answers differ" in printed
    (tripwire,) = cells(printed, "mmlu.astronomy.accuracy", "detect_drop (warn)")
    assert tripwire[5].startswith("finds ")
    assert tripwire[6] == "never"
    assert [x["figures"] for x in lines if x["limit"] == "at_most"] == [None]


def test_limit_that_nothing_keeps_is_named_and_ends_with_1(plan):
    status, printed, _ = plan(ROWS.replace("max_drop = 40.0", "max_drop = 4.0"))
    assert status == 1
    assert "refused by a run: gate 1 (mmlu.score): max_drop = 4 cannot be met" in printed


def test_fewer_rows_in_the_family_give_fail_more_power(plan):
    _, _, many = plan(ROWS)
    _, _, few = plan(ROWS.split("\n[[gate]]")[1].join(["[[gate]]", ""]))

    def fails(lines):
        return next(x["figures"]["fails"] for x in lines if x["limit"] == "max_drop")

    assert fails(few) > fails(many)


def test_wrong_options_are_one_line_each(tmp_path, capsys):
    asked = ["plan", "--gates", str(SHIPPED), "--profile", "demo", "--variants"]
    assert main([*asked, ""]) == 2
    assert main([*asked, "dense", "--baseline", str(tmp_path / "none.json.gz")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "no baseline at" in said[1]


def test_it_plans_without_torch(tmp_path):
    code = (
        "import sys; from trusteval.cli import main; "
        f"main(['plan', '--gates', {str(SHIPPED)!r}, '--profile', 'demo', '--variants', 'dense']); "
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    environment = {**os.environ, "TRUSTEVAL_CACHE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, capture_output=True)


# -- the shipped rows --------------------------------------------------------------------


def shipped(profile: str):
    from trusteval.run.configure import prepare_plan
    from trusteval.run.options import Options
    from trusteval.run.plan import plan_of

    nothing = dict.fromkeys(("data", "prompts", "calibration", "inconclusive"))
    run = prepare_plan(
        Options(
            model="demo",
            variants="dense,gptq-8,gptq-4,gptq-3",
            ensembles="auto",
            references="",
            profile=profile,
            protocol="strict",
            engine="hf",
            gates=SHIPPED,
            storage="auto",
            device="auto",
            dtype="auto",
            trust_remote_code=False,
            gates_are_named=False,
            **nothing,
        )
    )
    return plan_of(run)


@needs_data
@pytest.mark.parametrize("profile", ["quick", "full"])
def test_shipped_blocking_rows_pass_what_is_unchanged_and_are_red_at_twice_the_margin(profile):
    lines = [line for line in shipped(profile) if line.figures is not None]
    assert len(lines) > 15
    assert unmeetable(lines) is None
    for line in lines:
        assert line.figures.red >= 80, line
        assert line.figures.unchanged is None or line.figures.unchanged >= 80, line
        four = "gptq-4" in line.subjects and line.is_change
        assert not four or line.figures.unchanged >= 90, line


@needs_data
def test_documented_table_is_what_the_command_prints(capsys):
    text = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    section = text.split("## What the shipped rows can see")[1].split("\n## ")[0]
    for profile in ("quick", "full"):
        main(
            [
                *("plan", "--gates", str(SHIPPED), "--profile", profile),
                *("--variants", "dense,gptq-8,gptq-4,gptq-3"),
            ]
        )
        table = [x for x in capsys.readouterr().out.splitlines() if x.startswith("| ")]
        for line in table[2:]:
            # Which benchmarks are whole depends on the machine.
            if "advglue_plus_plus" not in line:
                assert " ".join(line.split()) in " ".join(section.split()), line
