"""What leaves a store and comes back: contexts, responses, health checks, probabilities, costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from trusteval.errors import DataError
from trusteval.store.measured import Measured, measured_of
from trusteval.store.stored import is_time, label_logs_of, marks_of
from trusteval.system.as_declared import LONGEST_TEXT, MOST, health_as_declared
from trusteval.system.digests import digest
from trusteval.system.files import malformed
from trusteval.types import FinishReason, Health, LabelLogs, Response

_DIGEST = re.compile("[0-9a-f]{64}")
_HEXADECIMAL = re.compile("(?:[0-9a-f]{2})*")


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """A context and its digest."""

    digest: str
    description: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ResponseEntry:
    """A response, by the digest of its context; `recorded` in seconds since 1970."""

    key: str
    context: str
    response: Response
    recorded: int


@dataclass(frozen=True, slots=True)
class HealthEntry:
    """The health check of a variant."""

    key: str
    context: str
    found: Health
    recorded: int


@dataclass(frozen=True, slots=True)
class ProbabilitiesEntry:
    """The log-probabilities of the labels at the start of one response."""

    key: str
    context: str
    logs: LabelLogs
    recorded: int


@dataclass(frozen=True, slots=True)
class CostEntry:
    """What answers took, or a load: `marks` begin the answers' keys, in hexadecimal digits."""

    key: str
    context: str
    marks: str
    measured: Measured
    recorded: int


Entry = ContextEntry | ResponseEntry | HealthEntry | ProbabilitiesEntry | CostEntry


def to_fields(entry: Entry) -> dict[str, Any]:
    """Return an entry's fields as plain values, flat."""
    match entry:
        case ContextEntry(address, description):
            return {"digest": address, "description": description}
        case ResponseEntry(key, context, response, recorded):
            return {
                **{"key": key, "context": context, "recorded": recorded},
                **{"text": response.text, "finish_reason": response.finish_reason.value},
                "n_prompt_tokens": response.n_prompt_tokens,
                "n_new_tokens": response.n_new_tokens,
            }
        case HealthEntry(key, context, found, recorded):
            return {"key": key, "context": context, "recorded": recorded, **asdict(found)}
        case ProbabilitiesEntry(key, context, logs, recorded):
            return {"key": key, "context": context, "recorded": recorded, "found": asdict(logs)}
        case CostEntry(key, context, marks, measured, recorded):
            return {
                **{"key": key, "context": context, "recorded": recorded},
                **{"marks": marks, "measured": asdict(measured)},
            }


def context_entry(fields: Mapping[str, Any], *, place: str) -> ContextEntry:
    """Read a context; raises DataError naming the place for one that is none."""
    address, description = fields.get("digest"), fields.get("description")
    if not isinstance(address, str) or not isinstance(description, dict):
        malformed(place, "a description and its digest", fields)
    if not is_description(description, address):
        malformed(place, "the digest of the description", address)
    return ContextEntry(address, description)


def is_description(description: object, address: str) -> bool:
    """Whether a digest is a description's."""
    try:
        return digest(description) == address
    except (ValueError, RecursionError):
        return False


def response_entry(fields: Mapping[str, Any], *, place: str) -> ResponseEntry:
    """Read a response; raises DataError naming the place for one that is none."""
    text, reason = fields.get("text"), fields.get("finish_reason")
    if not isinstance(text, str) or not _is_encodable(text):
        malformed(place, "a text under 'text'", text)
    if len(text) > LONGEST_TEXT:
        malformed(place, f"a text of at most {LONGEST_TEXT:,} characters", text)
    if reason not in list(FinishReason):
        malformed(place, f"one of {', '.join(FinishReason)} under 'finish_reason'", reason)
    return ResponseEntry(
        key=_address(fields, "key", place),
        context=_address(fields, "context", place),
        response=Response(
            text,
            FinishReason(reason),
            _count(fields, "n_prompt_tokens", place),
            _count(fields, "n_new_tokens", place),
        ),
        recorded=_second(fields, place),
    )


def health_entry(fields: Mapping[str, Any], *, place: str) -> HealthEntry:
    """Read a health check; raises DataError naming the place for one that is none."""
    for name in ("perplexity", "vocabulary_size", "shortfall"):
        value = fields.get(name)
        if not isinstance(value, float | int) or isinstance(value, bool):
            malformed(place, f"a number under {name!r}", value)
    try:
        found = health_as_declared(
            Health(fields["perplexity"], fields["vocabulary_size"], fields["shortfall"])
        )
    except ValueError as error:
        raise DataError(f"{place}: {error}") from error
    return HealthEntry(
        key=_address(fields, "key", place),
        context=_address(fields, "context", place),
        found=found,
        recorded=_second(fields, place),
    )


def probabilities_entry(fields: Mapping[str, Any], *, place: str) -> ProbabilitiesEntry:
    """Read log-probabilities; raises DataError naming the place for what is none."""
    found = fields.get("found")
    logs = label_logs_of(found) if isinstance(found, dict) else None
    if logs is None:
        malformed(place, "log-probabilities of labels under 'found'", found)
    return ProbabilitiesEntry(
        key=_address(fields, "key", place),
        context=_address(fields, "context", place),
        logs=logs,
        recorded=_second(fields, place),
    )


def cost_entry(fields: Mapping[str, Any], *, place: str) -> CostEntry:
    """Read a cost; raises DataError naming the place for one that is none."""
    marks, plain = fields.get("marks"), fields.get("measured")
    if not isinstance(marks, str) or not _HEXADECIMAL.fullmatch(marks):
        malformed(place, "hexadecimal digits under 'marks'", marks)
    try:
        measured = measured_of(plain or {})
        marks_of(bytes.fromhex(marks), measured)
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{place}: what was measured cannot be read ({error})") from error
    return CostEntry(
        key=_address(fields, "key", place),
        context=_address(fields, "context", place),
        marks=marks,
        measured=measured,
        recorded=_second(fields, place),
    )


def _address(fields: Mapping[str, Any], name: str, place: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        malformed(place, f"64 hexadecimal digits under {name!r}", value)
    return value


def _count(fields: Mapping[str, Any], name: str, place: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST:
        malformed(place, f"a count under {name!r}", value)
    return value


def _second(fields: Mapping[str, Any], place: str) -> int:
    recorded = _count(fields, "recorded", place)
    if not is_time(recorded):
        malformed(place, "seconds since 1970 under 'recorded'", recorded)
    return recorded


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
