"""Whether a document of answers is shaped as one is, before anything is made of it.

What is compared and printed comes from files that others may have written: a list where a text is
due would fail far away from the file's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.system.bounded import is_deeper
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
from trusteval.types import MemoryKind, Role

_DEEPEST = 20


def check_answers(document: Mapping[str, Any]) -> None:
    """Raise ValueError, naming the first place, unless a document holds a run's answers."""
    _ANSWERS(document, "")


def check_baseline(document: Mapping[str, Any]) -> None:
    """Raise ValueError, naming the first place, unless a document holds a baseline."""
    _ANSWERS(document, "")
    _BASELINE(document, "")


def is_too_deep(document: object) -> bool:
    """Whether values are nested deeper than any of ours."""
    return is_deeper(document, _DEEPEST)


# -- the documents ---------------------------------------------------------------------------

_TEXTS, _NUMBERS = list_of(text), list_of(number)
_MAYBE_TEXTS = list_of(or_none(text))
_FACTS = record(
    {"protocol": text},
    profile=text,
    model=text,
    reader=or_none(number),
    prompts=table,
)


def _turn(value: Any, where: str) -> None:
    """Demand who speaks, and the number of what is said."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{where}: expected a role and the number of a text")
    one_of(tuple(Role))(value[0], where)
    number(value[1], where)


_ITEMS = record(
    {
        "data": table,
        **dict.fromkeys(("setting", "id", "target", "unit"), _TEXTS),
        **dict.fromkeys(("stratum", "group"), _MAYBE_TEXTS),
    },
    spellings=table_of(_TEXTS),
    text=_TEXTS,
    options=list_of(_TEXTS),
    prompts=record({"texts": _TEXTS, "turns": list_of(list_of(_turn))}),
)
_MEMBER = record(
    {"name": text, "method": text, "bits": real},
    seed=number,
)


def _members(value: Any, where: str) -> None:
    list_of(_MEMBER)(value, where)
    names = {member["name"] for member in value}
    if not names or len(names) < len(value):
        raise ValueError(f"{where}: expected the different members of a vote")


def _seconds(value: Any, where: str) -> None:
    real(value, where)
    if value < 0:
        raise ValueError(f"{where}: expected at least 0, got {value}")


def _total(value: Any, where: str) -> None:
    _seconds(value, where)
    if not isinstance(value, int):
        raise ValueError(f"{where}: expected a whole number, got {value}")


def _cost(value: Any, where: str) -> None:
    _COST(value, where)
    if not 0 <= value["n_measured"] <= value["n_answers"]:
        raise ValueError(f"{where}: expected no more measured answers than answers")


_COST = record(
    {
        **dict.fromkeys(("n_answers", "n_measured"), number),
        **dict.fromkeys(
            ("n_prompt_tokens", "n_new_tokens", "loaded_bytes", "peak_bytes"), or_none(_total)
        ),
        **dict.fromkeys(("wall_seconds", "processor_seconds", "load_seconds"), or_none(_seconds)),
        "memory_kind": or_none(one_of(tuple(MemoryKind))),
        "machines": _TEXTS,
    }
)
_PART = record(
    {"identity": record({}, **{"vote over": table_of(table)}), "code": _NUMBERS},
    answers=list_of(_TEXTS),
    said=list_of(_TEXTS),
    responses=record({"texts": _TEXTS, "code": _NUMBERS, "cut": _NUMBERS}),
    readings=record({"rules": _TEXTS, "rule": _NUMBERS, "spans": _TEXTS, "span": _NUMBERS}),
    members=_members,
    accepted=record({"answers": list_of(_TEXTS), "code": _NUMBERS}),
    cost=_cost,
    probabilities=record(
        {"labels": _TEXTS, "log": list_of(list_of(or_none(real))), "unknown": _TEXTS}
    ),
)
_ANSWERS = record(
    {
        "facts": _FACTS,
        "benchmarks": table_of(_ITEMS),
        "subjects": table_of(table_of(_PART)),
    },
    ledger=record(
        {"complete": truth, "ending": text, "gates": record({"judged": number, "of": number})},
        missing=_TEXTS,
        failed_tests=_TEXTS,
        lost_answers=table_of(_TEXTS),
    ),
)
_BASELINE = record(
    {
        "scores": list_of(record({"subject": text, "benchmark": text})),
        "accepted": list_of(
            record(
                {"date": text, "touched": _TEXTS},
                commit=or_none(text),
                versions=table,
                regression=or_none(text),
                left_out=_TEXTS,
                tries=table_of(number),
            )
        ),
    }
)
