"""The sections below the verdicts: scores, caveats, protocols, what was asked, where it ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, replace

from trusteval.report.formats.blocks import NAME, Block, brief, grid, if_any, items, paragraphs
from trusteval.report.formats.fitting import Part
from trusteval.report.judge import JudgeSummary
from trusteval.report.markup import Markdown, in_markdown
from trusteval.report.scores import COLUMNS, PROTOCOLS_NOTE, Scores
from trusteval.report.summary import Summary
from trusteval.report.table_texts import cell_texts, said_below

_SCORES = (
    "Score in points, 0 to 100. Non-answers are refusals and invalid outputs together; where "
    "answers are open, as of prompts to decline, a refusal is an answer."
)
_BUILDS = "What building the quantized checkpoints took, when they were built."


def caveats(summary: Summary) -> Part:
    """Return what the numbers are not."""
    return Part("Caveats", if_any(paragraphs(f"> {in_markdown(line)}" for line in summary.caveats)))


def all_counts(scores: Scores) -> Part:
    """Return the scores with every count beside them."""
    headlines = (
        f"{line.dimension.replace('_', ' ')}, {line.subject}: {line.score:.1f}, the mean of "
        f"{' and '.join(line.benchmarks)}"
        for line in scores.headlines
    )
    return Part(
        "Scores",
        (
            paragraphs([_SCORES]),
            grid(COLUMNS, (row.cells for row in scores.rows)),
            *if_any(items([*scores.perplexity, *scores.beside, *headlines])),
        ),
    )


def rest(summary: Summary, votes: Markdown | None) -> Iterator[Part]:
    """Yield the sections that follow the verdict table and the flips."""
    gaps, judgements, laws = summary.gaps, summary.judgements, summary.laws
    for table in summary.scores.kinds:
        if table.rows:
            names = [column.name for column in table.columns]
            notes = if_any(items(said_below(table)))
            yield Part(table.title, (grid(names, cell_texts(table)), *notes))
    yield Part("Votes and their best members", if_any(items(summary.vote_leads)))
    yield Part("Judge", tuple(_judge(summary.judge)))
    yield Part("Failed beside the gates", if_any(items([*gaps.failed_tests, *gaps.lost_answers])))
    yield Part("Not judged", if_any(items(gaps.unjudged)))
    sentences = items([*judgements.not_passed, *judgements.passed])
    yield Part("Verdicts", if_any(sentences) or (paragraphs(["No gate was judged."]),))
    yield Part("The same answers under every protocol", tuple(_protocols(summary.scores)))
    yield Part("Asked", if_any(_asked(summary.scores)))
    yield Part("Subjects", if_any(_subjects(summary.provenance.subjects)))
    yield Part("Builds", tuple(_builds(summary)))
    checked = [f"{laws.checked}."] if laws.checked else []
    told = paragraphs(map(in_markdown, (f"{laws.line}.", *checked)))
    held = _named_items((law.name, law.outcome) for law in laws.each)
    yield Part("Vote invariants", (told, *if_any(held)))
    if votes is not None:
        yield Part("Ensembles", (Block(("\n".join(votes.lines),)),))
    provenance = summary.provenance
    facts = [*provenance.facts.items(), *provenance.circumstances.items()]
    yield Part("Circumstances", if_any(_named_items(facts)))


def _judge(judge: JudgeSummary | None) -> Iterator[Block]:
    if judge is None:
        return
    yield items([*judge.who, *judge.doubts, *judge.notes])
    for table in (judge.table, judge.corrected, judge.items):
        if table.rows:
            yield grid([column.name for column in table.columns], cell_texts(table))
        yield from if_any(items(said_below(table)))


def _protocols(scores: Scores) -> Iterator[Block]:
    if rows := scores.protocol_rows:
        yield paragraphs([f"Gates read {brief(scores.protocol)}. {PROTOCOLS_NOTE}"])
        names = list(dict.fromkeys(name for row in rows for name in row.scores))
        cells = ((r.benchmark, r.subject, *(r.scores.get(n, "-") for n in names)) for r in rows)
        yield grid(("benchmark", "subject", *map(_named, names)), cells)


def _named(text: str) -> str:
    return text[:NAME]


def _asked(scores: Scores) -> Block:
    told = (
        f"- **{brief(one.benchmark)}**, {sum(one.rows.values())} rows: "
        f"{in_markdown(_pairs(one.rows, ', '))}"
        for one in scores.asked
    )
    return Block(tuple(told), more="- {}")


def _subjects(notes: Mapping[str, Mapping[str, str]]) -> Block:
    told = (
        f"- **{brief(name)}**: {in_markdown(_pairs(of_subject, '; '))}"
        for name, of_subject in notes.items()
    )
    return Block(tuple(told), more="- {}")


def _named_items(values: Iterable[tuple[str, str]]) -> Block:
    told = (f"- {in_markdown(name)}: {in_markdown(value)}" for name, value in values)
    return Block(tuple(told), more="- {}")


def _pairs(values: Mapping[str, object], between: str) -> str:
    return between.join(f"{name} {value}" for name, value in values.items())


def _builds(summary: Summary) -> Iterator[Block]:
    columns = ("variant", "quantization", "seconds", "peak memory, MiB", "device", "versions")
    rows = [
        (*astuple(replace(b, versions={}))[:-1], _pairs(b.versions, ", "))
        for b in summary.provenance.builds
    ]
    if rows:
        yield paragraphs([_BUILDS])
        yield grid(columns, rows, sentences=("versions",))
