"""Rows that `trusteval gates suggest` makes of a recorded run: resolved, and kept by that run."""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, run_of, write_run
from tests.project import Project, trusteval
from trusteval.cli import main
from trusteval.gates.evidence import gather
from trusteval.gates.file import load_gates
from trusteval.gates.gate import Gate, family_size
from trusteval.gates.planning import plan
from trusteval.gates.power_check import doubts, unmeetable
from trusteval.gates.verdicts import decide
from trusteval.run.recorded_benchmark import recorded_benchmark
from trusteval.run.suggested_rows import suggested_rows
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Answer, Dimension, Outcome, Variant

NAMES = ("dense", "gptq-8", "gptq-4", "gptq-3")


def answers(n: int, *, right: float, silent: float, seed: int) -> list[Answer]:
    """Draw answers that are right, silent or else wrong so often."""
    draw = random.Random(seed)
    silences = [REFUSED, INVALID]
    kinds: list[Answer] = []
    for _ in range(n):
        luck = draw.random()
        if luck < silent:
            kinds.append(draw.choice(silences))
        else:
            kinds.append(RIGHT if luck < silent + (1 - silent) * right else WRONG)
    return kinds


def run_with(n: int, said: Mapping[str, Sequence[Answer]]) -> AnsweredRun:
    return run_of(said, ids=range(n))


def rows_of(run: AnsweredRun, **named: object) -> tuple[list[Gate], str]:
    """Return the rows of what is written, as gates are loaded, and the whole text."""
    parts = list(suggested_rows(run, power=0.8, **named))  # type: ignore[arg-type]
    text = "\n".join(line for part in parts for line in part.lines)
    has_rows = any(part.rows for part in parts)
    return (list(load_gates(text, origin="suggested")) if has_rows else []), text


def verdicts(run: AnsweredRun, rows: Sequence[Gate]) -> dict[tuple[str, str], Outcome]:
    """Judge a run by rows against its dense, as pytest does."""
    there = recorded_benchmark(run, "mmlu")
    found = {}
    for gate in rows:
        for subject in filter(gate.applies_to, run.subjects):
            own = there.measured(subject, gate.metric)
            standard = there.measured("dense", gate.metric) if gate.compares(subject) else None
            found[gate.id, subject] = decide(
                gate,
                gather(gate, own, reference=standard),
                subject=subject,
                dimension=Dimension.MMLU,
                family=family_size(rows, subject),
            ).outcome
    return found


@settings(max_examples=25, deadline=None)
@given(
    n=st.sampled_from((30, 80, 250, 600)),
    rates=st.lists(
        st.tuples(st.floats(0, 1), st.one_of(st.just(0.0), st.floats(0, 1))), min_size=1, max_size=4
    ),
    seed=st.integers(0, 1000),
)
def test_every_row_loads_is_resolved_by_the_planner_and_fails_nobody_of_its_run(
    n: int, rates: list[tuple[float, float]], seed: int
) -> None:
    said = {
        name: answers(n, right=right, silent=silent, seed=seed + number)
        for number, (name, (right, silent)) in enumerate(zip(NAMES, rates, strict=False))
    }
    run = run_with(n, said)
    rows, _ = rows_of(run)
    there = recorded_benchmark(run, "mmlu")
    lines = plan(
        rows,
        list(there.subjects.values()),
        asked={"mmlu": there.asked},
        known={},
        families={name: family_size(rows, name) for name in run.subjects},
    )
    assert (doubts(lines), unmeetable(lines)) == ([], None)
    assert Outcome.FAIL not in verdicts(run, rows).values()
    assert all("90 % interval" in row.why or row.is_relative for row in rows)


def test_so_many_rows_as_it_says_resolve_what_fewer_cannot() -> None:
    def same(n: int) -> tuple[list[Gate], str]:
        return rows_of(run_with(n, {"dense": [RIGHT] * n, "gptq-8": [RIGHT] * n}))

    few, text = same(36)
    found = re.search(r"gptq-8: no max_drop of score: 36 rows .* which some (\d+) would", text)
    assert found is not None, text
    assert not any(row.is_relative for row in few)
    enough, text = same(int(found[1]))
    (compared,) = (row for row in enough if row.metric == "score" and "gptq-8" in row.subjects)
    assert compared.max_drop is not None
    assert compared.max_drop <= 20
    assert "no max_drop" not in text


def test_subject_that_lost_more_than_may_be_lost_has_no_row_and_is_named() -> None:
    said = {
        "dense": answers(300, right=0.8, silent=0, seed=1),
        "gptq-8": answers(300, right=0.8, silent=0, seed=1),
        "gptq-3": answers(300, right=0.2, silent=0, seed=2),
    }
    rows, text = rows_of(run_with(300, said))
    on_score = [row for row in rows if row.metric == "score"]
    assert {name for row in on_score for name in row.subjects} == {"dense", "gptq-8"}
    assert re.search(r"# gptq-3: no row on score: 5\d\.\d points worse than dense", text)


