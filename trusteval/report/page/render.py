"""Makes report.html of a finished run: text in, one page out, nothing else read or asked."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from trusteval.charts.look import stylesheet
from trusteval.report.browse.browser import browser_of
from trusteval.report.caveats import reservations
from trusteval.report.circumstances import Circumstances
from trusteval.report.decision import Decision, decision
from trusteval.report.finished_run import FinishedRun
from trusteval.report.page.anchors import answer_address
from trusteval.report.page.commands import commands
from trusteval.report.page.gate_entries import gate_groups
from trusteval.report.page.marks import mark_of
from trusteval.report.page.overview import overview
from trusteval.report.page.parts import Part, parts_of
from trusteval.report.page.policy import policy
from trusteval.report.page.reasons import mark_of_reason, place_of
from trusteval.report.page.texts import abridged, breakable, excerpt, shown
from trusteval.report.pictures.gallery import pictures_of
from trusteval.report.summary import Summary, summarize
from trusteval.report.table_html import html_table
from trusteval.report.votes import Votes, study_of_votes
from trusteval.types import Level, Outcome, Unavailable

if TYPE_CHECKING:
    from jinja2 import Environment

_MOST_REASONS, _MOST_WARNINGS = 5, 5
"""What the first screen has room for; all of it stands below."""


def render_page(run: FinishedRun) -> str:
    """Return the page of a run, with what its votes show."""
    return page_with(run, study_of_votes(run.answers))


def notice(title: str, why: str, circumstances: Circumstances) -> str:
    """Return a page that says of a run only why there is no other one."""
    from markupsafe import Markup

    style = "\n".join((stylesheet(), _read("page.css")))
    template = _environment().get_template("notice.html.j2")
    return template.render(
        title=title,
        why=why,
        run_line=_sentence(circumstances.run_line),
        policy=policy(script=None, style=style),
        style=Markup(style),
    )


def page_with(run: FinishedRun, votes: Votes) -> str:
    """Return the page of a run; `votes` is what was found of its ensembles, None without any."""
    from markupsafe import Markup

    browser = browser_of(run)
    script = "\n".join((_read("page.js"), browser.script))
    style = "\n".join((stylesheet(), _read("page.css"), browser.css))
    summary = summarize(run.record, run.circumstances)
    decided, groups = decision(run.record, exit_status=run.exit_status), gate_groups(run)
    parts = parts_of(run, summary)
    entries = [entry for group in groups for entry in group.entries]
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            **_identity(run),
            policy=policy(script=script, style=style),
            script=Markup(script),
            style=Markup(style),
            answer=mark_of(decided.answer),
            decision=decided,
            most_reasons=_MOST_REASONS,
            overview=overview(run.record, decided),
            but=reservations(run.record),
            caution=mark_of("WARN"),
            warnings=_warnings(run, summary, decided),
            most_warnings=_MOST_WARNINGS,
            contents=_contents(parts),
            pictures=pictures_of(run),
            browser_html=Markup(browser.html),
            groups=groups,
            subjects=list(dict.fromkeys(entry.subject for entry in entries)),
            outcomes=sorted({entry.mark.word for entry in entries}),
            summary=summary,
            votes=votes,
            parts=parts,
            commands=commands(run),
        )
    )


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("trusteval.report.page"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
        finalize=shown,
    )
    environment.filters |= {
        "abridged": abridged,
        "address": answer_address,
        "breakable": breakable,
        "drawn": Markup,
        "excerpt": excerpt,
        "html_table": html_table,
        "mark": mark_of_reason,
        "place": place_of,
    }
    environment.tests["unavailable"] = lambda value: isinstance(value, Unavailable)
    return environment


def _read(name: str) -> str:
    return (files("trusteval.report.page") / name).read_text(encoding="utf-8")


def _identity(run: FinishedRun) -> dict[str, Any]:
    """Say which run it is: what stands in the title and below the answer."""
    facts, where = run.record.facts, run.circumstances
    judged, asked = run.record.judged(Level.BLOCK)
    status = "unknown" if run.exit_status is None else str(run.exit_status)
    which = (
        ("model", facts.model or "unknown"),
        ("profile", facts.profile or "unknown"),
        ("answered by", facts.engine or "unknown"),
        ("read by", facts.protocol or "unknown"),
        ("started", where.started or "unknown"),
        ("commit", (where.commit or "unknown")[:12]),
        ("blocking gates judged", f"{judged} of {asked}"),
        ("exit status", status),
    )
    return {
        "model": facts.model or "a model not recorded",
        "profile": f"profile {facts.profile or 'not recorded'}",
        "which": which,
        "run_line": _sentence(where.run_line),
    }


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _warnings(run: FinishedRun, summary: Summary, decided: Decision) -> list[str]:
    """Return what a reader must know beside the answer and its reasons, in short."""
    doubts = () if summary.judge is None else summary.judge.doubts
    lines = [*summary.gaps.incomplete, *summary.remote_code, *summary.tries, *doubts]
    warned = [
        f"{verdict.subject} on {verdict.gate}"
        for verdict in run.record.verdicts
        if verdict.level is Level.WARN and verdict.outcome is not Outcome.PASS
    ]
    if warned:
        gates = "1 warning gate does" if len(warned) == 1 else f"{len(warned)} warning gates do"
        lines.append(f"{gates} not pass: {', '.join(warned)}")
    if not run.record.invariants:
        lines.append(summary.laws.line)
    if isinstance(run.answers, Unavailable):
        lines.append(f"The answers are not shown: {run.answers.why}")
    said = (*(reason.words for reason in decided.reasons), *reservations(run.record))
    return [line for line in (*lines, *summary.caveats) if not line.endswith(said)]


def _contents(parts: tuple[Part, ...]) -> list[tuple[str, str]]:
    return [
        ("verdict", "Verdict"),
        ("pictures", "Pictures"),
        ("answers", "Browse the answers"),
        ("gates", "Gates"),
        ("not-judged", "Not judged"),
        ("ensembles", "Ensembles"),
        *((part.place, part.title) for part in parts),
        ("commands", "Commands"),
        ("caveats", "What the numbers are not"),
    ]
