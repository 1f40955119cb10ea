"""What `trusteval ensemble` takes as runs: whole ones, and one put together of named subjects.

A reports folder or a baseline is a run. NAME=STORE.sqlite#CONTEXT and NAME=FILE.jsonl are each one
subject; all of them together are one more run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from trusteval.ensemble.joining import joined_run
from trusteval.ensemble.recorded_subject import (
    RecordedSubject,
    subject_of_context,
    subject_of_file,
)
from trusteval.errors import TrackingError
from trusteval.importers.items import ItemSource
from trusteval.suite.origin import named_origin
from trusteval.suite.questions import Questionnaire
from trusteval.system.files import is_there, real_path
from trusteval.tracking.selection import Selection, is_store, select
from trusteval.tracking.store_selection import SHOWN_DIGITS, Asking, questionnaire_of

_NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.:@-]*)=(.+)", re.DOTALL)
_RECORDING = ".jsonl"


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """A recorded run, as the user calls it; `doubts` say what of it is missing or doubtful."""

    named: str
    chosen: Selection
    doubts: tuple[str, ...] = ()


def are_subjects(words: Sequence[str]) -> bool:
    """Whether any of the words is one subject of a run that is put together."""
    return any(map(_is_subject, words))


def hold_context(words: Sequence[str]) -> bool:
    """Whether any of the words is a context of a store."""
    return any(is_store(word) for word in words if _is_subject(word))


def gather(words: Sequence[str], asking: Asking) -> list[Gathered]:
    """Read all runs; `asking` says what stores were asked, and how recordings are read.

    Raises TrackingError for what is no run, is given twice, or is one subject of a run.
    """
    _refuse_twice([str(real_path(Path(word))) for word in words if not _is_subject(word)])
    found = [_whole(word, asking) for word in words if not _is_subject(word)]
    subjects = [word for word in words if _is_subject(word)]
    return [*found, _put_together(subjects, asking)] if subjects else found


def _whole(word: str, asking: Asking) -> Gathered:
    if Path(word).suffix == _RECORDING:
        raise TrackingError(f"{word} is one subject: name it, NAME={word}")
    chosen = select(word, asking)
    if chosen.subject is not None:
        raise TrackingError(
            f"{word} is one subject, {chosen.subject}; an ensemble is of a run with all its "
            f"subjects: {word.removesuffix(chosen.subject).removesuffix(':')}"
        )
    incomplete = [f"INCOMPLETE: {chosen.incomplete}"] if chosen.incomplete else []
    return Gathered(word, chosen, tuple(incomplete))


def _put_together(words: Sequence[str], asking: Asking) -> Gathered:
    named = [_name_and_place(word) for word in words]
    _refuse_twice([name for name, _ in named])
    _refuse_twice([place for _, place in named])
    read = _Reading(asking)
    subjects = [read.subject(name, place) for name, place in named]
    run, doubts = joined_run(subjects)
    if not run.answer_tables:
        raise TrackingError("; ".join(["these subjects share no item", *doubts]))
    names = ", ".join(name for name, _ in named)
    return Gathered(names, Selection(run, left_out=doubts), doubts)


class _Reading:
    """Reads subjects; files of data are read once for all of them."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    @cached_property
    def _questionnaire(self) -> Questionnaire:
        return questionnaire_of(self._asking)

    @cached_property
    def _items(self) -> ItemSource:
        return ItemSource(named_origin(self._asking.data))

    def subject(self, name: str, place: str) -> RecordedSubject:
        """Read a context or a file; raises TrackingError for what is neither."""
        if is_store(place):
            return subject_of_context(name, place, self._asking, questionnaire=self._questionnaire)
        path = Path(place)
        if path.is_dir() or path.suffix != _RECORDING:
            raise TrackingError(
                f"{name}={place}: expected {name}=STORE.sqlite#CONTEXT or {name}=FILE.jsonl; a "
                "reports folder or a baseline is given without a name"
            )
        return subject_of_file(name, path, self._asking, items=self._items)


def _is_subject(word: str) -> bool:
    if is_there(Path(word)):
        return False
    return is_store(word) or _NAMED.fullmatch(word) is not None


def _name_and_place(word: str) -> tuple[str, str]:
    """Part NAME=PLACE; a context without a name is called by its first digits."""
    match = _NAMED.fullmatch(word)
    if match is not None:
        return match[1], match[2]
    return word.rpartition("#")[2][:SHOWN_DIGITS], word


def _refuse_twice(texts: Sequence[str]) -> None:
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice is not None:
        raise TrackingError(f"{twice} is given twice; every run and subject counts once")
