"""What `trusteval compare` takes as a run: a reports folder, a baseline, a context of a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import TrackingError
from trusteval.protocols import PROTOCOLS
from trusteval.system.bounded import MIB, read_json
from trusteval.system.files import is_there
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME, read_answers
from trusteval.tracking.comparison import Pair, missing_pairs, shared_pairs
from trusteval.tracking.store_selection import Asking, recorded_run


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """A recorded run, and the subject of it that is meant, None for all.

    `left_out` says which benchmarks are not in it because they are not recorded whole.
    """

    run: AnsweredRun
    subject: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def incomplete(self) -> str:
        """Say what of the run is missing, "" where nothing is known to be."""
        ledger = self.run.ledger
        if not ledger or ledger["complete"]:
            return ""
        ending, gates = ledger["ending"], ledger["gates"]
        ended = "" if ending == _FINISHED else f", the run was {ending} before its end"
        return f"{gates['judged']} of {gates['of']} gates judged{ended}"

    @property
    def is_cut_short(self) -> bool:
        """Whether the run ended before all that it was to do was done."""
        return bool(self.run.ledger.get("ending", _FINISHED) != _FINISHED)


_FINISHED = "finished"
_MOST_VERDICTS = 256 * MIB


def is_store(text: str) -> bool:
    """Whether a RUN names a store's context, STORE.sqlite#CONTEXT, rather than a file."""
    return "#" in text and not is_there(_place_and_subject(text)[0])


def select(text: str, asking: Asking) -> Selection:
    """Read PATH, PATH:SUBJECT (a reports folder or a baseline) or STORE.sqlite#CONTEXT.

    `asking` says what a store's context was asked. Raises TrackingError for a place without
    recorded answers, one of a protocol that is not known, or a subject that is not in it.
    """
    if is_store(text):
        store, _, context = text.rpartition("#")
        recorded = recorded_run(Path(store), context, asking)
        return Selection(recorded.run, recorded.run.subjects[0], recorded.left_out)
    path, subject = _place_and_subject(text)
    refuse_unfinished(path)
    run = read_answers(path / NAME if path.is_dir() else path)
    if (protocol := run.facts.protocol) not in PROTOCOLS:
        raise TrackingError(
            f"{path} was read under the protocol {protocol!r}; known: {', '.join(PROTOCOLS)}"
        )
    if subject is not None and subject not in run.subjects:
        raise TrackingError(f"{path} has no subject {subject!r}; it has {', '.join(run.subjects)}")
    return Selection(run, subject)


def refuse_unfinished(folder: Path) -> None:
    """Raise TrackingError for a reports folder whose run has begun and not ended."""
    try:
        found = read_json(folder / "verdicts.json", most=_MOST_VERDICTS)
        is_unfinished = found["ending"] == "unfinished"
    except (OSError, ValueError, KeyError, TypeError):
        return
    if is_unfinished:
        raise TrackingError(
            f"{folder}: the run of this folder has not finished: it is still running, or was "
            "killed; wait, or run it again"
        )


def of_benchmarks(chosen: Selection, names: Sequence[str]) -> Selection:
    """Keep the benchmarks called so, or of a dimension called so; all where none is named."""
    if not names:
        return chosen
    run = chosen.run
    answer_tables = {
        (subject, benchmark): answer_table
        for (subject, benchmark), answer_table in run.answer_tables.items()
        if benchmark in names or BENCHMARKS[benchmark].dimension in names
    }
    return replace(chosen, run=replace(run, answer_tables=answer_tables))


def refuse_unknown_benchmarks(names: Sequence[str], *chosen: Selection) -> None:
    """Raise TrackingError for a name that no run has a benchmark or dimension of."""
    asked = dict.fromkeys(name for one in chosen for name in one.run.benchmarks)
    known = {*asked, *(BENCHMARKS[name].dimension for name in asked)}
    for name in names:
        if name not in known:
            left_out = dict.fromkeys(line for one in chosen for line in one.left_out)
            told = (f"no run asked {name!r}", f"asked: {', '.join(asked) or 'nothing'}", *left_out)
            raise TrackingError("; ".join(told))


def unpaired(first: Selection, second: Selection) -> tuple[list[str], list[str]]:
    """Return the subjects that only one of the runs has, where none is named."""
    if first.subject is not None or second.subject is not None:
        return [], []
    ours, its = first.run.subjects, second.run.subjects
    return [name for name in ours if name not in its], [name for name in its if name not in ours]


def described(chosen: Selection, named: str, not_compared: Sequence[str]) -> dict[str, Any]:
    """Return a run, as it was named, as plain values."""
    return {
        "named": named,
        "facts": chosen.run.facts.to_document(),
        "subjects": list(chosen.run.subjects),
        "not_compared": list(not_compared),
        "left_out": list(chosen.left_out),
        **({"incomplete": chosen.incomplete} if chosen.incomplete else {}),
    }


def _place_and_subject(text: str) -> tuple[Path, str | None]:
    """Part a path from a subject; either may hold colons, so what exists is the path."""
    parts = text.split(":")
    for end in range(len(parts), 0, -1):
        path = Path(":".join(parts[:end]))
        if is_there(path):
            return path, ":".join(parts[end:]) or None
    return Path(text), None


def pairs_of(first: Selection, second: Selection) -> list[Pair]:
    """Return which subjects are laid beside each other; where none is named, all of the first run.

    Raises TrackingError where the two have no subject in common.
    """
    if first.subject is not None or second.subject is not None:
        before, after = first.subject or second.subject, second.subject or first.subject
        for name, run in ((before, first.run), (after, second.run)):
            if name not in run.subjects:
                raise TrackingError(
                    f"one run has no subject {name!r} but {', '.join(run.subjects)}; name both, "
                    "RUN:SUBJECT"
                )
        return [Pair(str(before), str(after))]
    pairs = shared_pairs(first.run, second.run)
    if not pairs:
        raise TrackingError(
            f"no subject is in both runs: {', '.join(first.run.subjects) or 'none'} and "
            f"{', '.join(second.run.subjects) or 'none'}; name them, RUN:SUBJECT"
        )
    return [*pairs, *missing_pairs(first.run, second.run)]
