"""The mean of the members' probabilities: the likeliest label, and what is said where it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ensemble.polled import answers_in, panel_about
from trusteval.ensemble.mean_probability import by_mean_probability
from trusteval.ensemble.poll import Decided, Poll
from trusteval.types import Answer, Label, LabelLogs, Unavailable

LETTERS = ("A", "B", "C", "D")
MEMBERS = ("gptq-8", "gptq-4", "gptq-3")
ROWS = 6
shares = st.lists(
    st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4), min_size=ROWS, max_size=ROWS
)


def logs(*probabilities: float | None) -> LabelLogs:
    unknown = "" if None not in probabilities else "the server names no more than one"
    return LabelLogs(LETTERS, tuple(p if p is None else log(p) for p in probabilities), unknown)


def decided(
    weighed: Mapping[str, Sequence[LabelLogs]], *, said: Mapping[str, Answer] | None = None
) -> Decided | Unavailable:
    rows = len(next(iter(weighed.values()))) if weighed else ROWS
    answers = said or dict.fromkeys(MEMBERS, Label("A"))
    cast = {name: [answer] * rows for name, answer in answers.items()}
    return by_mean_probability(Poll.of(panel_about(["A"] * rows, cast, weighed=weighed), seed=0))


def only_answer(weighed: Mapping[str, LabelLogs], **said: Answer) -> Answer:
    found = decided({name: [one] for name, one in weighed.items()})
    assert isinstance(found, Decided)
    (answer,) = answers_in(found.answers)
    return answer


def test_sure_member_outvotes_two_that_hardly_prefer_another() -> None:
    unsure = logs(0.3, 0.2, 0.25, 0.25)
    weighed = {"gptq-8": unsure, "gptq-4": unsure, "gptq-3": logs(0.01, 0.97, 0.01, 0.01)}
    assert only_answer(weighed) == Label("B")


def test_what_labels_have_together_counts_alike_for_all_members() -> None:
    faint = logs(0.00009, 0.00001, 0.000001, 0.000001)
    loud = logs(0.2, 0.3, 0.2, 0.2)
    assert only_answer({"gptq-8": loud, "gptq-4": faint, "gptq-3": faint}) == Label("A")


def test_equal_means_go_to_the_label_of_the_highest_precision() -> None:
    first, second = logs(0.2, 0.5, 0.2, 0.1), logs(0.5, 0.2, 0.2, 0.1)
    even = logs(0.3, 0.3, 0.3, 0.1)
    assert only_answer({"gptq-8": first, "gptq-4": second, "gptq-3": even}) == Label("B")
    assert only_answer({"gptq-8": second, "gptq-4": first, "gptq-3": even}) == Label("A")


@settings(max_examples=25, deadline=None)
@given(st.tuples(shares, shares, shares))
def test_likeliest_label_is_that_of_the_mean_counted_row_by_row(
    members: tuple[list[list[float]], ...],
) -> None:
    weighed = dict(zip(MEMBERS, ([logs(*row) for row in rows] for rows in members), strict=True))
    found = decided(weighed)
    assert isinstance(found, Decided)
    for row, answer in enumerate(answers_in(found.answers)):
        means = np.mean([np.array(rows[row]) / sum(rows[row]) for rows in members], axis=0)
        assert isinstance(answer, Label)
        assert means[LETTERS.index(answer.value)] == pytest.approx(means.max(), abs=1e-8)
    assert found.share == 1.0


def test_item_with_an_unknown_label_has_the_votes_answer() -> None:
    known, half = logs(0.1, 0.1, 0.7, 0.1), logs(0.1, 0.1, 0.7, None)
    found = decided({"gptq-8": [known, half], "gptq-4": [known, known], "gptq-3": [known, known]})
    assert isinstance(found, Decided)
    assert answers_in(found.answers) == [Label("C"), Label("A")]
    assert found.share == 0.5


def test_run_without_probabilities_says_how_to_record_them() -> None:
    found = decided({})
    assert isinstance(found, Unavailable)
    assert "--trust-probabilities" in found.why


def test_member_without_probabilities_is_named() -> None:
    known = [logs(0.1, 0.1, 0.7, 0.1)]
    found = decided({"gptq-8": known, "gptq-3": known})
    assert isinstance(found, Unavailable)
    assert found.why == "no probabilities of gptq-4 are recorded"


def test_nothing_known_anywhere_says_why() -> None:
    found = decided(dict.fromkeys(MEMBERS, (logs(0.5, None, None, None),)))
    assert isinstance(found, Unavailable)
    assert "the server names no more than one" in found.why
