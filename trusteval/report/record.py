"""What a run found, as plain values: the content of verdicts.json.

A pure function of recordings, gates and seed: the same run gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from trusteval.judging.record import JudgeRecord, judge_record
from trusteval.printable import printable_json
from trusteval.report.document_shape import check_record
from trusteval.report.ledger import Ending, FailedTest, failed_test_from_dict
from trusteval.report.score_line import ScoreLine, score_line_from_dict
from trusteval.report.try_count import TryCount, try_count
from trusteval.report.unjudged import Unjudged, unjudged_from_dict
from trusteval.report.verdict_document import verdict_document, verdict_from_dict
from trusteval.system.files import abbreviated
from trusteval.system.plain import fields_in, said, texts_in
from trusteval.tracking.run_facts import RunFacts, run_facts
from trusteval.tracking.vote_leads import VoteLead
from trusteval.types import Level, Verdict

SCHEMA_VERSION = 6


@dataclass(frozen=True, slots=True)
class Invariant:
    """One law of the vote and whether it held ("passed", "failed", "skipped")."""

    name: str
    outcome: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything a run decided, and what it was asked and did not decide.

    `facts` say which data, prompts, protocol and gates were used; `doubts`, `tries` and
    `vote_leads` are None until the run ends. `broken` says of broken subjects what is wrong with
    them; `unjudged` are the gates without a verdict; `not_recorded` says of benchmarks why they are
    not; `failed_tests` are those whose failure no verdict says, `lost_answers` the benchmarks, by
    subject, whose answers were judged and are not kept. `judge` is what a judge read again.
    """

    facts: RunFacts
    subjects: Sequence[str]
    scores: Sequence[ScoreLine]
    verdicts: Sequence[Verdict]
    invariants: Sequence[Invariant]
    broken: Mapping[str, str] = field(default_factory=dict)
    not_recorded: Mapping[str, str] = field(default_factory=dict)
    unjudged: Sequence[Unjudged] = ()
    ending: Ending = Ending.FINISHED
    failed_tests: Sequence[FailedTest] = ()
    lost_answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    doubts: Sequence[str] | None = None
    tries: TryCount | None = None
    vote_leads: Sequence[VoteLead] | None = None
    judge: JudgeRecord | None = None

    @property
    def places(self) -> dict[str, int]:
        """The place of each subject among the others."""
        return {name: place for place, name in enumerate(self.subjects)}

    @property
    def lines(self) -> list[ScoreLine]:
        """The scores by dimension, benchmark and subject."""
        order = self.places
        return sorted(
            self.scores, key=lambda s: (s.dimension, s.benchmark, order.get(s.subject, -1))
        )

    def noted(self, name: str) -> dict[str, str]:
        """Return one note on how subjects ran, of those that have it."""
        notes = {line.subject: line.notes for line in self.scores}
        return {who: notes[who][name] for who in self.subjects if name in notes.get(who, {})}

    @property
    def is_complete(self) -> bool:
        """Whether the run ended by itself, with a verdict on every gate it was asked about."""
        is_whole = not self.unjudged and not self.lost_answers
        return is_whole and self.ending is Ending.FINISHED

    def ledger(self) -> dict[str, Any]:
        """Return what was asked, judged and not, in short: what every file of the run carries."""
        n_judged = len(self.verdicts)
        missing = [one for one in self.unjudged if one.gate is not None]
        return {
            "complete": self.is_complete,
            "ending": self.ending.value,
            "gates": {"judged": n_judged, "of": n_judged + len(missing)},
            "missing": sorted(f"{one.subject} on {one.gate}: {one.cause}" for one in missing),
            "failed_tests": sorted(one.sentence for one in self.failed_tests),
            "lost_answers": self.lost_answers,
        }

    def judged(self, level: Level) -> tuple[int, int]:
        """Return how many gates and subjects of a level have a verdict, and of how many."""
        n_judged = sum(verdict.level is level for verdict in self.verdicts)
        return n_judged, n_judged + sum(one.level is level for one in self.unjudged)

    def facts_document(self) -> dict[str, Any]:
        """Return the run's facts, and what was found of it at its end, as plain values."""
        document = self.facts.to_document()
        if self.doubts is not None:
            document["doubts"] = list(self.doubts)
        if self.tries is not None:
            document["tries"] = self.tries.to_document()
        if self.vote_leads is not None:
            document["vote_leads"] = said(self.vote_leads)
        return document

    def to_json(self) -> str:
        """Serialise with sorted keys and lines ordered by name."""
        order = self.places
        n_judged, n_asked = self.judged(Level.BLOCK)
        document = {
            "schema": SCHEMA_VERSION,
            "facts": self.facts_document(),
            "subjects": list(self.subjects),
            "scores": [
                line.to_document()
                for line in sorted(
                    self.scores, key=lambda s: (s.benchmark, order.get(s.subject, -1))
                )
            ],
            "verdicts": [
                verdict_document(verdict)
                for verdict in sorted(
                    self.verdicts, key=lambda v: (v.gate, order.get(v.subject, -1))
                )
            ],
            "broken": self.broken,
            "not_recorded": dict(self.not_recorded),
            "complete": self.is_complete,
            "ending": self.ending.value,
            "failed_tests": [
                asdict(one) for one in sorted(self.failed_tests, key=lambda f: (f.test, f.step))
            ],
            "lost_answers": self.lost_answers,
            "blocking_gates": {"judged": n_judged, "of": n_asked},
            "unjudged": [
                asdict(one)
                for one in sorted(
                    self.unjudged,
                    key=lambda u: (u.gate or "", u.benchmark or "", order.get(u.subject, -1)),
                )
            ],
            "vote_invariants": [
                asdict(invariant) for invariant in sorted(self.invariants, key=lambda i: i.name)
            ],
        }
        if self.judge is not None:
            document["judge"] = self.judge.to_document()
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
        return printable_json(text) + "\n"


def run_record_from_dict(values: Mapping[str, Any]) -> RunRecord:
    """Rebuild a run from the content of verdicts.json.

    Raises ValueError or TypeError if it is none of this schema.
    """
    if not isinstance(values, dict) or values.get("schema") != SCHEMA_VERSION:
        got = values.get("schema") if isinstance(values, dict) else None
        raise ValueError(f"schema {abbreviated(got)}, expected {SCHEMA_VERSION}")
    check_record(values)
    facts = values["facts"]
    leads = facts.get("vote_leads")
    return RunRecord(
        facts=run_facts(facts),
        subjects=list(values["subjects"]),
        scores=[score_line_from_dict(line) for line in values["scores"]],
        verdicts=[verdict_from_dict(line) for line in values["verdicts"]],
        invariants=[Invariant(line["name"], line["outcome"]) for line in values["vote_invariants"]],
        broken=values["broken"],
        not_recorded=values.get("not_recorded", {}),
        unjudged=[unjudged_from_dict(line) for line in values["unjudged"]],
        ending=Ending(values["ending"]),
        failed_tests=[failed_test_from_dict(line) for line in values["failed_tests"]],
        lost_answers=values["lost_answers"],
        doubts=texts_in(facts, "doubts"),
        tries=try_count(facts.get("tries")),
        judge=judge_record(values.get("judge")),
        vote_leads=None
        if leads is None
        else [VoteLead(**fields_in(lead, VoteLead)) for lead in leads],
    )
