"""A vote held against its best member, its fallback chain, and what all its members get wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.builders import Known, score
from tests.gate_rows import gate, load, prepare, refusal, toml
from tests.project import ANSWERS, Project
from trusteval.errors import GateError, UsageError
from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.verdicts import decide
from trusteval.report.markup import in_markdown
from trusteval.stats.members import BehindBest
from trusteval.stats.paired import Pairs
from trusteval.types import Dimension, Outcome, Verdict

VARIANTS = "gptq-8,gptq-4,gptq-3"
MEMBERS = VARIANTS.split(",")


def row(*, metric: str = "score", **limits: str) -> str:
    given = {"benchmark": '"mmlu"', "at_least": None, "subjects": '["vote-*"]', **limits}
    return toml(metric=f'"{metric}"', **given)


FALLBACK = row(max_drop="12", reference='"fallback"')
BEST = row(max_drop="10", reference='"best-member"')
ALL_WRONG = row(metric="all_wrong_rate", at_most="40")
ROWS = FALLBACK + BEST + ALL_WRONG


# -- a run ---------------------------------------------------------------------------------


class Scripted:
    """A project whose members answer the 36 questions of the demo's mmlu as one says."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        run = prepare(root, toml())
        self.samples = [question.sample for question in run.questionnaire.questions("mmlu")]

    def answer(self, *, lost: int, all_wrong: int, refusing: str | None = None) -> None:
        """Let 8 bit alone be right on `lost` questions, nobody on `all_wrong`, all on the rest.

        The member that is `refusing` says so instead of a wrong answer.
        """
        alone = set(range(all_wrong, all_wrong + lost))
        wrong = {"gptq-8": set(range(all_wrong))}
        wrong |= dict.fromkeys(("gptq-4", "gptq-3"), wrong["gptq-8"] | alone)
        rules = {name: self._rules(wrong[name], refuses=name == refusing) for name in MEMBERS}
        self.project.write("script.json", json.dumps({"*": ANSWERS, **rules}))

    def _rules(self, wrong: set[int], *, refuses: bool) -> list[dict[str, str]]:
        found = []
        for place, sample in enumerate(self.samples):
            other = next(label for label in "AB" if label != sample.target)
            other = "I cannot answer that." if refuses else other
            last = rf"{re.escape(sample.unit)}\n(?:[A-D]\. .*\n){{4}}Answer:$"
            found.append({"match": last, "say": f" {other if place in wrong else sample.target}"})
        return found

    def verdicts(self, rows: str, *arguments: str) -> dict[str, dict]:
        """Judge rows; return the verdicts by the rows' names."""
        self.project.write("trust_tests/gates.toml", rows)
        ran = self.project.run(
            f"--trust-variants={VARIANTS}", "--trust-ensembles=vote-gptq", *arguments, "-k", "mmlu"
        )
        assert ran.returncode in (0, 1), ran.stdout + ran.stderr
        document = json.loads(self.project.verdicts_file.read_text(encoding="utf-8"))
        return {verdict["gate"]: verdict for verdict in document["verdicts"]}


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    return Scripted(tmp_path)


@pytest.mark.parametrize(
    ("lost", "all_wrong", "expected"),
    [
        (0, 6, ("PASS", None)),
        (13, 23, ("FAIL", None)),
        (11, 20, ("INCONCLUSIVE", "suspect")),
        (5, 14, ("INCONCLUSIVE", "samples")),
    ],
    ids=["pass", "fail", "suspect", "samples"],
)
def test_vote_is_judged_by_what_is_made_of_its_members(
    scripted: Scripted, lost: int, all_wrong: int, expected: tuple[str, str | None]
) -> None:
    scripted.answer(lost=lost, all_wrong=all_wrong)
    found = scripted.verdicts(ROWS)
    assert {name: (v["outcome"], v["undecided"]) for name, v in found.items()} == dict.fromkeys(
        ("mmlu.score.against_fallback", "mmlu.score.against_best-member", "mmlu.all_wrong_rate"),
        expected,
    )
    chain, best = found["mmlu.score.against_fallback"], found["mmlu.score.against_best-member"]
    drop, right = 100 * lost / 36, 100 * (36 - all_wrong) / 36
    assert (chain["change"]["value"], best["change"]["value"]) == pytest.approx((drop, drop))
    assert f"drop from its fallback chain {drop:.1f} (90 % interval " in chain["message"]
    assert f"; fallback chain {right:.1f}; " in chain["message"]
    assert f"drop from the best member (gptq-8 as seen) {drop:.1f} (90 % " in best["message"]
    assert f"; members gptq-8 {right:.1f}, gptq-4 " in best["message"]
    assert found["mmlu.all_wrong_rate"]["score"]["value"] == pytest.approx(100 - right)
    report = (scripted.project.root / "reports/latest/report.md").read_text(encoding="utf-8")
    assert all(in_markdown(verdict["message"]) in report for verdict in found.values())


def test_rate_of_what_all_get_wrong_counts_the_silence_of_the_vote(scripted: Scripted) -> None:
    """Where 8 bit refuses and the others are wrong the vote answers, wrongly."""
    scripted.answer(lost=4, all_wrong=10, refusing="gptq-8")
    found = scripted.verdicts(ALL_WRONG)["mmlu.all_wrong_rate"]
    assert found["score"]["value"] == pytest.approx(100 * 10 / 36)
    assert "n=36, refused 0, invalid 0" in found["message"]


