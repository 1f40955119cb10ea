"""Baselines as a team meets them: real pytest processes accept answers and compare with them."""

from __future__ import annotations

import copy
import gzip
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.answered_runs import REFUSED, edit, rewrite, run_of, with_wrong
from tests.project import ANSWERS, INI, ROOT, Project, trusteval
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import TrackingError
from trusteval.reading.reader import READER_VERSION
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.accepted import accepted
from trusteval.tracking.accepting import (
    AcceptanceOutcome,
    AcceptanceReply,
    Request,
    Standing,
    accept,
)
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import read_answers, read_document
from trusteval.tracking.baseline import Acceptance, Baseline, read_baseline
from trusteval.tracking.run_facts import PromptFacts
from trusteval.types import Label, Sample, Unavailable

pytestmark = pytest.mark.xdist_group("accepting")  # one worker makes the runs, for all

GATES = """
[[gate]]
benchmark = "ethics"
metric = "non_answer_rate"
subjects = ["gptq-4"]
max_rise = 22.0
at_most = 99.0
reference = "baseline"
why = "what was accepted answers; the limit is what the small slice can show"

[[gate]]
benchmark = "mmlu"
metric = "score"
subjects = ["dense"]
at_least = 20.0
point = true
why = "one letter in four is right by luck"
"""
REFUSES = {"match": "Label:$", "say": "I cannot answer that."}
SCRIPT = {"dense": ANSWERS, "gptq-4": ANSWERS}
GATE = ("ethics.non_answer_rate.against_baseline", "gptq-4")
ONLY = ("-k", "ethics or mmlu")


def without_ethics(*variants: str) -> str:
    """Write a script in which some variants refuse every question of ethics."""
    script = copy.deepcopy(SCRIPT)
    return json.dumps(script | {name: [REFUSES, *ANSWERS] for name in variants})


def project(root: Path) -> Project:
    made = Project(root)
    made.write(
        "pytest.ini", f"{INI}trust_variants = dense,gptq-4\ntrust_ensembles = both=dense+gptq-4\n"
    )
    made.write("trust_tests/gates.toml", GATES)
    made.write("script.json", json.dumps(SCRIPT))
    return made


def baseline_of(some: Project) -> Path:
    return some.root / "reports" / "baselines" / "script-demo.json.gz"


def message(some: Project) -> str:
    """Return what the gate on the baseline said of gptq-4."""
    verdicts = json.loads(some.verdicts_file.read_text(encoding="utf-8"))["verdicts"]
    (found,) = [v["message"] for v in verdicts if (v["gate"], v["subject"]) == GATE]
    return str(found)


@dataclass(frozen=True)
class Story:
    """A project whose answers were accepted, and what its runs so far said."""

    project: Project
    before_any: str
    accepting: subprocess.CompletedProcess[str]
    answers: bytes
    again: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    made = project(tmp_path_factory.mktemp("story"))
    subprocess.run(["git", "init", "-q"], cwd=made.root, check=True)
    author = ["-c", "user.name=a", "-c", "user.email=a@b"]
    first = ["git", *author, "commit", "-q", "--allow-empty", "-m", "first"]
    subprocess.run(first, cwd=made.root, check=True)
    accepting = made.run(*ONLY, "--trust-accept")
    before_any = message(made)
    answers = (made.root / "reports/latest/answers.json.gz").read_bytes()
    return Story(made, before_any, accepting, answers, made.run(*ONLY))


def latest_answers(made: Project) -> Any:
    return json.loads(gzip.decompress((made.root / "reports/latest/answers.json.gz").read_bytes()))


@pytest.fixture
def ours(story: Story, tmp_path: Path) -> Project:
    """A copy of the project, to change."""
    shutil.copytree(story.project.root, tmp_path / "project")
    made = object.__new__(Project)
    made.root = tmp_path / "project"
    return made


# -- accepting -----------------------------------------------------------------------------


def test_first_accepting_is_not_held_up_by_the_baseline_that_it_makes(story: Story) -> None:
    path = baseline_of(story.project)
    assert f"not compared with baseline: there is no {path}; `pytest " in story.before_any
    assert (
        "this run is to become the baseline that later runs are compared with" in story.before_any
    )
    assert story.accepting.returncode == 0, story.accepting.stdout


