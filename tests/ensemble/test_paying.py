"""Whether a vote pays: gains that add up, leads over the best member, verdicts, claims."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, N, with_wrong
from tests.ensemble.panelled import VOTE, panel_over, panels_over
from trusteval.ensemble.best_member import chosen_on_other_half
from trusteval.ensemble.claims import Standing, at_least_the_best
from trusteval.ensemble.contest import CHAIN, DENSE, MEAN, Contest, contest, entrants_of
from trusteval.ensemble.contest import VOTE as VOTE_ROLE
from trusteval.ensemble.gain import Step, gain_of
from trusteval.ensemble.paying import does_it_pay
from trusteval.ensemble.payoff import Pays, payoff_of, payoffs_of
from trusteval.ensemble.scope import Scope
from trusteval.ensemble.swing import swing_of
from trusteval.ensemble.verdicts import sentences
from trusteval.ensemble.wording import lead_cell, worded
from trusteval.stats.crossfit import halves
from trusteval.stats.independent import IndependentMean, Side
from trusteval.stats.members import p_beats_best, p_worse_than_best
from trusteval.tables import Spread, Table, document_of
from trusteval.types import Answer, Unavailable

MEMBERS = ("gptq-8", "gptq-4", "gptq-3")
answers = st.lists(st.sampled_from([RIGHT, WRONG, REFUSED, INVALID]), min_size=N, max_size=N)
recordings = st.fixed_dictionaries(dict.fromkeys((*MEMBERS, "dense"), answers))


def scope_over(said: Mapping[str, Sequence[Answer]]) -> Scope:
    panel = panel_over(said)
    return Scope((contest(panel, entrants_of(panel)),))


def accuracy(said: Sequence[Answer]) -> float:
    return sum(answer == RIGHT for answer in said) / N


def table(said: Mapping[str, Sequence[Answer]], name: str) -> Table:
    (found,) = [one for one in does_it_pay(panels_over(said)).tables if one.name == name]
    return found


@settings(max_examples=30, deadline=None)
@given(recordings)
def test_steps_add_up_to_the_gain(said: dict[str, list[Answer]]) -> None:
    gain = gain_of(scope_over(said))
    value = {step: gain[step].lead.value for step in Step}
    assert value[Step.FILTERING] + value[Step.VOTING] == pytest.approx(value[Step.GAIN], abs=1e-12)
    assert value[Step.QUANTIZATION] + value[Step.FILTER] == pytest.approx(
        value[Step.FILTERING], abs=1e-12
    )


@settings(max_examples=30, deadline=None)
@given(recordings)
def test_leads_are_differences_of_accuracies(said: dict[str, list[Answer]]) -> None:
    scope = scope_over(said)
    chain = [
        next((one for one in row if one in (RIGHT, WRONG)), INVALID)
        for row in zip(*(said[name] for name in MEMBERS), strict=True)
    ]
    mean = sum(accuracy(said[name]) for name in MEMBERS) / len(MEMBERS)
    for its, value in ((DENSE, accuracy(said["dense"])), (MEAN, mean)):
        lead = scope.lead(CHAIN, its).lead
        assert lead.value == pytest.approx(accuracy(chain) - value, abs=1e-12)
        assert lead.low <= lead.value <= lead.high


@settings(max_examples=30, deadline=None)
@given(recordings)
def test_lead_over_the_best_member_is_a_claim_about_all(said: dict[str, list[Answer]]) -> None:
    scope = scope_over(said)
    leads = [scope.lead("the vote", name).lead for name in MEMBERS]
    best = scope.best().lead
    assert best.value == min(lead.value for lead in leads)
    assert best.p_above(0.0) == p_beats_best(leads)
    assert best.p_below(0.0) == pytest.approx(p_worse_than_best(leads))
    assert best.low <= best.value <= best.high
    assert best.p_below(best.high + 1e-5) <= 0.05 + 1e-6 or best.high == 1.0


def test_member_chosen_on_one_half_answers_the_other() -> None:
    said = {"gptq-8": with_wrong(*range(40)), "gptq-4": with_wrong(*range(40, 44))}
    panel = panel_over(said)
    chosen = chosen_on_other_half(panel, seed=0)
    # 4 bit is better on either half by far.
    assert list(chosen.correct) == list(panel.singles["gptq-4"].correct)


def test_choice_is_made_by_other_items_than_it_answers() -> None:
    panel = panel_over({"gptq-8": [RIGHT] * N, "gptq-4": [RIGHT] * N})
    second = halves(panel.sample_table.unit, panel.sample_table.stratum, seed=0).tolist()
    # Each member is right on one half only: the best of a half is wrong on all of the other.
    said = {
        "gptq-8": [WRONG if later else RIGHT for later in second],
        "gptq-4": [RIGHT if later else WRONG for later in second],
    }
    assert not chosen_on_other_half(panel_over(said), seed=0).correct.any()


def test_vote_that_beats_all_pays() -> None:
    thirds = [range(start, N, 3) for start in range(3)]
    said = {name: with_wrong(*third) for name, third in zip(MEMBERS, thirds, strict=True)}
    payoff = payoff_of(scope_over({**said, "dense": with_wrong(*thirds[0])}))
    assert payoff.pays is Pays.PAYS


def test_vote_that_pays_without_a_dense_model_does_not_claim_to_be_ahead_of_it() -> None:
    thirds = [range(start, N, 3) for start in range(3)]
    said = {name: with_wrong(*third) for name, third in zip(MEMBERS, thirds, strict=True)}
    *_, unknown = sentences(scope_over(said))
    assert unknown.startswith("Ask the vote: it is shown ahead of its best member and the fallback")
    assert unknown.endswith("of the dense model that is not known.")
    *_, known = sentences(scope_over({**said, "dense": with_wrong(*thirds[0])}))
    assert known.startswith("Ask the vote: it is shown ahead of all that costs less")


def test_dense_model_that_is_shown_ahead_is_advised() -> None:
    bad = dict.fromkeys(MEMBERS, with_wrong(*range(40)))
    *_, last = sentences(scope_over({**bad, "dense": [RIGHT] * N}))
    assert last.startswith("The dense model is shown ahead of the vote: where it can be held")
    alike = sentences(scope_over({**bad, "dense": with_wrong(*range(40))}))
    assert not any("where it can be held" in line for line in alike)


def test_vote_of_three_copies_is_not_shown_to_pay() -> None:
    alike = with_wrong(1, 2, 3)
    payoff = payoff_of(scope_over(dict.fromkeys((*MEMBERS, "dense"), alike)))
    assert payoff.pays is Pays.UNSHOWN  # sixty items do not exclude a point


def test_vote_behind_its_best_member_does_not_pay_and_refutes_the_claim() -> None:
    bad = with_wrong(*range(20))
    scope = scope_over({"gptq-8": [RIGHT] * N, "gptq-4": bad, "gptq-3": bad, "dense": bad})
    assert payoff_of(scope).pays is Pays.DOES_NOT
    assert at_least_the_best(scope).standing is Standing.REFUTED


def test_vote_without_any_lead_is_not_judged() -> None:
    why = Unavailable("nobody knows")
    names = (VOTE_ROLE, DENSE, CHAIN, *MEMBERS)
    nothing = Contest(VOTE, "mmlu", "mmlu", MEMBERS, N, dict.fromkeys(names, why))
    scope = Scope((nothing,))
    assert payoff_of(scope).pays is Pays.UNJUDGED
    assert {one.pays for one in payoffs_of(scope).values()} == {Pays.UNJUDGED}
    claim = at_least_the_best(scope)
    assert (claim.seen, claim.shown, claim.refuted, claim.standing) == (0, 0, 0, Standing.UNSHOWN)
    (judged, by_what) = sentences(scope)
    assert "whether the vote pays cannot be judged" in judged
    assert "nobody knows" in by_what


def test_swing_is_the_mean_difference_counted_by_hand() -> None:
    said = {
        "gptq-8": [RIGHT] * N,
        "gptq-4": with_wrong(*range(12)),
        "gptq-3": with_wrong(*range(6, 30)),
    }
    swing = swing_of(panel_over(said))
    # Members: 0, 12 and 24 of 60 wrong. Votes over two are the higher precision: 0, 0 and 12.
    assert swing.members == pytest.approx((12 + 12 + 24) / 3 / N)
    assert swing.votes == pytest.approx((0 + 12 + 12) / 3 / N)
    assert swing.calming.value == pytest.approx(swing.members - swing.votes)
    assert swing.calming.low <= swing.calming.value <= swing.calming.high


def test_members_that_do_not_differ_show_no_calming() -> None:
    chance = random.Random(0)
    said = {name: with_wrong(*chance.sample(range(N), 20)) for name in MEMBERS}
    assert swing_of(panel_over(said)).calming.low <= 0


def test_swing_of_two_is_unavailable() -> None:
    found = swing_of(panel_over({"gptq-8": [RIGHT] * N, "gptq-4": [RIGHT] * N}))
    assert found == Unavailable("a swing of votes needs 3 members, got 2")


def test_no_lead_is_said_to_be_possibly_larger_than_the_scale() -> None:
    nothing_known = IndependentMean(0.5, Side(0.0, 1.0), Side(0.0, 1.0))
    assert nothing_known.high > 1
    assert lead_cell(nothing_known) == Spread(50.0, -100.0, 100.0)
    assert worded(nothing_known) == "+50.0 (-100.0 to +100.0)"


def test_without_a_dense_model_its_cells_say_so() -> None:
    rows = table({name: with_wrong(1) for name in MEMBERS}, "gains").rows
    by_step = {row[2]: row[4] for row in rows}
    why = "mmlu: the dense model did not answer it"
    assert by_step["gain"] == by_step["filtering"] == Unavailable(why)
    assert isinstance(by_step["voting"], Spread)


def test_every_number_has_its_items() -> None:
    said = {name: with_wrong(*range(place)) for place, name in enumerate((*MEMBERS, "dense"))}
    (section,) = document_of([does_it_pay(panels_over(said))])
    for found in section["tables"]:
        assert found["rows"], found["name"]
        assert {row["items"] for row in found["rows"]} == {N}, found["name"]


def test_rows_that_a_terminal_leaves_out_are_in_the_document() -> None:
    said = {name: with_wrong(1) for name in (*MEMBERS, "dense")}
    of_settings = table(said, "setting_leads")
    assert of_settings.rows == ()
    (section,) = document_of([does_it_pay(panels_over(said))])
    (found,) = [one for one in section["tables"] if one["name"] == "setting_leads"]
    against = [row["vote against"] for row in found["rows"]]
    assert against == [DENSE, *MEMBERS, MEAN, "its best member"]


def test_ensemble_is_told_in_sentences() -> None:
    said = {name: with_wrong(*range(place)) for place, name in enumerate((*MEMBERS, "dense"))}
    first, second, third, last = does_it_pay(panels_over(said)).notes
    assert first.startswith(f"{VOTE} of gptq-8, gptq-4, gptq-3: that the vote pays is not shown")
    assert "n = 60 items of 1 benchmark:" in second
    assert third.startswith("Instead, keep gptq-8 alone")
    assert last.startswith("All members are wrong on 0.0 % (")
