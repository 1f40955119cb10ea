"""Holm's adjustment, against statsmodels."""

from __future__ import annotations

from math import nan

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from trusteval.stats.holm import holm

pytestmark = pytest.mark.usefixtures("little_garbage")

p_values = st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.01, 0.05, 1.0]), max_size=12)


@settings(max_examples=60)
@given(p_values.filter(bool))
@example([0.01, 0.04, 0.03])
@example([0.02, 0.02, 0.02])
def test_adjustment_is_that_of_statsmodels(found: list[float]) -> None:
    assert holm(found) == pytest.approx(list(multipletests(found, method="holm")[1]))


@given(p_values, st.randoms(use_true_random=False))
def test_adjustment_follows_its_p_value_whatever_the_order(found: list[float], random) -> None:
    order = random.sample(range(len(found)), len(found))
    assert holm([found[place] for place in order]) == [holm(found)[place] for place in order]


def test_adjustment_counted_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.2]) == [0.2]
    assert holm([]) == []


@pytest.mark.parametrize("p", [-0.1, 1.1, nan])
def test_what_is_no_p_value_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="in \\[0, 1\\]"):
        holm([0.5, p])