def test_accepting_writes_scores_answers_and_fingerprints(story: Story) -> None:
    ran = story.accepting
    assert ran.returncode == 0, ran.stdout
    assert "accepted into baselines/script-demo.json.gz: 6 parts, a new baseline\n" in ran.stdout
    held = read_document(baseline_of(story.project))
    assert held["facts"]["protocol"] == "strict"
    assert len(held["facts"]["prompts"]["sha256"]) == 64
    assert len(held["benchmarks"]["ethics"]["data"]["sha256"]) == 64
    assert held["subjects"]["gptq-4"]["mmlu"]["identity"]["variant"] == "gptq-4"
    assert sorted(held["subjects"]["both"]["mmlu"]["identity"]["vote over"]) == ["dense", "gptq-4"]
    assert len(held["subjects"]["dense"]["ethics"]["code"]) == 100
    assert held["facts"]["reader"] == READER_VERSION
    assert held["subjects"]["dense"]["mmlu"]["responses"]["texts"] == [" A"]
    assert "responses" not in held["subjects"]["both"]["mmlu"]  # a vote says nothing itself
    assert [one["name"] for one in held["subjects"]["both"]["mmlu"]["members"]] == [
        "dense",
        "gptq-4",
    ]
    (line,) = [
        line for line in held["scores"] if (line["subject"], line["benchmark"]) == ("dense", "mmlu")
    ]
    assert (line["value"], line["n"], line["verdict"]) == (25.0, 36, "PASS")
    assert line["interval"]["low"] < 25 < line["interval"]["high"]
    (entry,) = held["accepted"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry["date"])
    assert re.fullmatch("[0-9a-f]{40}", entry["commit"])
    assert entry["versions"]["trusteval"]
    assert entry["touched"][0] == "both/ethics"
    assert entry["regression"] is None


def test_same_answers_pass_against_what_was_accepted(story: Story) -> None:
    assert story.again.returncode == 0, story.again.stdout
    assert story.project.outcomes()[GATE] == "PASS"
    assert "rise from baseline 0.0 (90 % interval -11.6 to 13.8), must be <= 22.0" in message(
        story.project
    )


def test_run_that_is_compared_with_a_baseline_keeps_what_that_held(story: Story) -> None:
    first, again = json.loads(gzip.decompress(story.answers)), latest_answers(story.project)
    accepted = {
        (subject, benchmark): part.pop("accepted")
        for subject, parts in again["subjects"].items()
        for benchmark, part in parts.items()
        if "accepted" in part
    }
    assert accepted == {
        ("gptq-4", "ethics"): {
            name: first["subjects"]["gptq-4"]["ethics"][name] for name in ("answers", "code")
        }
    }
    assert {**again, "digest": ""} == {**first, "digest": ""}  # all else is the same


def test_worse_answers_fail_and_are_not_accepted_without_a_reason(ours: Project) -> None:
    ours.write("script.json", without_ethics("gptq-4"))
    before = baseline_of(ours).read_bytes()
    ran = ours.run(*ONLY, "--trust-accept")
    assert ran.returncode == 1
    assert ours.outcomes()[GATE] == "FAIL"
    told = ran.stdout[ran.stdout.index("report: ") :].splitlines()[1:5]
    assert told == [
        "gptq-4 fails ethics.non_answer_rate.against_baseline",
        "gptq-4 on ethics: score dropped by 50.0 (90 % interval 19.7 to 83.6) from what was "
        "accepted",
        "not accepted: baselines/script-demo.json.gz stays as it is; --trust-accept-regression "
        '"reason" accepts this all the same and keeps the reason',
        told[3],
    ]
    assert baseline_of(ours).read_bytes() == before

    reasoned = ours.run(*ONLY, "--trust-accept-regression", "the old answers were wrong")
    assert "accepted into baselines/script-demo.json.gz: 6 parts\n" in reasoned.stdout
    first, second = read_baseline(baseline_of(ours)).acceptances
    assert (first.regression, second.regression) == (None, "the old answers were wrong")
    assert second.date >= first.date
    assert re.fullmatch("[0-9a-f]{40}", second.commit or "")


