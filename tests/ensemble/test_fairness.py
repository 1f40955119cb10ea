"""Fairness of a vote: gaps with size and sign, leads, shifts, and who is silent about whom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fairlearn.metrics import (
    demographic_parity_difference,
    equalized_odds_difference,
    selection_rate,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from tests.answered_runs import INVALID, REFUSED
from tests.ensemble.cells import cells
from tests.ensemble.panelled import panels_over as panels_without_groups
from tests.ensemble.peopled import (
    FEMALE,
    MALE,
    NO,
    VOTE,
    YES,
    Person,
    panels_of_samples,
    panels_over,
    people,
    samples,
)
from trusteval.ensemble.fairness import fairness_of_votes
from trusteval.tables import Spread, document_of
from trusteval.types import Answer, Label, Unavailable

ASKED = people(20, 25, 30, 15)
WOMEN, N = 45, 90


def positives(answers: Sequence[Answer]) -> list[int]:
    return [int(answer == YES) for answer in answers]


def truth(asked: Sequence[Person]) -> list[int]:
    return [int(target == "yes") for _, target in asked]


def drawn(seed: int, rate: float) -> list[Answer]:
    chances = np.random.default_rng(seed).random(N)
    return [YES if chance < rate else NO for chance in chances]


SAID = {
    "dense": drawn(1, 0.5),
    "gptq-8": drawn(2, 0.4),
    "gptq-4": [*drawn(3, 0.2)[:WOMEN], *drawn(3, 0.8)[WOMEN:]],
    "gptq-3": drawn(4, 0.6),
}
MAJORITY: list[Answer] = [
    YES if sum(answer == YES for answer in ballots) >= 2 else NO
    for ballots in zip(SAID["gptq-8"], SAID["gptq-4"], SAID["gptq-3"], strict=True)
]


@pytest.mark.parametrize(
    ("subject", "answers"), [*SAID.items(), (VOTE, MAJORITY), ("fallback", SAID["gptq-8"])]
)
def test_gaps_are_fairlearns(subject, answers):
    section = fairness_of_votes(panels_over(ASKED, SAID))
    sexes = [sex for sex, _ in ASKED]
    sizes = cells(section, "gaps", subject)
    assert sizes["demographic parity"].value == pytest.approx(
        100
        * demographic_parity_difference(truth(ASKED), positives(answers), sensitive_features=sexes)
    )
    assert sizes["equalized odds"].value == pytest.approx(
        100 * equalized_odds_difference(truth(ASKED), positives(answers), sensitive_features=sexes)
    )
    called = cells(section, "called", subject)["called positive"]
    women, men = (
        selection_rate(truth(ASKED)[part], positives(answers)[part])
        for part in (slice(0, WOMEN), slice(WOMEN, N))
    )
    assert called.value == pytest.approx(100 * (women - men))
    assert called.low < called.value < called.high


def test_each_group_has_its_own_accuracy():
    section = fairness_of_votes(panels_over(ASKED, SAID))
    for sex, part in ((FEMALE, slice(0, WOMEN)), (MALE, slice(WOMEN, N))):
        row = cells(section, "groups", "gptq-4", sex)
        right = accuracy_score(truth(ASKED)[part], positives(SAID["gptq-4"])[part])
        assert row["accuracy"].value == pytest.approx(100 * right)
        assert (row["items"], row["answered"]) == (WOMEN, WOMEN)
    assert "adult, truly positive: 44.4 of Female, 66.7 of Male" in section.tables[5].notes


def test_fair_because_wrong_on_both_is_visible():
    wrong = [NO if target == "yes" else YES for _, target in people(20, 20, 20, 20)]
    section = fairness_of_votes(panels_over(people(20, 20, 20, 20), {"gptq-8": wrong}))
    assert cells(section, "gaps", VOTE)["equalized odds"].value == 0
    assert cells(section, "groups", VOTE, FEMALE)["accuracy"].value == 0
    assert cells(section, "groups", VOTE, MALE)["accuracy"].value == 0


def test_vote_that_undoes_a_members_bias_is_shown_to_be_fairer():
    asked = people(60, 60, 60, 60)
    biased = [NO] * 120 + [YES] * 120
    fair = [YES if target == "yes" else NO for _, target in asked]
    section = fairness_of_votes(
        panels_over(asked, {"dense": fair, "gptq-8": fair, "gptq-4": biased, "gptq-3": fair})
    )
    lead = cells(section, "leads", "gptq-4")["demographic parity"]
    assert (lead.value, lead.high < 0) == (-100, True)
    note = (
        "vote-gptq on adult is shown to be fairer than gptq-4 (demographic parity), gptq-4 "
        "(equalized odds), and less fair than nobody."
    )
    assert note in section.tables[1].notes
    shift = cells(section, "shifts", "gptq-4", "called positive")["items both answered"]
    assert shift.value == 100  # women up by 50, men down by 50
    same = cells(section, "leads", "gptq-8")["demographic parity"]
    assert (same.value, -same.low) == (0, pytest.approx(same.high))


answers = st.sampled_from([YES, NO, REFUSED, INVALID])


@settings(max_examples=25)
@given(st.lists(answers, min_size=160, max_size=160), st.integers(2, 4))
def test_vote_of_identical_members_has_their_gaps(said, copies):
    named = {f"gptq-8@{seed}": said for seed in range(copies)}
    section = fairness_of_votes(panels_over(people(40, 40, 40, 40), named))
    document = document_of([section])[0]["tables"]
    for table in document:
        if table["name"] in ("gaps", "called", "silence"):
            own = [{k: v for k, v in row.items() if k != "subject"} for row in table["rows"]]
            assert own == [own[0]] * len(own)


# -- silence -----------------------------------------------------------------------------------


def test_refusals_of_one_group_only_have_a_sign_and_a_shift():
    asked = people(40, 40, 40, 40)
    fair = [YES if target == "yes" else NO for _, target in asked]
    mute = [REFUSED] * 20 + fair[20:]
    section = fairness_of_votes(panels_over(asked, {"gptq-8": mute, "gptq-4": fair}))
    silence = cells(section, "silence", "gptq-8")
    assert (silence["refused"].value, silence["invalid"].value) == (25, 0)
    assert silence["refused"].low > 0
    assert cells(section, "gaps", "gptq-8")["non-answers"].value == 25
    row = cells(section, "shifts", "gptq-8", "called positive")
    assert row["items both answered"].value == 0
    assert row["silence as no"].value == 25
    assert cells(section, "gaps", VOTE)["non-answers"].value == 0


def test_group_of_too_few_answers_has_no_gap_and_says_so():
    asked = people(20, 20, 20, 20)
    few = [*[YES] * 29, *[INVALID] * 11, *[YES] * 40]
    section = fairness_of_votes(panels_over(asked, {"dense": [YES] * 80, "gptq-8": few}))
    for table in ("gaps", "leads"):
        row = cells(section, table, "gptq-8")
        for gap in ("demographic parity", "equalized odds"):
            assert row[gap] == Unavailable("group Female has 29 answered rows, needs 30")
        assert isinstance(row["non-answers"], Spread)
    why = Unavailable("group Female has 29 answered rows in zero_shot_br_0.0, needs 30")
    assert cells(section, "called", "gptq-8")["called positive"] == why
    assert cells(section, "groups", "gptq-8", FEMALE)["accuracy of answers"] == why
    assert isinstance(cells(section, "groups", "gptq-8", MALE)["accuracy of answers"], Spread)
    row = cells(section, "shifts", "dense", "called positive")
    assert row["items both answered"] == why
    assert row["silence as no"].value == pytest.approx(-27.5)


# -- groups that are not two ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ([(FEMALE, "yes"), (FEMALE, "no")], "expected two groups, got 1: Female"),
        (
            [(FEMALE, "yes"), (MALE, "no"), (None, "no")],
            "expected two groups, got 3: Female, Male, None",
        ),
    ],
)
def test_what_is_not_of_two_groups_stands_unjudged(asked, why):
    asked = asked * 40
    section = fairness_of_votes(panels_over(asked, {"gptq-8": [YES] * len(asked)}))
    assert section.notes == (f"adult: {why}",)
    assert cells(section, "called", VOTE)["called positive"] == Unavailable(why)
    assert cells(section, "gaps", VOTE)["demographic parity"] == Unavailable(why)
    assert cells(section, "shifts", "gptq-8", "called positive")["silence as no"] == Unavailable(
        why
    )


def test_benchmarks_without_groups_are_named():
    section = fairness_of_votes(panels_without_groups({"gptq-8": [Label("A")] * 60}))
    assert (section.notes, section.tables) == (("no sensitive groups: mmlu",), ())


def test_setting_without_a_group_is_named():
    asked = [
        *samples(people(20, 20, 20, 20)),
        *samples(people(20, 20, 0, 0), setting="zero_shot_br_0.5"),
    ]
    section = fairness_of_votes(panels_of_samples(asked, {"gptq-8": [YES] * 120}))
    assert cells(section, "called", VOTE)["called positive"] == Unavailable(
        "group Male has 0 answered rows in zero_shot_br_0.5, needs 30"
    )


def test_protocols_own_form_of_a_gap_has_no_lead_and_is_named():
    section = fairness_of_votes(panels_over(ASKED, SAID, protocol="comptrust"))
    own = "demographic_parity_difference_refused_as_negative"
    lead = cells(section, "leads", "dense")["demographic parity"]
    assert lead == Unavailable(f"{own} has no interval")
    assert any(own in note for note in section.tables[0].notes)
