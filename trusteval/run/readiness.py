"""Refuses before anything runs what this machine cannot bring to an end.

Looks only at what the selected tests ask: answers that could not be recorded, checkpoints that
could not be kept, prompts that a model's context does not hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.contract import described
from trusteval.engines.engine import Backend, ContextWindow
from trusteval.errors import PlaceError, TrustEvalError, UsageError
from trusteval.evaluation.recorder import Recorder
from trusteval.run.backend import backend_of
from trusteval.run.run import Run
from trusteval.store import ResponseStore, can_be_written
from trusteval.system.files import refuse_unwritable
from trusteval.system.machine import cache_directory
from trusteval.types import Ensemble, Prompt, Variant

Asked = Collection[tuple[str, str]]
"""Names of subjects, each with a benchmark."""

_Pairs = Sequence[tuple[Variant, str]]
_MOST_COUNTED = 4
_LAYOUT_TOKENS, _TURN_TOKENS = 1024, 64
"""More than a chat template adds to a conversation, and to each turn of it."""


def refuse_unready(run: Run, asked: Asked, *, store: Path) -> None:
    """Raise UsageError for the first thing that would keep the selected tests from answers.

    What is wrong with a model or a benchmark's data is left to the tests, which tell it.
    """
    pairs = list(_variants(run, asked))
    if not pairs:
        return
    backend = backend_of(run.options, run.loaded)
    if run.options.recorded_only:
        _refuse_missing_store(store)
        return
    _refuse_short_contexts(run, backend, pairs)
    if store.exists() and not store.is_file():
        raise UsageError(f"--trust-store: {store} is a folder, a pipe or a device; name a file")
    if not store.is_file():
        refuse_unwritable(
            store.parent,
            what="the response store",
            cure="name another file by --trust-store, or another cache by TRUSTEVAL_CACHE",
        )
    elif not can_be_written(store):
        _refuse_unrecordable(run, backend, pairs, store)
    if run.options.engine == "hf":
        _refuse_unbuildable(backend, pairs)


def _refuse_missing_store(store: Path) -> None:
    """Leave what a store lacks to the tests, which tell it; without a store there is nothing."""
    if not store.is_file():
        raise UsageError(
            f"--trust-recorded-only: no recorded answers at {store}; name their file by "
            "--trust-store"
        )


def _variants(run: Run, asked: Asked) -> Iterator[tuple[Variant, str]]:
    """Yield every variant and benchmark that answers are needed of, once."""
    found: dict[tuple[str, str], Variant] = {}
    subjects = {subject.name: subject for subject in run.subjects}
    for name, benchmark in sorted(asked):
        subject = subjects[name]
        for variant in subject.members if isinstance(subject, Ensemble) else (subject,):
            found[variant.name, benchmark] = variant
    for (_, benchmark), variant in found.items():
        yield variant, benchmark


# -- what cannot be written --------------------------------------------------------------


def _refuse_unrecordable(run: Run, backend: Backend, pairs: _Pairs, path: Path) -> None:
    with _leaving_to_tests():
        store = ResponseStore(path)
        recorder = Recorder(backend, store)
        try:
            for variant, benchmark in pairs:
                with _leaving_to_tests():
                    for questions in _by_setting(run, benchmark):
                        recorder.refuse_unrecordable(variant, questions)
        finally:
            store.close()


def _refuse_unbuildable(backend: Backend, pairs: _Pairs) -> None:
    """Look for what the cache lacks, where nothing can be added to it."""
    try:
        refuse_unwritable(cache_directory(), what="the cache", cure="")
    except PlaceError:
        for variant in {variant.name: variant for variant, _ in pairs}.values():
            with _leaving_to_tests():
                described(backend, variant)


@contextmanager
def _leaving_to_tests() -> Iterator[None]:
    """Let through what the place is to blame for."""
    try:
        yield
    except PlaceError:
        raise
    except TrustEvalError:
        return


# -- what does not fit a context ---------------------------------------------------------


def _refuse_short_contexts(run: Run, backend: Backend, pairs: _Pairs) -> None:
    found: dict[str, str] = {}
    windows: dict[str, ContextWindow | None] = {}
    for variant, benchmark in pairs:
        if benchmark in found:
            continue
        with _leaving_to_tests():
            if variant.name not in windows:
                windows[variant.name] = backend.window(variant)
            window = windows[variant.name]
            if window is not None and (said := _too_long(run, benchmark, window)):
                found[benchmark] = f"{said}, the context of {window.owner} is {window.size}"
    if found:
        fitting = [name for name in run.benchmarks if name not in found]
        cure = f"record what fits (--trust-benchmarks={','.join(fitting)}), " if fitting else ""
        raise UsageError(
            f"{'; '.join(found.values())}: {cure}ask another profile, or judge a model with a "
            "longer context"
        )


def _too_long(run: Run, benchmark: str, window: ContextWindow) -> str | None:
    """Word the longest prompt of a benchmark that does not fit, if one does not.

    No prompt has more tokens than bytes; only where that leaves it open, the longest are counted.
    """
    worst: tuple[int, str] | None = None
    for questions in _by_setting(run, benchmark):
        setting = questions[0].sample.setting
        room = window.size - setting.max_new_tokens
        longest = sorted(questions, key=lambda q: -_most_tokens(q.prompt))[:_MOST_COUNTED]
        if _most_tokens(longest[0].prompt) <= room:
            continue
        counts = window.count([question.prompt for question in longest])
        count, item = max(zip(counts, (q.sample.id for q in longest), strict=True))
        if count > room and (worst is None or count > worst[0]):
            words = (
                f"{setting.id} needs {count + setting.max_new_tokens} tokens ({count} of item "
                f"{item}, {setting.max_new_tokens} for the answer)"
            )
            worst = count, words
    return None if worst is None else worst[1]


def _most_tokens(prompt: Prompt) -> int:
    written = sum(len(message.content.encode()) for message in prompt)
    return written + _LAYOUT_TOKENS + _TURN_TOKENS * len(prompt)


def _by_setting(run: Run, benchmark: str) -> Iterator[list[Question]]:
    questions = run.questionnaire.questions(benchmark)
    for _, rows in groupby(questions, key=lambda question: question.sample.setting.name):
        yield list(rows)
