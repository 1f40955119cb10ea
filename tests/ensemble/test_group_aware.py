"""The group-aware rule: what it learns, that it never sees what it is judged on, what it lacks."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from fairlearn.metrics import demographic_parity_difference

from tests.answered_runs import INVALID, REFUSED, N, run_of, write_run
from tests.ensemble.cells import cells
from tests.ensemble.panelled import panels_over as panels_without_groups
from tests.ensemble.peopled import (
    FEMALE,
    NO,
    VOTE,
    YES,
    panels_of_samples,
    panels_over,
    people,
    samples,
)
from trusteval.answers.table import SampleTable
from trusteval.cli import main
from trusteval.ensemble.asked import Asked
from trusteval.ensemble.group_aware import group_aware_votes
from trusteval.ensemble.grouped import grouped_panels
from trusteval.ensemble.study import study
from trusteval.ensemble.threshold_rule import SEED, Parity, decide_by_threshold
from trusteval.stats.crossfit import halves
from trusteval.types import Answer, Label, Unavailable

ASKED = people(200, 200, 200, 200)


SAYS_YES = {
    ("Female", "yes"): 0.5,
    ("Female", "no"): 0.1,
    ("Male", "yes"): 0.9,
    ("Male", "no"): 0.5,
}


def harsh_on_women(*, seed: int) -> list[Answer]:
    """Say yes to most men and to few women."""
    chance = np.random.default_rng(seed).random(len(ASKED))
    return [
        YES if one < SAYS_YES[person] else NO for one, person in zip(chance, ASKED, strict=True)
    ]


SAID = {f"gptq-{bits}": harsh_on_women(seed=bits) for bits in (8, 6, 5, 4, 3)}


def decided(said, parity, asked=ASKED):
    (one,) = grouped_panels(panels_over(asked, said))
    return one, decide_by_threshold(one.groups, parity)


def test_thresholds_bring_the_groups_together():
    one, ruled = decided(SAID, Parity.DEMOGRAPHIC)
    sexes = [sex for sex, _ in ASKED]
    gaps = [
        demographic_parity_difference(
            ruled.truly_positive, answers.called_positive, sensitive_features=sexes
        )
        for answers in (one.panel.vote, ruled)
    ]
    assert gaps[0] > 0.35
    assert gaps[1] < 0.12
    assert ruled.answered.all()


def test_thresholds_for_odds_bring_both_odds_together():
    one, ruled = decided(SAID, Parity.ODDS)
    metric = "equalized_odds_difference"
    before, after = (
        one.panel.measure(answers, metric=metric).score.value for answers in (one.panel.vote, ruled)
    )
    assert before > 35
    assert after < 15


def test_section_shows_gaps_accuracy_and_leads():
    section = group_aware_votes(
        panels_over(ASKED, {"dense": SAID["gptq-4"], **SAID}), is_asked=True
    )
    vote = cells(section, "group_aware", VOTE)
    rule = cells(section, "group_aware", "for parity")
    lead = cells(section, "group_aware_leads", "for parity", VOTE)
    for column in ("demographic parity", "equalized odds", "accuracy"):
        assert lead[column].value == pytest.approx(rule[column].value - vote[column].value)
    assert lead["demographic parity"].high < 0
    assert cells(section, "group_aware_leads", "for odds", "dense")
    assert any("unlawful" in note for note in section.notes)


def test_answers_are_the_same_every_time():
    first, second = (list(decided(SAID, Parity.ODDS)[1].code) for _ in range(2))
    assert first == second


def test_no_half_is_judged_by_what_was_learned_from_it():
    """Turning the truth of one half's women changes no answer there, but some in the other."""
    true = samples(ASKED)
    table = SampleTable.of(true)
    half = halves(table.unit, table.stratum, seed=SEED)
    other = {"yes": "no", "no": "yes"}
    turned = [
        replace(one, target=other[one.target]) if mine and one.group == FEMALE else one
        for one, mine in zip(true, half.tolist(), strict=True)
    ]
    before, after = (
        decide_by_threshold(one.groups, Parity.ODDS)
        for asked in (true, turned)
        for one in grouped_panels(panels_of_samples(asked, SAID))
    )
    same = np.array([a.answer == b.answer for a, b in zip(before, after, strict=True)])
    assert same[half].all()
    assert not same[~half].all()


def test_without_fairlearn_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "fairlearn", None)
    _, ruled = decided(SAID, Parity.ODDS)
    assert ruled == Unavailable("fairlearn is not installed: pip install 'trusteval[fair]'")


def test_rule_is_silent_where_the_vote_is():
    said = {name: [REFUSED, INVALID, *answers[2:]] for name, answers in SAID.items()}
    _, ruled = decided(said, Parity.DEMOGRAPHIC)
    assert [row.answer for row in ruled[:2]] == [REFUSED, INVALID]
    assert ruled[2:].answered.all()


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (
            people(25, 25, 50, 50),
            "a half has 25 voted items of group Female to learn from, needs 30",
        ),
        (
            people(10, 60, 60, 60),
            "a half has 5 voted items of group Female that are truly positive to learn from, "
            "needs 10",
        ),
    ],
)
def test_too_few_to_learn_from_are_named(asked, why):
    _, ruled = decided({"gptq-8": [YES] * len(asked)}, Parity.ODDS, asked)
    assert ruled == Unavailable(why)


def test_one_group_and_no_group_are_said():
    alone = [(FEMALE, "yes"), (FEMALE, "no")] * 50
    section = group_aware_votes(panels_over(alone, {"gptq-8": [YES] * 100}), is_asked=True)
    why = Unavailable("expected two groups, got 1: Female")
    assert cells(section, "group_aware", "for odds")["accuracy"] == why
    nobody = group_aware_votes(panels_without_groups({"gptq-8": [Label("A")] * 60}), is_asked=True)
    assert nobody.notes == ("no benchmark has sensitive groups",)


def test_command_takes_the_flag(tmp_path, capsys):
    run = run_of(
        {VOTE: [Label("A")] * N, "gptq-8": [Label("A")] * N},
        identities={VOTE: {"vote over": {"gptq-8": {}}}},
    )
    folder = str(write_run(tmp_path, run))
    said = []
    for flags in ([], ["--group-aware"]):
        assert main(["ensemble", folder, *flags]) == 0
        said.append(capsys.readouterr().out)
    assert "not asked for: --group-aware" in said[0]
    assert "no benchmark has sensitive groups" in said[1]


def test_what_is_not_asked_for_is_said():
    panels = panels_over(ASKED, SAID)
    quiet, asked = (
        study(panels, named="run", asked=Asked(group_aware=aware)).sections[-1]
        for aware in (False, True)
    )
    assert quiet.notes == ("not asked for: --group-aware learns and judges it",)
    assert quiet.tables == ()
    assert [table.name for table in asked.tables] == ["group_aware", "group_aware_leads"]
