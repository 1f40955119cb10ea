"""The summary of a run for a terminal, what matters most last, where the eye is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from trusteval.report.drawn import drawn
from trusteval.report.judge import JudgeSummary
from trusteval.report.judgements import Sentence
from trusteval.report.lost_item_lines import lost_item_lines
from trusteval.report.outcomes import SEVERITY
from trusteval.report.summary import Summary
from trusteval.report.table_texts import cell_texts, said_below
from trusteval.report.terminal.detail import Detail
from trusteval.report.terminal.folding import folded
from trusteval.report.terminal.marks import STYLES, Mark, mark_of
from trusteval.report.terminal.score_table import score_table, verdict_lines
from trusteval.system.screen import Screen
from trusteval.tables import Table
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Unavailable

_UNBOUNDED = 160
"""How wide a table is drawn where lines have no end."""
_EXCUSED = ("WARN", "INCONCLUSIVE")
"""Verdicts short of PASS that do not block by themselves."""
_MOST_WITH_ITEMS = 10
"""Of how many gates that failed the items are shown, the worst of them."""


def summary_lines(
    summary: Summary,
    *,
    screen: Screen,
    answers: AnsweredRun | Unavailable,
    detail: Detail = Detail.LONG,
    accepting: Sequence[str] = (),
    where: str = "",
    page: str = "",
) -> Iterator[str]:
    """Yield lines that may be written as they are: printable, but for codes of our own colours.

    From `answers` come the first items behind what failed. `page` and `where` the report is stand
    last, but for what became of `accepting` it.
    """
    match detail:
        case Detail.LONG:
            yield from _long(summary, screen=screen, answers=answers)
        case Detail.SHORT:
            yield from _short(summary, screen=screen)
        case Detail.OFF:
            yield from _least(summary, screen=screen)
    yield from _texts(() if summary.judge is None else summary.judge.doubts, screen=screen)
    yield from folded(*_tally(summary), screen=screen)
    yield from _marked(summary.gaps.incomplete, screen=screen)
    yield from _texts((f"page: {page}",) if page else (), screen=screen)
    yield from _texts((f"report: {where}",) if where else (), screen=screen)
    yield from _texts(accepting, screen=screen)


def _long(summary: Summary, *, screen: Screen, answers: AnsweredRun | Unavailable) -> Iterator[str]:
    yield from _marked(summary.gaps.incomplete, screen=screen)
    yield from score_table(summary.scores.rows, screen)
    yield ""
    if summary.judge is not None:
        yield from _judge(summary.judge, screen=screen)
    yield from _kinds(summary, screen=screen)
    yield from _texts(_notes(summary), screen=screen)
    yield ""
    judged = list(_judged(summary, screen=screen, answers=answers))
    yield from (*judged, "") if judged else ()


def _judge(judge: JudgeSummary, *, screen: Screen) -> Iterator[str]:
    """Yield who read answers again, and how often alike."""
    yield from _texts((f"Judge: {line}" for line in judge.who), screen=screen)
    for table in (judge.table, judge.corrected):
        yield from _table(table, screen=screen)
    yield from _texts([*judge.notes, ""], screen=screen)


def _kinds(summary: Summary, *, screen: Screen) -> Iterator[str]:
    """Yield the tables of rates by kind of item that show any."""
    for table in summary.scores.kinds:
        if table.rows:
            yield from folded(table.title, screen=screen)
            yield from (*_table(table, screen=screen), "")


def _table(table: Table, *, screen: Screen) -> Iterator[str]:
    """Yield a table, if it has rows, and what is said below it."""
    if table.rows:
        yield from drawn(table.columns, cell_texts(table), width=screen.width or _UNBOUNDED)
    yield from _texts(said_below(table), screen=screen)


def _judged(
    summary: Summary, *, screen: Screen, answers: AnsweredRun | Unavailable
) -> Iterator[str]:
    """Yield what is no PASS, the worst last."""
    yield from _sentences(_excused(summary), screen=screen)
    yield from _gaps(summary, screen=screen)
    failures = _failures(summary)
    n_without = max(0, len(failures) - _MOST_WITH_ITEMS)
    if n_without:
        text = f"{len(failures)} gates fail; items are shown of the last {_MOST_WITH_ITEMS}"
        yield from folded(text, screen=screen)
    for place, one in enumerate(failures):
        yield from _sentences([one], screen=screen)
        if place >= n_without:
            yield from _items(one, screen=screen, answers=answers)
    yield from _texts(summary.too_many_tries, screen=screen)


def _short(summary: Summary, *, screen: Screen) -> Iterator[str]:
    yield from _marked(summary.gaps.incomplete, screen=screen)
    yield from verdict_lines(summary.scores.rows, screen)
    yield from _texts(summary.remote_code, screen=screen)
    yield from _left_out(len(_notes(summary)) - len(summary.remote_code), screen=screen)
    yield from _gaps(summary, screen=screen)
    yield from _sentences(_failures(summary), screen=screen)
    yield from _texts(summary.too_many_tries, screen=screen)


def _least(summary: Summary, *, screen: Screen) -> Iterator[str]:
    """Yield why a run does not end well although no gate failed, and whose own code ran."""
    yield from _texts(summary.remote_code, screen=screen)
    gaps = summary.gaps
    yield from _marked((*gaps.failed_tests_in_short, *gaps.lost_answers), screen=screen)
    yield from _texts(summary.too_many_tries, screen=screen)


def _notes(summary: Summary) -> list[str]:
    """Return what stands beside the scores, and what the numbers are not."""
    tries = [line for line in summary.tries if line not in summary.too_many_tries]
    checked = [summary.laws.checked] if summary.laws.checked else []
    beside = [*summary.scores.perplexity, *summary.scores.beside]
    return [*summary.remote_code, *beside, *checked, *tries, *summary.caveats]


def _left_out(n: int, *, screen: Screen) -> Iterator[str]:
    if n:
        notes = "1 note" if n == 1 else f"{n} notes"
        yield from folded(
            f"{notes} on what the numbers are: in report.md, or with --trust-summary=long",
            screen=screen,
        )


def _excused(summary: Summary) -> list[Sentence]:
    return [one for one in _mildest_first(summary) if one.outcome in _EXCUSED]


def _failures(summary: Summary) -> list[Sentence]:
    """Return the verdicts that block a run."""
    return [one for one in _mildest_first(summary) if one.outcome not in _EXCUSED]


def _mildest_first(summary: Summary) -> list[Sentence]:
    return sorted(summary.judgements.not_passed, key=lambda one: SEVERITY.index(one.outcome))


def _gaps(summary: Summary, *, screen: Screen) -> Iterator[str]:
    """Yield what has no verdict, what failed beside the gates and what was lost."""
    gaps = summary.gaps
    told = (*reversed(gaps.unjudged_in_short), *gaps.broken)
    yield from _marked((*told, *gaps.failed_tests_in_short, *gaps.lost_answers), screen=screen)


def _sentences(found: Iterable[Sentence], *, screen: Screen) -> Iterator[str]:
    for one in found:
        yield from folded(mark_of(one.outcome, screen, after=":"), one.words, screen=screen)


def _items(one: Sentence, *, screen: Screen, answers: AnsweredRun | Unavailable) -> Iterator[str]:
    """Yield the first items behind a verdict, if the run's answers are there."""
    if isinstance(answers, Unavailable) or one.verdict.score.value is None:
        return
    for line in lost_item_lines(answers, one.verdict):
        text = line.lstrip(" ")
        yield from folded(text, screen=screen, indent=4 + len(line) - len(text))


def _marked(lines: Iterable[str], *, screen: Screen) -> Iterator[str]:
    """Yield lines of which the first word says what they are, such as ERROR, in its colour."""
    for line in lines:
        word, _, rest = line.partition(": ")
        if word in STYLES:
            yield from folded(mark_of(word, screen, after=":"), rest, screen=screen)
        else:
            yield from folded(line, screen=screen)


def _texts(lines: Iterable[str], *, screen: Screen) -> Iterator[str]:
    for line in lines:
        yield from folded(line, screen=screen)


def _tally(summary: Summary) -> Iterator[str | Mark]:
    """Yield the counts of verdicts, each in its colour, and how many laws of the vote hold."""
    counts = summary.judgements.tally.split(", ")
    for place, count in enumerate(counts, 1):
        end = "," if place < len(counts) else "."
        yield Mark(f"{count}{end}", count.partition(" ")[2])
    yield f"{summary.laws.line}."