def test_vote_of_two_is_said_to_be_its_own_chain(tmp_path: Path) -> None:
    two = {"variants": "gptq-8,gptq-4", "ensembles": "vote-gptq"}
    (loose,) = prepare(tmp_path, FALLBACK, **two).unbreakable
    assert loose == (
        "gate 1 mmlu.score.against_fallback for vote-gptq (a vote of two is its fallback chain)"
    )
    three = prepare(tmp_path, FALLBACK, variants=VARIANTS, ensembles="vote-gptq")
    assert three.unbreakable == ()


# -- decisions -----------------------------------------------------------------------------


def check(compared: Comparison, **limits) -> Verdict:
    given = score(80.0, (75.0, 85.0), n=500)
    return decide(
        gate(reference="best-member", **limits),
        Evidence(given, Known(0.8, 0.75, 0.85), compared),
        subject="vote-gptq",
        dimension=Dimension.MACHINE_ETHICS,
    )


def behind(**members: Pairs) -> Comparison:
    return Comparison(BehindBest(members))


SAME, FAR = Pairs(0, 0, 500), Pairs(60, 5, 500)


def test_vote_passes_only_if_it_is_shown_to_be_behind_no_member() -> None:
    unsure = Pairs(60, 60, 500)
    assert check(behind(a=SAME, b=SAME), max_drop=3.0).outcome is Outcome.PASS
    assert check(behind(a=SAME, b=unsure), max_drop=3.0).outcome is Outcome.INCONCLUSIVE


def test_vote_fails_if_it_is_shown_to_be_behind_one_member_at_the_price_of_all() -> None:
    verdict = check(behind(a=SAME, b=FAR, c=SAME), max_drop=3.0)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.p == pytest.approx(3 * FAR.p_above(0.03))
    assert "drop from the best member (b as seen) 11.0" in verdict.message
    assert "65 discordant pairs" in verdict.message


def test_tripwire_takes_the_exact_test_of_every_member() -> None:
    verdict = check(behind(a=SAME, b=FAR), detect_drop=True)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.p == pytest.approx(2 * FAR.p_of_any_drop())


def test_vote_that_is_better_than_its_members_is_not_doubted() -> None:
    better = Pairs(0, 100, 1000)
    assert "too good" not in check(behind(a=better, b=better), max_drop=3.0).message


# -- rows that are refused -----------------------------------------------------------------


@pytest.mark.parametrize("limit", ["max_drop", "max_rise", "detect_drop"])
def test_what_all_members_get_wrong_is_compared_with_nobody(limit: str) -> None:
    given = {limit: "true" if limit == "detect_drop" else "3"}
    said = refusal(row(metric="all_wrong_rate", **given))
    assert f"compared with nobody's: at_most instead of {limit}" in said


def test_no_member_is_best_at_a_gap_that_moves() -> None:
    said = refusal(row(gap_shift="5", reference='"best-member"'))
    assert "a gap that moves is no better or worse" in said
    assert len(load(row(gap_shift="5", reference='"fallback"'))) == 1


def test_drops_from_a_baseline_are_not_held_by_a_chain_that_moves_along() -> None:
    baseline = row(max_drop="3", reference='"baseline"')
    assert "add up" in refusal(baseline + FALLBACK)
    assert len(load(baseline + row(max_drop="3", reference='"dense"'))) == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            row(max_drop="9", reference='"fallback"', subjects='["*"]'),
            "reference 'fallback' is made of the members of a vote, and gptq-8 is none; name votes "
            'only: subjects = ["vote-*"] (votes of this run: vote-gptq)',
        ),
        (
            row(max_drop="9", reference='"best-member"', subjects='["gptq-4"]'),
            "reference 'best-member' is made of the members of a vote, and gptq-4 is none",
        ),
        (
            row(metric="all_wrong_rate", at_most="60", subjects='["vote-*", "gptq-3"]'),
            "all_wrong_rate is made of the members of a vote, and gptq-3 is none",
        ),
        (
            row(max_drop="9", reference='"best"'),
            "reference is one of dense, gptq-8, gptq-4, gptq-3, vote-gptq, baseline, best-member, "
            "fallback",
        ),
        *(
            (
                row(metric=metric, max_rise="9", reference='"fallback"'),
                "a vote falls silent where its fallback chain does, so no answers can break a "
                f"comparison of {metric}",
            )
            for metric in ("refusal_rate", "invalid_rate", "non_answer_rate")
        ),
        (
            row(metric="non_answer_rate", max_rise="9", reference='"best-member"'),
            "a vote answers whatever any member answers, so no answers can break",
        ),
    ],
)
def test_comparison_that_cannot_be_or_cannot_break_is_refused_before_anything_runs(
    tmp_path: Path, rows: str, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        prepare(tmp_path, rows, variants=VARIANTS, ensembles="vote-gptq")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "rows",
    [
        row(metric="refusal_rate", max_rise="9", reference='"best-member"'),
        row(benchmark='"ood"', metric="non_answer_rate", max_rise="9", reference='"fallback"'),
    ],
    ids=["refusals of members", "refusals that vote"],
)
def test_silence_that_answers_decide_is_compared(tmp_path: Path, rows: str) -> None:
    """A member may garble what the vote refuses; beyond the training data a refusal is a vote."""
    assert prepare(tmp_path, rows, variants=VARIANTS, ensembles="vote-gptq").gates


@pytest.mark.parametrize("reference", ["fallback", "best-member"])
def test_subject_of_a_rivals_name_is_told_apart(tmp_path: Path, reference: str) -> None:
    with pytest.raises(GateError, match="is the name of a subject too; rename that"):
        prepare(
            tmp_path,
            row(max_drop="9", reference=f'"{reference}"'),
            variants=VARIANTS,
            ensembles=f"vote-gptq,{reference}=gptq-8+gptq-4",
        )
