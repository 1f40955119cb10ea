"""The laws of the vote, each stated over any implementation, so that wrong ones can be caught.

A law takes the vote under test and generated arguments, and asserts. LAWS pairs each with the
strategies of its arguments.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from trusteval.answers.voting import admit, precedence
from trusteval.errors import VoteError
from trusteval.gate.properties import strategies as own
from trusteval.types import Ballot, Invalid, Label, Refusal, RefusalPolicy

DROP, KEEP = RefusalPolicy.DROP, RefusalPolicy.KEEP


def decision_is_independent_of_member_order(vote, ballots, shuffled, policy):
    assert vote(shuffled, policy=policy) == vote(ballots, policy=policy)


def filtering_is_idempotent_and_voting_commutes_with_it(vote, ballots, policy):
    admitted = admit(ballots, policy=policy)
    assert admit(admitted, policy=policy) == admitted
    assume(admitted)
    whole, filtered = vote(ballots, policy=policy), vote(admitted, policy=policy)
    assert filtered == replace(whole, dropped=())


def strict_majority_wins_untied(vote, ballots, policy):
    admitted = admit(ballots, policy=policy)
    assume(admitted)
    answer, votes = Counter(ballot.answer for ballot in admitted).most_common(1)[0]
    assume(2 * votes > len(admitted))
    decision = vote(ballots, policy=policy)
    assert decision.answer == answer
    assert decision.tie_broken_by is None


def winner_was_cast_by_an_admitted_ballot(vote, ballots, policy):
    admitted = admit(ballots, policy=policy)
    assume(admitted)
    assert vote(ballots, policy=policy).answer in {ballot.answer for ballot in admitted}


def nobody_admitted_gives_no_label(vote, ballots):
    decision = vote(ballots, policy=DROP)
    assert not isinstance(decision.answer, Label)
    assert decision.tally == ()
    assert decision.tie_broken_by is None
    kinds = Counter(ballot.answer for ballot in ballots)
    leaders = {kind for kind, votes in kinds.items() if votes == max(kinds.values())}
    among = [ballot for ballot in ballots if ballot.answer in leaders]
    assert decision.answer == min(among, key=lambda ballot: precedence(ballot.variant)).answer


def tie_goes_to_the_highest_precision_leader_and_is_flagged(vote, ballots, policy):
    admitted = admit(ballots, policy=policy)
    counts = Counter(ballot.answer for ballot in admitted)
    leaders = {answer for answer, votes in counts.items() if votes == max(counts.values())}
    assume(len(leaders) > 1)
    among = [ballot for ballot in admitted if ballot.answer in leaders]
    most_bits = max(ballot.variant.bits for ballot in among)
    highest = [ballot for ballot in among if ballot.variant.bits == most_bits]
    decision = vote(ballots, policy=policy)
    assert decision.answer in {ballot.answer for ballot in highest}
    first = min(highest, key=lambda b: (b.variant.method, b.variant.seed, b.variant.name))
    assert decision.answer == first.answer
    assert decision.tie_broken_by == first.variant.name


def renaming_labels_commutes_with_voting(vote, ballots, policy, renamed):
    names = dict(zip(own.LABELS, renamed, strict=True))

    def rename(answer):
        return Label(names.get(answer.value, answer.value)) if isinstance(answer, Label) else answer

    before = vote(ballots, policy=policy)
    after = vote([Ballot(b.variant, rename(b.answer)) for b in ballots], policy=policy)
    assert after.answer == rename(before.answer)
    assert after.tally == tuple((rename(answer), votes) for answer, votes in before.tally)
    assert after.tie_broken_by == before.tie_broken_by


def drop_never_elects_a_refusal_while_a_label_exists(vote, ballots):
    assume(any(isinstance(ballot.answer, Label) for ballot in ballots))
    assert isinstance(vote(ballots, policy=DROP).answer, Label)


def keep_elects_a_refusal_that_leads(vote, ballots):
    counts = Counter(ballot.answer for ballot in admit(ballots, policy=KEEP))
    assume(counts[Refusal()] > max((n for a, n in counts.items() if a != Refusal()), default=0))
    assert vote(ballots, policy=KEEP).answer == Refusal()


def one_more_ballot_for_the_winner_keeps_it_the_winner(vote, ballots, newcomer, policy):
    assume(newcomer.name not in {ballot.variant.name for ballot in ballots})
    winner = vote(ballots, policy=policy).answer
    assume(not isinstance(winner, Invalid))
    assert vote([*ballots, Ballot(newcomer, winner)], policy=policy).answer == winner


def duplicates_are_refused(vote, ballots, policy, position):
    again = ballots[position % len(ballots)]
    with pytest.raises(VoteError):
        vote([*ballots, again], policy=policy)


def every_ballot_is_tallied_or_dropped(vote, ballots, policy):
    decision = vote(ballots, policy=policy)
    admitted = admit(ballots, policy=policy)
    assert dict(decision.tally) == Counter(ballot.answer for ballot in admitted)
    assert set(decision.dropped) == set(ballots) - set(admitted)


def ensemble_non_answers_at_most_its_best_member(vote, recording):
    members = [[sample[m].answer for sample in recording] for m in range(len(recording[0]))]
    voted = [vote(sample, policy=DROP).answer for sample in recording]
    non_answers = [sum(not isinstance(a, Label) for a in answers) for answers in members]
    assert sum(not isinstance(a, Label) for a in voted) <= min(non_answers)


_ballots_shuffled = own.ballots().flatmap(lambda b: st.tuples(st.just(b), st.permutations(b)))

LAWS = {
    decision_is_independent_of_member_order: st.tuples(_ballots_shuffled, own.policies).map(
        lambda drawn: (*drawn[0], drawn[1])
    ),
    filtering_is_idempotent_and_voting_commutes_with_it: st.tuples(own.ballots(), own.policies),
    strict_majority_wins_untied: st.tuples(own.ballots(), own.policies),
    winner_was_cast_by_an_admitted_ballot: st.tuples(own.ballots(), own.policies),
    nobody_admitted_gives_no_label: st.tuples(own.ballots(own.non_answers)),
    tie_goes_to_the_highest_precision_leader_and_is_flagged: st.tuples(
        own.ballots(min_size=2), own.policies
    ),
    renaming_labels_commutes_with_voting: st.tuples(
        own.ballots(), own.policies, st.permutations(own.LABELS)
    ),
    drop_never_elects_a_refusal_while_a_label_exists: st.tuples(own.ballots()),
    keep_elects_a_refusal_that_leads: st.tuples(own.ballots(st.one_of(own.refusals, own.answers))),
    one_more_ballot_for_the_winner_keeps_it_the_winner: st.tuples(
        own.ballots(), own.variants, own.policies
    ),
    duplicates_are_refused: st.tuples(own.ballots(), own.policies, st.integers(0, 6)),
    every_ballot_is_tallied_or_dropped: st.tuples(own.ballots(), own.policies),
    ensemble_non_answers_at_most_its_best_member: st.tuples(own.recordings()),
}
