"""Makes what others hand over what its type declares, or says what it is instead.

Engines, servers and files are foreign: True is an int to Python, 5.0 is an int to SQLite's column,
and half a character is a text to nobody else. Whatever is kept or judged passes here first.
"""

from __future__ import annotations

import json
import math
import operator
import traceback
from collections.abc import Mapping
from numbers import Real
from typing import NoReturn

from trusteval.printable import printable
from trusteval.system.bounded import DEEPEST, is_deeper
from trusteval.system.files import abbreviated
from trusteval.types import FinishReason, Health, LabelLogs, Response

LONGEST_TEXT = 1 << 24
"""How many characters an answer may have: far more than any setting lets a model say."""
MOST = 1 << 62
"""What no count reaches; SQLite and Parquet hold integers of 64 bits."""
_REASONS = {reason.value: reason for reason in FinishReason}
_INTEGER_BITS = 64
_LONGEST_WORDS = 300
_DIGITS = 6
_MOST_LOG = 1e-3
"""What rounding may leave above 0, in place of 0."""


def response_as_declared(value: object) -> Response:
    """Return a response whose fields are exactly of the declared types.

    Integers of other libraries and words that name a finish reason are taken for what they say.
    Raises ValueError for anything else: no text, half a character, a truth value or a fraction for
    a count, a count below 0 or beyond 64 bits.
    """
    if not isinstance(value, Response):
        _refuse("a Response", value)
    return Response(
        text=_text(value.text),
        finish_reason=_finish_reason(value.finish_reason),
        n_prompt_tokens=_count(value.n_prompt_tokens, "n_prompt_tokens"),
        n_new_tokens=_count(value.n_new_tokens, "n_new_tokens"),
    )


def health_as_declared(value: object) -> Health:
    """Return a look whose fields are exactly of the declared types, in their ranges.

    Raises ValueError for anything else. A perplexity may be infinite or NaN, which is a finding; a
    shortfall that is NaN would pass for none.
    """
    if not isinstance(value, Health):
        _refuse("a Health", value)
    perplexity = _number(value.perplexity, "perplexity")
    if perplexity < 0:
        _refuse("a perplexity of at least 0", perplexity)
    shortfall = _number(value.shortfall, "shortfall")
    if not 0 <= shortfall <= 1:
        _refuse("a shortfall between 0 and 1", shortfall)
    size = _count(value.vocabulary_size, "vocabulary_size")
    return Health(perplexity=perplexity, vocabulary_size=size, shortfall=shortfall)


def label_logs_as_declared(value: object) -> LabelLogs:
    """Return log-probabilities whose fields are exactly of the declared types, in 6 digits.

    Raises ValueError for anything else: labels twice, logarithms that are not finite or above 0, a
    label that is unknown without a reason.
    """
    if not isinstance(value, LabelLogs):
        _refuse("a LabelLogs", value)
    if not isinstance(value.labels, tuple | list) or not isinstance(value.log, tuple | list):
        _refuse("tuples of labels and logarithms", value.labels)
    labels = tuple(map(_text, value.labels))
    if len(set(labels)) < len(labels) or len(labels) != len(value.log):
        _refuse(f"a logarithm for each of {len(labels)} different labels", len(value.log))
    log = tuple(None if one is None else _logarithm(one) for one in value.log)
    unknown = _text(value.unknown)[:_LONGEST_WORDS]
    if (None in log) != bool(unknown):
        _refuse("a reason where a label is unknown, and none elsewhere", unknown)
    return LabelLogs(labels, log, unknown)


def _logarithm(value: object) -> float:
    log = _number(value, "a log-probability")
    if not math.isfinite(log) or log > _MOST_LOG:
        _refuse("a log-probability that is finite and at most 0", log)
    return min(0.0, round(log, _DIGITS))


def context_as_declared(value: object) -> Mapping[str, object]:
    """Return what describes a variant as JSON gives it back: the same in every process and file.

    Raises ValueError for what JSON does not hold: other keys than texts, numbers that are not
    finite, objects of other types, half characters, and nesting beyond all use.
    """
    if not isinstance(value, Mapping):
        _refuse("a description by name", value)
    try:
        written = json.dumps(dict(value), allow_nan=False, ensure_ascii=False)
        written.encode()
        read = json.loads(written)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"expected a description that JSON holds: {_words(error)}") from error
    if not _has_texts_for_keys(value):
        raise ValueError("expected a description with texts for keys, got other keys")
    if is_deeper(read, DEEPEST):
        raise ValueError(f"expected a description of at most {DEEPEST} levels, got more")
    assert isinstance(read, dict)
    return read


def whole_number(value: object) -> int | None:
    """Return an integer of any library as Python's; None for a truth value and all else."""
    if type(value) is int:
        return value
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return None
    try:
        return int(operator.index(value))
    except (TypeError, ValueError):  # an array of several
        return None


def shown(value: object) -> str:
    """Name a value in one line: itself, where that is short and harmless, else its type."""
    if isinstance(value, int) and value.bit_length() > _INTEGER_BITS:
        return f"an integer of {value.bit_length()} bits"
    if value is None or type(value) in (bool, int, float, str):
        return printable(abbreviated(value))
    return printable(abbreviated(type(value).__name__)).strip("'")


def said_by(error: BaseException) -> str:
    """Return a foreign exception's type and words in one printable line that is not long."""
    # Unlike str(), it survives an exception whose own __str__ fails.
    words = " ".join("".join(traceback.format_exception_only(error)).split())
    return printable(words if len(words) <= _LONGEST_WORDS else f"{words[:_LONGEST_WORDS]}...")


def _text(value: object) -> str:
    if not isinstance(value, str):
        _refuse("a text", value)
    text = str.__str__(value)  # of no subclass
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            f"expected a text of at most {LONGEST_TEXT:,} characters, got {len(text):,}"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"expected a text of whole characters, got half of one at {error.start}"
        ) from error
    return text


def _finish_reason(value: object) -> FinishReason:
    reason = _REASONS.get(value) if isinstance(value, str) else None
    if reason is None:
        _refuse(f"a finish_reason of {', '.join(_REASONS)}", value)
    return reason


def _count(value: object, name: str) -> int:
    counted = whole_number(value)
    if counted is None:
        _refuse(f"a whole number for {name}", value)
    if not 0 <= counted < MOST:
        _refuse(f"{name} of at least 0 and less than 2 to the power of 62", value)
    return counted


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        _refuse(f"a number for {name}", value)
    try:
        return float(value)
    except (OverflowError, ValueError):
        _refuse(f"a number for {name}", value)


def _has_texts_for_keys(value: object) -> bool:
    """Whether every key is a text: JSON would make texts of numbers, and two keys one."""
    match value:
        case Mapping():
            return all(
                isinstance(key, str) and _has_texts_for_keys(inner) for key, inner in value.items()
            )
        case list() | tuple():
            return all(map(_has_texts_for_keys, value))
        case _:
            return True


def _words(error: Exception) -> str:
    match error:
        case UnicodeEncodeError():
            return "it has half a character"
        case RecursionError():
            return "it is nested beyond all bounds"
        case _:
            return said_by(error)


def _refuse(expected: str, got: object) -> NoReturn:
    raise ValueError(f"expected {expected}, got {shown(got)}")
