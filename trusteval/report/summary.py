"""All that a report of a run says, built once: terminal, Markdown and others only lay it out."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.report.caveats import caveats
from trusteval.report.circumstances import Circumstances
from trusteval.report.gaps import Gaps, gaps
from trusteval.report.judge import JudgeSummary, judge_summary
from trusteval.report.judgements import Judgements, judgements
from trusteval.report.laws import Laws, laws
from trusteval.report.provenance import Provenance, provenance
from trusteval.report.record import RunRecord
from trusteval.report.scores import Scores, scores
from trusteval.report.tries import too_many_tries, tries_lines


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said of a run, in words and cells.

    `remote_code` says loudly whose own code ran, `vote_leads` how far votes are ahead of the best
    of their members, `tries` what building a subject again and again does to its verdict (who
    had too many of them is said apart too), `caveats` what the numbers are not, `judge` what one
    read again.
    """

    judgements: Judgements
    gaps: Gaps
    scores: Scores
    laws: Laws
    provenance: Provenance
    remote_code: tuple[str, ...]
    vote_leads: tuple[str, ...]
    tries: tuple[str, ...]
    too_many_tries: tuple[str, ...]
    caveats: tuple[str, ...]
    judge: JudgeSummary | None = None


def summarize(record: RunRecord, circumstances: Circumstances) -> Summary:
    """Word a run for people."""
    return Summary(
        judgements=judgements(record),
        gaps=gaps(record),
        scores=scores(record),
        laws=laws(record, checked=circumstances.laws),
        provenance=provenance(record, circumstances),
        remote_code=tuple(_remote_code_lines(record)),
        vote_leads=tuple(lead.sentence for lead in record.vote_leads or ()),
        tries=tuple(tries_lines(record)),
        too_many_tries=tuple(too_many_tries(record)),
        caveats=tuple(caveats(record)),
        judge=judge_summary(record),
    )


def _remote_code_lines(record: RunRecord) -> list[str]:
    """Say loudly whose own code ran."""
    ran = record.noted("remote code")
    return [f"WARNING: {name} ran code of its own ({code})" for name, code in ran.items()]
