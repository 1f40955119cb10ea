"""Which answers are drawn: every stratum as far as places allow, contested ones first."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.audit.drawing import Names, draw

PATHS: list[Names] = [
    *[("label", "exact", "dense", "mmlu")] * 5_000,
    *[("label", "exact", "gptq-3", "mmlu")] * 3_000,
    *[("label", "mention", "gptq-3", "mmlu")] * 40,
    *[("refusal", "declines", "dense", "ethics")] * 7,
    *[("empty", "nothing", "gptq-3", "ood")],
]
CONTESTED = [path[1] == "mention" for path in PATHS]


def test_every_stratum_is_represented_and_large_ones_more() -> None:
    strata = draw(PATHS, contested=[False] * len(PATHS), n=40, seed=0)
    drawn = Counter(PATHS[row] for stratum in strata for row in stratum.rows)
    assert set(drawn) == set(PATHS)
    assert sum(drawn.values()) == 40
    assert drawn[PATHS[0]] > drawn[PATHS[5_000]] > drawn[PATHS[-2]] >= drawn[PATHS[-1]] == 1


def test_contested_answers_take_up_to_half() -> None:
    strata = draw(PATHS, contested=CONTESTED, n=40, seed=0)
    drawn = [CONTESTED[row] for stratum in strata for row in stratum.rows]
    assert (sum(drawn), len(drawn)) == (20, 40)
    everything = draw(PATHS, contested=CONTESTED, n=100, seed=0)
    assert sum(CONTESTED[row] for stratum in everything for row in stratum.rows) == 40


def test_same_seed_draws_the_same_and_another_does_not() -> None:
    first, again, other = (draw(PATHS, contested=CONTESTED, n=40, seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert [one.rows for one in first] != [one.rows for one in other]


def test_few_places_go_to_parts_that_are_drawn_evenly() -> None:
    strata = draw(PATHS, contested=[False] * len(PATHS), n=2, seed=0)
    assert [(one.name, one.size, len(one.rows)) for one in strata] == [
        (("plain",), len(PATHS), 2),
    ]


def test_more_places_than_answers_draw_all() -> None:
    strata = draw(PATHS[-8:], contested=[True] * 3 + [False] * 5, n=100, seed=0)
    assert sorted(row for stratum in strata for row in stratum.rows) == list(range(8))
    assert {stratum.weight for stratum in strata} == {1.0}


@pytest.mark.parametrize("n", [2, 3, 7, 50])
def test_every_answer_has_the_chance_that_its_weight_says(n: int) -> None:
    paths = [(f"{row % 3}", f"{row % 4}") for row in range(60)]
    contested = [row % 7 == 0 for row in range(60)]
    runs = 400
    sums = [0.0] * len(paths)
    for seed in range(runs):
        for stratum in draw(paths, contested=contested, n=n, seed=seed):
            for row in stratum.rows:
                sums[row] += stratum.weight / runs
    # Each sum is a mean of weight * drawn, whose expectation is 1.
    worst = max(60 * 2 / n, 1.0)
    assert all(abs(mean - 1) < 5 * (worst / runs) ** 0.5 + 0.05 for mean in sums)


@given(
    rows=st.lists(
        st.tuples(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), st.booleans()),
        min_size=1,
        max_size=60,
    ),
    n=st.integers(2, 80),
    seed=st.integers(0, 5),
)
def test_draw_has_as_many_different_rows_as_asked_that_stand_for_all(
    rows: list[tuple[Names, bool]], n: int, seed: int
) -> None:
    strata = draw(
        [path for path, _ in rows], contested=[is_hot for _, is_hot in rows], n=n, seed=seed
    )
    drawn = [row for stratum in strata for row in stratum.rows]
    assert len(drawn) == len(set(drawn)) == min(n, len(rows))
    assert sum(stratum.size for stratum in strata) == len(rows)
