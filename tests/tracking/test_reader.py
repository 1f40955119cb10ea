"""`trusteval compare --reader`: what a changed reader alone moves in one run that was recorded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.answered_runs import (
    HELD,
    INVALID,
    REFUSED,
    RIGHT,
    WRONG,
    N,
    as_schema_1,
    refused_by_reader_1,
    rewrite,
    run_of,
    with_wrong,
    write_run,
)
from tests.project import ANSWERS, INI, Project
from trusteval.cli import main
from trusteval.reading.reader import READER_VERSION
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME, read_document, write_document
from trusteval.tracking.baseline import Baseline, write_baseline
from trusteval.tracking.confounds import VOTERS
from trusteval.types import Variant

pytestmark = pytest.mark.xdist_group("reader")  # one worker makes the runs, for all

NOW = READER_VERSION
FIRST = f"reader 1 then, {NOW} now"
Command = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def reader(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `trusteval compare --reader` where nobody says where the data is."""
    monkeypatch.delenv("TRUSTEVAL_DATA", raising=False)

    def compared(*arguments: object) -> tuple[int, list[str]]:
        code = main(["compare", "--reader", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, (printed.out + printed.err).splitlines()

    return compared


def misread() -> AnsweredRun:
    """A run whose words give one wrong answer; reader 1 read the first six otherwise."""
    then = [WRONG, INVALID, INVALID, REFUSED, INVALID, WRONG, *[RIGHT] * (N - 6)]
    return replace(
        run_of({"dense": then}, reader=1), said=run_of({"dense": with_wrong(5)}).said, grounds={}
    )


def test_moves_are_counted_and_shown_with_words_readings_rule_and_span(
    reader: Command, tmp_path: Path
) -> None:
    code, lines = reader(write_run(tmp_path / "run", misread()), "--flips=2")
    assert (code, lines[:5]) == (
        0,
        [
            FIRST,
            "dense on mmlu: score 90.0 -> 98.3, 5 of 60 answers read otherwise",
            "    3 invalid: empty -> A",
            "    1 B -> A",
            "    1 refused -> A",
        ],
    )
    assert lines[5].startswith("    astronomy/0: B -> A (A is right), rule ")
    assert lines[5].endswith(', said "A"')
    assert lines[6].startswith("    astronomy/1: invalid: empty -> A")  # another move first
    assert lines[7:] == ["    and 3 more (--json has all)", "1 part read anew: 5 answers moved"]


def test_json_has_every_item(reader: Command, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    reader(write_run(tmp_path / "run", misread()), "--flips=0", f"--json={out}")
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["reader"] == {"then": 1, "now": NOW}
    (part,) = found["parts"]
    assert (part["subject"], part["benchmark"], part["n"], part["why"]) == ("dense", "mmlu", N, "")
    assert part["moves"][0] == {"before": "invalid: empty", "after": "A", "n": 3}
    assert sorted(item["id"][-1] for item in part["items"]) == list("01234")
    assert {name: part["items"][0][name] for name in ("text", "target", "words", "after")} == {
        **{"text": "Which planet is number 0?", "target": "A"},
        **{"words": "A", "after": "A"},
    }
    assert {"rule", "span"} <= part["items"][0].keys()


def test_one_benchmark_is_read_anew_alone(reader: Command, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", misread())
    assert reader(run, "--benchmark=mmlu")[1][-1] == "1 part read anew: 5 answers moved"
    assert reader(run, "--benchmark=ethics") == (
        2,
        ["trusteval: no run asked 'ethics'; asked: mmlu"],
    )


def test_run_of_this_version_has_moved_nothing(reader: Command, tmp_path: Path) -> None:
    code, lines = reader(write_run(tmp_path / "run", run_of({"dense": with_wrong(1)})))
    assert (code, lines) == (
        0,
        [
            f"reader {NOW} then, {NOW} now",
            "dense on mmlu: score 98.3 -> 98.3, 0 of 60 answers read otherwise",
            "1 part read anew: nothing moved",
        ],
    )


def test_vote_is_elected_anew_and_says_nothing_itself(reader: Command, tmp_path: Path) -> None:
    said = {name: with_wrong(1) for name in ("dense", "a", "b")}
    run, key = run_of({**said, "vote": [REFUSED] * N}, reader=1), ("vote", "mmlu")
    members = (Variant("dense", "dense", 16), Variant("a", "gptq", 8), Variant("b", "gptq", 4))
    run = replace(
        run,
        said={k: v for k, v in run.said.items() if k != key},
        grounds={},
        identities={**run.identities, key: {VOTERS: dict.fromkeys(said, HELD)}},
        members={key: members},
    )
    folder = write_run(tmp_path / "run", run)
    code, lines = reader(f"{folder}:vote", "--flips=1")
    assert (code, lines[1:-1]) == (
        0,
        [
            "vote on mmlu: score 0.0 -> 98.3, 60 of 60 answers read otherwise",
            "    59 refused -> A",
            "    1 refused -> B",
            "    astronomy/0: refused -> A (A is right), rule elected anew",
            "    and 59 more (--json has all)",
        ],
    )


def test_run_without_responses_is_listed_and_exit_4(reader: Command, tmp_path: Path) -> None:
    path = write_run(tmp_path / "run", run_of({"dense": with_wrong()})) / NAME
    write_document(path, as_schema_1(read_document(path)))
    code, lines = reader(path)
    assert (code, lines) == (
        4,
        [
            FIRST,
            "dense on mmlu: not read anew (what dense said is not kept; run it again: no model "
            "runs for what the store holds)",
            "0 parts read anew, 1 not: nothing moved",
        ],
    )


def test_baselines_letters_need_the_data_they_were_asked_with(
    reader: Command, tmp_path: Path
) -> None:
    baseline = tmp_path / "mine.json.gz"
    write_baseline(baseline, Baseline(misread()))
    code, lines = reader(baseline)
    assert (code, lines[1].partition("(")[2]) == (
        4,
        "the options of its items are in the data: name that with --data or TRUSTEVAL_DATA)",
    )
    code, lines = reader(baseline, f"--data={tmp_path}")
    assert (code, "--trust-data" in lines[1]) == (4, True), lines
    code, lines = reader(baseline, f"--data={tmp_path / 'none'}")
    assert (code, len(lines), lines[0][:33]) == (2, 1, "trusteval: no data directory at /")


BAD = {
    "two runs": (("a", "b"), "--reader takes one RUN"),
    "a store": (("store.sqlite#a1",), "--reader takes one RUN"),
    "a margin": (("a", "--max-drop=2"), "--max-drop does not go with --reader"),
    "a profile": (("a", "--profile=demo"), "--profile does not go with --reader"),
    "no such run": (("nowhere",), "does not exist"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_mistake_is_one_line_and_exit_2(reader: Command, arguments, said: str) -> None:
    code, lines = reader(*arguments)
    assert (code, len(lines), said in lines[0]) == (2, 1, True), lines


def test_one_run_needs_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "a"]) == 2
    assert "compare takes two RUNs, or with --reader one" in capsys.readouterr().err


def test_protocol_of_another_version_is_refused(reader: Command, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", run_of({"dense": with_wrong()}, protocol="newer"))
    code, lines = reader(run)
    assert (code, len(lines)) == (2, 1)
    assert "was read under the protocol 'newer'; known: strict, comptrust" in lines[0]


# -- what real runs leave ------------------------------------------------------------------


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that ran and accepted, the demo slice, with a vote."""
    project = Project(tmp_path_factory.mktemp("reader"))
    project.write(
        "pytest.ini", f"{INI}trust_variants = dense,gptq-4\ntrust_ensembles = both=dense+gptq-4\n"
    )
    project.write("script.json", json.dumps({"*": ANSWERS}))
    project.write(
        "trust_tests/gates.toml",
        '[[gate]]\nbenchmark = "mmlu"\nmetric = "score"\nsubjects = ["dense"]\nat_least = 1.0\n'
        'point = true\nwhy = "luck"\n',
    )
    ran = project.run("--trust-accept", "--trust-benchmarks=all")
    assert ran.returncode == 0, ran.stdout
    return project


def trusteval(some: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trusteval", *arguments],
        cwd=some,
        env={name: value for name, value in os.environ.items() if name != "TRUSTEVAL_DATA"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif("TRUSTEVAL_DATA" not in os.environ, reason="set TRUSTEVAL_DATA")
def test_baselines_letters_are_read_with_the_published_data(left: Project, tmp_path: Path) -> None:
    baseline = tmp_path / "quick.json.gz"
    ran = left.run(
        *("-k", "mmlu and dense", "--trust-profile=quick", "--trust-accept"),
        *(f"--trust-baseline={baseline}", "--trust-reports=reports/quick"),
    )
    assert baseline.exists(), ran.stdout
    data = f"--data={os.environ['TRUSTEVAL_DATA']}"
    ran = trusteval(left.root, "compare", "--reader", str(baseline), data)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1] == "1 part read anew: nothing moved"


@pytest.mark.parametrize("run", ["reports/latest", "reports/baselines/script-demo.json.gz"])
def test_what_a_run_leaves_is_read_anew_without_data(left: Project, run: str) -> None:
    """Letters too: a report keeps their options, those of the demo slice are shipped."""
    ran = trusteval(left.root, "compare", "--reader", run)
    lines = ran.stdout.splitlines()
    assert (ran.returncode, ran.stderr, lines[-1]) == (0, "", "18 parts read anew: nothing moved")
    assert {line.split(" on ")[0] for line in lines[1:-1]} == {"dense", "gptq-4", "both"}


def test_what_an_older_reader_refused_is_told_for_a_variant_and_its_vote(
    left: Project, tmp_path: Path
) -> None:
    baseline = shutil.copy(left.root / "reports/baselines/script-demo.json.gz", tmp_path / "b.gz")

    rewrite(baseline, refused_by_reader_1)
    ran = trusteval(tmp_path, "compare", "--reader", "b.gz:both", "--flips=1")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(FIRST)
    assert (
        "both on mmlu: score 0.0 -> 25.0, 36 of 36 answers read otherwise\n    36 refused -> A"
        in (ran.stdout)
    )


def test_data_that_is_not_what_was_asked_is_not_taken(left: Project, tmp_path: Path) -> None:
    baseline = shutil.copy(left.root / "reports/baselines/script-demo.json.gz", tmp_path / "b.gz")
    rewrite(baseline, lambda held: held["benchmarks"]["mmlu"]["data"].update(sha256="9" * 64))
    ran = trusteval(tmp_path, "compare", "--reader", "b.gz:dense")
    assert ran.returncode == 4
    assert "dense on mmlu: not read anew (the data is not what was asked: 999999999999, now " in (
        ran.stdout
    )
    assert "5 parts read anew, 1 not: nothing moved" in ran.stdout
