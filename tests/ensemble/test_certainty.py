"""Label probabilities against the dense model's and the answers': counted by hand and by scipy."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ensemble.polled import panels_about
from tests.ensemble.weighings import LETTERS, TOLD, logs, row_of, rows_of, section_of
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.certainty import certainty
from trusteval.ensemble.panels import panels_of
from trusteval.tables import Spread
from trusteval.types import Ensemble, Invalid, InvalidReason, Label, Refusal, Unavailable, Variant

SAID_A = [Label("A")] * 2
SURE, TORN = logs(0.7, 0.1, 0.1, 0.1), logs(0.3, 0.4, 0.2, 0.1)
FAINT = logs(0.0007, 0.0001, 0.0001, 0.0001)
shares = st.lists(st.floats(0.001, 1.0), min_size=4, max_size=4)
weighings = st.lists(st.tuples(shares, shares), min_size=2, max_size=12)


def value(cell: object) -> float:
    """Return a cell's value, which has no interval where all items have the same."""
    if isinstance(cell, float):
        return cell
    assert isinstance(cell, Spread)
    assert cell.low < cell.high
    assert cell.low <= cell.value <= cell.high
    return cell.value


# -- against the dense model ---------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(weighings)
def test_divergence_of_a_subject_is_scipys_row_by_row(
    rows: list[tuple[list[float], list[float]]],
) -> None:
    from scipy.stats import entropy

    dense, quantized = ([logs(*pair[n]) for pair in rows] for n in (0, 1))
    row = row_of(section_of({"dense": dense, "gptq-8": quantized}), "drift", subject="gptq-8")
    expected = [entropy(p, q) for p, q in rows]
    assert value(row["mean KL"]) == pytest.approx(np.mean(expected), abs=1e-9)
    for name, at in {"median KL": 50, "90 % KL": 90, "99 % KL": 99, "maximum KL": 100}.items():
        assert row[name] == pytest.approx(np.percentile(expected, at), abs=1e-9)
    gained = [q[0] / sum(q) - p[0] / sum(p) for p, q in rows]
    assert value(row["mean Δp"]) == pytest.approx(100 * np.mean(gained), abs=1e-9)
    assert value(row["RMS Δp"]) == pytest.approx(100 * sqrt(np.mean(np.square(gained))), abs=1e-6)
    same = [np.argmax(p) == np.argmax(q) for p, q in rows]
    assert value(row["same best label"]) == pytest.approx(np.mean(same))


def test_model_that_did_not_move_is_nowhere_from_itself() -> None:
    row = row_of(section_of({"dense": [SURE, TORN], "gptq-8": [SURE, TORN]}), "drift")
    assert (row["mean KL"], row["maximum KL"]) == (0, 0)
    assert (value(row["same best label"]), value(row["mean Δp"])) == (1, 0)


def test_only_shares_of_the_labels_count() -> None:
    row = row_of(section_of({"dense": [SURE, SURE], "gptq-8": [FAINT, FAINT]}), "drift")
    assert value(row["mean KL"]) == pytest.approx(0, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(12)))
def test_order_of_items_changes_nothing(order: list[int]) -> None:
    chance = np.random.default_rng(5)
    weighed = {
        name: [logs(*row) for row in chance.dirichlet(np.ones(4), 12)]
        for name in ("dense", "gptq-8", "gptq-4", "gptq-3")
    }
    truths = [LETTERS[n % 4] for n in range(12)]
    mixed = {name: [rows[n] for n in order] for name, rows in weighed.items()}
    first = section_of(weighed, truths=truths)
    second = section_of(mixed, truths=[truths[n] for n in order])
    for one, other in zip(first.tables, second.tables, strict=True):
        for row, same in zip(one.rows, other.rows, strict=True):
            assert list(map(rounded, row)) == list(map(rounded, same))


def rounded(cell: object) -> object:
    match cell:
        case Spread(at, low, high):
            return (round(at, 6), round(low, 6), round(high, 6))
        case float():
            return round(cell, 6)
        case _:
            return cell


def test_labels_are_found_by_name_wherever_their_column_is() -> None:
    panels = panels_about(
        ["A"] * 2,
        {"dense": [Label("A")] * 2, "gptq-8": [Label("A")] * 2},
        weighed={"dense": [SURE, TORN], "gptq-8": [SURE, TORN]},
    )
    run = panels.run
    turned = run.probabilities["gptq-8", "mmlu"]
    turned = replace(turned, labels=turned.labels[::-1], log=turned.log[:, ::-1])
    probabilities = {**run.probabilities, ("gptq-8", "mmlu"): turned}
    votes = [Ensemble("vote-gptq", panels.panels[0].members)]
    again = panels_of(replace(run, probabilities=probabilities), votes, dense="dense")
    assert row_of(certainty(again), "drift")["mean KL"] == 0


