"""One sentence for a release note: what was compressed, what of it was held and what not."""

from __future__ import annotations

from pathlib import Path

from trusteval.report.caveats import reservations
from trusteval.report.decision import decision
from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.blocks import SENTENCE, brief
from trusteval.report.formats.held import benchmark_counts, held_clauses, listed
from trusteval.report.gaps import gaps
from trusteval.report.record import RunRecord

_REASONS = 5
"""That are listed of what keeps it from shipping."""


def release_note(run: FinishedRun) -> str:
    """Return a sentence of Markdown that begins with whether it may ship."""
    record = run.record
    decided = decision(record, exit_status=run.exit_status)
    loud = [decided.sentence, *gaps(record).incomplete, *reservations(record)]
    reasons = (brief(reason.sentence, SENTENCE) for reason in decided.reasons)
    because = listed(reasons, most=_REASONS)
    on = listed(benchmark_counts(record)) or "nothing"
    said = [
        *([f"because: {because}"] if because else []),
        f"{_compressed(record)} of the model {model_name(record)} against {_against(record)}",
        f"asked on {on}",
        *held_clauses(record),
    ]
    told = "; ".join(f"**{brief(line, SENTENCE)}**" for line in loud)
    return f"{told}; {'; '.join(said)} ({judged_by(run)}).\n"


def model_name(record: RunRecord) -> str:
    """Return what a model is called elsewhere: of a path its last part."""
    name = str(record.facts.model)
    return brief(Path(name).name if Path(name).is_absolute() else name)


def judged_by(run: FinishedRun) -> str:
    """Say by what, how and when a run was judged."""
    facts, told = run.record.facts, run.circumstances
    version = told.versions.get("trusteval", "of unknown version")
    gates = facts.gates_sha256
    return ", ".join(
        [
            f"trusteval {brief(version)}",
            f"profile {brief(facts.profile)}",
            f"protocol {brief(facts.protocol)}",
            f"data: {brief(facts.data)}",
            f"gates {'unknown' if gates is None else brief(gates[:12])}",
            brief((told.started or "date unknown").partition("T")[0]),
        ]
    )


def _compressed(record: RunRecord) -> str:
    """Name what was judged, and how it was compressed or what it is a vote over."""
    notes = {line.subject: line.notes for line in record.lines}
    told = []
    for subject in record.subjects:
        known = notes.get(subject, {})
        how = known.get("quantization") or " ".join(("vote over", known.get("vote over", "")))
        is_told = "quantization" in known or "vote over" in known
        told.append(f"{brief(subject)} ({brief(how)})" if is_told else brief(subject))
    return listed(told) or "no subject"


def _against(record: RunRecord) -> str:
    """Name what subjects were compared with, and whether limits stand alone."""
    references = {
        verdict.reference or (verdict.change and verdict.change.reference)
        for verdict in record.verdicts
    }
    named = sorted(brief(name) for name in references if name)
    alone = ["fixed limits"] if None in references else []
    return " and ".join([*named, *alone]) or "nothing"
