"""A run taken apart into panels: who votes, in which order, over which items."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.answered_runs import INVALID, RIGHT, WRONG, N, run_of, with_wrong
from tests.ensemble.panelled import VOTE, panel_over
from trusteval.ensemble.members import member, recorded_ensembles
from trusteval.ensemble.panels import panels_of
from trusteval.errors import VariantError
from trusteval.stats.paired import Pairs
from trusteval.types import Draw, Ensemble, Variant


def test_members_stand_in_the_votes_order_and_the_vote_is_theirs() -> None:
    panel = panel_over(
        {
            "gptq-3": [RIGHT] * N,
            "gptq-8": [INVALID] * N,
            "gptq-4": [WRONG] * N,
            "dense": [RIGHT] * N,
        }
    )
    assert panel.names == ("gptq-8", "gptq-4", "gptq-3")
    assert list(panel.vote.correct) == [False] * N  # 4 bit breaks the tie
    assert panel.dense == "dense"


def test_lead_is_that_of_the_pairs() -> None:
    panel = panel_over({"gptq-8": with_wrong(1, 2, 3), "gptq-4": with_wrong(3, 4)})
    lead = panel.lead(*(panel.singles[name] for name in ("gptq-4", "gptq-8")))
    pairs = Pairs(lost=2, gained=1, n=N)
    assert lead is not None
    assert (lead.value, lead.low, lead.high) == pytest.approx((pairs.value, pairs.low, pairs.high))


def test_what_is_missing_is_said() -> None:
    run = run_of({"gptq-8": [RIGHT] * N})
    found = panels_of(
        run, [Ensemble(VOTE, (member("gptq-8", bits={}), member("x-4", bits={})))], dense="dense"
    )
    assert found.panels == ()
    assert found.left_out == ("vote-gptq on mmlu: x-4 did not answer it",)


def test_votes_of_earlier_versions_name_their_members_by_identity() -> None:
    over = {"vote over": {"gptq-3": {}, "gptq-8": {}}}
    run = run_of({VOTE: [RIGHT] * N}, identities={VOTE: over})
    (found,) = recorded_ensembles(run, bits={})
    assert {(m.name, m.bits) for m in found.members} == {("gptq-3", 3), ("gptq-8", 8)}
    run = replace(run, members={(VOTE, "mmlu"): (Variant("a", "m", 5), Variant("b", "m", 2))})
    (found,) = recorded_ensembles(run, bits={})
    assert [m.bits for m in found.members] == [5, 2]


def test_bits_come_from_the_name_or_are_given() -> None:
    assert member("gptq-4@2", bits={}) == Variant("gptq-4@2", "gptq", 4, 2)
    assert member("mine", bits={"mine": 6}).bits == 6
    assert member("gptq-4@2~0.7#3", bits={}) == member("gptq-4@2", bits={}).drawn(Draw(0.7, 3))
    assert member("mine~1#2", bits={"mine": 6}).bits == 6
    assert member("dense", bits={}).bits == 16
    with pytest.raises(VariantError, match="give --bits mine=N"):
        member("mine", bits={})
