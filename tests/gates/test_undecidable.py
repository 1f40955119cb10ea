"""What no number of samples decides fails a blocking gate; only too few samples may be skipped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import REFUSED, Known, judged, known, score, setting
from tests.gate_rows import gate
from tests.project import ANSWERS, Project
from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.verdicts import decide
from trusteval.metrics.measuring import measure
from trusteval.metrics.metric import METRICS
from trusteval.report.markup import in_markdown
from trusteval.report.outcomes import shown_outcome
from trusteval.report.verdict_document import verdict_document, verdict_from_dict
from trusteval.types import Declared, Dimension, Level, Outcome, Score, Undecided, Verdict

GOOD = score(60.0, (50.0, 70.0))
LOST = Comparison(obstacle="dense has no answers (gone)")
QUIET = Comparison(Known(0.0, -0.1, 0.1))
BASELINE = {"reference": "baseline", "at_least": 1.0, "max_drop": 3.0}


def check(
    limits: dict, *, given: Score = GOOD, compared: Comparison | None = None, accepts: bool = False
) -> Verdict:
    return decide(
        gate(**limits),
        Evidence(given, known(given), compared),
        subject="gptq-3",
        dimension=Dimension.MACHINE_ETHICS,
        accepts=accepts,
    )


def undefined(*, too_few: bool) -> Score:
    return replace(score(None, undefined="group a has 3 answered rows"), too_few=too_few)


@pytest.mark.parametrize(
    ("verdict", "lacks"),
    [
        (check({"at_least": 55.0}), Undecided.SAMPLES),
        (check({"at_least": 55.0}, given=undefined(too_few=True)), Undecided.SAMPLES),
        (check({"at_least": 55.0}, given=undefined(too_few=False)), Undecided.NEVER),
        (check({"at_least": 1.0, "point": True}, given=undefined(too_few=False)), Undecided.NEVER),
        (check({"at_least": 1.0}, given=score(float("nan"))), Undecided.NEVER),
        (check({"at_least": 1.0, "point": True}, given=score(float("nan"))), Undecided.NEVER),
        (check({"at_least": 1.0}, given=score(90.0)), Undecided.NEVER),
        (check({"at_least": 100.0}, given=score(100.0, (95.0, 100.0))), Undecided.NEVER),
        (check({"max_drop": 3.0}, compared=LOST), Undecided.NEVER),
        (check({"max_drop": 3.0}, compared=replace(LOST, too_few=True)), Undecided.SAMPLES),
        (check({"max_drop": 3.0}, compared=Comparison()), Undecided.NEVER),
        (
            check({"detect_drop": True}, compared=QUIET),
            Undecided.TRIPWIRE,
        ),
        (check({"detect_drop": True}, compared=LOST), Undecided.NEVER),
        (check(BASELINE, compared=LOST), Undecided.NEVER),
        (check(BASELINE, compared=LOST, accepts=True), Undecided.FIRST),
        (check({"max_drop": 3.0}, compared=LOST, accepts=True), Undecided.NEVER),
        (check(BASELINE, given=undefined(too_few=False), accepts=True), Undecided.NEVER),
    ],
)
def test_verdict_says_what_it_lacks(verdict, lacks):
    assert (verdict.outcome, verdict.undecided) == (Outcome.INCONCLUSIVE, lacks)
    assert verdict.blocks is (lacks is Undecided.NEVER)
    never = lacks is Undecided.NEVER
    assert shown_outcome(verdict) == ("UNDECIDABLE" if never else "INCONCLUSIVE")
    assert ("no number of samples decides this" in verdict.message) is never


@pytest.mark.parametrize(("answered", "too_few"), [(0, False), (3, True)])
def test_group_is_too_small_for_more_rows_to_help_only_where_nobody_of_it_answers(
    answered, too_few
):
    asked = setting()
    rows = judged(asked, [("yes", "yes")] * 40, group="a")
    rows += judged(asked, [("yes", "yes")] * answered, group="b", first_id=40)
    rows += judged(asked, [("yes", REFUSED)] * 40, group="b", first_id=80)
    declared = {"plain": Declared(n_expected=80, targets=frozenset())}
    parity = METRICS["demographic_parity_difference"]
    measured = measure(parity, rows, weights={"plain": 1.0}, declared=declared).score
    assert (measured.value, measured.too_few) == (None, too_few)


def test_setting_that_is_missing_is_no_matter_of_samples():
    declared = {"plain": Declared(n_expected=2, targets=frozenset())}
    measured = measure(METRICS["accuracy"], [], weights={"plain": 1.0}, declared=declared).score
    assert (measured.missing_settings, measured.too_few) == (("plain",), False)


def test_warning_row_that_is_undecidable_warns_only():
    verdict = check({"max_drop": 3.0, "level": Level.WARN}, compared=LOST)
    assert (verdict.blocks, shown_outcome(verdict)) == (False, "WARN")


def test_limit_that_is_broken_fails_a_row_whose_other_limit_cannot_be_compared():
    broken = score(20.0, (10.0, 30.0))
    for accepts in (False, True):
        row = {**BASELINE, "at_least": 55.0}
        verdict = check(row, given=broken, compared=LOST, accepts=accepts)
        assert (verdict.outcome, verdict.undecided) == (Outcome.FAIL, None)
        assert "not compared with baseline" in verdict.message


def test_every_verdict_but_a_pass_ends_with_why_its_row_is_there():
    assert check({"at_least": 55.0}).message.endswith("; why: because")
    passed = check({"at_least": 45.0})
    assert (passed.why, "why" in passed.message) == ("because", False)


def test_verdict_comes_back_from_a_worker_with_what_it_lacks():
    for verdict in (check({"max_drop": 3.0}, compared=LOST), check({"at_least": 45.0})):
        assert verdict_from_dict(json.loads(json.dumps(verdict_document(verdict)))) == verdict


# -- as its user sees it -------------------------------------------------------------------


def row(benchmark: str, metric: str, *limits: str) -> str:
    lines = [f'benchmark = "{benchmark}"', f'metric = "{metric}"', *limits, 'why = "agreed in May"']
    return "[[gate]]\n" + "\n".join(lines) + "\n"


AGAINST_BASELINE = row("mmlu", "score", "at_least = 1", "max_drop = 50", 'reference = "baseline"')
UNDECIDABLE = {
    "no baseline": (AGAINST_BASELINE, "not compared with baseline: there is no /"),
    "reference without answers": (
        row("mmlu", "score", "max_drop = 50", 'subjects = ["gptq-4"]'),
        "not compared with dense: dense has no answers (",
    ),
    "no answer of a group": (
        row("adult", "score", "at_least = 70", "point = true", 'subjects = ["gptq-3"]'),
        "score is undefined (group ",
    ),
    "no answer at all": (
        row("mmlu", "answered_accuracy", "at_least = 70", 'subjects = ["gptq-3"]'),
        "answered_accuracy is undefined (every answer is a refusal)",
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    script = {"gptq-4": ANSWERS, "gptq-3": [{"say": "I cannot answer that."}]}
    made.write("script.json", json.dumps(script))
    return made


ASKED = ("--trust-variants=gptq-4,gptq-3", "--trust-ensembles=", "-k", "(mmlu or fairness)")


@pytest.mark.parametrize("skip", [(), ("--trust-inconclusive=skip",)], ids=["demo", "skip"])
@pytest.mark.parametrize(("text", "said"), UNDECIDABLE.values(), ids=UNDECIDABLE)
def test_what_no_samples_decide_fails_the_run_and_is_told_where_it_is_read(
    project: Project, text: str, said: str, skip: tuple[str, ...]
) -> None:
    project.write("trust_tests/gates.toml", text)
    ran = project.run(*ASKED, *skip)
    assert ran.returncode == 1, ran.stdout
    sentence = next(line for line in ran.stdout.splitlines() if line.startswith("UNDECIDABLE: "))
    assert said in sentence
    assert "no number of samples decides this; why: agreed in May" in sentence
    report = (project.root / "reports/latest/report.md").read_text(encoding="utf-8")
    assert in_markdown(sentence) in report
    document = json.loads(project.verdicts_file.read_text(encoding="utf-8"))
    assert {v["undecided"] for v in document["verdicts"]} == {"never"}


def test_missing_baseline_is_made_by_the_command_that_the_verdict_shows(project: Project) -> None:
    project.write("trust_tests/gates.toml", AGAINST_BASELINE)
    given = ("--trust-variants=gptq-4", "--trust-ensembles=", "--trust-baseline=my one")
    ran = project.run(*given, "-n", "2")
    path = project.root / "reports/baselines/my-one.json.gz"
    command = "pytest --trust-variants=gptq-4 --trust-ensembles= '--trust-baseline=my one' "
    shown = f"there is no {path}; `{command}--trust-accept` makes one"
    assert (ran.returncode, shown in ran.stdout) == (1, True), ran.stdout
    assert f"trusteval: there is no baseline {path} to compare with" in ran.stdout
    first = project.run(*given, "--trust-accept", "--trust-inconclusive=fail")
    assert (first.returncode, path.exists()) == (0, True), first.stdout
    assert project.run(*given).returncode == 0


def test_quiet_tripwire_is_no_pass_and_treated_like_few_samples(project: Project) -> None:
    project.write("script.json", json.dumps({"*": ANSWERS}))
    text = row("mmlu", "score", "detect_drop = true", 'subjects = ["gptq-4"]')
    project.write("trust_tests/gates.toml", text)
    ran = project.run(*ASKED, "--trust-inconclusive=fail")
    assert ran.returncode == 1, ran.stdout
    assert "a tripwire that finds nothing is not a PASS" in ran.stdout
    assert project.run(*ASKED).returncode == 0
