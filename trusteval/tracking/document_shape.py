"""Whether a document of answers is shaped as one is, before anything is made of it.

What is compared and printed comes from files that others may have written: a list where a text is
due would fail far away from the file's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], None]
"""Raises ValueError, naming the place, for a value that is not as it should be."""
_DEEPEST = 20
_MOST = 2**31


def check_answers(document: Mapping[str, Any]) -> None:
    """Raise ValueError, naming the first place, unless a document holds a run's answers."""
    _ANSWERS(document, "")


def check_baseline(document: Mapping[str, Any]) -> None:
    """Raise ValueError, naming the first place, unless a document holds a baseline."""
    _ANSWERS(document, "")
    _BASELINE(document, "")


def is_too_deep(document: object) -> bool:
    """Whether values are nested deeper than any of ours."""
    level = [document]
    for _ in range(_DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
    return bool(level)


def _inside(value: object) -> Iterator[object]:
    match value:
        case dict():
            yield from value.values()
        case list():
            yield from value


# -- what a value has to be ------------------------------------------------------------------


def _fail(where: str, expected: str, got: object) -> None:
    raise ValueError(f"{where or 'document'}: expected {expected}, got {type(got).__name__}")


def _text(value: Any, where: str) -> None:
    if not isinstance(value, str):
        _fail(where, "a text", value)


def _number(value: Any, where: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
        _fail(where, f"a whole number from 0 to under {_MOST}", value)


def _table(value: Any, where: str) -> None:
    if not isinstance(value, dict):
        _fail(where, "a table", value)


def _or_none(check: Check) -> Check:
    def checked(value: Any, where: str) -> None:
        if value is not None:
            check(value, where)

    return checked


def _list_of(check: Check) -> Check:
    def checked(value: Any, where: str) -> None:
        if not isinstance(value, list):
            _fail(where, "a list", value)
        for one in value:
            check(one, where)

    return checked


def _table_of(check: Check) -> Check:
    def checked(value: Any, where: str) -> None:
        _table(value, where)
        for name, one in value.items():
            check(one, f"{where}.{name}" if where else name)

    return checked


def _record(needed: Mapping[str, Check], **others: Check) -> Check:
    """Check the named values; `needed` have to be there, further names are let be."""

    def checked(value: Any, where: str) -> None:
        _table(value, where)
        for name, check in {**needed, **others}.items():
            if name in value:
                check(value[name], f"{where}.{name}" if where else name)
            elif name in needed:
                _fail(where, f"a table with {name!r}", value)

    return checked


# -- the documents ---------------------------------------------------------------------------

_TEXTS, _NUMBERS = _list_of(_text), _list_of(_number)
_MAYBE_TEXTS = _list_of(_or_none(_text))
_FACTS = _record(
    {"protocol": _text},
    profile=_text,
    model=_text,
    reader=_or_none(_number),
    prompts=_table,
)
_ITEMS = _record(
    {
        "data": _table,
        **dict.fromkeys(("setting", "id", "target", "unit"), _TEXTS),
        **dict.fromkeys(("stratum", "group"), _MAYBE_TEXTS),
    },
    spellings=_table_of(_TEXTS),
    text=_TEXTS,
    options=_list_of(_TEXTS),
)
_MEMBER = _record(
    {"name": _text, "method": _text, "bits": _number},
    seed=_number,
)


def _members(value: Any, where: str) -> None:
    _list_of(_MEMBER)(value, where)
    names = {member["name"] for member in value}
    if not names or len(names) < len(value):
        _fail(where, "the different members of a vote", value)


_PART = _record(
    {"identity": _record({}, **{"vote over": _table_of(_table)}), "code": _NUMBERS},
    answers=_list_of(_TEXTS),
    said=_list_of(_TEXTS),
    responses=_record({"texts": _TEXTS, "code": _NUMBERS, "cut": _NUMBERS}),
    readings=_record({"rules": _TEXTS, "rule": _NUMBERS, "spans": _TEXTS, "span": _NUMBERS}),
    members=_members,
)
_ANSWERS = _record(
    {
        "facts": _FACTS,
        "benchmarks": _table_of(_ITEMS),
        "subjects": _table_of(_table_of(_PART)),
    }
)
_BASELINE = _record(
    {
        "scores": _list_of(_record({"subject": _text, "benchmark": _text})),
        "accepted": _list_of(
            _record(
                {"date": _text, "touched": _TEXTS},
                commit=_or_none(_text),
                versions=_table,
                regression=_or_none(_text),
                tries=_table_of(_number),
            )
        ),
    }
)
