"""Several runs side by side: what a vote gains in each, and whether that carries over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tests.answered_runs import INVALID, RIGHT, N, run_of, with_wrong
from tests.ensemble.panelled import VOTE, panels_over
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.across import across_models
from trusteval.ensemble.members import member
from trusteval.ensemble.panels import panels_of
from trusteval.stats.paired import Pairs
from trusteval.suite.data_facts import DataFacts
from trusteval.tables import Spread
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.run_facts import PromptFacts
from trusteval.types import Answer, Ensemble, Label, Refusal, Sample, Unavailable

THIRDS = {
    "gptq-8": with_wrong(*range(0, 20)),
    "gptq-4": with_wrong(*range(20, 40)),
    "gptq-3": with_wrong(*range(40, 60)),
}
"""Each is wrong where the others are right: the vote is right everywhere."""
GAIN = {"dense": with_wrong(*range(20)), **THIRDS}
NONE = {"dense": [RIGHT] * N, **dict.fromkeys(THIRDS, [RIGHT] * N)}
LOSS = {
    "dense": [RIGHT] * N,
    "gptq-8": [RIGHT] * N,
    "gptq-4": with_wrong(*range(20)),
    "gptq-3": with_wrong(*range(20)),
}

Said = Mapping[str, Sequence[Answer]]


def over(*said: Said) -> dict[str, tuple[object, ...]]:
    """Return the rows of runs side by side, by what the vote is compared with."""
    named = {f"reports/run-{n}": panels_over(one) for n, one in enumerate(said)}
    (table,) = across_models(named).tables
    assert {row[:2] for row in table.rows} == {(VOTE, "mmlu")}
    return {str(row[2]): row[3:] for row in table.rows}


def test_gain_is_that_of_the_pairs_in_points() -> None:
    (first, second, verdict) = over(GAIN, NONE)["the dense model"]
    pairs = Pairs(lost=20, gained=0, n=N)
    assert isinstance(first, Spread)
    expected = (100 * pairs.value, 100 * pairs.low, 100 * pairs.high)
    assert (first.value, first.low, first.high) == pytest.approx(expected)
    assert isinstance(second, Spread)
    assert second.value == 0
    assert verdict == "gain in some"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ((GAIN, GAIN), "gain in all"),
        ((LOSS, LOSS, LOSS), "loss in all"),
        ((GAIN, LOSS), "gain and loss"),
        ((GAIN, NONE), "gain in some"),
        ((NONE, LOSS), "loss in some"),
        ((NONE, NONE), "nothing shown"),
    ],
)
def test_what_runs_show_together(said: tuple[Said, ...], verdict: str) -> None:
    assert over(*said)["the dense model"][-1] == verdict


def test_over_the_best_member_is_over_every_member() -> None:
    """In LOSS 8 bit is right where the two others outvote it."""
    (gain, loss, verdict) = over(GAIN, LOSS)["its best member"]
    assert isinstance(gain, Spread)
    assert isinstance(loss, Spread)
    assert (gain.value, loss.value) == pytest.approx((100 / 3, -100 / 3))
    assert gain.low > 0 > loss.high
    assert verdict == "gain and loss"


def test_over_the_chain_filtering_gains_nothing() -> None:
    """8 bit gives no answer where the others are right: the chain and the vote both find them."""
    said = {"gptq-8": [INVALID] * 30 + [RIGHT] * 30, "gptq-4": [RIGHT] * N, "gptq-3": [RIGHT] * N}
    rows = over(said, said)
    for cell in rows["the fallback chain"][:2]:
        assert isinstance(cell, Spread)
        assert cell.value == 0
    assert all(isinstance(cell, Unavailable) for cell in rows["the dense model"])


def test_figures_of_runs_are_over_the_benchmarks_that_all_have() -> None:
    """The second run has a score of one benchmark of two only: both are compared on that one."""
    names = [*THIRDS]
    votes = [Ensemble(VOTE, tuple(member(name, bits={}) for name in names))]
    whole = of_two_benchmarks(GAIN, names=("advglue", "advglue_plus_plus"))
    half = of_two_benchmarks(GAIN, names=("advglue",))
    runs = {
        name: panels_of(run, votes, dense="dense")
        for name, run in (("whole", whole), ("half", half))
    }
    section = across_models(runs)
    (table,) = section.tables
    assert {row[1] for row in table.rows} == {"adversarial robustness"}
    first, second = table.rows[0][3:5]
    assert first == second
    assert any(
        note == "not in every run, and not compared: vote-gptq on advglue_plus_plus (whole)"
        for note in table.notes
    )


def test_benchmark_that_one_run_has_no_figure_of_is_left_out_of_all_and_said() -> None:
    """Nobody answers the second run's fairness questions: its score is not defined."""
    votes = [Ensemble(VOTE, tuple(member(name, bits={}) for name in THIRDS))]
    names = ("advglue", "adult")
    whole = of_two_benchmarks(GAIN, names=names)
    mute = of_two_benchmarks(GAIN, names=names, mute="adult")
    panels = [panels_of(run, votes, dense="dense") for run in (whole, mute)]
    (table,) = across_models({"whole": panels[0], "mute": panels[1]}).tables
    rows = {row[1:3]: row[3:] for row in table.rows}
    everywhere, robust = (
        rows[dimension, "the dense model"]
        for dimension in ("all dimensions", "adversarial robustness")
    )
    assert everywhere == robust
    assert isinstance(rows["fairness", "the dense model"][1], Unavailable)
    assert (
        f"{VOTE}, all dimensions, minus the dense model: without adult, which not every run has a "
        "figure of"
    ) in table.notes


