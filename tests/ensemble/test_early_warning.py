"""What bits take of margins, which labels flip next, and if the rule held: on hand-made members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ensemble.polled import panels_about
from tests.ensemble.weighings import logs, row_of, rows_of, section_of
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.certainty import certainty
from trusteval.ensemble.members import member
from trusteval.ensemble.panels import panels_of
from trusteval.tables import Section, Spread
from trusteval.tracking.answered_run import joined
from trusteval.types import Ensemble, Label, LabelLogs, Unavailable

BITS = (8, 4, 3)


def leading(margin: float) -> LabelLogs:
    """Return logarithms in which A leads each other label by a margin, or is behind B."""
    odds = (exp(margin), 1.0, 0.5, 0.5) if margin < 0 else (exp(margin), 1.0, 1.0, 1.0)
    return logs(*(one / sum(odds) for one in odds))


def section_with(margins: Mapping[str, Sequence[float]]) -> Section:
    return section_of({name: [leading(one) for one in of] for name, of in margins.items()})


def value(cell: object) -> float:
    """Return a cell's value, which has no interval where all items have the same."""
    if isinstance(cell, float):
        return cell
    assert isinstance(cell, Spread)
    return cell.value


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0.5, 1.2),
    st.lists(st.floats(0.1, 3.0), min_size=2, max_size=10),
)
def test_margins_scaled_for_each_bit_shrink_by_that_factor(
    factor: float, margins: list[float]
) -> None:
    section = section_with(
        {f"gptq-{bits}": [one * factor ** (8 - bits) for one in margins] for bits in BITS}
    )
    row = row_of(section, "shrinking")
    assert value(row["factor per bit"]) == pytest.approx(factor)
    assert value(row["its factor per bit"]) == pytest.approx(factor)
    assert row["last step"] == "gptq-4 to gptq-3"
    assert row["items"] == len(margins)


def test_factor_is_a_straight_line_through_the_logarithms_and_leaves_dense_out() -> None:
    means = {8: 2.0, 4: 1.9, 3: 1.2}
    margins = {f"gptq-{bits}": [m - 0.1, m + 0.1] for bits, m in means.items()}
    section = section_with({**margins, "dense": [9.0, 9.0]})
    slope, _ = np.polyfit(list(means), np.log(list(means.values())), 1)
    row = row_of(section, "shrinking")
    assert value(row["factor per bit"]) == pytest.approx(exp(-slope))
    assert value(row["its factor per bit"]) == pytest.approx(1.2 / 1.9)
    assert row["members"] == "gptq-8, gptq-4, gptq-3"


def test_dense_model_among_the_members_is_no_width_of_a_method() -> None:
    weighed = {name: [leading(1.0), leading(2.0)] for name in ("dense", "gptq-8", "gptq-4")}
    run = panels_about(["A"] * 2, dict.fromkeys(weighed, [Label("A")] * 2), weighed=weighed).run
    vote = Ensemble("all", tuple(member(name, bits={}) for name in weighed))
    section = certainty(panels_of(run, [vote], dense="dense"))
    assert [row["method"] for row in rows_of(section, "shrinking")] == ["gptq"]
    assert row_of(section, "shrinking")["members"] == "gptq-8, gptq-4"


def test_one_width_tells_nothing_of_bits() -> None:
    section = section_with({"gptq-4": [1.0, 2.0], "gptq-4@1": [1.0, 2.0]})
    for table in ("shrinking", "next_flips", "tried"):
        last = list(row_of(section, table).values())[-1]
        assert isinstance(last, Unavailable)
        assert "two widths" in last.why


def test_member_of_a_width_that_is_not_recorded_is_named() -> None:
    weighed = {"gptq-4": [leading(1.0)] * 2}
    section = section_of(weighed, said={"gptq-3": [Label("A")] * 2})
    cell = row_of(section, "shrinking")["factor per bit"]
    assert isinstance(cell, Unavailable)
    assert "gptq-3" in cell.why


def test_margins_without_any_lead_have_no_factor() -> None:
    section = section_with({"gptq-8": [0.0, 0.0], "gptq-4": [0.0, 0.0]})
    assert isinstance(row_of(section, "shrinking")["factor per bit"], Unavailable)


# -- what flips next -----------------------------------------------------------------------

WIDE = [2.0, 1.0, 0.5, 0.2]
MIDDLE = [1.65, 0.62, 0.23, 0.09]
NARROW = [1.0, 0.3, -0.4, -0.3]


