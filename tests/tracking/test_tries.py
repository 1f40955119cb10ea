"""Tries: how often a subject was built anew until it was green, counted, said and limited."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.answered_runs import run_of
from tests.history_lines import record
from tests.project import ANSWERS, INI, Project
from trusteval.report.score_entries import weights_of
from trusteval.stats.retries import chance_of_some_pass, retry_range
from trusteval.tracking.answers_file import read_document
from trusteval.tracking.baseline import Acceptance, Baseline, read_baseline
from trusteval.tracking.history import append_run, read_history
from trusteval.tracking.score_entry import ScoreEntry
from trusteval.tracking.tries import Attempt, Tries, count_tries

GATES = """
[[gate]]
benchmark = "mmlu"
metric = "score"
subjects = ["*"]
at_least = 20.0
point = true
why = "one letter in four is right by luck"
"""
ONLY = ("-k", "mmlu")


def rebuilt(number: int) -> list[dict[str, str]]:
    """Return the rules of a gptq-4 that differs from others of its name in what nobody asks."""
    return [{"match": f"never asked {number}", "say": "never"}, *ANSWERS]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    ini = f"{INI}trust_variants = dense,gptq-4\ntrust_ensembles =\n"
    made.write("pytest.ini", f"{ini}filterwarnings = error\n")
    made.write("trust_tests/gates.toml", GATES)
    return made


def judge(some: Project, number: int, *options: str) -> subprocess.CompletedProcess[str]:
    """Build gptq-4 for the nth time and judge it."""
    some.write("script.json", json.dumps({"dense": ANSWERS, "gptq-4": rebuilt(number)}))
    return some.run(*ONLY, *options)


def facts(some: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(some.verdicts_file.read_text(encoding="utf-8"))["facts"]
    return found


def report(some: Project) -> str:
    return (some.root / "reports/latest/report.md").read_text(encoding="utf-8")


def baseline_of(some: Project) -> Path:
    return some.root / "reports/baselines/script-demo.json.gz"


def beyond(number: int, limit: int, since: str) -> str:
    return f"gptq-4: try {number} {since}, --trust-tries allows {limit}: it does not pass"


# -- real runs -----------------------------------------------------------------------------

UNACCEPTED = "of this model, profile and gates"
ACCEPTED = "since the baseline was accepted"


def test_every_rebuild_is_a_try_that_is_said_and_kept_where_it_is_accepted(
    project: Project,
) -> None:
    first = judge(project, 1)
    assert (first.returncode, "TRIES" in first.stdout) == (0, False), first.stdout
    assert facts(project)["tries"]["subjects"]["gptq-4"] == {
        "number": 1,
        "made": 1,
        "since": None,
        "unknown": 0,
    }
    second = judge(project, 2)
    said = (
        f"gptq-4: try 2 {UNACCEPTED}; a drop on the margin passes at least one of 2 tries in 8 "
        "to 9 % of cases"
    )
    assert (second.returncode, f"TRIES {said}" in second.stdout) == (0, True), second.stdout
    assert "dense: try" not in second.stdout
    assert f"**TRIES {said}**" in report(project)
    before = project.verdicts_file.read_bytes()
    accepting = judge(project, 2, "--trust-accept")  # the same weights are no new try
    assert accepting.returncode == 0, accepting.stdout
    assert project.verdicts_file.read_bytes() == before
    assert "tries since it was last accepted: dense 1, gptq-4 2\n" in accepting.stdout
    assert read_document(baseline_of(project))["accepted"][0]["tries"] == {"dense": 1, "gptq-4": 2}


def test_run_beyond_the_limit_is_neither_green_nor_accepted_without_a_reason(
    project: Project,
) -> None:
    ini = project.root / "pytest.ini"
    ini.write_text(f"{ini.read_text(encoding='utf-8')}trust_tries = 1\n", encoding="utf-8")
    first = judge(project, 1)
    assert first.returncode == 0, first.stdout
    unknown = "TRIES: there is no history.jsonl yet: tries before this run are not known"
    assert unknown in first.stdout
    refused = judge(project, 2, "--trust-accept")
    assert (refused.returncode, " failed" in refused.stdout) == (1, False), refused.stdout
    assert beyond(2, 1, UNACCEPTED) in refused.stdout
    assert beyond(2, 1, UNACCEPTED) in report(project)
    assert "not accepted: baselines/script-demo.json.gz stays as it is" in refused.stdout
    assert not baseline_of(project).exists()
    assert judge(project, 2).returncode == 1
    earlier = judge(project, 1)  # is as good as it was
    assert earlier.returncode == 0
    assert f"TRIES gptq-4: try 1 of 2 {UNACCEPTED}; a drop" in earlier.stdout
    assert judge(project, 2, "--trust-accept-regression", "looked at by hand").returncode == 1
    (entry,) = read_baseline(baseline_of(project)).acceptances
    assert (entry.regression, entry.tries["gptq-4"]) == ("looked at by hand", 2)
    same = judge(project, 2)  # what is accepted is no try
    assert (same.returncode, "TRIES" in same.stdout) == (0, False)
    assert judge(project, 3).returncode == 0
    assert beyond(2, 1, ACCEPTED) in judge(project, 4).stdout


@pytest.mark.parametrize("given", ["0", "9" * 5000])
def test_limit_that_is_no_number_of_tries_is_refused(project: Project, given: str) -> None:
    ran = judge(project, 1, f"--trust-tries={given}")
    assert (ran.returncode, ran.stderr.strip().count("\n")) == (4, 0)
    assert "--trust-tries is a number from 1 on, got" in ran.stderr


# -- the rules of counting -----------------------------------------------------------------


def history_of(tmp_path: Path, *runs: dict[str, Any]) -> Any:
    for run in runs:
        append_run(tmp_path / "history.jsonl", run)
    return read_history(tmp_path / "history.jsonl")[0]


def gated(day: int, weights: str | None, *, gates: str = "g", **changes: Any) -> dict[str, Any]:
    run = record(day, weights=weights, **changes)
    return {**run, "facts": {**run["facts"], "gates": {"sha256": gates}}}


def attempt(weights: str | None, *, verdict: str = "PASS", **changes: Any) -> Attempt:
    line = ScoreEntry("gptq-4", "ethics", weights=weights, verdict=verdict)
    told = {"model": "/elsewhere/mine", "profile": "quick", "gates": "g", **changes}
    return Attempt(**told, scores=[line])


def accepted_on(day: int, *, touched: str = "gptq-4/ethics", weights: str = "w0") -> Baseline:
    subject, _, benchmark = touched.partition("/")
    line = ScoreEntry(subject, benchmark, weights=weights)
    entry = Acceptance(f"2026-01-{day:02}T10:00:00Z", None, (touched,))
    return Baseline(run_of({}), (line,), (entry,))


def test_tries_are_those_of_the_model_the_profile_and_the_gates(tmp_path: Path) -> None:
    past = history_of(
        tmp_path, gated(1, "w1"), gated(2, "w2"), gated(3, "w1"), gated(4, "w3", gates="others")
    )
    assert count_tries(attempt("w4"), history=past, baseline=None) == {"gptq-4": Tries(3, 3)}
    assert count_tries(attempt("w1"), history=past, baseline=None) == {"gptq-4": Tries(1, 2)}
    for changed in ({"model": "other"}, {"profile": "full"}, {"gates": "new"}):
        found = count_tries(attempt("w4", **changed), history=past, baseline=None)
        assert found == {"gptq-4": Tries(1, 1)}


def test_tries_are_counted_from_what_was_accepted_whatever_the_gates(tmp_path: Path) -> None:
    past = history_of(
        tmp_path, gated(1, "w1"), gated(2, "w0"), gated(3, "w2"), gated(4, "w3", gates="others")
    )
    since = "2026-01-02T10:00:00Z"
    baseline = accepted_on(2)
    for weights, expected in (("w4", Tries(3, 3, since)), ("w0", Tries(0, 2, since))):
        found = count_tries(attempt(weights), history=past, baseline=baseline)
        assert found == {"gptq-4": expected}


def test_accepting_another_part_does_not_forget_the_tries_of_this_one(tmp_path: Path) -> None:
    past = history_of(tmp_path, gated(1, "w1"), gated(2, "w2"))
    found = count_tries(attempt("w3"), history=past, baseline=accepted_on(5, touched="gptq-4/mmlu"))
    assert found["gptq-4"].made == 3
    found = count_tries(
        attempt("w3"), history=past, baseline=accepted_on(5, touched="dense/ethics")
    )
    assert found == {"gptq-4": Tries(3, 3)}


@pytest.mark.parametrize("verdict", ["-", "NOT RUN", "BROKEN", "ERROR"])
def test_score_that_no_gate_looked_at_is_no_try(tmp_path: Path, verdict: str) -> None:
    past = history_of(tmp_path, gated(1, "w1", verdict=verdict))
    assert count_tries(attempt("w2"), history=past, baseline=None) == {"gptq-4": Tries(1, 1)}
    assert count_tries(attempt("w2", verdict=verdict), history=past, baseline=None) == {}


def test_weights_that_nothing_tells_apart_are_counted_as_unknown(tmp_path: Path) -> None:
    past = history_of(tmp_path, gated(1, None), gated(2, "w1"))
    assert count_tries(attempt("w2"), history=past, baseline=None) == {
        "gptq-4": Tries(2, 2, unknown=1)
    }
    assert count_tries(attempt(None), history=past, baseline=None) == {
        "gptq-4": Tries(None, 1, unknown=1)
    }


def test_served_weights_are_unknown_and_so_is_a_vote_over_them() -> None:
    served = {"engine": "openai", "weights": "served, so not fingerprinted"}
    assert weights_of(served) is None
    assert weights_of({"vote over": {"a": served, "b": {"engine": "hf", "weights": "w"}}}) is None
    assert weights_of({"engine": "replay", "recording": "r"}) == "r"


# -- the chance ----------------------------------------------------------------------------


def test_chance_is_that_of_one_try_at_first_and_grows_with_every_try() -> None:
    chances = [retry_range(tries) for tries in (1, 2, 5, 20)]
    assert [(round(100 * low), round(100 * high)) for low, high in chances] == [
        (5, 5),
        (8, 9),
        (14, 19),
        (26, 45),
    ]
    assert chance_of_some_pass(5, likeness=0.0) == pytest.approx(1 - 0.95**5, abs=1e-3)
    for tries, likeness in ((0, 0.5), (5, 1.0), (5, -0.1)):
        with pytest.raises(ValueError, match="expected tries from 1"):
            chance_of_some_pass(tries, likeness=likeness)
