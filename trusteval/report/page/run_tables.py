"""Scores, rows, builds and provenance of a run as tables: what its summary says, in typed cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trusteval.report.circumstances import Circumstances
from trusteval.report.laws import Laws
from trusteval.report.provenance import BuildRow
from trusteval.report.record import RunRecord
from trusteval.report.scores import COLUMNS, AskedRows, Headline, Scores, SummaryRow
from trusteval.tables import Column, Kind, Table
from trusteval.types import Unavailable

_TEXTS = ("dimension", "subject", "verdict")
_WHO = "subject"
_TOLD_ELSEWHERE = ("builds", "laws")


def score_table(scores: Scores) -> Table:
    """Return every subject on every benchmark, also those that have no score."""
    kinds = (Kind.TEXT if name in _TEXTS else Kind.COUNT for name in COLUMNS)
    columns = tuple(map(Column, COLUMNS, kinds))
    rows = tuple(map(_score_cells, scores.rows))
    return Table("scores", "Scores, in points of 0 to 100", columns, rows)


def _score_cells(row: SummaryRow) -> tuple[str | Unavailable, ...]:
    """Return the cells of a row: no silence is a zero where answers were counted."""
    empty = "0" if row.n else Unavailable("it has no score; its verdict says why")
    return tuple(
        Unavailable("no gate asks")
        if name == "verdict" and cell == "-"
        else empty
        if cell in ("", "-")
        else cell
        for name, cell in zip(COLUMNS, row.cells, strict=True)
    )


def headline_table(headlines: Sequence[Headline]) -> Table:
    """Return the means of dimensions that several benchmarks measure."""
    columns = (
        *(Column("dimension"), Column("subject"), Column("mean", Kind.POINTS)),
        Column("of the benchmarks"),
    )
    rows = tuple(
        (one.dimension.replace("_", " "), one.subject, one.score, ", ".join(one.benchmarks))
        for one in headlines
    )
    return Table("headlines", "Dimensions of several benchmarks", columns, rows)


def protocol_table(scores: Scores) -> Table:
    """Return the scores that every protocol gives the same answers."""
    names = list(dict.fromkeys(name for row in scores.protocol_rows for name in row.scores))
    unread = Unavailable("this protocol does not score the benchmark")
    rows = tuple(
        (row.benchmark, row.subject, *(row.scores.get(name, unread) for name in names))
        for row in scores.protocol_rows
    )
    points = (Column(f"by {name}", Kind.POINTS) for name in names)
    columns = (Column("benchmark"), Column("subject"), *points)
    return Table("protocols", "The same answers under every protocol", columns, rows)


def asked_table(asked: Sequence[AskedRows]) -> Table:
    """Return how many rows of every setting were asked."""
    rows = tuple((one.benchmark, name, n) for one in asked for name, n in one.rows.items())
    columns = (Column("benchmark"), Column("setting"), Column("rows", Kind.COUNT))
    return Table("asked", "Rows asked of every setting", columns, rows)


def beside_table(record: RunRecord) -> Table:
    """Return the metrics without which a score misleads."""
    undefined = Unavailable("it is undefined for these answers")
    rows = tuple(
        (line.benchmark, metric, line.subject, undefined if value is None else value)
        for line in record.lines
        for metric, value in line.beside.items()
    )
    columns = (Column("benchmark"), Column("metric"), Column("subject"))
    return Table(
        "beside", "What stands beside the scores", (*columns, Column("points", Kind.POINTS)), rows
    )


def perplexity_table(record: RunRecord) -> Table:
    """Return how well every variant predicts the fixed text."""
    rows = tuple(record.noted("perplexity").items())
    columns = (Column("subject"), Column("perplexity per token", Kind.NUMBER))
    return Table("perplexity", "Perplexity on the fixed text", columns, rows)


def subject_table(notes: Mapping[str, Mapping[str, str]]) -> Table:
    """Return how each subject ran."""
    names = list(dict.fromkeys(name for own in notes.values() for name in own if name != _WHO))
    unsaid = Unavailable("not said of this subject")
    rows = tuple((who, *(own.get(name, unsaid) for name in names)) for who, own in notes.items())
    columns = (Column(_WHO), *map(Column, names))
    return Table("subjects", "How each subject ran", columns, rows)


def build_table(builds: Sequence[BuildRow]) -> Table:
    """Return what building the quantized checkpoints took, when they were built."""
    columns = (
        *(Column("variant"), Column("quantization"), Column("seconds", Kind.SECONDS)),
        *(Column("peak memory, MiB", Kind.COUNT), Column("device"), Column("versions")),
    )
    rows = tuple(
        (
            *(one.variant, one.quantization, one.seconds, one.peak_memory_mib, one.device),
            ", ".join(f"{name} {version}" for name, version in one.versions.items()),
        )
        for one in builds
    )
    return Table("builds", "Builds of the quantized checkpoints", columns, rows)


def law_table(laws: Laws) -> Table:
    """Return every law of the vote and whether it held."""
    rows = tuple((law.name, law.outcome) for law in laws.each)
    return Table("laws", "Laws of the vote", (Column("law"), Column("outcome")), rows)


def fact_table(record: RunRecord) -> Table:
    """Return what runs have in common that can be compared."""
    facts = replace(record, tries=None, vote_leads=None).facts_document()
    return Table("facts", "Facts: the same for the same question", *_told(facts))


def circumstance_table(told: Circumstances) -> Table:
    """Return what differs from run to run."""
    document = {
        name: value for name, value in told.to_document().items() if name not in _TOLD_ELSEWHERE
    }
    return Table("circumstances", "Circumstances: where, when and by what", *_told(document))


def _told(
    document: Mapping[str, object],
) -> tuple[tuple[Column, ...], tuple[tuple[str | Unavailable, ...], ...]]:
    return (Column("what"), Column("value")), tuple(_flat("", document))


def _flat(within: str, document: Mapping[Any, Any]) -> Iterator[tuple[str, str | Unavailable]]:
    """Yield a row for every value of a document, nested ones under the names of both."""
    for name, value in document.items():
        path = f"{within}{name}".replace("_", " ")
        match value:
            case None:
                yield path, Unavailable("it is not known, or there is none")
            case {**nested} if nested:
                yield from _flat(f"{path}: ", nested)
            case [] | () | {} | "":
                yield path, "none"
            case [*values]:
                yield (
                    path,
                    " ".join(map(str, values))
                    if name == "command"
                    else "; ".join(map(str, values)),
                )
            case _:
                yield path, str(value)