def test_items_unknown_to_either_are_left_out_counted_and_said() -> None:
    half = logs(0.5, 0.2, None, 0.1)
    section = section_of({"dense": [SURE, half, SURE, TORN], "gptq-8": [half, SURE, SURE, SURE]})
    row = row_of(section, "drift")
    assert (row["items"], row["of"]) == (2, 4)
    assert value(row["same best label"]) == 0.5
    assert row_of(section, "margins", subject="gptq-8")["items"] == 3
    assert f"mmlu, dense: 1 of 4 items unknown: {TOLD}" in section.notes
    assert f"mmlu, gptq-8: 1 of 4 items unknown: {TOLD}" in section.notes


def test_nothing_known_of_both_says_so() -> None:
    none = logs(0.5, None, None, None)
    row = row_of(section_of({"dense": [none, none], "gptq-8": [SURE, SURE]}), "drift")
    assert row["items"] == 0
    assert isinstance(row["mean KL"], Unavailable)


def test_settings_are_told_apart_and_the_farthest_come_first() -> None:
    mmlu = BENCHMARKS["mmlu"]
    asked = [mmlu.setting(name) for name in ("anatomy", "astronomy", "virology", "nutrition")] * 2
    moved = [SURE, TORN, SURE, SURE] * 2
    section = section_of({"dense": [SURE] * 8, "gptq-8": moved}, asked=asked)
    (table,) = (one for one in section.tables if one.name == "drift_by_setting")
    assert (len(table.rows), len(table.further)) == (3, 1)
    rows = rows_of(section, "drift_by_setting")
    assert rows[0]["setting"] == "astronomy"
    assert {row["items"] for row in rows} == {2}
    assert value(rows[0]["mean KL"]) == pytest.approx(
        0.7 * log(0.7 / 0.3) + 0.1 * log(0.1 / 0.4) + 0.1 * log(0.1 / 0.2)
    )


def test_settings_of_other_labels_are_measured_over_their_own() -> None:
    advglue = BENCHMARKS["advglue"]
    asked = [advglue.setting("sst2")] * 2 + [advglue.setting("mnli")] * 2
    two, three = ("negative", "positive"), ("yes", "maybe", "no")
    dense = [logs(0.6, 0.4, labels=two)] * 2 + [logs(0.5, 0.3, 0.2, labels=three)] * 2
    moved = [logs(0.4, 0.6, labels=two)] * 2 + [logs(0.5, 0.2, 0.3, labels=three)] * 2
    section = section_of(
        {"dense": dense, "gptq-8": moved}, truths=["negative"] * 2 + ["yes"] * 2, asked=asked
    )
    by_setting = {row["setting"]: row for row in rows_of(section, "drift_by_setting")}
    assert by_setting["sst2"]["median KL"] == pytest.approx(0.2 * log(0.6 / 0.4))
    assert by_setting["mnli"]["median KL"] == pytest.approx(0.1 * log(0.3 / 0.2))
    assert value(by_setting["sst2"]["same best label"]) == 0
    assert value(by_setting["mnli"]["same best label"]) == 1


# -- what is not recorded ------------------------------------------------------------------


def test_run_without_probabilities_says_how_to_record_them_and_has_no_table() -> None:
    section = certainty(panels_about(["A"], {"gptq-8": [Label("A")], "gptq-4": [Label("A")]}))
    assert section.tables == ()
    assert "--trust-probabilities" in section.notes[0]


def test_subject_without_probabilities_has_a_row_that_says_so() -> None:
    section = section_of({"dense": [SURE] * 2, "gptq-8": [SURE] * 2}, said={"gptq-4": SAID_A})
    for table in ("drift", "margins", "said", "calibration"):
        cells = row_of(section, table, subject="gptq-4")
        assert cells["items"] == 0
        assert all(isinstance(cell, Unavailable) for cell in list(cells.values())[4:])
    assert "mmlu: no probabilities of gptq-4 are recorded" in section.notes


def test_without_the_dense_model_only_the_comparison_lacks() -> None:
    section = section_of({"gptq-8": [SURE, TORN], "gptq-4": [SURE, SURE]})
    assert row_of(section, "drift", subject="gptq-8")["mean KL"] == Unavailable(
        "the dense model did not answer it"
    )
    assert value(row_of(section, "margins", subject="gptq-4")["mean margin"]) == pytest.approx(
        log(7)
    )


# -- margins, answers, calibration ---------------------------------------------------------


