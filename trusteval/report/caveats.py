"""What the numbers of a run are not."""

from __future__ import annotations

from trusteval.engines import ENGINES
from trusteval.evaluation.subject_notes import (
    NO_PROBABILITIES,
    OTHERS_UNKNOWN,
    PROBABILITIES,
)
from trusteval.gates.gate import row_sentences
from trusteval.gates.shipped import SHIPPED, STANDS_IN
from trusteval.report.record import RunRecord
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.run_facts import GateFacts


def caveats(record: RunRecord) -> list[str]:
    """Say what the numbers are not."""
    lines = [*_of_gates(record.facts.gates), *(record.doubts or ())]
    is_demo = record.facts.profile == "demo"
    if is_demo:
        lines.append(
            "demo: scores are from the small slice written for trusteval, on its own prompts; they "
            "show that the gate works and are not comparable with published numbers"
        )
    for why in sorted(set(record.not_recorded.values())):
        names = sorted(name for name, reason in record.not_recorded.items() if reason == why)
        lines.append(f"not recorded: {', '.join(names)}: {why}")
    for line in {line.benchmark: line for line in record.scores if not is_demo}.values():
        lines += [f"{line.benchmark}: {words}" for words in data_caveats(line.data)]
    for line in record.lines:
        if line.partial_score is not None:
            lines.append(
                f"{line.benchmark}: {line.subject} scores {line.partial_score:.1f} over the "
                "available settings; missing ones leave the benchmark's own score undefined"
            )
    lines += _no_model_lines(record)
    lines += _probability_caveats(record)
    if served := record.noted("served by"):
        lines.append(
            f"served: {', '.join(served)}; a server does not show its weights, so answers recorded "
            "before it was redeployed cannot be told from new ones (use another store)"
        )
    return lines


def reservations(record: RunRecord) -> list[str]:
    """Say beside the answer what it is worth where no published item was asked, or no model."""
    is_demo = record.facts.profile == "demo"
    demo = "the demo shows that the gate works; it cannot show that a model is fit to ship"
    return [*([demo] if is_demo else []), *_no_model_lines(record)]


def _no_model_lines(record: RunRecord) -> list[str]:
    """Say it where the answers are no model's."""
    name = record.facts.engine or ""
    engine = ENGINES.get(name)
    if engine is not None and engine.runs_model:
        return []
    if name and engine is None:
        return [f"no model ran here: the answers are what {name} recorded"]
    return [f"no model ran: the answers are from the {record.facts.engine} engine"]


def _probability_caveats(record: RunRecord) -> list[str]:
    """Say of whom it is not known how likely each label was, where that was asked."""
    lacking: dict[str, list[str]] = {}
    for line in record.lines:
        who, note = f"{line.subject} on {line.benchmark}", line.notes.get(PROBABILITIES, "")
        known, is_partial, why = note.partition(OTHERS_UNKNOWN)
        if note.startswith(NO_PROBABILITIES):
            lacking.setdefault(note, []).append(who)
        elif is_partial:
            lacking.setdefault(f"not all probabilities are known: {why}", []).append(
                f"{who}: {known}"
            )
    return [f"{why} ({', '.join(whose)})" for why, whose in lacking.items()]


def _of_gates(gates: GateFacts | None) -> list[str]:
    """Say whose rows judged where a project has none, which hold nobody, and whom none judged."""
    match gates:
        case GateFacts(
            origin=str(origin),
            left_out=tuple(rows),
            without_row=tuple(whom),
            unbreakable=tuple(loose),
        ):
            stands_in = [STANDS_IN] if origin == SHIPPED else []
            sentences = row_sentences(origin, left_out=rows, without_row=whom, unbreakable=loose)
            return [*stands_in, *sentences]
        case _:
            return []


def data_caveats(data: DataFacts) -> list[str]:
    lines = []
    settings, rows = data.rows or {}, sum((data.rows or {}).values())
    n_settings, n_rows = data.published_settings or 0, data.rows_read or 0
    if len(settings) < n_settings or rows < n_rows:
        lines.append(
            f"asks {len(settings)} of {n_settings} settings, {rows} of the {n_rows} rows they have"
        )
    if data.missing:
        lines.append(f"no data for the settings {', '.join(data.missing)}")
    for wanted, used in (data.substitutes or {}).items():
        lines.append(f"{used} stands in for {wanted}")
    if data.deviating:
        lines.append(f"rows differ from the published ones in {', '.join(data.deviating)}")
    return lines