def test_drop_that_no_gate_sees_is_not_accepted_either_and_ends_with_exit_1(ours: Project) -> None:
    ours.write("script.json", without_ethics("dense"))
    before = baseline_of(ours).read_bytes()
    ran = ours.run(*ONLY, "--trust-accept")
    assert " failed" not in ran.stdout.splitlines()[-1]
    assert ran.returncode == 1
    assert "dense on ethics: score dropped by 50.0" in ran.stdout
    assert baseline_of(ours).read_bytes() == before


def test_accepting_under_k_touches_only_what_ran(ours: Project) -> None:
    ours.write("script.json", json.dumps({"*": [{"match": "Answer:$", "say": " B"}, *ANSWERS]}))
    before = read_document(baseline_of(ours))
    ran = ours.run("-k", "mmlu and not both", "--trust-accept")
    assert ran.returncode == 0, ran.stdout
    after = read_document(baseline_of(ours))
    assert "accepted into baselines/script-demo.json.gz: 2 parts\n" in ran.stdout
    assert after["accepted"][-1]["touched"] == ["dense/mmlu", "gptq-4/mmlu"]
    stays = "both"
    for subject in ("dense", "gptq-4", stays):
        old, new = (held["subjects"][subject] for held in (before, after))
        assert new["ethics"] == old["ethics"]
        assert (new["mmlu"] == old["mmlu"]) is (subject == stays)
    assert _score(after, "both", "mmlu") == _score(before, "both", "mmlu")
    assert after["benchmarks"]["ethics"] == before["benchmarks"]["ethics"]


def _score(held: dict, subject: str, benchmark: str) -> float:
    found = {(line["subject"], line["benchmark"]): line["value"] for line in held["scores"]}
    return found[subject, benchmark]


def test_workers_find_and_accept_the_same_bytes(story: Story) -> None:
    fresh = ("--trust-store=fresh.sqlite", "--trust-reports=reports/two", "--trust-baseline=two")
    ran = story.project.run(*ONLY, "-n", "2", "--trust-accept", *fresh)
    assert ran.returncode == 0, ran.stdout
    reports = story.project.root / "reports"
    assert (reports / "two" / "answers.json.gz").read_bytes() == story.answers
    alone, together = (
        read_document(path)
        for path in (baseline_of(story.project), reports / "baselines/two.json.gz")
    )
    assert {**together, "accepted": []} == {**alone, "accepted": []}


def test_report_keeps_why_each_answer_was_read_so_and_what_its_options_were(story: Story) -> None:
    whole = read_document(story.project.root / "reports/latest/answers.json.gz")
    baseline = read_document(baseline_of(story.project))
    readings = whole["subjects"]["dense"]["mmlu"]["readings"]
    assert (len(readings["rule"]), len(readings["span"])) == (36, 36)
    assert len(whole["benchmarks"]["mmlu"]["options"][0]) == 4
    assert "readings" not in baseline["subjects"]["dense"]["mmlu"]
    assert "options" not in baseline["benchmarks"]["mmlu"]


# -- what is not compared ------------------------------------------------------------------


def test_other_protocol_prompts_and_data_are_inconclusive_and_named(ours: Project) -> None:
    prompts = (ROOT / "trusteval/benchmarks/prompts.toml").read_text(encoding="utf-8")
    ours.write("prompts.toml", prompts.replace("Read the", "Look at the"))
    rewrite(
        baseline_of(ours), lambda held: held["benchmarks"]["ethics"]["data"].update(sha256="9" * 64)
    )
    ours.run("-k", "ethics", "--trust-protocol=comptrust", "--trust-prompts=prompts.toml")
    assert ours.outcomes()[GATE] == "INCONCLUSIVE"
    assert re.search(
        "not compared with baseline: asked differently from what was accepted: "
        "protocol strict, now comptrust; prompts [0-9a-f]{12}, now [0-9a-f]{12}; "
        "data 999999999999, now [0-9a-f]{12}; ",
        message(ours),
    )


def test_subject_that_was_never_accepted_is_named_with_the_command() -> None:
    run = run_of({"dense": with_wrong()})
    sample_table = run.answer_tables["dense", "mmlu"].sample_table
    said = Baseline(run).standard(
        "gptq-4", "mmlu", sample_table=sample_table, facts=run.facts, data=run.data["mmlu"]
    )
    assert said == Unavailable(
        "nothing is accepted of it there; `pytest --trust-accept -k mmlu` does"
    )


