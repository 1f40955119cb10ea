"""Holds backends and engines to what `engines.engine` says of them, in one place.

They are foreign code: what breaks the contract would be asked for again for ever, filed under
another prompt, or let a test end green (pytest.skip and SystemExit are exceptions too). Each is
one EngineError that names variant and engine, what was expected and what came.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from trusteval.engines.engine import Backend, Engine, Weighed
from trusteval.errors import EngineError, PromptError, TrustEvalError, UnweighedError
from trusteval.system.as_declared import (
    context_as_declared,
    health_as_declared,
    label_logs_as_declared,
    response_as_declared,
    said_by,
    shown,
    whole_number,
)
from trusteval.types import Draw, Health, Prompt, Response, Variant

_END = object()
_T = TypeVar("_T")


def described(backend: Backend, variant: Variant) -> Mapping[str, Any]:
    """Return a variant's context as JSON gives it back; raises EngineError for what is none."""
    name = _name(backend, variant)
    with _foreign(name, "context"):
        context = backend.context(variant)
    try:
        return context_as_declared(context)
    except ValueError as error:
        raise EngineError(f"{name}: context: {error}") from error


def opened(backend: Backend, variant: Variant) -> Engine:
    """Load a variant; whatever keeps it from being loaded is a TrustEvalError."""
    with _foreign(_name(backend, variant), "open"):
        return backend.open(variant)


def checked_health(engine: Engine, variant: Variant) -> Health | None:
    """Check a loaded variant; raises EngineError for what is no Health."""
    name = _name(engine, variant)
    with _foreign(name, "check_health"):
        found = engine.check_health()
    try:
        return None if found is None else health_as_declared(found)
    except ValueError as error:
        raise EngineError(f"{name}: check_health: {error}") from error


def generated(
    engine: Engine,
    variant: Variant,
    prompts: Sequence[Prompt],
    *,
    max_new_tokens: int,
    done: Collection[int] = (),
    draw: Draw | None = None,
) -> Generator[dict[int, Response]]:
    """Yield an engine's batches: every prompt that is not done once, and nothing else.

    Raises EngineError, PromptError where one prompt is concerned, for everything else: after at
    most as many batches as there are prompts, since an empty one is none.
    """
    answers = _Answers(_name(engine, variant), len(prompts), done, max_new_tokens)
    asking = partial(engine.generate, prompts, max_new_tokens=max_new_tokens, done=done)
    yield from answers.taken(_drawing(asking, draw), "generate", answers.response)


def weighed(
    engine: Engine,
    variant: Variant,
    prompts: Sequence[Prompt],
    *,
    labels: Sequence[str],
    max_new_tokens: int,
    done: Collection[int] = (),
    answered: Collection[int] = (),
    draw: Draw | None = None,
) -> Generator[dict[int, Weighed]]:
    """Yield an engine's batches with log-probabilities, held to the same as `generated`.

    Raises UnweighedError where it has none to tell.
    """
    weigh = getattr(engine, "weigh", None)
    if weigh is None:
        raise UnweighedError(f"{type(engine).__name__} does not tell how likely labels are")
    answers = _Answers(_name(engine, variant), len(prompts), done, max_new_tokens)

    def read(index: int, told: object) -> Weighed:
        return answers.weighed(index, told, labels=tuple(labels), is_answered=index in answered)

    asking = partial(weigh, prompts, labels=labels, max_new_tokens=max_new_tokens)
    asking = partial(asking, done=done, answered=answered)
    yield from answers.taken(_drawing(asking, draw), "weigh", read)


def _drawing(
    asking: Callable[..., Iterable[object]], draw: Draw | None
) -> Callable[[], Iterable[object]]:
    """Name a draw only where there is one: an engine that cannot draw does not take it."""
    return asking if draw is None else partial(asking, draw=draw)


