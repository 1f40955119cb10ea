"""`trusteval compare`: what it finds, what it marks, what it refuses, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answered_runs import (
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
from trusteval.cli import main
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME
from trusteval.tracking.baseline import Baseline, write_baseline
from trusteval.tracking.comparison import Change, compare_runs, shared_pairs
from trusteval.tracking.confounds import VOTERS, confounds

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


def test_same_answers_are_no_regression_where_the_margin_can_be_shown(compare: Compare) -> None:
    code, said = compare(run_of({"dense": SAME}), run_of({"dense": SAME}), "--max-drop=5")
    assert (code, said.splitlines()) == (
        0,
        [
            "dense on mmlu: no regression, score 95.0 -> 95.0, drop 0.0 (90 % interval -3.8 to "
            "4.3); n=60, 0 lost, 0 gained",
            "1 no regression",
        ],
    )


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
        (run_of({"dense": SAME}, prompts={"sha256": "bbbb"}), "prompts aaaa, now bbbb"),
        (run_of({"dense": SAME}, data="eeee"), "data dddd, now eeee"),
        (run_of({"dense": SAME[:-1]}, ids=range(N - 1)), "other items: 1 only before"),
        (run_of({"dense": [RIGHT, *SAME]}, ids=range(N + 1)), "other items: 1 only now"),
    ):
        code, said = compare(before, after)
        assert (code, said.count("\n"), why in said) == (4, 2, True)
        assert "dense on mmlu: not comparable (" in said


def test_benchmark_that_one_run_did_not_ask_is_not_comparable(compare: Compare) -> None:
    both = run_of({"dense": SAME, "gptq-4": SAME})
    code, said = compare(both, run_of({"dense": SAME}), "--max-drop=10")
    assert (code, "gptq-4" in said) == (0, False)  # the second run does not have this subject
    other = AnsweredRun(
        both.facts,
        {**both.data, "ethics": {"sha256": "e"}},
        both.identities,
        {**both.sheets, ("dense", "ethics"): both.sheets["dense", "mmlu"]},
    )
    found = compare_runs(both, other, pairs=shared_pairs(both, other), max_drop=10.0)
    changes = {(c.subject, c.benchmark): (c.change, c.why) for c in found}
    assert changes["dense", "ethics"] == (
        Change.NOT_COMPARABLE,
        "the first run did not ask it",
    )
    assert not any(comparison.confounds for comparison in found)


def test_regression_outweighs_what_is_not_comparable_and_that_what_is_open(
    compare: Compare,
) -> None:
    before = run_of({"a": SAME, "b": SAME, "c": SAME})
    after = run_of({"a": SAME, "b": WORSE, "c": SAME})
    assert compare(before, after)[0] == 1
    last = compare(before, after)[1].splitlines()[-1]
    assert last == "1 regression, 2 inconclusive"


BAD = {
    "no such run": ((), "does not exist"),
    "margin 0": (("--max-drop=0",), "--max-drop is in points, above 0 to 100, got 0.0"),
    "margin nan": (("--max-drop=nan",), "--max-drop is in points"),
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
    assert "is truncated or no gzip file" in said


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
        "that nothing moved on balance has p 1",
        "    lost astronomy/0: A -> B (A is right) Which planet is number 0?",
        "    gained astronomy/1: B -> A (A is right) Which planet is number 1?",
        "1 inconclusive",
    ]
    (written,) = json.loads(out.read_text(encoding="utf-8"))
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
        "dense on mmlu: no regression, score 95.0 -> 95.0, drop 0.0 (90 % interval -3.8 to 4.3); "
        "n=60, 0 lost, 0 gained",
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