def test_flips_are_foretold_from_the_last_step_and_tried_on_it() -> None:
    section = section_with({"gptq-5": WIDE, "gptq-4": MIDDLE, "gptq-3": NARROW})
    row = row_of(section, "tried")
    doubled = [2 * (a - b) for a, b in zip(WIDE, MIDDLE, strict=True)]
    foretold = np.mean([loss > margin for loss in doubled for margin in MIDDLE])
    assert value(row["foretold to flip"]) == pytest.approx(foretold)
    assert value(row["flipped there"]) == pytest.approx(0.5)
    assert value(row["foretold minus seen"]) == pytest.approx(100 * (foretold - 0.5))
    assert value(row["margins told which"]) == 1.0
    assert (row["from"], row["at"]) == ("gptq-5 and gptq-4", "gptq-3")

    next_row = row_of(section, "next_flips")
    again = [2 * (a - b) for a, b in zip(MIDDLE, NARROW, strict=True)]
    share = np.mean([loss > abs(margin) for loss in again for margin in NARROW])
    assert value(next_row["foretold to flip"]) == pytest.approx(share)
    assert (next_row["at"], next_row["next bits"]) == ("gptq-3", 2)


def test_members_that_never_move_foretell_no_flip() -> None:
    section = section_with(dict.fromkeys(("gptq-8", "gptq-4", "gptq-3"), WIDE))
    assert value(row_of(section, "next_flips")["foretold to flip"]) == 0
    assert section.notes[0].endswith("no likeliest label flips in mmlu")
    assert row_of(section, "shrinking")["factor per bit"] == pytest.approx(1)  # no interval
    row = row_of(section, "tried")
    assert value(row["foretold minus seen"]) == 0
    assert isinstance(row["margins told which"], Unavailable)


def test_two_widths_foretell_and_say_that_the_rule_is_untried() -> None:
    section = section_with({"gptq-8": WIDE, "gptq-4": MIDDLE})
    assert isinstance(row_of(section, "next_flips")["foretold to flip"], Spread)
    assert isinstance(row_of(section, "tried")["foretold to flip"], Unavailable)
    assert "gptq: the rule is untried, a third width is needed" in section.notes


def test_below_one_bit_nothing_is_foretold() -> None:
    section = section_with({"gptq-2": WIDE, "gptq-1": MIDDLE})
    assert row_of(section, "next_flips")["foretold to flip"] == Unavailable(
        "there is no width of a bit less"
    )


def test_of_members_of_one_width_the_first_seed_makes_the_steps() -> None:
    section = section_with({"gptq-8": WIDE, "gptq-4": MIDDLE, "gptq-4@1": NARROW})
    assert row_of(section, "shrinking")["last step"] == "gptq-8 to gptq-4"
    assert value(row_of(section, "next_flips")["flipped there"]) == 0


def test_words_say_what_flips_most_and_how_the_rule_did() -> None:
    section = section_with({"gptq-5": WIDE, "gptq-4": MIDDLE, "gptq-3": NARROW})
    first, tried = section.notes[:2]
    assert first.startswith("gptq, extrapolated to one bit less than its lowest width")
    assert "mmlu (" in first
    assert "seen 50.0 %" in tried


def test_dimensions_are_ranked_by_what_is_foretold_and_held_against_what_was_seen() -> None:
    calm = [[2.0, 1.0, 0.5, 0.2], [1.99, 1.02, 0.5, 0.19], [1.95, 1.01, 0.52, 0.18]]
    moved = {"mmlu": calm, "advglue": [WIDE, MIDDLE, NARROW]}
    names = ("gptq-5", "gptq-4", "gptq-3")
    settings_of = {"mmlu": "astronomy", "advglue": "sst2"}
    runs = []
    for benchmark, margins in moved.items():
        setting = BENCHMARKS[benchmark].setting(settings_of[benchmark])
        right = setting.labels[0].value
        weighed = {
            name: [leading(one) if benchmark == "mmlu" else of_two(one) for one in of]
            for name, of in zip(names, margins, strict=True)
        }
        said = {name: [Label(right)] * 4 for name in names}
        runs.append(panels_about([right] * 4, said, asked=[setting] * 4, weighed=weighed).run)
    members = tuple(member(name, bits={}) for name in names)
    section = certainty(panels_of(joined(runs), [Ensemble("vote", members)], dense="dense"))
    assert [row["benchmark"] for row in rows_of(section, "next_flips")] == ["advglue", "mmlu"]
    first, tried = section.notes[:2]
    assert first.index("adversarial robustness (") < first.index("then mmlu (")
    assert "adversarial robustness foretold 56.2 %, seen 50.0 %" in tried
    assert tried.endswith("1 of 1 pairs of dimensions ranked as seen")


def of_two(margin: float) -> LabelLogs:
    """Return logarithms of a setting of two labels, the first of which leads or is behind."""
    odds = exp(margin), 1.0
    return logs(*(one / sum(odds) for one in odds), labels=("negative", "positive"))


def test_methods_are_told_apart() -> None:
    section = section_with({"gptq-8": WIDE, "gptq-4": MIDDLE, "awq-8": WIDE, "awq-4": WIDE})
    factors = {row["method"]: value(row["factor per bit"]) for row in rows_of(section, "shrinking")}
    assert factors["awq"] == 1.0
    assert factors["gptq"] == pytest.approx((sum(MIDDLE) / sum(WIDE)) ** (1 / 4))
    assert log(factors["gptq"]) < 0
