"""Corrections for a judge's errors as plain values, and back from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.system.plain import fields_in, said
from trusteval.types import Correction, Interval, JudgeErrors


def correction_document(correction: Correction) -> dict[str, Any]:
    """Return plain values; what is not known is not said."""
    document: dict[str, Any] = said(correction)
    return document


def correction_from_dict(values: Mapping[str, Any]) -> Correction:
    """Rebuild a correction from its document."""
    interval = values.get("interval")
    closed = {
        "interval": None if interval is None else Interval(interval["low"], interval["high"]),
        "errors": tuple(map(_errors_from_dict, values["errors"])),
        "of_reference": tuple(map(_errors_from_dict, values["of_reference"])),
    }
    return Correction(**{**fields_in(values, Correction), **closed})


def _errors_from_dict(values: Mapping[str, Any]) -> JudgeErrors:
    return JudgeErrors(**fields_in(values, JudgeErrors))