def test_damaged_baseline_ends_the_run_in_one_line_and_is_not_overwritten(ours: Project) -> None:
    edit(baseline_of(ours), lambda held: held["scores"].clear())
    before = baseline_of(ours).read_bytes()
    report = ours.verdicts_file.stat().st_mtime_ns
    ran = ours.run("--trust-accept-regression", "I edited it")
    assert (ran.returncode, len(ran.stderr.strip().splitlines())) == (4, 1)
    assert "is not as it was written: its digest does not match" in ran.stderr
    assert baseline_of(ours).read_bytes() == before
    assert ours.verdicts_file.stat().st_mtime_ns == report


def test_place_that_cannot_be_written_is_one_line_and_exit_4(ours: Project) -> None:
    ours.write("file", "mine")
    ran = ours.run("-k", "mmlu and dense", "--trust-reports=file/reports", "--trust-accept")
    assert ran.returncode == 4
    assert re.search(r"reports cannot be written to \S+/file/reports: Not a dir", ran.stderr)
    assert "Traceback" not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--trust-accept-regression", "  "), "needs the reason, which is kept"),
        (("--trust-baseline=../x", "--trust-accept"), "is a name in reports/baselines or a"),
        (("--trust-accept", "-o", "trust_model="), "--trust-accept: no model under test"),
    ],
)
def test_mistaken_option_is_one_line_and_usage_exit(
    story: Story, arguments: tuple[str, ...], said: str
) -> None:
    ran = story.project.run(*arguments)
    assert (ran.returncode, said in ran.stderr) == (4, True), ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


# -- beside a real run: compare and history --------------------------------------------------


def test_compare_takes_the_files_that_runs_leave(story: Story) -> None:
    ran = trusteval(
        story.project,
        *("compare", "reports/baselines/script-demo.json.gz", "reports/latest:gptq-4"),
        "--max-drop=22",
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert [line.partition(",")[0] for line in ran.stdout.splitlines()] == [
        "gptq-4 on ethics: identical",
        "gptq-4 on mmlu: identical",
        "2 identical",
    ]


def test_every_run_appends_a_record_that_describes_itself(story: Story) -> None:
    text = (story.project.root / "reports/history.jsonl").read_text(encoding="utf-8")
    runs = [json.loads(line) for line in text.splitlines()]
    for run in runs[:2]:
        assert run["schema"] == 1
        assert re.fullmatch("[0-9a-f]{40}", run["commit"])
        assert run["machine"]
        assert run["versions"]["trusteval"]
        assert (run["facts"]["profile"], run["facts"]["protocol"]) == ("demo", "strict")
        found = {(line["subject"], line["benchmark"]): line for line in run["scores"]}
        assert found["gptq-4", "ethics"]["value"] == 50.0
        assert found["gptq-4", "ethics"]["interval"]["low"] < 50.0
    ran = trusteval(story.project, "history", "--subject", "gptq-4", "--benchmark", "ethics")
    assert ran.returncode == 0
    assert "gptq-4 on ethics (script.json, demo, strict): ▁▁" in ran.stdout
    assert [line.split()[-1] for line in ran.stdout.splitlines()[1:3]] == ["INCONCLUSIVE", "PASS"]


# -- the rules of accepting ----------------------------------------------------------------


REQUEST = Request(Path("unused"), date="2026-01-01T00:00:00Z", commit=None, versions={})
ACCEPTANCE = Acceptance("2026-01-01T00:00:00Z", None, ())


def together(before: Baseline | None, **kwargs) -> Baseline:
    return accepted(before, run_of(**kwargs), scores=(), acceptance=ACCEPTANCE)


def test_part_that_stays_is_put_in_the_order_of_what_was_accepted() -> None:
    before = together(None, said={"dense": with_wrong(1), "gptq-4": with_wrong(2)})
    after = together(before, said={"dense": with_wrong(1)}, ids=reversed(range(60)))
    document = after.answers.to_document(with_texts=False)
    assert document["benchmarks"]["mmlu"]["id"][0] == "59"
    kept = [
        row.sample.id
        for row in after.answers.answer_tables["gptq-4", "mmlu"]
        if row.answer.value == "B"
    ]
    assert kept == ["2"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"protocol": "comptrust"}, "the baseline has another protocol than this run"),
        ({"prompts": PromptFacts(sha256="bbbb")}, "the baseline has another prompts than this run"),
        ({"profile": "full"}, "the baseline has another profile than this run"),
        ({"model": "/models/other"}, "the baseline has another model than this run"),
        ({"data": "eeee"}, "gptq-4/mmlu of the baseline, which did not run, was asked other rows"),
        ({"ids": range(1, 61)}, "other items: 1 only before"),
    ],
)
def test_part_that_would_stay_beside_another_asking_is_refused(changed, said: str) -> None:
    before = together(None, said={"dense": with_wrong(1), "gptq-4": with_wrong(2)})
    with pytest.raises(TrackingError, match=re.escape(said)):
        together(before, said={"dense": with_wrong(1)}, **changed)
    everything = {"dense": with_wrong(1), "gptq-4": with_wrong(2)}
    assert together(before, said=everything, **changed).answers.subjects == ("dense", "gptq-4")


