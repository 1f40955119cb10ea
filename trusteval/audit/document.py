"""Agreement as plain values: the content of `trusteval audit --labelled --json`. In percent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.audit.agreement import Agreement
from trusteval.audit.labelling import Compared
from trusteval.stats.weighted import Share
from trusteval.tracking.items import shown_answer


def agreement_document(found: Agreement) -> dict[str, Any]:
    """Return everything that was estimated, and every disagreement."""
    key = found.labelling.key
    return {
        "run": key.run,
        "reader": key.reader,
        "seed": key.seed,
        "population": key.population,
        "contested": key.contested,
        "drawn": len(key.answers),
        "unlabelled": found.labelling.unlabelled,
        "undecided": found.undecided,
        "decided": found.decided,
        "agreement": _share(found.overall),
        "agreement_on_reasons": _share(found.on_reasons),
        "by_benchmark": _shares(found.by_benchmark),
        "by_subject": _shares(found.by_subject),
        "by_rule": _shares(found.by_rule),
        "equal_subjects_p": found.equal_subjects_p,
        "confusion": [
            {"person": shown_answer(label), "reader": shown_answer(read), "n": n}
            for (label, read), n in sorted(
                found.confusion.items(), key=lambda cell: tuple(map(shown_answer, cell[0]))
            )
        ],
        "disagreements": [_disagreement(one) for one in found.disagreements],
    }


def _shares(shares: Mapping[str, Share]) -> dict[str, Any]:
    return {name: _share(share) for name, share in shares.items()}


def _share(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    return {
        "value": 100 * share.value,
        "low": 100 * share.low,
        "high": 100 * share.high,
        "n": share.n,
    }


def _disagreement(one: Compared) -> dict[str, Any]:
    drawn = one.drawn
    return {
        "row": drawn.row,
        "subject": drawn.subject,
        "benchmark": drawn.benchmark,
        "setting": one.setting,
        "item": one.item,
        "response": one.response,
        "person": None if one.label is None else shown_answer(one.label),
        "reader": shown_answer(drawn.answer),
        "rule": drawn.rule,
        "span": drawn.span,
        "rivals": dict(drawn.rivals),
    }
