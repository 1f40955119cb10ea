"""The items behind a verdict: those that speak against a subject and not against its reference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, N, run_of, with_wrong
from tests.report.parts import score, verdict
from trusteval.answers.table import AnswerTable
from trusteval.report.lost_items import LostItems, lost_items
from trusteval.tracking.answered_run import AnsweredRun, answered_run
from trusteval.types import Message, Outcome, Role, Unavailable, Variant, Verdict

DENSE = with_wrong(0, 1)
GPTQ = [WRONG, RIGHT, REFUSED, INVALID, WRONG, *with_wrong()[5:]]
PROMPTS = tuple(
    (Message(Role.SYSTEM, "Answer with a letter."), Message(Role.USER, f"Planet {n}?"))
    for n in range(N)
)


@pytest.fixture
def run() -> AnsweredRun:
    made = run_of({"dense": DENSE, "gptq-4": GPTQ})
    made = replace(made, prompts={"mmlu": PROMPTS})
    return answered_run(made.to_document(with_texts=True))  # as it is read from its file


def about(metric: str = "accuracy", **more: str | None) -> Verdict:
    found = verdict("mmlu", "gptq-4", Outcome.FAIL, score=replace(score(90.0), metric=metric))
    return replace(found, **more)


def names(found: LostItems | Unavailable) -> list[str]:
    assert isinstance(found, LostItems)
    assert found.n == len(found.shown)
    return [one.item.partition("/")[2] for one in found.shown]


def test_item_is_lost_where_only_the_reference_has_it_right(run: AnsweredRun) -> None:
    found = lost_items(run, about(reference="dense"), most=N)
    assert names(found) == ["2", "3", "4"]
    assert isinstance(found, LostItems)
    first = found.shown[0]
    assert (first.target, first.reference, first.reference_answer, first.answer) == (
        *("A", "dense", "A"),
        "refused",
    )
    assert (first.reference_said, first.said) == ("A", "I cannot say.")
    assert first.prompt == PROMPTS[2]
    assert "Which planet is number 2?" in first.text


def test_what_counts_is_the_metrics_own(run: AnsweredRun) -> None:
    assert names(lost_items(run, about("non_answer_rate", reference="dense"), most=N)) == ["2", "3"]
    assert names(lost_items(run, about("refusal_rate", reference="dense"), most=N)) == ["2"]
    assert names(lost_items(run, about("fairness", reference="dense"), most=N)) == [
        *("1", "2", "3", "4")
    ]


def test_held_to_a_limit_alone_it_is_all_that_speak_against_it(run: AnsweredRun) -> None:
    found = lost_items(run, about(), most=N)
    assert names(found) == ["0", "2", "3", "4"]
    assert isinstance(found, LostItems)
    assert found.shown[0].reference is None
    assert names(lost_items(run, about(setting="astronomy"), most=N)) == ["0", "2", "3", "4"]
    assert names(lost_items(run, about(setting="virology"), most=N)) == []


def test_more_are_counted_than_shown(run: AnsweredRun) -> None:
    found = lost_items(run, about(reference="dense"), most=1)
    assert isinstance(found, LostItems)
    assert (found.n, len(found.shown)) == (3, 1)


def test_baseline_is_found_where_the_run_kept_it(run: AnsweredRun) -> None:
    asked = about(reference="baseline")
    assert lost_items(run, asked, most=N) == Unavailable(
        "what was accepted is not among the answers of the run"
    )
    table = run.answer_tables["gptq-4", "mmlu"].sample_table
    accepted = AnswerTable.of(table, with_wrong(3))
    kept = replace(run, accepted={("gptq-4", "mmlu"): accepted})
    kept = answered_run(kept.to_document(with_texts=True))
    found = lost_items(kept, asked, most=N)
    assert names(found) == ["0", "2", "4"]
    assert isinstance(found, LostItems)
    assert found.shown[0].reference_said is None


def test_vote_is_laid_beside_its_chain_and_its_best_member() -> None:
    members = tuple(Variant(f"gptq-{bits}", "gptq", bits) for bits in (8, 4, 3))
    made = run_of(
        {"gptq-8": DENSE, "gptq-4": GPTQ, "gptq-3": with_wrong(9), "vote-gptq": with_wrong(0, 9)}
    )
    made = replace(made, members={("vote-gptq", "mmlu"): members})
    asked = replace(about(), subject="vote-gptq")
    chain = lost_items(made, replace(asked, reference="fallback"), most=N)
    assert names(chain) == ["9"]
    best = lost_items(made, replace(asked, reference="best-member"), most=N)
    assert names(best) == ["0"]
    assert isinstance(best, LostItems)
    assert best.shown[0].reference == "gptq-3, its best member"


def test_answers_that_are_not_there_are_no_empty_list(run: AnsweredRun) -> None:
    absent = Unavailable("the answers of awq-4 are not among those of the run")
    assert lost_items(run, replace(about(), subject="awq-4"), most=N) == absent
    assert lost_items(run, about(reference="awq-4"), most=N) == absent


def test_run_of_an_earlier_version_has_no_prompts() -> None:
    found = lost_items(run_of({"dense": DENSE, "gptq-4": GPTQ}), about(reference="dense"), most=1)
    assert isinstance(found, LostItems)
    assert found.shown[0].prompt is None
