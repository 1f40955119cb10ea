"""What a run's ensembles show; in short that is a part of report.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trusteval.ensemble.asked import Asked
from trusteval.ensemble.members import recorded_ensembles
from trusteval.ensemble.panels import panels_of
from trusteval.ensemble.study import Study, study
from trusteval.errors import TrustEvalError
from trusteval.report.markup import Markdown, in_markdown
from trusteval.report.sections import section_markdown
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import DENSE, Unavailable

_POINTER = "All tables of this part, as JSON and pictures too: trusteval ensemble on this folder."

Votes = Study | Unavailable | None
"""What the votes of a run show, or why that cannot be found; None where it holds no vote."""


def study_of_votes(answers: AnsweredRun | Unavailable) -> Votes:
    """Ask the votes of a run all that is asked of them, but for what loads pandas."""
    if isinstance(answers, Unavailable):
        return answers
    try:
        ensembles = recorded_ensembles(answers, bits={})
        if not ensembles:
            return None
        panels = panels_of(answers, ensembles, dense=DENSE)
        return study(panels, named="", asked=Asked(dawid_skene=False))
    except TrustEvalError as error:
        return Unavailable(str(error))


def votes_in_short(answers: AnsweredRun) -> Markdown | None:
    """Return every section's notes and its first table; None where the run holds no vote."""
    return study_in_short(study_of_votes(answers))


def study_in_short(found: Votes) -> Markdown | None:
    """Return every section's notes and its first table, of what was found of a run's votes."""
    match found:
        case None:
            return None
        case Unavailable(why):
            return Markdown((f"What the votes show could not be found: {in_markdown(why)}",))
        case Study():
            return Markdown((*_lines(found), _POINTER))


def _lines(found: Study) -> Iterator[str]:
    yield from (f"- {in_markdown(line)}" for line in found.left_out)
    yield from ("",) if found.left_out else ()
    if found.panels.panels:
        short = [replace(section, tables=section.tables[:1]) for section in found.sections]
        yield from section_markdown(short, level=3)
