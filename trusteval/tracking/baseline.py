"""What was accepted before: a run's answers, which later runs are compared with item by item.

A baseline changes only by being accepted, and keeps who accepted what, when and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trusteval.errors import TrackingError
from trusteval.sheet import Roll, Sheet
from trusteval.tracking.answered_run import AnsweredRun, aligned, answered_run
from trusteval.tracking.answers_file import read_document, write_document


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One accepting: when and at which commit, what it touched, and why if it got worse."""

    date: str
    commit: str | None
    touched: tuple[str, ...]
    regression: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Accepted answers, their scores (subject, benchmark and metric to points) and history."""

    answers: AnsweredRun
    scores: Sequence[Mapping[str, Any]] = ()
    acceptances: tuple[Acceptance, ...] = ()

    def standard(
        self,
        subject: str,
        benchmark: str,
        *,
        roll: Roll,
        facts: Mapping[str, Any],
        data: Mapping[str, Any],
    ) -> Sheet | str:
        """Return what was accepted of a subject, in the order of a roll, or why it cannot be.

        `facts` and `data` say how this run asks; another way of asking is no comparison.
        """
        sheet = self.answers.sheets.get((subject, benchmark))
        if sheet is None:
            return f"nothing is accepted of {subject} on {benchmark} (--trust-accept)"
        changed = differences(self.answers, benchmark, facts=facts, data=data)
        if changed:
            return f"asked differently from what was accepted: {'; '.join(changed)}"
        return aligned(sheet, roll)

    def discordances(self, *, reference: str) -> dict[tuple[str, str], float]:
        """Return on what share of its rows each subject differed from a reference in being right.

        By subject and benchmark, where both were accepted on the same rows.
        """
        sheets = self.answers.sheets
        return {
            (subject, benchmark): float(np.mean(sheet.correct != standard.correct))
            for (subject, benchmark), sheet in sheets.items()
            if subject != reference
            and (standard := sheets.get((reference, benchmark))) is not None
            and standard.roll is sheet.roll
        }


def differences(
    before: AnsweredRun, benchmark: str, *, facts: Mapping[str, Any], data: Mapping[str, Any]
) -> list[str]:
    """Say what of the data, the prompts or the protocol is not as it was."""
    pairs = (
        ("protocol", before.facts.get("protocol"), facts.get("protocol")),
        ("prompts", _sha256(before.facts.get("prompts")), _sha256(facts.get("prompts"))),
        ("data", _sha256(before.data.get(benchmark)), _sha256(data)),
    )
    return [f"{name} {_cut(old)}, now {_cut(new)}" for name, old, new in pairs if old != new]


def read_baseline(path: Path) -> Baseline:
    """Read a baseline; raises TrackingError for a file that is missing, damaged or edited."""
    document = read_document(path)
    try:
        return Baseline(
            answers=answered_run(document),
            scores=tuple(document["scores"]),
            acceptances=tuple(
                Acceptance(**{**entry, "touched": tuple(entry["touched"])})
                for entry in document["accepted"]
            ),
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise TrackingError(f"{path} holds no baseline of this version: {error!r}") from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline whole, or leave what is there."""
    document = {
        **baseline.answers.to_document(with_texts=False),
        "scores": list(baseline.scores),
        "accepted": [asdict(entry) for entry in baseline.acceptances],
    }
    write_document(path, document)


def accepted(
    before: Baseline | None,
    run: AnsweredRun,
    *,
    scores: Sequence[Mapping[str, Any]],
    acceptance: Acceptance,
) -> Baseline:
    """Put what a run answered in place of what was accepted; what did not run stays.

    Raises TrackingError where the rest was asked otherwise: one baseline has one protocol and one
    set of prompts.
    """
    if before is None:
        return Baseline(run, tuple(scores), (acceptance,))
    for name in ("protocol", "prompts", "profile", "model"):
        if _sha256(before.answers.facts.get(name)) != _sha256(run.facts.get(name)):
            left = sorted(set(before.answers.sheets) - set(run.sheets))
            if left:
                raise TrackingError(
                    f"the baseline has another {name} than this run, which would leave "
                    f"{len(left)} of its parts ({'/'.join(left[0])}, ...) behind; accept a whole "
                    "run, or another --trust-baseline"
                )
    ran = set(run.sheets)
    kept = {key: sheet for key, sheet in before.answers.sheets.items() if key not in ran}
    # A part whose rows are others than those just accepted cannot stay beside them.
    stale = [key for key in kept if key[1] in run.data and key[1] in before.answers.data]
    stale = [k for k in stale if before.answers.data[k[1]] != run.data[k[1]]]
    if stale:
        raise TrackingError(
            f"the baseline asks other rows of {stale[0][1]} of {stale[0][0]}, which did not run; "
            "accept all subjects together"
        )
    answers = AnsweredRun(
        facts=run.facts,
        data={**before.answers.data, **run.data},
        identities={**before.answers.identities, **run.identities},
        sheets=dict(sorted({**kept, **run.sheets}.items())),
    )
    old = [line for line in before.scores if (line["subject"], line["benchmark"]) not in ran]
    return Baseline(answers, (*old, *scores), (*before.acceptances, acceptance))


def _sha256(described: Any) -> Any:
    return described.get("sha256") if isinstance(described, Mapping) else described


def _cut(value: Any) -> str:
    return str(value)[:12]
