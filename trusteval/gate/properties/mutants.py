"""Wrong votes, each wrong in one way that somebody has shipped or could."""

from __future__ import annotations

from collections import Counter

from trusteval.answers.voting import admit, precedence, vote
from trusteval.gate.properties import laws
from trusteval.types import (
    Answer,
    Ballot,
    Decision,
    Invalid,
    InvalidReason,
    Label,
    Refusal,
    RefusalPolicy,
)

DROP, KEEP = RefusalPolicy.DROP, RefusalPolicy.KEEP


def _count(ballots, policy, *, weight=lambda ballot: 1, rank=None):
    """Hold a vote with other weights, or with ties broken by another order."""
    honest = vote(ballots, policy=policy)
    admitted = admit(ballots, policy=policy)
    if not admitted:
        return honest
    votes: Counter[Answer] = Counter()
    for ballot in admitted:
        votes[ballot.answer] += weight(ballot)
    leaders = [answer for answer, count in votes.items() if count == max(votes.values())]
    ranked = sorted(admitted, key=rank) if rank else admitted
    first = next(ballot for ballot in ranked if ballot.answer in leaders)
    flagged = first.variant.name if len(leaders) > 1 else None
    return Decision(first.answer, honest.tally, flagged, honest.dropped)


def _replaced(ballots, is_wrong, answer):
    return [Ballot(b.variant, answer) if is_wrong(b.answer) else b for b in ballots]


def ties_follow_list_order(ballots, *, policy):
    return _count(ballots, policy)


def lowest_precision_breaks_ties(ballots, *, policy):
    return _count(ballots, policy, rank=lambda ballot: ballot.variant.bits)


def ties_go_to_the_first_label_in_the_alphabet(ballots, *, policy):
    return _count(ballots, policy, rank=lambda ballot: str(ballot.answer))


def votes_weigh_by_bits(ballots, *, policy):
    return _count(
        ballots,
        policy,
        weight=lambda ballot: ballot.variant.bits,
        rank=lambda ballot: precedence(ballot.variant),
    )


def highest_precision_always_decides(ballots, *, policy):
    honest = vote(ballots, policy=policy)
    admitted = sorted(admit(ballots, policy=policy), key=lambda b: precedence(b.variant))
    answer = admitted[0].answer if admitted else honest.answer
    return Decision(answer, honest.tally, honest.tie_broken_by, honest.dropped)


def fewest_votes_win(ballots, *, policy):
    return _count(ballots, policy, weight=lambda ballot: -1)


def refusals_vote_although_dropped(ballots, *, policy):
    return vote(ballots, policy=KEEP)


def kept_refusals_are_dropped(ballots, *, policy):
    return vote(ballots, policy=DROP)


def invalid_outputs_vote_as_a_label(ballots, *, policy):
    filled = _replaced(ballots, lambda answer: isinstance(answer, Invalid), Label("[invalid]"))
    return vote(filled, policy=policy)


def contradictory_answers_count_for_every_label(ballots, *, policy):
    honest = vote(ballots, policy=policy)
    votes = Counter(ballot.answer for ballot in admit(ballots, policy=policy))
    both = Invalid(InvalidReason.CONTRADICTORY)
    doubled = sum(2 for ballot in ballots if ballot.answer == both)
    if doubled and votes:
        least = min(votes, key=lambda answer: (votes[answer], str(answer)))
        votes[least] += doubled
        answer = votes.most_common(1)[0][0]
        return Decision(answer, honest.tally, honest.tie_broken_by, honest.dropped)
    return honest


def nobody_admitted_becomes_a_default_label(ballots, *, policy):
    honest = vote(ballots, policy=policy)
    if isinstance(honest.answer, Label) or admit(ballots, policy=policy):
        return honest
    return Decision(Label("wrong"), honest.tally, honest.tie_broken_by, honest.dropped)


def refusal_is_forgotten_when_nobody_is_admitted(ballots, *, policy):
    honest = vote(ballots, policy=policy)
    if admit(ballots, policy=policy) or honest.answer != Refusal():
        return honest
    empty = Invalid(InvalidReason.EMPTY)
    return Decision(empty, honest.tally, honest.tie_broken_by, honest.dropped)


def one_refusal_is_enough_when_nobody_is_admitted(ballots, *, policy):
    honest = vote(ballots, policy=policy)
    refused = any(ballot.answer == Refusal() for ballot in ballots)
    if admit(ballots, policy=policy) or not refused:
        return honest
    return Decision(Refusal(), honest.tally, honest.tie_broken_by, honest.dropped)


def ties_are_not_flagged(ballots, *, policy):
    honest = vote(ballots, policy=policy)
    return Decision(honest.answer, honest.tally, None, honest.dropped)


def second_ballot_of_a_member_counts(ballots, *, policy):
    distinct = {ballot.variant.name: ballot for ballot in ballots}
    return vote(list(distinct.values()), policy=policy)


def dropped_ballots_are_forgotten(ballots, *, policy):
    honest = vote(ballots, policy=policy)
    return Decision(honest.answer, honest.tally, honest.tie_broken_by, ())


def needs_a_majority_of_all_members(ballots, *, policy):
    honest = vote(ballots, policy=policy)
    if honest.tally and 2 * honest.tally[0][1] <= len(ballots):
        return Decision(Refusal(), honest.tally, None, honest.dropped)
    return honest


MUTANTS = {
    ties_follow_list_order: laws.decision_is_independent_of_member_order,
    lowest_precision_breaks_ties: laws.tie_goes_to_the_highest_precision_leader_and_is_flagged,
    ties_go_to_the_first_label_in_the_alphabet: laws.renaming_labels_commutes_with_voting,
    votes_weigh_by_bits: laws.strict_majority_wins_untied,
    highest_precision_always_decides: laws.strict_majority_wins_untied,
    fewest_votes_win: laws.one_more_ballot_for_the_winner_keeps_it_the_winner,
    refusals_vote_although_dropped: laws.drop_never_elects_a_refusal_while_a_label_exists,
    kept_refusals_are_dropped: laws.keep_elects_a_refusal_that_leads,
    invalid_outputs_vote_as_a_label: laws.winner_was_cast_by_an_admitted_ballot,
    contradictory_answers_count_for_every_label: (
        laws.filtering_is_idempotent_and_voting_commutes_with_it
    ),
    nobody_admitted_becomes_a_default_label: laws.nobody_admitted_gives_no_label,
    refusal_is_forgotten_when_nobody_is_admitted: laws.nobody_admitted_gives_no_label,
    one_refusal_is_enough_when_nobody_is_admitted: laws.nobody_admitted_gives_no_label,
    ties_are_not_flagged: laws.tie_goes_to_the_highest_precision_leader_and_is_flagged,
    second_ballot_of_a_member_counts: laws.duplicates_are_refused,
    dropped_ballots_are_forgotten: laws.every_ballot_is_tallied_or_dropped,
    needs_a_majority_of_all_members: laws.ensemble_non_answers_at_most_its_best_member,
}
"""Every wrong vote, with a law that rejects it."""
