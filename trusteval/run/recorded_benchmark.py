"""One benchmark of a recorded run, as gates measure it: who answered it, and how it is scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.answers.table import AnswerTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import VariantError
from trusteval.gates.aims import Asked
from trusteval.gates.planning import assumed_discordance
from trusteval.metrics.measuring import Measurement
from trusteval.metrics.metric import SCORE
from trusteval.run.subjects import UNKNOWN, parse_variants
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.reader_version import protocol_of
from trusteval.types import Declared, Ensemble, Subject, Variant

NON_ANSWERS, BALANCED = "non_answer_rate", "balanced_accuracy"


@dataclass(frozen=True, slots=True, eq=False)
class RecordedBenchmark:
    """What a run holds of one benchmark: `asked` of all, and by subject who it is and its answers.

    `missing` are settings of it that had no data.
    """

    name: str
    asked: Asked
    subjects: Mapping[str, Subject]
    answers: Mapping[str, AnswerTable]
    missing: tuple[str, ...] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """What to hold of it: its score, silence, and what a fair score does not see."""
        scoring = self.asked.scoring
        parts = (name for part in scoring.subscores.values() for name in part.metrics.values())
        is_fair = any(scoring.table[name].is_disparity for name in parts)
        own = [name for name in BENCHMARKS[self.name].beside if name in scoring.about]
        return (SCORE.name, *([BALANCED] if is_fair else []), *own, NON_ANSWERS)

    def measured(self, subject: str, metric: str) -> Measurement:
        """Measure what a subject answered."""
        return self.asked.scoring.measure(
            metric, self.answers[subject], declared=self.asked.declared
        )

    def differing(self, subject: str, *, reference: str, metric: str) -> float:
        """Return on what share of the rows only one of two is right, or for silence is silent."""
        its, ours = (self._concerned(self.answers[one], metric) for one in (subject, reference))
        if metric == NON_ANSWERS:
            return float((its.answered != ours.answered).mean())
        return float((its.correct != ours.correct).mean())

    def _concerned(self, answers: AnswerTable, metric: str) -> AnswerTable:
        settings = self.asked.scoring.about.get(metric)
        if settings is None:
            return answers
        return answers.where(lambda sample: sample.setting.name in settings)

    def assumed(self, subject: str) -> float:
        """Return on what share of the rows a subject is taken to differ before anybody answers."""
        return assumed_discordance(self.subjects[subject])


def recorded_benchmark(run: AnsweredRun, name: str) -> RecordedBenchmark:
    """Return what a run holds of a benchmark that it asked."""
    answers = {
        subject: table for (subject, asked), table in run.answer_tables.items() if asked == name
    }
    sample_table = next(iter(answers.values())).sample_table
    scoring = protocol_of(run.facts).scoring(name, settings=sample_table.settings)
    counted = scoring.counted(next(iter(answers.values()))).by_setting()
    data = run.data.get(name)
    return RecordedBenchmark(
        name,
        Asked(
            sample_table,
            scoring,
            {
                setting: Declared(len(rows), rows.targets)
                for setting, rows in counted.items()
                if setting in scoring.settings
            },
        ),
        {subject: _subject(run, subject, name) for subject in answers},
        answers,
        (data.missing or ()) if data is not None else (),
    )


def _subject(run: AnsweredRun, name: str, benchmark: str) -> Subject:
    """Return who a recorded name is; of a checkpoint that somebody brought only that is known."""
    if (members := run.members.get((name, benchmark))) is not None:
        return Ensemble(name, members)
    known = {one.name: one for of_vote in run.members.values() for one in of_vote}
    if name in known:
        return known[name]
    try:
        (variant,) = parse_variants(name)
    except (VariantError, ValueError):
        return Variant(name, UNKNOWN, bits=0)
    return variant
