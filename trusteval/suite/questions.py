"""What a run asks: the questions of every benchmark, loaded, checked against what was published.

Knows no model and no protocol.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.spellings import check_spellings, spelled
from trusteval.errors import DataError, MissingDataError
from trusteval.metrics.scoring import Scoring
from trusteval.suite.data_facts import DataFacts
from trusteval.suite.fingerprints import fingerprint, published_fingerprint
from trusteval.suite.origin import Origin
from trusteval.suite.profiles import FULL, Profile
from trusteval.system.failed_before import FailedBefore
from trusteval.types import Declared


class Questionnaire:
    """The questions of a profile; each benchmark's files are read once."""

    def __init__(self, profile: Profile, origin: Origin, *, texts: PromptTexts) -> None:
        self._profile = profile
        self._origin = origin
        self._texts = texts
        check_spellings(texts.spellings, BENCHMARKS, origin=texts.origin)
        self._questions: dict[str, tuple[Question, ...]] = {}
        self._failed = FailedBefore()
        self._facts: dict[str, DataFacts] = {}

    def settings(self, benchmark: str) -> tuple[str, ...]:
        """Return the names of the settings the profile asks, missing ones included."""
        return self._profile.settings[benchmark]

    def questions(self, benchmark: str) -> tuple[Question, ...]:
        """Return what the profile asks of a benchmark, setting by setting.

        Raises DataError if a setting has another number of rows than declared, MissingDataError
        if the files of every setting are missing; some missing ones are left out.
        """
        if benchmark not in self._questions:
            # Asking the hub again would cost its timeouts again.
            with self._failed.remembering(benchmark):
                loaded = self._load(benchmark)
            drawn = self._profile.draw(benchmark, loaded)
            questions = [question for rows in drawn.values() for question in rows]
            if BENCHMARKS[benchmark].strata_by_occurrence:
                questions = _stratified_by_occurrence(questions)
            self._questions[benchmark] = tuple(questions)
        return self._questions[benchmark]

    def facts(self, benchmark: str) -> DataFacts:
        """Return which rows are asked, the hash of those read, what is missing or deviates."""
        asked = Counter(q.sample.setting.name for q in self.questions(benchmark))
        return replace(self._facts[benchmark], rows=dict(asked))

    def declared(self, benchmark: str, *, scoring: Scoring) -> dict[str, Declared]:
        """Return what every setting that counts has to bring; a missing one brings nothing."""
        targets: dict[str, list[str]] = {
            name: [] for name in self.settings(benchmark) if name in scoring.settings
        }
        for question in self.questions(benchmark):
            if scoring.counts(question.sample):
                targets.setdefault(question.sample.setting.name, []).append(question.sample.target)
        return {name: Declared(len(all_), frozenset(all_)) for name, all_ in targets.items()}

    def _load(self, benchmark: str) -> dict[str, tuple[Question, ...]]:
        source = self._origin.source(benchmark)
        settings = self._profile.declared(BENCHMARKS[benchmark])
        loaded: dict[str, tuple[Question, ...]] = {}
        missing: dict[str, MissingDataError] = {}
        spellings = self._texts.spellings.get(benchmark, {})
        for name, setting in settings.items():
            try:
                asked = spelled(setting, spellings)
                loaded[name] = BENCHMARKS[benchmark].load(source, asked, self._texts)
            except MissingDataError as error:
                missing[name] = error
                continue
            if setting.n_expected not in (None, len(loaded[name])):
                raise DataError(
                    f"{setting.id}: expected {setting.n_expected} rows in {source.root} for "
                    f"profile {self._profile.name}, got {len(loaded[name])}"
                )
        if missing and not loaded:
            raise next(iter(missing.values()))
        found = {name: fingerprint(rows) for name, rows in loaded.items()}
        published = {name: published_fingerprint(settings[name]) for name in loaded}
        deviating = sorted(
            name
            for name in loaded
            if not self._profile.is_demo and published[name] not in (None, found[name])
        )
        self._facts[benchmark] = DataFacts(
            published_settings=len(FULL.settings.get(benchmark, settings)),
            rows_read=sum(map(len, loaded.values())),
            sha256=hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest(),
            revisions=dict(source.revisions),
            missing=tuple(sorted(missing)),
            substitutes=dict(source.substitutes),
            deviating=tuple(deviating),
        )
        return loaded


def _stratified_by_occurrence(questions: Sequence[Question]) -> list[Question]:
    """Add to each stratum in how many settings its units are asked."""
    settings = Counter(question.sample.unit for question in questions)
    return [
        replace(
            question,
            sample=replace(
                question.sample,
                stratum=f"{question.sample.stratum}/{settings[question.sample.unit]}",
            ),
        )
        for question in questions
    ]