def test_margins_are_against_the_baseline_without_dense_and_held_by_a_bound() -> None:
    said = {name: answers(300, right=0.7, silent=0.02, seed=3) for name in ("gptq-8", "mine")}
    rows, _ = rows_of(run_with(300, said))
    compared = [row for row in rows if row.is_relative]
    assert compared
    assert {row.reference for row in compared} == {"baseline"}
    assert all(row.is_anchored for row in compared)
    silent, text = rows_of(run_with(300, {"gptq-8": [WRONG] * 300}))
    assert all(row.metric == "non_answer_rate" for row in silent)
    assert "adds up, and no at_least is resolved to hold it" in text


def test_run_of_one_subject_or_of_votes_alone_has_rows_for_them() -> None:
    run = run_with(300, {"dense": answers(300, right=0.7, silent=0, seed=4)})
    rows, _ = rows_of(run)
    assert [(row.subjects, row.is_relative) for row in rows] == [(("dense",), False)] * 2
    votes = run_with(300, {"vote-gptq": answers(300, right=0.7, silent=0, seed=4)})
    members = (Variant("gptq-8", "gptq", 8), Variant("gptq-4", "gptq", 4))
    rows, _ = rows_of(replace(votes, members={("vote-gptq", "mmlu"): members}))
    assert {row.subjects for row in rows} == {("vote-gptq",)}
    both = run_with(300, {name: [RIGHT] * 300 for name in ("dense", "gptq-8")})
    rows, _ = rows_of(both, subject="gptq-8")
    assert {row.subjects for row in rows} == {("gptq-8",)}
    assert {row.reference for row in rows} == {"dense"}


def test_names_of_others_stay_names() -> None:
    name = 'a"]\\ [x]* # \u00e9'
    said = {one: [RIGHT] * 300 for one in ("dense", name, "two\nlines")}
    rows, text = rows_of(run_with(300, said))
    held = [one for one in said if any(row.applies_to(one) for row in rows)]
    assert held == ["dense", name]
    assert "# two\\nlines has a name that no row can have" in text


# -- the command -------------------------------------------------------------------------


def suggest(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["gates", "suggest", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_run_judges_itself_by_its_rows_without_a_doubt(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.run("--trust-benchmarks=all")
    written = trusteval(project, "gates", "suggest", "reports/latest", "--out=own.toml")
    assert written.returncode == 0, written.stderr
    ran = project.run("--trust-gates=own.toml")
    assert ran.returncode == 0, ran.stdout
    assert "hardly resolved" not in ran.stdout
    assert set(project.outcomes().values()) <= {"PASS", "INCONCLUSIVE"}
    variants = "--variants=dense,gptq-8,gptq-4,gptq-3"
    planned = trusteval(project, "plan", "--gates=own.toml", "--profile=demo", variants)
    assert planned.returncode == 0, planned.stdout + planned.stderr


def test_power_moves_limits_and_what_is_printed_is_toml(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = answers(300, right=0.7, silent=0, seed=5)
    folder = str(write_run(tmp_path / "run", run_with(300, {"dense": same, "gptq-8": same})))
    status, text, _ = suggest(capsys, folder)
    surer = suggest(capsys, folder, "--power=0.99")[1]

    def margin(said: str) -> float:
        rows = tomllib.loads(said)["gate"]
        return next(float(row["max_drop"]) for row in rows if "max_drop" in row)

    assert status == 0
    assert margin(text) < margin(surer)


def test_what_cannot_be_made_rows_of_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = str(write_run(tmp_path / "few", run_with(10, {"dense": [WRONG] * 10})))
    assert suggest(capsys, few, "--out", str(tmp_path / "none.toml"))[0] == 1
    assert not (tmp_path / "none.toml").exists()
    there = tmp_path / "there.toml"
    there.write_text("mine", encoding="utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    unfinished = write_run(tmp_path / "unfinished", run_with(10, {"dense": [RIGHT] * 10}))
    begun = json.dumps({"ending": "unfinished"})
    (unfinished / "verdicts.json").write_text(begun, encoding="utf-8")
    for arguments, said in (
        ((few, "--out", str(there)), "is there already"),
        ((few, "--power=0.5"), "from 0.8 to 0.99"),
        ((few, "--power=nan"), "from 0.8 to 0.99"),
        ((f"{few}:nobody",), "has no subject 'nobody'"),
        ((str(empty),), "does not exist"),
        ((str(unfinished),), "has not finished"),
        ((str(write_run(tmp_path / "no", run_with(0, {}))),), "holds no answers"),
        (("store.sqlite#abc",), "a reports folder or a baseline"),
    ):
        status, _, error = suggest(capsys, *arguments)
        assert (status, said in error, error.count("\n")) == (2, True, 1), (arguments, error)
    assert there.read_text(encoding="utf-8") == "mine"
