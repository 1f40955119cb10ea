"""Batches cover every prompt once, keep their limits, and read what is shared once."""

from hypothesis import example, given
from hypothesis import strategies as st

from trusteval.engines.local.batching import (
    LEAST_SAVED,
    Limits,
    common_prefix_length,
    find_families,
    fixed_batches,
    halve,
    plan_batches,
    rows_of,
    tokens_read,
    without,
)

_PREFIXES = ([7] * 40, [7] * 40 + [8] * 60, [9] * 300, [])


@st.composite
def prompts(draw: st.DrawFn) -> list[list[int]]:
    """Prompts that share prefixes, nested ones too, and some that are prefixes of others."""
    own = st.lists(st.integers(0, 9), min_size=1, max_size=30)
    chosen = st.tuples(st.sampled_from(_PREFIXES), own)
    return [[*prefix, *rest] for prefix, rest in draw(st.lists(chosen, max_size=60))]


@given(prompts(), st.integers(1, 20), st.integers(1, 3000), st.integers(1, 40))
@example([[1, 2]] * 200, 5, 100, 30)
@example([[1] * 50, [1] * 20, [1] * 20], 1, 10, 2)
def test_every_prompt_is_in_one_batch_that_keeps_its_limits(
    encoded: list[list[int]], new_tokens: int, tokens: int, rows: int
) -> None:
    limits = Limits(rows=rows, tokens=tokens)
    batches = plan_batches(encoded, new_tokens=new_tokens, limits=limits)
    assert sorted(row for batch in batches for row in rows_of(batch)) == list(range(len(encoded)))
    for batch in batches:
        own = [len(encoded[row]) - family.shared for family in batch for row in family.rows]
        prefixes = sum(sum(family.cuts) for family in batch)
        assert len(own) <= rows
        assert len(own) == 1 or prefixes + len(own) * (max(own) + new_tokens) <= tokens


@given(prompts())
def test_a_family_shares_its_prefix_and_leaves_every_prompt_a_token(encoded) -> None:
    for family in find_families(encoded):
        first = encoded[family.rows[0]]
        assert list(family.cuts) == sorted(set(family.cuts))
        for row in family.rows:
            assert encoded[row][: family.shared] == first[: family.shared]
            assert len(encoded[row]) > family.shared


@given(prompts())
def test_sharing_never_reads_more_than_every_prompt_alone(encoded) -> None:
    assert tokens_read(encoded) <= sum(map(len, encoded))


@given(prompts(), st.randoms(use_true_random=False))
def test_families_do_not_depend_on_the_order_of_prompts(encoded, chance) -> None:
    shuffled = list(encoded)
    chance.shuffle(shuffled)
    assert tokens_read(shuffled) == tokens_read(encoded)


def test_nested_prefixes_are_found_where_they_pay() -> None:
    subjects = [[1] * 40 + [subject] * 100 for subject in range(3)]
    encoded = [[*subject, 50 + i] for subject in subjects for i in range(10)]
    families = find_families(encoded)
    assert [family.cuts for family in families] == [(40, 140)] * 3
    assert tokens_read(encoded) == 40 + 3 * 100 + 30


def test_short_prefixes_pay_among_many_prompts_only() -> None:
    few = [[1] * 20 + [i] for i in range(3)]
    many = [[1] * 20 + [i] for i in range(2 + LEAST_SAVED // 20)]
    assert [family.cuts for family in find_families(few)] == [()]
    assert [family.cuts for family in find_families(many)] == [(20,)]


def test_prompts_run_longest_first_within_a_family() -> None:
    encoded = [[i] * (1 + i % 7) for i in range(50)]
    (family,) = find_families(encoded)
    assert [len(encoded[row]) for row in family.rows] == sorted(map(len, encoded), reverse=True)


@given(prompts().filter(lambda encoded: len(encoded) > 1))
def test_halves_of_a_batch_hold_its_rows_in_order(encoded) -> None:
    (batch,) = plan_batches(encoded, new_tokens=1, limits=Limits(rows=999, tokens=10**9))
    first, second = halve(batch)
    assert rows_of(first) + rows_of(second) == rows_of(batch)
    assert first
    assert second


@given(prompts(), st.sets(st.integers(0, 60)))
def test_what_is_done_is_left_out_and_no_family_stays_empty(encoded, done) -> None:
    for batch in plan_batches(encoded, new_tokens=1, limits=Limits(rows=7, tokens=500)):
        rest = without(batch, done)
        assert rows_of(rest) == [row for row in rows_of(batch) if row not in done]
        assert all(family.rows for family in rest)


def test_common_prefix_of_two_prompts() -> None:
    assert common_prefix_length([1, 2, 3], [1, 2, 4]) == 2
    assert common_prefix_length([1, 2], [1, 2, 4]) == 2
    assert common_prefix_length([5], [1]) == 0


def test_fixed_batches_leave_out_those_that_are_done() -> None:
    assert list(fixed_batches(5, done={0, 1, 2}, rows=2)) == [[3], [4]]
    assert list(fixed_batches(0, done=())) == []
