"""Hypothesis strategies for variants, answers and ballots; shared by every property."""

from __future__ import annotations

from hypothesis import strategies as st

from trusteval.types import Ballot, Invalid, InvalidReason, Label, Refusal, RefusalPolicy, Variant

LABELS = ("wrong", "not wrong", "maybe")

labels = st.sampled_from(LABELS).map(Label)
invalids = st.sampled_from(InvalidReason).map(Invalid)
refusals = st.just(Refusal())
answers = st.one_of(labels, labels, refusals, invalids)
non_answers = st.one_of(refusals, invalids)
policies = st.sampled_from(RefusalPolicy)

# Few bit widths and methods, so that members of equal precision meet.
variants = st.builds(
    Variant,
    name=st.text("abcdef", min_size=1, max_size=3),
    method=st.sampled_from(["awq", "dense", "gptq"]),
    bits=st.sampled_from([16, 8, 4, 3]),
    seed=st.integers(0, 2),
)


def ballots(answers=answers, *, min_size=1, max_size=7):
    """Ballots of distinct members."""
    members = st.lists(variants, min_size=min_size, max_size=max_size, unique_by=lambda v: v.name)
    return members.flatmap(
        lambda chosen: st.tuples(*(answers.map(lambda a, v=v: Ballot(v, a)) for v in chosen))
    )


@st.composite
def recordings(draw, *, min_members=2, max_members=5, max_samples=8):
    """Members and, for each of several samples, one ballot of every member."""
    members = draw(
        st.lists(variants, min_size=min_members, max_size=max_members, unique_by=lambda v: v.name)
    )
    n_samples = draw(st.integers(1, max_samples))
    return [tuple(Ballot(member, draw(answers)) for member in members) for _ in range(n_samples)]
