"""What the tests of a run found, test by test, until all of it is a record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from trusteval.judging.record import JudgeLine, judge_line
from trusteval.report.laws import checked_line
from trusteval.report.ledger import FailedTest
from trusteval.report.record import Invariant
from trusteval.report.score_line import ScoreLine, score_line_from_dict
from trusteval.report.unjudged import Cause, Failure
from trusteval.report.verdict_document import verdict_from_dict
from trusteval.types import Verdict


class Findings:
    """Scores, verdicts, failures and laws by what they are of; of the same, the last is kept."""

    def __init__(self) -> None:
        self.scores: dict[tuple[str, str], ScoreLine] = {}
        self.verdicts: dict[tuple[str, str], Verdict] = {}
        self.failed_verdicts: set[tuple[str, str]] = set()
        self.broken: dict[str, str] = {}
        self.failures: list[Failure] = []
        self.builds: dict[str, Mapping[str, object]] = {}
        self.readings: dict[tuple[str, str], JudgeLine] = {}
        self._invariants: dict[str, Invariant] = {}
        self._remembered: dict[str, str] = {}
        self._failed_tests: dict[FailedTest, str | None] = {}

    def add(self, name: str, value: object, *, outcome: str) -> None:
        """Take one property of a test's report; others than ours are left alone."""
        match name:
            case "trust_score":
                line = score_line_from_dict(json.loads(str(value)))
                self.scores[line.benchmark, line.subject] = line
            case "trust_verdict":
                verdict = verdict_from_dict(json.loads(str(value)))
                self.verdicts[verdict.gate, verdict.subject] = verdict
                if outcome == "failed":
                    self.failed_verdicts.add((verdict.gate, verdict.subject))
            case "trust_broken":
                found = json.loads(str(value))
                self.broken[found["subject"]] = found["why"]
            case "trust_failure":
                found = json.loads(str(value))
                self.failures.append(Failure(**{**found, "cause": Cause(found["cause"])}))
            case "trust_second_reading":
                reading = judge_line(json.loads(str(value)))
                self.readings[reading.benchmark, reading.subject] = reading
            case "trust_build":
                self.builds.update(json.loads(str(value)))
            case "vote_invariant":
                self._invariants[str(value)] = Invariant(str(value), outcome)
            case "vote_remembered":
                name, _, when = str(value).rpartition(" ")
                self._remembered[name] = when

    def add_failed_test(self, failed: FailedTest, *, subject: str | None = None) -> None:
        """Take a test whose failure no verdict says; `subject` is who it kept from being judged."""
        self._failed_tests[failed] = subject

    def failed_tests(self, *, but_of: set[str]) -> list[FailedTest]:
        """Return the failed tests, without those of subjects of whom it is said anyway."""
        return [one for one, who in self._failed_tests.items() if who not in but_of]

    @property
    def invariants(self) -> Sequence[Invariant]:
        """The laws of the vote, each with whether it held."""
        return list(self._invariants.values())

    @property
    def laws_line(self) -> str:
        """When the laws of the vote were checked; empty where they did not run."""
        return checked_line(list(self._invariants), remembered=self._remembered)

    @property
    def is_empty(self) -> bool:
        """Whether no subject was scored, judged or failed."""
        return not (self.scores or self.verdicts or self.broken or self.failures)