def test_margins_are_those_counted_by_hand() -> None:
    section = section_of({"dense": [SURE, TORN, TORN], "gptq-8": [SURE, TORN, SURE]})
    row = row_of(section, "margins", subject="dense")
    best, behind = log(7), log(4 / 3)
    assert value(row["mean margin"]) == pytest.approx((best + 2 * behind) / 3)
    assert row["median"] == pytest.approx(behind)
    assert value(row["right label's mean"]) == pytest.approx((best - 2 * behind) / 3)
    assert row["right label's median"] == pytest.approx(-behind)
    assert value(row["right label behind"]) == pytest.approx(2 / 3)
    assert row["times dense's"] == 1.0
    other = row_of(section, "margins", subject="gptq-8")
    assert value(other["times dense's"]) == pytest.approx((2 * best + behind) / (best + 2 * behind))


def test_answers_are_held_against_the_likeliest_label() -> None:
    said = [Label("A"), Label("B"), Label("A"), Refusal(), Invalid(InvalidReason.EMPTY)]
    section = section_of(
        {"gptq-8": [SURE, SURE, TORN, SURE, TORN], "gptq-4": [SURE] * 5}, said={"gptq-8": said}
    )
    row = row_of(section, "said", subject="gptq-8")
    assert value(row["right by probability"]) == pytest.approx(60)
    assert value(row["right by text"]) == pytest.approx(40)
    assert value(row["difference"]) == pytest.approx(20)
    assert row["with a label"] == 3
    assert value(row["said the likeliest"]) == pytest.approx(1 / 3)


def test_who_never_gives_a_label_says_the_likeliest_of_none() -> None:
    section = section_of(
        {"gptq-8": [SURE] * 2, "gptq-4": [SURE] * 2}, said={"gptq-8": [Refusal()] * 2}
    )
    row = row_of(section, "said", subject="gptq-8")
    assert row["with a label"] == 0
    assert isinstance(row["said the likeliest"], Unavailable)


def test_confidence_is_held_against_how_often_it_is_right() -> None:
    truths = ["A"] * 12 + ["B"] * 8
    section = section_of({"gptq-8": [SURE] * 20, "gptq-4": [SURE] * 20}, truths=truths)
    row = row_of(section, "calibration", subject="gptq-8")
    assert value(row["mean probability"]) == pytest.approx(70)
    assert value(row["right"]) == pytest.approx(60)
    assert value(row["overconfidence"]) == pytest.approx(10)
    assert row["calibration error"] == pytest.approx(10)
    assert row["by chance"] == pytest.approx(100 * sqrt(2 / np.pi * 0.7 * 0.3 / 2))


def test_right_label_that_shares_the_lead_is_not_behind() -> None:
    even = logs(0.4, 0.4, 0.1, 0.1)
    section = section_of({"gptq-8": [even] * 2, "gptq-4": [SURE] * 2}, truths=["A", "B"])
    row = row_of(section, "margins", subject="gptq-8")
    assert (value(row["mean margin"]), value(row["right label behind"])) == (0, 0)


def test_item_whose_right_answer_is_no_label_is_known_to_nobody() -> None:
    section = section_of(
        {"dense": [SURE] * 3, "gptq-8": [SURE] * 3}, truths=["A", "B", "none of these"]
    )
    assert row_of(section, "drift")["items"] == 2
    assert row_of(section, "margins", subject="dense")["items"] == 2


def test_draws_of_a_member_are_no_subjects_of_their_own() -> None:
    weighed = {"gptq-8": [SURE] * 2, "gptq-4": [SURE] * 2, "gptq-4~0.7#1": [TORN] * 2}
    section = section_of(weighed)
    assert [row["subject"] for row in rows_of(section, "margins")] == ["gptq-8", "gptq-4"]


def test_few_items_have_no_calibration_error() -> None:
    row = row_of(
        section_of({"gptq-8": [SURE] * 2, "gptq-4": [SURE] * 2}), "calibration", subject="gptq-8"
    )
    assert isinstance(row["calibration error"], Unavailable)


def test_subject_of_two_votes_has_one_row() -> None:
    weighed = {name: [SURE, TORN] for name in ("dense", "gptq-8", "gptq-4", "awq-4")}
    run = panels_about(["A"] * 2, dict.fromkeys(weighed, SAID_A), weighed=weighed).run
    gptq = [Variant(f"gptq-{bits}", "gptq", bits) for bits in (8, 4)]
    votes = [
        Ensemble("vote-gptq", tuple(gptq)),
        Ensemble("both", (gptq[1], Variant("awq-4", "awq", 4))),
    ]
    section = certainty(panels_of(run, votes, dense="dense"))
    subjects = [row["subject"] for row in rows_of(section, "margins")]
    assert subjects == ["dense", "gptq-8", "awq-4", "gptq-4"]
    assert [row["method"] for row in rows_of(section, "shrinking")] == ["gptq", "awq"]
