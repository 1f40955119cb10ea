"""What is recorded of subjects apart stays with them when they become one run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.answered_runs import FACTS, samples
from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.ensemble.joining import joined_run
from trusteval.ensemble.recorded_subject import RecordedSubject
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Cost, FinishReason, Label, LabelLogs, Response


def subject(name: str, items: Sequence[int]) -> RecordedSubject:
    """Return a subject to whom A was as likely as e to the power of minus the item's number."""
    table, key = SampleTable.of(samples(items)), (name, "mmlu")
    labels = tuple(spec.value for spec in table.samples[0].setting.labels)
    weighed = [LabelLogs(labels, (-float(n), *[-50.0] * (len(labels) - 1))) for n in items]
    run = AnsweredRun(
        FACTS,
        identities={key: {}},
        answer_tables={key: AnswerTable.of(table, [Label("A")] * len(items))},
        said={key: ResponseTable.of([Response("A", FinishReason.END, 9, 1)] * len(items))},
        costs={key: Cost(len(items), 9 * len(items), len(items), len(items), float(len(items)))},
        probabilities={key: LabelProbabilities.of(table.samples, weighed, missing="nobody did")},
    )
    return RecordedSubject(name, run)


def test_costs_and_probabilities_stay_with_items_that_are_cut_and_reordered() -> None:
    run, _ = joined_run([subject("gptq-8", range(10)), subject("gptq-4", range(14, 4, -1))])
    for name in ("gptq-8", "gptq-4"):
        key = name, "mmlu"
        items = [int(row.sample.id) for row in run.answer_tables[key]]
        assert sorted(items) == [5, 6, 7, 8, 9]
        column = run.probabilities[key].labels.index("A")
        assert np.array_equal(run.probabilities[key].log[:, column], np.negative(items))
        assert run.costs[key].n_answers == 10
        assert run.costs[key].wall_seconds == 10.0


def test_what_one_subject_lacks_others_keep() -> None:
    bare = subject("gptq-4", range(5))
    without = RecordedSubject(
        "gptq-4", AnsweredRun(FACTS, {}, bare.run.identities, bare.run.answer_tables, bare.run.said)
    )
    run, _ = joined_run([subject("gptq-8", range(10)), without])
    assert list(run.costs) == list(run.probabilities) == [("gptq-8", "mmlu")]
