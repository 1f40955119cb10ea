"""Draws of one variant as a rival of the vote: who they are, and what the first k elect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, N, run_of
from tests.ensemble.panelled import VOTE
from trusteval.answers.table import AnswerTable
from trusteval.ensemble.compositions import composition_table
from trusteval.ensemble.members import member
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import panels_of
from trusteval.ensemble.samples import SampledRival, sampled_rivals
from trusteval.types import Answer, Ensemble, Label, Unavailable

MEMBERS = {"gptq-8": [RIGHT] * N, "gptq-4": [WRONG] * N}


def _panel(drawn: Mapping[str, Sequence[Answer]], *, voting: Sequence[str] = ()) -> Panel:
    """Return a panel of two members, and of those draws that vote too."""
    members = tuple(member(name, bits={}) for name in (*MEMBERS, *voting))
    run = run_of({**MEMBERS, **drawn})
    (panel,) = panels_of(run, [Ensemble(VOTE, members)], dense="dense").panels
    return panel


def _rival(drawn: Mapping[str, Sequence[Answer]]) -> SampledRival:
    (rival,) = sampled_rivals(_panel(drawn))
    return rival


def _elected(rival: SampledRival, k: int) -> list[Answer]:
    voted = rival.vote(k)
    assert isinstance(voted, AnswerTable)
    return [voted.answers[code] for code in voted.code]


def test_draws_of_one_variant_and_temperature_belong_together() -> None:
    names = ["dense~0.7#10", "dense~1#1", "gptq-4@2~0.7#1", "dense~0.7#2", "dense~0.7#1"]
    rivals = sampled_rivals(_panel({name: [RIGHT] * N for name in names}))
    assert [(one.name, one.of, [draw.name for draw in one.draws]) for one in rivals] == [
        ("dense~0.7", "dense", ["dense~0.7#1", "dense~0.7#2", "dense~0.7#10"]),
        ("dense~1", "dense", ["dense~1#1"]),
        ("gptq-4@2~0.7", "gptq-4@2", ["gptq-4@2~0.7#1"]),
    ]


def test_run_without_draws_has_no_sampled_rival() -> None:
    assert sampled_rivals(_panel({})) == ()


def test_equal_votes_go_to_the_lowest_draw() -> None:
    said = {
        "dense~0.7#10": WRONG,
        "dense~0.7#2": RIGHT,
        "dense~0.7#11": WRONG,
        "dense~0.7#3": RIGHT,
    }
    rival = _rival({name: [answer] * N for name, answer in said.items()})
    assert _elected(rival, 4) == [RIGHT] * N


def test_only_the_first_k_vote_and_one_draw_is_itself() -> None:
    rival = _rival(
        {
            "dense~0.7#1": [REFUSED] * N,
            "dense~0.7#2": [WRONG] * N,
            "dense~0.7#3": [RIGHT] * N,
            "dense~0.7#4": [RIGHT] * N,
        }
    )
    found = [set(map(str, _elected(rival, k))) for k in (1, 2, 3, 4)]
    # The lowest of equal draws is the first that is a label: refusals do not vote here.
    assert found == [{str(answer)} for answer in (REFUSED, WRONG, WRONG, RIGHT)]


def test_more_draws_than_were_recorded_are_not_had() -> None:
    rival = _rival({"dense~0.7#1": [RIGHT] * N, "dense~0.7#2": [RIGHT] * N})
    assert rival.vote(3) == Unavailable("3 draws of dense~0.7 are needed, recorded: 2")
    with pytest.raises(ValueError, match="k = 0"):
        rival.vote(0)


@given(
    st.lists(
        st.lists(st.sampled_from([RIGHT, WRONG, Label("C"), INVALID]), min_size=N, max_size=N),
        min_size=1,
        max_size=5,
    ),
    st.integers(1, 5),
)
def test_vote_is_the_commonest_label_of_the_first_k(said: list[list[Answer]], k: int) -> None:
    rival = _rival({f"dense~0.7#{place}": one for place, one in enumerate(said, start=1)})
    k = min(k, len(said))
    expected = []
    for ballots in zip(*said[:k], strict=True):
        labels = [answer for answer in ballots if isinstance(answer, Label)]
        counts = Counter(labels)
        # max keeps the first of equals, and labels stand in the order of the draws.
        expected.append(max(labels, key=counts.__getitem__) if labels else INVALID)
    assert _elected(rival, k) == expected


def test_draws_whose_ballots_are_not_at_hand_are_said() -> None:
    """A protocol may read a ballot otherwise than an answer; only members' are read so."""
    panel = _panel(
        {name: [RIGHT] * N for name in ("dense~0.7#1", "dense~0.7#2")}, voting=["dense~0.7#1"]
    )
    read_otherwise = replace(panel, cast=tuple(replace(cast) for cast in panel.cast))
    (rival,) = sampled_rivals(read_otherwise)
    assert rival.vote(2) == Unavailable(
        "the protocol reads a ballot otherwise than an answer, and no vote of this panel has that "
        "of dense~0.7#2"
    )
    (member_only,) = sampled_rivals(
        replace(
            read_otherwise,
            singles={n: one for n, one in panel.singles.items() if n != "dense~0.7#2"},
        )
    )
    assert _elected(member_only, 1) == [RIGHT] * N


def test_draws_are_no_members_that_differ_in_bits() -> None:
    drawn = {f"gptq-4~0.7#{number}": [RIGHT] * N for number in (1, 2)}
    run = run_of({**MEMBERS, **drawn})
    members = [member(name, bits={}) for name in (*MEMBERS, *drawn)]
    votes = [Ensemble(VOTE, tuple(members[:2])), Ensemble("samples", tuple(members[2:]))]
    rows = composition_table(panels_of(run, votes, dense="dense")).rows
    assert [row[1:3] for row in rows] == [("bits", "gptq-8 gptq-4")]