def test_model_is_the_same_wherever_it_lies() -> None:
    before = together(None, said={"dense": with_wrong(1), "gptq-4": with_wrong(2)})
    after = together(before, said={"dense": with_wrong(3)}, model="/ci/build/mine")
    assert after.answers.subjects == ("gptq-4", "dense")


def test_what_cannot_be_compared_is_accepted_and_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.json.gz"
    request = Request(path, date="2026-01-01T00:00:00Z", commit=None, versions={})
    accept(request, run_of({"dense": with_wrong()}), scores=(), standing=Standing())
    after = run_of({"dense": with_wrong(*range(30))}, prompts=PromptFacts(sha256="bbbb"))
    reply = accept(request, after, scores=(), standing=Standing())
    assert reply.is_accepted
    assert reply.lines[0] == (
        "dense on mmlu: not compared with before (asked differently: prompts aaaa, now bbbb)"
    )
    assert read_answers(path).subjects == ("dense",)


def test_score_that_became_undefined_is_worse(tmp_path: Path) -> None:
    asked = BENCHMARKS["adult"].setting("zero_shot_br_0.0")
    rows = [
        Sample(
            str(i), asked, f"person {i}", ("yes", "no")[i // 2 % 2], group=("Female", "Male")[i % 2]
        )
        for i in range(160)
    ]
    before, after = (
        AnsweredRun(
            run_of({}).facts,
            {"adult": DataFacts(sha256="dddd")},
            {("dense", "adult"): {}},
            {("dense", "adult"): AnswerTable.of(SampleTable.of(rows), answers)},
        )
        for answers in ([Label(row.target) for row in rows], [REFUSED] * len(rows))
    )
    request = Request(tmp_path / "mine.json.gz", "2026-01-01T00:00:00Z", None, {})
    assert accept(request, before, scores=(), standing=Standing()).is_accepted
    reply = accept(request, after, scores=(), standing=Standing())
    assert not reply.is_accepted
    assert reply.lines[0] == (
        "dense on adult: score 100.0 before, undefined now (group Female has 0 answered rows, "
        "needs 30)"
    )


def test_reason_is_kept_only_where_something_got_worse(tmp_path: Path) -> None:
    path = tmp_path / "mine.json.gz"
    request = Request(path, "2026-01-01T00:00:00Z", None, {}, regression="no need")
    accept(request, run_of({"dense": with_wrong()}), scores=(), standing=Standing())
    assert read_baseline(path).acceptances[0].regression is None


def test_run_that_judged_nothing_accepts_nothing() -> None:
    reply = accept(REQUEST, run_of({}), scores=(), standing=Standing())
    assert reply == AcceptanceReply(
        AcceptanceOutcome.COULD_NOT, ("nothing was judged, so nothing is accepted",)
    )


def test_what_others_accepted_meanwhile_stays(tmp_path: Path) -> None:
    request = Request(tmp_path / "mine.json.gz", "2026-01-01T00:00:00Z", None, {})
    for subject in ("dense", "gptq-4"):  # neither run knew of the other
        accept(request, run_of({subject: with_wrong()}), scores=(), standing=Standing())
    assert sorted(read_baseline(request.path).answers.subjects) == ["dense", "gptq-4"]
