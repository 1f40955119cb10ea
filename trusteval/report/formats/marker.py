"""The hidden first line of a comment, by which the next run finds and replaces it."""

from __future__ import annotations

from trusteval.report.finished_run import FinishedRun
from trusteval.system.digests import digest

_LETTERS = 16


def marker(run: FinishedRun) -> str:
    """Return a comment of HTML, the same for every run of a gate on the same model.

    Gates of another file, another model, profile or protocol, or another folder for reports have
    another one. Rows of gates and commits do not change it, nor does what was found.
    """
    facts = run.record.facts
    origin = None if facts.gates is None else facts.gates.origin
    known = [facts.model, facts.profile, facts.protocol, origin, run.circumstances.reports]
    return f"<!-- trusteval {digest(ascii(known))[:_LETTERS]} -->"
