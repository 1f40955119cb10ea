"""The report for people: report.md, from a summary."""

from __future__ import annotations

from importlib.resources import files

from trusteval.report.markup import Markdown, in_markdown
from trusteval.report.scores import COLUMNS
from trusteval.report.summary import Summary


def render_markdown(summary: Summary, votes: Markdown | None = None) -> str:
    """Render the report; `votes` is what is found of its ensembles.

    Every value goes through `in_markdown`: what is markup stands in the template.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=in_markdown
    )
    source = (files("trusteval.report") / "report.md.j2").read_text(encoding="utf-8")
    return environment.from_string(source).render(summary=summary, columns=COLUMNS, votes=votes)
