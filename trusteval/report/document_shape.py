"""Whether a verdicts.json and a run.json are shaped as a run writes them, before they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.report.ledger import Ending, Step
from trusteval.report.unjudged import Cause
from trusteval.system.shape import (
    list_of,
    number,
    one_of,
    or_none,
    real,
    record,
    table,
    table_of,
    text,
    truth,
)
from trusteval.types import Dimension, InvalidReason, Level, Outcome, Undecided


def check_record(document: Mapping[str, Any]) -> None:
    """Raise ValueError, naming the first place, unless a document holds a run's verdicts."""
    _RECORD(document, "")


def check_circumstances(document: Any) -> None:
    """Raise ValueError, naming the first place, unless a document says which run it was."""
    _CIRCUMSTANCES(document, "")


_MAYBE_TEXT, _MAYBE_REAL = or_none(text), or_none(real)
_DIMENSION, _LEVEL = one_of(tuple(Dimension)), one_of(tuple(Level))
_INTERVAL = record({"low": real, "high": real})


def _invalid(value: Any, where: str) -> None:
    table_of(number)(value, where)
    list_of(one_of(tuple(InvalidReason)))(list(value), where)


_SCORE = record(
    {
        "metric": text,
        "value": _MAYBE_REAL,
        "counts": record({"n": number, "refused": number, "invalid": _invalid}, is_read=truth),
        "interval": or_none(_INTERVAL),
        "undefined": _MAYBE_TEXT,
        "missing_settings": list_of(text),
        "complete": truth,
    },
    too_few=truth,
)
_DATA = record(
    {},
    rows=table_of(number),
    published_settings=number,
    rows_read=number,
    missing=list_of(text),
    substitutes=table_of(text),
    deviating=list_of(text),
)
_ERRORS = record(
    {
        **{"where": text, "is_pooled": truth},
        **{"sensitivity": real, "specificity": real, "n_true": number, "n_false": number},
    }
)
_CORRECTION = record(
    {
        **{"metric": text, "by_people": truth, "is_clipped": truth},
        **dict.fromkeys(("n_judged", "n_labels", "n_unused"), number),
        **{"errors": list_of(_ERRORS), "of_reference": list_of(_ERRORS)},
    },
    value=real,
    interval=_INTERVAL,
    judged=real,
    undefined=text,
)
_LINE = record(
    {
        **{"benchmark": text, "dimension": _DIMENSION, "subject": text, "score": _SCORE},
        "non_answer_rate": _MAYBE_REAL,
    },
    partial_score=_MAYBE_REAL,
    beside=table_of(_MAYBE_REAL),
    other_protocols=table_of(_MAYBE_REAL),
    notes=table_of(text),
    data=_DATA,
    kinds=list_of(
        record(
            {
                **dict.fromkeys(("setting", "kind", "metric"), text),
                **{"value": real, "interval": or_none(_INTERVAL), "n": number},
            }
        )
    ),
)
_LIMIT = record(
    {
        **{"name": text, "value": real, "interval": or_none(_INTERVAL), "is_change": truth},
        **{"at_least": _MAYBE_REAL, "at_most": _MAYBE_REAL},
    }
)
_VERDICT = record(
    {
        **{"gate": text, "subject": text, "dimension": _DIMENSION, "message": text},
        **{"outcome": one_of(tuple(Outcome)), "level": _LEVEL, "score": _SCORE},
        "undecided": or_none(one_of(tuple(Undecided))),
        "change": or_none(record({"reference": text, "value": real, "interval": _INTERVAL})),
    },
    benchmark=text,
    p=_MAYBE_REAL,
    family=number,
    why=text,
    setting=_MAYBE_TEXT,
    reference=_MAYBE_TEXT,
    limits=list_of(_LIMIT),
    corrections=list_of(_CORRECTION),
)
_UNJUDGED = record(
    {
        **{"subject": text, "cause": one_of(tuple(Cause)), "why": text},
        **{"dimension": or_none(_DIMENSION), "level": or_none(_LEVEL)},
    },
    gate=_MAYBE_TEXT,
    benchmark=_MAYBE_TEXT,
)
_LEAD = record(
    {
        **dict.fromkeys(("vote", "benchmark", "best"), text),
        **dict.fromkeys(("value", "low", "high", "p_beats_every", "p_behind_one"), real),
    }
)
_MEASURED = record({"value": real, "interval": _INTERVAL})
_DIFFERING = record({"first": text, "second": text, "n": number})
_JUDGE_LINE = record(
    {
        **{"subject": text, "benchmark": text, "differing": list_of(_DIFFERING)},
        "items": list_of(record(dict.fromkeys(("item", "first", "second"), text))),
    },
    **dict.fromkeys(("answers", "drawn", "read", "cut"), number),
    **dict.fromkeys(("why", "not_asked", "undefined", "fingerprint"), text),
    unread=table_of(number),
    agreement=_MEASURED,
    kappa=_MEASURED,
    corrected=_CORRECTION,
)
_JUDGE = record(
    {
        "facts": record(
            {
                **dict.fromkeys(("where", "format", "prompts"), text),
                **dict.fromkeys(("sample", "seed"), number),
            }
        ),
        "lines": list_of(_JUDGE_LINE),
    }
)
_RECORD = record(
    {
        "facts": record({"engine": text}, profile=text, vote_leads=list_of(_LEAD)),
        "subjects": list_of(text),
        "scores": list_of(_LINE),
        "verdicts": list_of(_VERDICT),
        "vote_invariants": list_of(record({"name": text, "outcome": text})),
        "broken": table_of(text),
        "unjudged": list_of(_UNJUDGED),
        "ending": one_of(tuple(Ending)),
        "failed_tests": list_of(record({"test": text, "step": one_of(tuple(Step))})),
        "lost_answers": table_of(list_of(text)),
    },
    not_recorded=table_of(text),
    judge=_JUDGE,
)
_BUILD = record(
    {"quantization": text, "device": text, "versions": table_of(text)},
    seconds=real,
    peak_memory_mib=number,
)
_CIRCUMSTANCES = record(
    {},
    **dict.fromkeys(("started", "commit", "replaces", "reports"), _MAYBE_TEXT),
    command=list_of(text),
    seconds=_MAYBE_REAL,
    peak_memory_mib=or_none(number),
    machine=table,
    versions=table_of(text),
    builds=table_of(_BUILD),
    laws=text,
)
