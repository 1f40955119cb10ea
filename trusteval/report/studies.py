"""What ensembles show, run by run, as text for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trusteval.ensemble.study import Study
from trusteval.report.markup import in_markdown
from trusteval.report.sections import section_lines, section_markdown
from trusteval.tables import Section


def studies_lines(studies: Sequence[Study], across: Section | None, *, width: int) -> Iterator[str]:
    """Yield what a terminal shows: each run with its sections, then what is over all of them."""
    for place, study in enumerate(studies):
        yield from ("",) if place else ()
        yield _heading(study)
        yield from study.left_out
        yield from section_lines(study.sections, width=width)
    if across is not None:
        yield from section_lines([across], width=width)


def studies_markdown(studies: Sequence[Study], across: Section | None) -> Iterator[str]:
    """Yield lines of Markdown: a heading for each run, and one for what is over all of them."""
    for study in studies:
        yield from (f"# {in_markdown(_heading(study))}", "")
        yield from (f"- {in_markdown(line)}" for line in study.left_out)
        yield from ("",) if study.left_out else ()
        yield from section_markdown(study.sections)
    if across is not None:
        yield from section_markdown([across], level=1)


def _heading(study: Study) -> str:
    facts = study.panels.run.facts
    votes = ", ".join(study.panels.ensembles)
    model, profile = facts.model or "model not recorded", facts.profile or "profile not recorded"
    return f"{study.named}: {model}, {profile}, {facts.protocol}; {votes}"
