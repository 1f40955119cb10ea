"""The mean of estimates with independent errors, against normal theory."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.stats.estimate import ALPHA, Complement, Normal
from trusteval.stats.fairness import Lifted
from trusteval.stats.independent import independent_mean
from trusteval.stats.paired import Pairs

normals = st.builds(Normal, st.floats(-1, 1), st.floats(0.001, 0.3))


@given(st.lists(normals, min_size=2, max_size=6), st.floats(-0.5, 0.5))
def test_of_normals_it_is_the_normal_of_their_mean(parts: list[Normal], limit: float) -> None:
    n = len(parts)
    theory = Normal(
        sum(part.value for part in parts) / n,
        sqrt(sum(part.standard_error**2 for part in parts)) / n,
    )
    found = independent_mean(parts)
    for name in ("value", "low", "high"):
        assert getattr(found, name) == pytest.approx(getattr(theory, name), abs=1e-9)
    assert found.p_above(limit) == pytest.approx(theory.p_above(limit), abs=1e-9)
    assert found.p_below(limit) == pytest.approx(theory.p_below(limit), abs=1e-9)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_p_value_is_that_of_the_bounds_and_sides_turn_with_the_sign(
    lost: int, gained: int, other: int
) -> None:
    parts = [Pairs(lost, gained, 100), Pairs(other, 3, 80)]
    found = independent_mean(parts)
    assert found.p_above(found.low) == pytest.approx(ALPHA)
    assert found.p_below(found.high) == pytest.approx(ALPHA)
    turned = independent_mean([Complement(part, whole=0.0) for part in parts])
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


def test_what_noise_lifts_no_mean_takes_away() -> None:
    part = Lifted(0.2, 0.01, raised=0.1)
    found = independent_mean([part] * 100)
    assert found.low == pytest.approx(0.2 - 0.1 - 1.6448536 * 0.001)
    assert found.high == pytest.approx(0.2 + 1.6448536 * 0.001)


def test_of_one_it_is_that_one_and_of_none_there_is_none() -> None:
    one = Pairs(3, 1, 50)
    assert independent_mean([one]) is one
    with pytest.raises(ValueError, match="at least one"):
        independent_mean([])