def of_two_benchmarks(said: Said, *, names: Sequence[str], mute: str = "") -> AnsweredRun:
    """Answer the same to sixty items of each benchmark; all refuse those of `mute`."""
    run = run_of(said)
    tables = {}
    for name in names:
        setting = BENCHMARKS[name].setting(next(iter(BENCHMARKS[name].settings)))
        label, other = (one.value for one in setting.labels[:2])
        items = SampleTable.of(
            Sample(
                id=str(n),
                setting=setting,
                unit=f"{name} {n}",
                target=(label, other)[n // 2 % 2],
                group=("Female", "Male")[n % 2],
            )
            for n in range(N)
        )
        swapped = {label: other, other: label}
        for who, answers in said.items():
            tables[who, name] = AnswerTable.of(
                items,
                (
                    Refusal()
                    if name == mute
                    else Label(item.target if answer == RIGHT else swapped[item.target])
                    for item, answer in zip(items.samples, answers, strict=True)
                ),
            )
    data = dict.fromkeys(names, DataFacts(sha256="dddd"))
    return replace(run, answer_tables=tables, data=data, said={}, identities={}, grounds={})


def test_sentence_says_for_each_rival_whether_the_gain_carries_over() -> None:
    section = across_models({"a": panels_over(GAIN), "b": panels_over(GAIN)})
    assert "Over the dense model the gain carries over on 1 of 1 rows." in section.notes
    section = across_models({"a": panels_over(GAIN), "b": panels_over(NONE)})
    assert (
        "Over the dense model no gain is shown to carry over on any of 1 rows (gain in some: 1)."
        in section.notes
    )
    bare = {name: said for name, said in GAIN.items() if name != "dense"}
    section = across_models({"a": panels_over(bare), "b": panels_over(bare)})
    assert "Over the dense model no vote can be compared in two runs." in section.notes


def test_vote_that_one_run_alone_holds_is_named_and_not_compared() -> None:
    whole = panels_over(GAIN)
    other = Ensemble("mine", tuple(member(name, bits={}) for name in ("gptq-8", "gptq-4")))
    both = (Ensemble(VOTE, whole.panels[0].members), other)
    (table,) = across_models({"a": panels_of(whole.run, both, dense="dense"), "b": whole}).tables
    assert {row[0] for row in table.rows} == {VOTE}
    assert "not in every run, and not compared: mine on mmlu (a)" in table.notes


def test_runs_that_were_asked_otherwise_say_so() -> None:
    votes = [Ensemble(VOTE, tuple(member(name, bits={}) for name in THIRDS))]
    asked = run_of(GAIN, data="eeee", prompts=PromptFacts(sha256="bbbb"))
    section = across_models({"a": panels_over(GAIN), "b": panels_of(asked, votes, dense="dense")})
    assert "mmlu was asked otherwise in b: prompts aaaa, now bbbb; data dddd, now eeee" in (
        section.notes
    )


def test_columns_are_told_apart_whatever_runs_are_called() -> None:
    names = [
        "x/latest",
        "y/latest",
        "a/latest (4)",
        "b/latest",
        "ensemble",
        f"z/{'long' * 30}",
        f"w/{'long' * 31}",
    ]
    section = across_models({name: panels_over(NONE) for name in names})
    headings = [column.name for column in section.tables[0].columns]
    assert headings[3:5] == ["latest", "latest (2)"]
    assert len(set(headings)) == len(headings) == len(names) + 4


def test_copy_of_a_run_is_no_further_model() -> None:
    runs = {"a": panels_over(GAIN), "b": panels_over(NONE), "c": panels_over(GAIN)}
    told = [note for note in across_models(runs).notes if "very answers" in note]
    assert told == ["c holds the very answers of a: it is no further model"]
