"""The report for people: report.md, from the same values as verdicts.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, replace
from importlib.resources import files

from trusteval.report.markup import in_markdown
from trusteval.report.record import RunRecord
from trusteval.report.summary import (
    COLUMNS,
    asked_rows,
    beside_lines,
    broken_lines,
    caveats,
    failed_test_lines,
    headlines,
    incomplete_lines,
    invariants_line,
    lost_answer_lines,
    perplexity_lines,
    protocol_rows,
    remote_code_lines,
    run_line,
    sentences,
    summary_rows,
    tally,
    unjudged_lines,
)
from trusteval.report.tries import tries_lines


def render_markdown(record: RunRecord, circumstances: Mapping[str, object]) -> str:
    """Render the report; `circumstances` is the content of run.json.

    Every value goes through `in_markdown`: what is markup stands in the template.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=in_markdown
    )
    source = (files("trusteval.report") / "report.md.j2").read_text(encoding="utf-8")
    facts = replace(record, tries=None, vote_leads=None).facts_document()
    notes = {line.subject: line.notes for line in record.scores if line.notes}
    return environment.from_string(source).render(
        record=record,
        columns=COLUMNS,
        rows=[[str(cell) for cell in astuple(row)] for row in summary_rows(record)],
        asked=asked_rows(record),
        beside=beside_lines(record),
        broken=broken_lines(record),
        incomplete=incomplete_lines(record),
        unjudged=unjudged_lines(record, each=True),
        failed_tests=[*failed_test_lines(record, each=True), *lost_answer_lines(record)],
        tries=tries_lines(record),
        vote_leads=[lead.sentence for lead in record.vote_leads or ()],
        facts=facts,
        run=run_line(circumstances),
        remote_code=remote_code_lines(record),
        perplexity=perplexity_lines(record),
        headlines=headlines(record),
        protocol_rows=protocol_rows(record),
        not_passed=sentences(record, passed=False),
        passed=sentences(record, passed=True),
        tally=tally(record),
        invariants_line=invariants_line(record),
        invariants=sorted(record.invariants, key=lambda invariant: invariant.name),
        caveats=caveats(record),
        notes=notes,
        circumstances=circumstances,
    )
