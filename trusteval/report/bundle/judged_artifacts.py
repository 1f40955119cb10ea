"""Which artifacts a run judged: each subject by the fingerprint of its weights, a vote by all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trusteval.report.score_entries import weights_of
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.confounds import VOTERS
from trusteval.types import Unavailable

_SHA256 = re.compile(r"[0-9a-f]{64}")
_WEIGHTS = "the lines NAME SHA256 of its weight files in the order of their names, then config.json"
_WHAT = {
    "hf": _WEIGHTS,
    "scripted": "its rules in the script; no model ran",
    "replay": "the recording that was replayed; no model ran",
}
_VOTE = "the JSON list of its members' digests in the order of their names"


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a subject's answers come from: a sha256, and what it is of.

    Of a vote `members` holds the digest of each.
    """

    sha256: str
    digest_of: str
    members: Mapping[str, str] = field(default_factory=dict)


def judged_artifact(answers: AnsweredRun | Unavailable, subject: str) -> Artifact | Unavailable:
    """Return what a subject is, or why nothing tells it from another."""
    if isinstance(answers, Unavailable):
        return Unavailable(f"its weights are not known: {answers.why}")
    identities = [who for (name, _), who in answers.identities.items() if name == subject]
    if not identities:
        return Unavailable("its weights are not known: it answered nothing")
    found = {_artifact(identity) for identity in map(dict, identities)}
    if len(found) > 1:
        return Unavailable("its weights were others on another benchmark")
    return found.pop().artifact


@dataclass(frozen=True, slots=True)
class _Found:
    """An artifact that can be told from another of the same subject."""

    sha256: str | None
    artifact: Artifact | Unavailable = field(compare=False)


def _artifact(identity: Mapping[str, Any]) -> _Found:
    weights = weights_of(identity)
    if weights is None or not _SHA256.fullmatch(weights):
        served = "a server does not show them"
        return _Found(None, Unavailable(f"its weights have no fingerprint: {served}"))
    voters = identity.get(VOTERS)
    if voters is None:
        what = _WHAT.get(str(identity.get("engine")), "its weights, as its engine names them")
        return _Found(weights, Artifact(weights, what))
    members = {name: str(weights_of(one)) for name, one in sorted(voters.items())}
    return _Found(weights, Artifact(weights, _VOTE, members))
