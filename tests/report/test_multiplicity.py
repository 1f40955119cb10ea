"""Holm's adjustment: what statsmodels computes, with p = 1 for gates that brought no evidence."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from tests.builders import score
from trusteval.report.multiplicity import holm_adjusted
from trusteval.types import Dimension, Level, Outcome, Verdict

pytestmark = pytest.mark.usefixtures("little_garbage")


def verdict(number: int, p: float | None, *, family: int) -> Verdict:
    return Verdict(
        gate=f"gate {number}",
        subject="gptq-4",
        benchmark="ethics",
        dimension=Dimension.MACHINE_ETHICS,
        outcome=Outcome.PASS,
        level=Level.BLOCK,
        message="",
        score=score(50.0),
        p=p,
        family=family,
    )


p_values = st.floats(0, 1) | st.sampled_from([0.0, 0.01, 0.05, 0.5, 1.0]) | st.none()


@settings(max_examples=40)
@given(st.lists(p_values, min_size=1, max_size=12), st.integers(0, 5))
@example([0.01, 0.04, 0.03, None], 0)
@example([0.5, 0.5, None], 3)
def test_adjustment_is_that_of_statsmodels_over_the_whole_family(
    found: list[float | None], unheard: int
) -> None:
    size = len(found) + unheard
    verdicts = [verdict(number, p, family=size) for number, p in enumerate(found)]
    adjusted = holm_adjusted(verdicts)
    everyone = [1.0 if p is None else p for p in found] + [1.0] * unheard
    expected = multipletests(everyone, method="holm")[1]
    assert adjusted == {
        (f"gate {number}", "gptq-4"): pytest.approx(expected[number])
        for number, p in enumerate(found)
        if p is not None
    }


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_adjustment_does_not_depend_on_the_order(found: list[float], random) -> None:
    verdicts = [verdict(number, p, family=len(found)) for number, p in enumerate(found)]
    shuffled = random.sample(verdicts, len(verdicts))
    assert holm_adjusted(shuffled) == holm_adjusted(verdicts)


def test_warning_rows_stand_alone_beside_the_family() -> None:
    verdicts = [verdict(0, 0.01, family=4), verdict(1, 0.02, family=4), verdict(2, 0.03, family=1)]
    assert holm_adjusted(verdicts) == {
        ("gate 0", "gptq-4"): pytest.approx(0.04),
        ("gate 1", "gptq-4"): pytest.approx(0.06),
        ("gate 2", "gptq-4"): pytest.approx(0.03),
    }
