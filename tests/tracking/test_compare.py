"""`trusteval compare`: what it finds, what it marks, what it refuses, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import pytest

from tests.answered_runs import (
    FACTS,
    HELD,
    INVALID,
    REFUSED,
    RIGHT,
    WRONG,
    N,
    rewrite,
    run_of,
    with_wrong,
    write_run,
)
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.cli import main
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME
from trusteval.tracking.baseline import Baseline, write_baseline
from trusteval.tracking.change import Conclusion
from trusteval.tracking.comparison import compare_runs, shared_pairs
from trusteval.tracking.confounds import VOTERS, confounds
from trusteval.tracking.margins import Margins, read_margins
from trusteval.tracking.run_facts import PromptFacts
from trusteval.types import Answer, Label, Sample

Compare = Callable[..., tuple[int, str]]
BETTER, SAME, WORSE = with_wrong(), with_wrong(1, 2, 3), with_wrong(*range(1, 31))


@pytest.fixture
def compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Compare:
    """Call with two runs, or texts that name them, and options: exit code and what is printed."""

    def named(name: str, run: AnsweredRun | str) -> str:
        return run if isinstance(run, str) else str(write_run(tmp_path / name, run))

    def compared(before: AnsweredRun | str, after: AnsweredRun | str, *options: str):
        code = main(["compare", named("before", before), named("after", after), *options])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return compared


# -- exit codes ----------------------------------------------------------------------------


def test_same_answers_are_identical_however_few_they_are(compare: Compare) -> None:
    for margin in ("--max-drop=3", "--max-drop=0.01", "--max-drop=50"):
        code, said = compare(run_of({"dense": SAME}), run_of({"dense": SAME}), margin)
        assert (code, said.splitlines()) == (
            0,
            [
                "dense on mmlu: identical, the same answers to all 60 items, score 95.0",
                "1 identical",
            ],
        )


def test_same_answers_are_identical_where_the_score_is_undefined(compare: Compare) -> None:
    run = adult_run([REFUSED, REFUSED])
    code, said = compare(run, run)
    assert (code, said.splitlines()[-1]) == (0, "1 identical")
    assert "to all 2 items, score undefined (group Female has 0 answered rows, needs 30" in said
    code, said = compare(run, adult_run([REFUSED, Label("yes")]))
    assert (code, said.splitlines()[-1]) == (3, "1 inconclusive")


def test_shown_margin_is_no_regression(compare: Compare) -> None:
    after = run_of({"dense": with_wrong(1, 2, 4)})
    code, said = compare(run_of({"dense": SAME}), after, "--max-drop=10", "--flips=0")
    assert (code, said.splitlines()) == (
        0,
        [
            "dense on mmlu: no regression, score 95.0 -> 95.0, drop 0.0 (90 % interval -5.3 to "
            "5.7); n=60, 1 lost, 1 gained",
            "    1 correct -> wrong, 1 wrong -> correct; p 1 for no movement on balance",
            "1 no regression",
        ],
    )


def test_few_flips_that_could_not_exceed_the_margin_are_no_regression_on_these_items(
    compare: Compare,
) -> None:
    after = run_of({"dense": with_wrong(1, 2, 3, 4)})
    code, said = compare(run_of({"dense": SAME}), after, "--flips=0")
    assert (code, said.splitlines()) == (
        0,
        [
            "dense on mmlu: no regression on these items, score 95.0 -> 93.3, drop 1.7 (90 % "
            "interval -3.0 to 7.1); n=60, 1 lost, 0 gained; 1 answered differently; if all were "
            "losses, they would cost 1.7 of the 3 allowed; for other items drops up to 7.1 are not "
            "excluded, about 389 items would exclude more than 3 if nothing changed",
            "    1 correct -> wrong; p 1 for no movement on balance",
            "1 no regression on these items",
        ],
    )


def test_gain_counts_as_a_loss_where_few_flips_are_judged(compare: Compare) -> None:
    before, after = run_of({"dense": SAME}), run_of({"dense": with_wrong(1, 2, 4)})
    for margin, code in (("3.3", 3), ("3.4", 0)):  # two of sixty
        assert compare(before, after, f"--max-drop={margin}")[0] == code


def test_answers_that_are_wrong_otherwise_are_said_and_lose_nothing(compare: Compare) -> None:
    code, said = compare(
        run_of({"dense": SAME}), run_of({"dense": [RIGHT, REFUSED, INVALID, *SAME[3:]]})
    )
    assert (code, said.splitlines()[-1]) == (0, "1 no regression on these items")
    assert (
        "0 lost, 0 gained; 2 answered differently; if all were losses, they would cost 0.0" in said
    )


def on_many(answers: list[Answer], *, benchmarks: int) -> AnsweredRun:
    """Build a run that answered so on mmlu, and always alike on as many benchmarks in all."""
    run = run_of({"dense": answers, "gptq-4": SAME})
    alike = [Label(("wrong", "not wrong")[place % 2]) for place in range(60)]
    others = [ethics_run(alike), adult_run([Label("yes")] * 160), advglue_run()][: benchmarks - 1]
    return replace(
        run,
        data={**run.data, **{name: data for one in others for name, data in one.data.items()}},
        answer_tables={
            **run.answer_tables,
            **{
                key: answer_table
                for one in others
                for key, answer_table in one.answer_tables.items()
            },
        },
    )


def test_drop_that_only_the_family_of_the_subject_keeps_from_a_regression_is_suspect(
    compare: Compare, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    worse = with_wrong(*range(8))
    runs = on_many(BETTER, benchmarks=4), on_many(worse, benchmarks=4)
    code, said = compare(*runs, "--flips=0", f"--json={out}")
    line = next(line for line in said.splitlines() if line.startswith("dense on mmlu"))
    assert (code, line.partition("8 lost, 0 gained; ")[2]) == (
        3,
        "p 0.02 would be a regression as the only comparison; among the 4 of dense it needs "
        "0.013: neither shown nor excused",
    )
    assert (line.startswith("dense on mmlu: suspect, "), said.splitlines()[-1]) == (
        True,
        "1 suspect, 4 identical",
    )
    document = json.loads(out.read_text(encoding="utf-8"))
    families = {(c["subject"], c["benchmark"]): c["family"] for c in document["comparisons"]}
    assert (document["outcome"], document["family"]) == ("suspect", 4)
    assert (families["dense", "mmlu"], families["gptq-4", "mmlu"]) == (4, 1)
    assert compare(runs[0], runs[1], "--benchmark=mmlu")[0] == 1


def test_subject_is_judged_by_its_own_comparisons_however_many_others_there_are(
    compare: Compare,
) -> None:
    names = [f"gptq-{number}" for number in range(20)]
    before = run_of(dict.fromkeys(names, BETTER))
    after = run_of({**dict.fromkeys(names, BETTER), "gptq-0": with_wrong(*range(8))})
    code, said = compare(before, after, "--flips=0")
    assert (code, said.splitlines()[-1]) == (1, "1 regression, 19 identical")


def test_margin_of_a_benchmark_or_dimension_is_its_own(compare: Compare, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    before, after = run_of({"dense": SAME}), run_of({"dense": with_wrong(4, 5, 6, 7, 8)})
    for margins, code in (
        (("--max-drop=20",), 0),
        (("--max-drop=mmlu=20",), 0),
        (("--max-drop=20", "--max-drop=mmlu=3"), 3),
        (("--max-drop=adult=20",), 3),
    ):
        assert compare(before, after, *margins, f"--json={out}")[0] == code, margins
    written = json.loads(out.read_text(encoding="utf-8"))
    assert (written["max_drop"], written["comparisons"][0]["max_drop"]) == (3.0, 3.0)
    assert read_margins(["2", "fairness=20", "adult=9"]) == Margins(
        2.0, {"adult": 9.0, "adult_raw": 20.0}
    )


def test_item_that_is_there_twice_is_refused_and_named(compare: Compare) -> None:
    twice = run_of({"dense": SAME}, ids=[*range(N - 1), 7])
    code, said = compare(twice, twice)
    assert (code, said.count("\n"), "mmlu has the item astronomy/7 twice" in said) == (2, 1, True)
    found = compare_runs(twice, twice, pairs=shared_pairs(twice, twice), margins=Margins())
    assert [(c.change, c.why) for c in found] == [
        (Conclusion.NOT_COMPARABLE, "item astronomy/7 is there twice")
    ]


def test_drop_beyond_the_margin_is_a_regression(compare: Compare) -> None:
    code, said = compare(run_of({"dense": SAME}), run_of({"dense": WORSE}))
    assert code == 1
    assert "dense on mmlu: regression, score 95.0 -> 50.0, drop 45.0 (90 % interval" in said
    assert said.splitlines()[-1] == "1 regression"


def test_what_the_samples_cannot_decide_is_inconclusive(compare: Compare) -> None:
    code, said = compare(run_of({"dense": SAME}), run_of({"dense": with_wrong(4, 5, 6, 7, 8)}))
    assert (code, said.splitlines()[-1]) == (3, "1 inconclusive")


def test_what_was_asked_differently_is_not_comparable_and_says_what(compare: Compare) -> None:
    before = run_of({"dense": SAME})
    for after, why in (
        (run_of({"dense": SAME}, protocol="comptrust"), "protocol strict, now comptrust"),
        (run_of({"dense": SAME}, prompts=PromptFacts(sha256="bbbb")), "prompts aaaa, now bbbb"),
        (run_of({"dense": SAME}, data="eeee"), "data dddd, now eeee"),
        (run_of({"dense": SAME[:-1]}, ids=range(N - 1)), "other items: 1 only before"),
        (run_of({"dense": [RIGHT, *SAME]}, ids=range(N + 1)), "other items: 1 only now"),
    ):
        code, said = compare(before, after)
        assert (code, said.count("\n"), why in said) == (4, 2, True)
        assert "dense on mmlu: not comparable (" in said


def test_benchmark_that_one_run_did_not_ask_is_not_comparable(compare: Compare) -> None:
    both = run_of({"dense": SAME, "gptq-4": SAME})
    other = AnsweredRun(
        both.facts,
        {**both.data, "ethics": DataFacts(sha256="e")},
        both.identities,
        {**both.answer_tables, ("dense", "ethics"): both.answer_tables["dense", "mmlu"]},
    )
    found = compare_runs(both, other, pairs=shared_pairs(both, other), margins=Margins(10.0))
    changes = {(c.subject, c.benchmark): (c.change, c.why) for c in found}
    assert changes["dense", "ethics"] == (
        Conclusion.NOT_COMPARABLE,
        "the first run did not ask it",
    )
    assert not any(comparison.confounds for comparison in found)


def test_subject_that_the_second_run_lacks_is_not_comparable(compare: Compare) -> None:
    both, one = run_of({"dense": SAME, "gptq-4": SAME}), run_of({"dense": SAME})
    code, said = compare(both, one)
    assert (code, said.splitlines()) == (
        4,
        [
            "dense on mmlu: identical, the same answers to all 60 items, score 95.0",
            "gptq-4 on mmlu: not comparable (the second run has no subject gptq-4)",
            "1 not comparable, 1 identical",
        ],
    )
    worse = compare(both, run_of({"dense": WORSE}))
    assert (worse[0], worse[1].splitlines()[-1]) == (1, "1 regression, 1 not comparable")


def test_subject_that_only_the_second_run_has_is_said_and_no_loss(compare: Compare) -> None:
    code, said = compare(run_of({"dense": SAME}), run_of({"dense": SAME, "gptq-4": SAME}))
    assert (code, said.splitlines()[0]) == (0, "not compared, only in the second run: gptq-4")


def test_subjects_that_are_named_are_all_that_is_compared(compare: Compare, tmp_path: Path) -> None:
    both = write_run(tmp_path / "both", run_of({"dense": SAME, "gptq-4": SAME}))
    code, said = compare(f"{both}:dense", run_of({"dense": SAME}))
    assert (code, said.splitlines()[-1]) == (0, "1 identical")


def test_regression_outweighs_what_is_not_comparable_and_that_what_is_open(
    compare: Compare,
) -> None:
    before = run_of({"a": SAME, "b": SAME, "c": SAME})
    after = run_of({"a": SAME, "b": WORSE, "c": SAME})
    assert compare(before, after)[0] == 1
    last = compare(before, after)[1].splitlines()[-1]
    assert last == "1 regression, 2 identical"
    other = run_of({"a": with_wrong(4, 5, 6, 7, 8), "b": WORSE, "c": SAME})
    last = compare(before, other)[1].splitlines()[-1]
    assert last == "1 regression, 1 inconclusive, 1 identical"


BAD = {
    "no such run": ((), "does not exist"),
    "margin 0": (("--max-drop=0",), "--max-drop is in points, above 0 to 100, got 0.0"),
    "margin nan": (("--max-drop=nan",), "--max-drop is in points"),
    "margin in words": (("--max-drop=much",), "--max-drop is POINTS or NAME=POINTS, got 'much'"),
    "margin of nobody": (("--max-drop=mmul=3",), "no benchmark is called 'mmul'; known: adv"),
    "fewer than no flips": (("--flips=-1",), "--flips is a number of items, got -1"),
    "profile of a folder": (("--profile=demo",), "--profile is about STORE.sqlite#CONTEXT"),
}


@pytest.mark.parametrize(("options", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_exit_2(compare: Compare, options, said: str) -> None:
    code, told = compare("nowhere", "nowhere", *options)
    assert (code, said in told, told.count("\n")) == (2, True, 1)


def test_damaged_run_is_one_line_and_exit_2(compare: Compare, tmp_path: Path) -> None:
    damaged = write_run(tmp_path / "damaged", run_of({"dense": SAME}))
    (damaged / NAME).write_bytes((damaged / NAME).read_bytes()[:-9])
    code, said = compare(run_of({"dense": SAME}), str(damaged))
    assert (code, said.count("\n")) == (2, 1)
    assert "a truncated gzip file" in said


# -- subjects ------------------------------------------------------------------------------


def test_subject_is_named_after_a_colon_and_compared_with_another(
    compare: Compare, tmp_path: Path
) -> None:
    run = run_of({"dense": SAME, "gptq-4:g64@1": WORSE})
    odd = write_run(tmp_path / "a:b" / "run#1", run)
    code, said = compare(f"{odd}:dense", f"{odd}:gptq-4:g64@1")
    assert code == 1
    assert said.startswith("dense -> gptq-4:g64@1 on mmlu: regression")
    assert compare(f"{odd}:dense", str(odd), "--max-drop=10")[0] == 0
    assert compare(str(odd), str(odd), "--max-drop=20")[0] == 0


def test_subjects_that_are_not_there_are_named_with_those_that_are(
    compare: Compare, tmp_path: Path
) -> None:
    ours = write_run(tmp_path / "ours", run_of({"dense": SAME}))
    its = write_run(tmp_path / "its", run_of({"gptq-4": SAME}))
    for before, after, said in (
        (f"{ours}:awq-4", its, "has no subject 'awq-4'; it has dense"),
        (f"{ours}:dense", its, "one run has no subject 'dense' but gptq-4; name both"),
        (ours, its, "no subject is in both runs: dense and gptq-4; name them, RUN:SUBJECT"),
    ):
        code, told = compare(str(before), str(after))
        assert (code, said in told, told.count("\n")) == (2, True, 1)
    assert compare(f"{ours}:dense", f"{its}:gptq-4", "--max-drop=10")[0] == 0


# -- which rows, which benchmarks ------------------------------------------------------------

INCOME = BENCHMARKS["adult"].setting("zero_shot_br_0.5")
MORAL = BENCHMARKS["ethics"].setting("zero_shot")
ASKED = {
    "sst2": BENCHMARKS["advglue"].setting("sst2"),
    "clean_sst2": BENCHMARKS["advglue"].setting("clean_sst2"),
}


def one_part(benchmark: str, samples: list[Sample], answers: list[Answer]) -> AnsweredRun:
    """Build a run of one subject, dense, on one benchmark."""
    answer_table = AnswerTable.of(SampleTable.of(samples), answers)
    key = ("dense", benchmark)
    return AnsweredRun(FACTS, {benchmark: DataFacts(sha256="d")}, {key: HELD}, {key: answer_table})


def ethics_run(answers: list[Answer]) -> AnsweredRun:
    labels = ("wrong", "not wrong")
    samples = [
        Sample(id=str(place), setting=MORAL, unit=f"item {place}", target=labels[place % 2])
        for place in range(len(answers))
    ]
    return one_part("ethics", samples, answers)


def adult_run(answers: list[Answer]) -> AnsweredRun:
    """Build a run whose items are women and men in turn, two of each with one true label."""
    samples = [
        Sample(
            id=str(place),
            setting=INCOME,
            unit=f"item {place}",
            target=("yes", "no")[place // 2 % 2],
            group=("Female", "Male")[place % 2],
        )
        for place in range(len(answers))
    ]
    return one_part("adult", samples, answers)


def advglue_run(wrong: Collection[str] = ()) -> AnsweredRun:
    samples = [
        Sample(
            id=str(place),
            setting=setting,
            unit=f"item {place}",
            target=("negative", "positive")[place % 2],
        )
        for setting in ASKED.values()
        for place in range(40)
    ]
    answers: list[Answer] = [
        WRONG if f"{sample.setting.name}/{sample.id}" in wrong else Label(sample.target)
        for sample in samples
    ]
    return one_part("advglue", samples, answers)


def test_flips_outside_the_score_are_counted_apart(compare: Compare, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    after = advglue_run({"clean_sst2/1", "clean_sst2/2"})
    code, said = compare(advglue_run(), after, f"--json={out}")
    assert (code, said.splitlines()) == (
        0,
        [
            "dense on advglue: identical, the same answers to all 40 items, score 100.0",
            "    outside the score (clean_sst2): 2 lost, 0 gained",
            "1 identical",
        ],
    )
    (part,) = json.loads(out.read_text(encoding="utf-8"))["comparisons"]
    assert (part["n"], part["flips"], len(part["flips_outside_score"])) == (40, [], 2)


def test_counts_cover_the_rows_that_the_score_covers(compare: Compare) -> None:
    after = advglue_run({"sst2/1", "clean_sst2/2"})
    said = compare(advglue_run(), after, "--flips=0")[1]
    assert "; n=40, 1 lost, 0 gained; 1 answered differently" in said
    assert "    1 correct -> wrong;" in said


def test_one_benchmark_or_dimension_is_compared_alone(compare: Compare, tmp_path: Path) -> None:
    both = run_of({"dense": SAME})
    moral = ethics_run([Label("wrong"), Label("wrong")])
    run = replace(
        both,
        data={**both.data, **moral.data},
        identities={**both.identities, **moral.identities},
        answer_tables={**both.answer_tables, **moral.answer_tables},
    )
    out = tmp_path / "out.json"
    for name in ("mmlu", BENCHMARKS["mmlu"].dimension.value):
        code, said = compare(run, run, f"--benchmark={name}", f"--json={out}")
        assert (code, said.splitlines()[0].startswith("dense on mmlu"), said.count("\n")) == (
            *(0, True),
            2,
        )
        assert json.loads(out.read_text(encoding="utf-8"))["family"] == 1
    assert compare(run, run, "--benchmark=mmlu", "--benchmark=ethics")[1].count("\n") == 3
    code, said = compare(run, run, "--benchmark=mmul")
    assert (code, said) == (2, "trusteval: no run asked 'mmul'; asked: ethics, mmlu\n")
    code, said = compare(both, run, "--benchmark=ethics")
    assert (code, "dense on ethics: not comparable (the first run did not ask it)" in said) == (
        *(4,),
        True,
    )


def test_json_says_which_runs_the_margin_and_the_outcome(compare: Compare, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    before = run_of({"dense": SAME, "gptq-4": SAME})
    compare(before, run_of({"dense": WORSE}), "--max-drop=2.5", f"--json={out}")
    written = json.loads(out.read_text(encoding="utf-8"))
    told = {name: written[name] for name in written if name not in ("comparisons", "runs")}
    assert told == {
        "kind": "trusteval comparison",
        "schema": 1,
        "max_drop": 2.5,
        "family": 1,
        "outcome": "regression",
        "exit_code": 1,
    }
    assert written["runs"]["before"] == {
        "named": str(tmp_path / "before"),
        "facts": before.facts.to_document(),
        "subjects": ["dense", "gptq-4"],
        "not_compared": ["gptq-4"],
        "left_out": [],
    }
    assert written["runs"]["after"]["subjects"] == ["dense"]


# -- flips and moves -----------------------------------------------------------------------


def test_flipped_items_are_shown_with_both_answers_lost_ones_first(
    compare: Compare, tmp_path: Path
) -> None:
    after = [WRONG, RIGHT, REFUSED, INVALID, *SAME[4:]]
    out = tmp_path / "flips.json"
    _, said = compare(
        run_of({"dense": SAME}), run_of({"dense": after}), "--flips=2", f"--json={out}"
    )
    assert said.splitlines()[1:5] == [
        "    1 correct -> wrong, 1 wrong -> correct, 1 wrong -> refused, 1 wrong -> invalid; "
        "p 1 for no movement on balance",
        "    lost astronomy/0: A -> B (A is right) Which planet is number 0?",
        "    gained astronomy/1: B -> A (A is right) Which planet is number 1?",
        "1 inconclusive",
    ]
    (written,) = json.loads(out.read_text(encoding="utf-8"))["comparisons"]
    assert written["flips"][0] == {
        "id": "astronomy/0",
        "text": "Which planet is number 0?",
        "target": "A",
        "before": "A",
        "after": "B",
    }
    assert written["moves"]["wrong"] == {"correct": 1, "wrong": 0, "refused": 1, "invalid": 1}
    assert (written["change"], written["confounds"]) == ("inconclusive", [])


def test_rest_of_the_flips_is_counted(compare: Compare) -> None:
    _, said = compare(run_of({"dense": BETTER}), run_of({"dense": WORSE}), "--flips=3")
    assert "    and 27 more (--json has all)\n" in said
    _, said = compare(run_of({"dense": BETTER}), run_of({"dense": WORSE}), "--flips=0")
    assert "lost astronomy" not in said


def test_item_is_told_by_whichever_run_knows_its_text(compare: Compare, tmp_path: Path) -> None:
    baseline = tmp_path / "mine.json.gz"
    write_baseline(baseline, Baseline(run_of({"dense": SAME})))
    known = write_run(tmp_path / "known", run_of({"dense": BETTER}))
    for pair in ((str(baseline), str(known)), (str(known), str(baseline))):
        assert "(A is right) Which planet is number 1?" in compare(*pair)[1]


# -- confounds -----------------------------------------------------------------------------


def test_what_differs_besides_the_weights_is_marked_before_anything_else(
    compare: Compare,
) -> None:
    held = {
        **HELD,
        "weights": "w2",
        "storage": "dequantized",
        "dtype": "float32",
        "tokenizer": {"template": "t2"},
        "arithmetic": "packed batches 2",
        "versions": {"torch": "2.7"},
    }
    after = run_of({"dense": SAME}, identities={"dense": held})
    code, said = compare(run_of({"dense": SAME}), after, "--max-drop=10")
    assert code == 0
    assert said.splitlines()[:6] == [
        "CONFOUND dense: arithmetic: packed batches 1 before, packed batches 2 after",
        "CONFOUND dense: dtype: bfloat16 before, float32 after",
        "CONFOUND dense: storage: packed before, dequantized after",
        "CONFOUND dense: tokenizer template: t1 before, t2 after",
        "CONFOUND dense: versions torch: 2.6 before, 2.7 after",
        "dense on mmlu: identical, the same answers to all 60 items, score 95.0",
    ]


def test_other_weights_alone_are_no_confound() -> None:
    assert confounds(HELD, {**HELD, "weights": "w2"}) == ()


def test_other_engine_is_one_confound_and_what_only_one_of_them_has_is_not_listed() -> None:
    served = {"engine": "openai", "url": "http://host/v1", "model": "mine", "device": "unknown"}
    assert confounds(HELD, served) == (
        "engine: hf before, openai after",
        "device: cuda before, unknown after",
    )


def test_vote_is_confounded_by_how_its_members_ran() -> None:
    slow = {**HELD, "dtype": "float32", "weights": "w3"}
    before, after = {VOTERS: {"a": HELD, "b": HELD}}, {VOTERS: {"a": HELD, "b": slow}}
    assert confounds(before, after) == ("dtype: bfloat16 before, bfloat16 and float32 after",)
    assert confounds(before, before) == ()
    assert confounds(HELD, before) == ()


def test_run_that_does_not_know_what_it_ran_on_is_marked(compare: Compare, tmp_path: Path) -> None:
    run = write_run(tmp_path / "unknown", run_of({"dense": SAME}))
    rewrite(run / NAME, lambda document: document["subjects"]["dense"]["mmlu"].update(identity={}))
    _, said = compare(run_of({"dense": SAME}), str(run))
    assert "CONFOUND dense: engine: hf before, unknown after" in said