class _Answers:
    """What an engine owes, and what it has given."""

    def __init__(self, engine: str, count: int, done: Collection[int], limit: int) -> None:
        self.engine = engine
        self._count = count
        self._limit = limit
        self._missing = set(range(count)).difference(done)

    def taken(
        self,
        asking: Callable[[], Iterable[object]],
        asked: str,
        read: Callable[[int, object], _T],
    ) -> Generator[dict[int, _T]]:
        """Yield the batches of what is asked, each as it is declared, until nothing is missing."""
        with self.knowing_prompts(), _foreign(self.engine, asked):
            batches = iter(asking())
        try:
            while True:
                with self.knowing_prompts(), _foreign(self.engine, asked):
                    batch = next(batches, _END)
                if batch is _END:
                    break
                yield self._take(batch, read)
            self.refuse_missing()
        finally:
            if (close := getattr(batches, "close", None)) is not None:
                with _foreign(self.engine, asked):
                    close()

    def _take(self, batch: object, read: Callable[[int, object], _T]) -> dict[int, _T]:
        """Return a batch as it is declared."""
        if not isinstance(batch, dict):
            self._refuse("a batch: a dict of responses by index", shown(batch))
        if not batch:
            self._refuse(f"a batch of answers ({len(self._missing)} missing)", "an empty one")
        return {self._index(index): read(index, said) for index, said in batch.items()}

    def _index(self, value: object) -> int:
        index = whole_number(value)
        if index is None or index not in self._missing:
            is_again = index is not None and 0 <= index < self._count
            self._refuse(
                f"the index of a prompt without an answer, from 0 to {self._count - 1}",
                f"{shown(value)}{', which has one' if is_again else ''}",
            )
        self._missing.remove(index)
        return index

    def response(self, index: int, said: object) -> Response:
        """Return an answer as it is declared."""
        try:
            response = response_as_declared(said)
        except ValueError as error:
            raise PromptError(f"{self.engine}: {error}", index=index) from error
        if response.n_new_tokens > self._limit:
            raise PromptError(
                f"{self.engine}: asked for at most {self._limit} tokens, got "
                f"{response.n_new_tokens}",
                index=index,
            )
        return response

    def weighed(
        self, index: int, told: object, *, labels: tuple[str, ...], is_answered: bool
    ) -> Weighed:
        """Return what was told of a prompt as it is declared."""
        if not isinstance(told, Weighed) or (told.response is None) != is_answered:
            expected = "without a response" if is_answered else "with a response"
            got = shown(told if not isinstance(told, Weighed) else told.response)
            raise PromptError(
                f"{self.engine}: expected a Weighed {expected}, got {got}", index=index
            )
        response = None if told.response is None else self.response(index, told.response)
        try:
            logs = label_logs_as_declared(told.logs)
        except ValueError as error:
            raise PromptError(f"{self.engine}: {error}", index=index) from error
        if logs.labels != labels:
            got = shown(", ".join(logs.labels))
            raise PromptError(
                f"{self.engine}: expected the labels {', '.join(labels)}, got {got}", index=index
            )
        return Weighed(response, logs)

    def refuse_missing(self) -> None:
        """Raise PromptError for the first prompt without an answer."""
        if self._missing:
            raise PromptError(
                f"{self.engine}: expected an answer to each of {self._count} prompts, got none to "
                f"{len(self._missing)}, of which this is the first",
                index=min(self._missing),
            )

    @contextmanager
    def knowing_prompts(self) -> Iterator[None]:
        """Let through a PromptError only if there is a prompt of its index."""
        try:
            yield
        except PromptError as error:
            if type(error.index) is int and 0 <= error.index < self._count:
                raise
            raise EngineError(
                f"{error} (prompt {shown(error.index)}, which there is not)"
            ) from error

    def _refuse(self, expected: str, got: str) -> NoReturn:
        raise EngineError(f"{self.engine}: expected {expected}, got {got}")


@contextmanager
def _foreign(engine: str, asked: str) -> Iterator[None]:
    """Make one of our errors of whatever foreign code raises; only an interrupt is one as it is.

    Also of what is no Exception: pytest.skip, pytest.exit, SystemExit(0) and GeneratorExit would
    end a test, or the run, without a verdict and without an error.
    """
    try:
        yield
    except (TrustEvalError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise EngineError(f"{engine}: {asked} raised {said_by(error)}{_place(error)}") from error


def _place(error: BaseException) -> str:
    """Say where an exception was raised, as far as that is known."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""


def _name(asked: object, variant: Variant) -> str:
    return f"{variant.name}: engine {type(asked).__name__}"
