"""What the samples can hardly show is said before any model runs; what nothing keeps is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.simulate.layouts import fairness
from tests.builders import setting
from tests.project import GATES, Project
from trusteval.answers.table import SampleTable
from trusteval.gates.aims import Asked
from trusteval.gates.gate import Gate
from trusteval.gates.planning import Line, assumed_discordance, plan
from trusteval.gates.power_check import assumptions, doubts, unmeetable
from trusteval.metrics.scoring import Scoring, Subscore, over
from trusteval.report.markup import in_markdown
from trusteval.run.subjects import dense_variant, parse_ensembles, parse_variants
from trusteval.types import Declared, Level, Sample, Unavailable

DROP = Gate("bench", "score", "because", max_drop=3.0, number=1)


def layout(items: int) -> Asked:
    """Ask so many items once; accuracy."""
    sample_table = SampleTable.of(
        Sample(id=str(i), setting=setting("one"), unit=str(i), target="yes") for i in range(items)
    )
    scoring = Scoring({"all": Subscore(over(["one"], "accuracy"))}, shown={"accuracy": "accuracy"})
    return Asked(sample_table, scoring, {"one": Declared(items, frozenset({"yes"}))})


def people(per_group: int, settings: int = 1) -> Asked:
    laid = fairness(per_group, settings)
    return Asked(laid.sample_table, laid.scoring, laid.declared)


def planned(*gates: Gate, asked: Asked | Unavailable, variants="gptq-4", known=None) -> list[Line]:
    subjects = (dense_variant(), *parse_variants(variants))
    return plan(
        gates,
        subjects,
        asked={"bench": asked},
        known=known or {},
        families={subject.name: len(gates) for subject in subjects},
    )


def said(*gates: Gate, asked: Asked | Unavailable, **more) -> list[str]:
    return doubts(planned(*gates, asked=asked, **more))


def test_a_variant_of_three_bits_is_expected_to_differ_more():
    three, four = parse_variants("gptq-3,gptq-4")
    assert (assumed_discordance(three), assumed_discordance(four)) == (0.20, 0.10)


def test_limit_that_is_hardly_resolved_is_named_with_both_chances():
    assert said(DROP, asked=layout(200)) == [
        "bench.score max_drop 3 is hardly resolved for gptq-4: no change passes in 37 % of runs, a "
        "margin of 5.8 in 80 %; a break of 6 points is found in 35 % of runs",
        "assumed: 10 % of the answers differ from the reference's (20 % at 3 bit or fewer), those "
        "of one item together by half",
    ]


def test_what_is_resolved_is_not_doubted_and_dense_is_not_compared_with_itself():
    assert said(replace(DROP, max_drop=10.0), asked=layout(500)) == []
    assert [line.subjects for line in planned(DROP, asked=layout(200))] == [("gptq-4",)]


def test_discordance_of_the_baseline_takes_the_place_of_the_assumption():
    known = {("gptq-4", "bench"): 0.02}
    two = said(replace(DROP, max_drop=2.0), asked=layout(200), known=known)
    assert two[-1] == "as in the baseline, so many answers differ: gptq-4 on bench 2 %"
    assert "assumed" not in " ".join(two)


def test_subjects_of_one_row_share_its_sentence():
    first, *_ = said(DROP, asked=layout(200), variants="gptq-8,gptq-4,gptq-3")
    assert "for gptq-8, gptq-4: no change passes in 37 %" in first
    assert " | gptq-3: no change passes in 24 %" in first


def test_doubts_stay_a_handful_and_the_worst_come_first():
    rows = [
        replace(DROP, max_drop=1.0 + i / 10, number=i + 1, metric="accuracy") for i in range(12)
    ]
    lines = said(*rows, asked=layout(200))
    assert len(lines) == 10
    assert "max_drop 1 " in lines[0]
    assert lines[8] == "4 more limits are as doubtful (`trusteval plan` has all)"


def test_absolute_limit_says_what_it_does_not_find():
    (doubt,) = said(Gate("bench", "score", "because", at_least=95.0, number=3), asked=layout(60))
    assert doubt.startswith("bench.score at_least 95 is hardly resolved for dense, gptq-4: ")
    assert "a true value of 90 is found in " in doubt


def test_best_member_is_foreseen_by_one_pair_and_fails_at_the_price_of_all():
    variants = parse_variants("gptq-8,gptq-4,gptq-3")
    (vote,) = parse_ensembles("vote-gptq", variants=variants)
    row = replace(DROP, max_drop=5.0, subjects=("vote-*",))

    def foreseen(reference: str) -> Line:
        (line,) = plan(
            [replace(row, reference=reference)],
            [*variants, vote],
            asked={"bench": layout(200)},
            known={("vote-gptq", "bench"): 0.5},
            families={"vote-gptq": 1},
        )
        return line

    chain, best = foreseen("fallback"), foreseen("best-member")
    assert chain.figures is not None
    assert best.figures is not None
    assert best.figures.unchanged == chain.figures.unchanged
    assert best.figures.fails < chain.figures.fails
    assert best.note == "against one of 3 members, every one of which has to pass"
    assert (chain.note, chain.discordance, chain.is_assumed) == ("", 0.10, True)
    doubt, _ = doubts([best])
    assert " % of runs against one of 3 members, every one of which has to pass" in doubt


# -- fairness ----------------------------------------------------------------------------


def test_max_drop_on_the_fairness_score_says_how_seldom_no_change_passes():
    row = Gate("bench", "score", "because", max_drop=6.0, number=1)
    (doubt, _) = said(row, asked=people(100))
    assert "no change passes in 1 % of runs from a reference without gaps" in doubt
    assert said(replace(row, max_drop=30.0), asked=people(500)) == []


@pytest.mark.parametrize(
    "metric", ["demographic_parity_difference", "equalized_odds_difference", "score"]
)
def test_gap_shift_of_few_people_is_doubted_in_all_its_forms(metric):
    row = Gate("bench", metric, "because", gap_shift=5.5, number=1)
    assert "no change passes in 0 % of runs" in said(row, asked=people(130))[0]
    assert said(replace(row, gap_shift=20.0), asked=people(500)) == []


# -- limits that nothing keeps -----------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "asked", "why"),
    [
        (
            {"max_drop": 1.0},
            layout(200),
            "max_drop = 1 cannot be met: identical answers reach 1.33",
        ),
        ({"at_least": 100.0}, layout(200), "at_least = 100 cannot be met: the bound of perfect"),
        ({"at_least": 99.0}, layout(200), "perfect answers is 98.51 here"),
        ({"metric": "refusal_rate", "at_most": 0.0}, layout(200), "perfect answers is 1.49 here"),
        ({"metric": "refusal_rate", "max_rise": 1.0}, layout(200), "identical answers reach 1.33"),
        ({"gap_shift": 1.0}, people(100), "identical answers reach"),
        ({"metric": "non_answer_gap", "at_most": 2.0}, people(100), "perfect answers is 2.63"),
    ],
)
def test_limit_that_no_answers_keep_is_refused_with_the_nearest_that_can(row, asked, why):
    gate = Gate(**{"benchmark": "bench", "metric": "score", "why": "w", "number": 7, **row})
    refused = unmeetable(planned(gate, asked=asked))
    assert refused is not None
    assert refused.startswith("gate 7 (bench.")
    assert why in refused
    warning = replace(gate, level=Level.WARN)
    assert unmeetable(planned(warning, asked=asked)) is None
    assert why in said(warning, asked=asked)[0]


@pytest.mark.parametrize(
    "row",
    [
        {"max_drop": 1.4},
        {"at_least": 98.4},
        {"at_least": 100.0, "point": True},
        {"detect_drop": True},
        {"at_least": 0.0},
    ],
)
def test_limit_that_some_answers_keep_is_not_refused(row):
    gate = Gate(**{"benchmark": "bench", "metric": "score", "why": "w", "number": 7, **row})
    assert unmeetable(planned(gate, asked=layout(200))) is None


def test_benchmark_whose_data_is_not_there_is_said_and_refuses_nothing():
    row = Gate("bench", "score", "because", at_least=100.0, max_drop=0.001)
    lines = planned(row, asked=Unavailable("not planned: no data"))
    assert {line.note for line in lines} == {"not planned: no data"}
    assert unmeetable(lines) is None
    assert doubts(lines) == []
    assert assumptions([line for line in lines if line.limit == "at_least"]) == []


# -- in a run ----------------------------------------------------------------------------


def test_run_says_it_before_anything_is_asked_and_in_its_report(tmp_path):
    project = Project(tmp_path)
    relative = '\n[[gate]]\nbenchmark = "ood"\nmetric = "score"\nmax_drop = 11.0\nwhy = "because"\n'
    project.write("trust_tests/gates.toml", GATES + relative)
    run = project.run("--trust-benchmarks=ood", "-k", "recording or ood")
    said_first = next(line for line in run.stdout.splitlines() if "hardly resolved" in line)
    assert said_first.startswith(
        "trusteval: ood.score max_drop 11 is hardly resolved for gptq-8, gptq-4, vote-gptq: "
    )
    assert "gptq-3: no change passes in" in said_first
    report = (tmp_path / "reports" / "latest" / "report.md").read_text(encoding="utf-8")
    assert in_markdown(said_first.removeprefix("trusteval: ")) in report


@pytest.mark.parametrize(("level", "status"), [("block", 4), ("warn", 0)])
def test_run_refuses_a_blocking_limit_that_nothing_keeps(tmp_path, level, status):
    project = Project(tmp_path)
    impossible = (
        '\n[[gate]]\nbenchmark = "mmlu"\nmetric = "accuracy"\nat_least = 100.0\n'
        f'level = "{level}"\nwhy = "perfect"\n'
    )
    project.write("trust_tests/gates.toml", GATES + impossible)
    run = (
        project.run("-k", "recording and nothing")
        if level == "block"
        else project.run("--trust-benchmarks=mmlu")
    )
    words = "at_least = 100 cannot be met: the bound of perfect answers is 92.02 here"
    assert words in run.stdout + run.stderr
    assert run.returncode == status
    if level == "block":
        assert "gates.toml, gate 4 (mmlu.accuracy): at_least = 100" in run.stderr
        assert "Traceback" not in run.stdout + run.stderr
