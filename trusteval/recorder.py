"""Records what variants say: every answer once, whoever asks first, in any process.

What is missing is generated under leases, in parts of a setting, so that several workers share
one setting's prompts. Parts are the same in every run; at most one model is in memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.engine import Backend, Engine
from trusteval.errors import EngineError, PlaceError, PromptError, TrustEvalError
from trusteval.health import health_key
from trusteval.progress import Advance, ProgressBar, no_progress
from trusteval.store import AskedPrompts, ResponseStore, digest
from trusteval.types import Health, Response, Variant

_POLL_SECONDS = 0.2
_PART = 256
"""How many prompts are claimed at once: some batches, and few enough to be shared."""


class Recorder:
    """The answers in one store, and the engine that adds to them.

    A variant that could not be built or loaded is not tried again: its error is raised anew.
    """

    def __init__(
        self, backend: Backend, store: ResponseStore, *, progress: ProgressBar = no_progress
    ) -> None:
        self.backend = backend
        self.store = store
        self._progress = progress
        self._contexts: dict[str, Mapping[str, object]] = {}
        self._asked: dict[tuple[str, str, int], AskedPrompts] = {}
        self._looks: dict[str, Health | None] = {}
        self._broken: dict[str, TrustEvalError] = {}
        self._loaded: tuple[str, Engine] | None = None

    def close(self) -> None:
        """Free the model."""
        if self._loaded is not None:
            self._loaded[1].close()
            self._loaded = None

    @contextmanager
    def remembering_failure(self, variant: Variant) -> Iterator[None]:
        """Raise what went wrong with a variant before, or remember what goes wrong now."""
        if variant.name in self._broken:
            # Raised anew it would keep every earlier raise's frames, which pytest then formats.
            raise self._broken[variant.name].with_traceback(None)
        try:
            yield
        except TrustEvalError as error:
            self._broken[variant.name] = error
            raise

    def health(self, variant: Variant) -> Health | None:
        """Look at a variant, or at what was found before; None where there are no weights."""
        context = self._context(variant)
        key = health_key(digest(context))
        while True:
            recorded = self.store.get_health(key)
            if recorded is not None:
                return recorded
            if not self.store.is_writable:
                return self._look(variant)
            with self.store.lease(key) as ours:
                if ours and self.store.get_health(key) is None:
                    found = self._engine(variant).examine()
                    if found is None:
                        return None
                    self.store.put_health(key, context, found)
                    continue
            time.sleep(_POLL_SECONDS)

    def _look(self, variant: Variant) -> Health | None:
        """Look at a variant once, where what is found cannot be recorded."""
        if variant.name not in self._looks:
            self._looks[variant.name] = self._engine(variant).examine()
        return self._looks[variant.name]

    def _refuse_read_only(self, variant: Variant, setting: str, lacking: int, asked: int) -> None:
        if not self.store.is_writable:
            raise PlaceError(
                f"response store {self.store.path} cannot be written and lacks {lacking} of "
                f"{asked} answers of {variant.name} to {setting}; name a file that can be written "
                "by --trust-store, or another cache by TRUSTEVAL_CACHE"
            )

    def refuse_unrecordable(self, variant: Variant, questions: Sequence[Question]) -> None:
        """Raise PlaceError if answers to a setting are missing and cannot be recorded.

        Asks no model, and builds none that the cache has no room for.
        """
        setting = questions[0].sample.setting
        keys = self._keys(variant, questions)
        if lacking := len(set(keys)) - len(self.store.get(keys)):
            self._refuse_read_only(variant, setting.id, lacking, len(keys))

    def responses(self, variant: Variant, questions: Sequence[Question]) -> list[Response]:
        """Return a variant's responses to questions of one setting, generating what is missing."""
        setting = questions[0].sample.setting
        keys = self._keys(variant, questions)
        recorded = self.store.get(keys)
        if len(recorded) < len(set(keys)):
            self._refuse_read_only(variant, setting.id, len(set(keys)) - len(recorded), len(keys))
            with self._progress(f"{variant.name} on {setting.id}", len(keys)) as advance:
                recorded = self._complete(variant, questions, keys, recorded, advance)
        return [recorded[key] for key in keys]

    def _keys(self, variant: Variant, questions: Sequence[Question]) -> list[str]:
        setting = questions[0].sample.setting
        asked = setting.id, questions[0].sample.id, len(questions)
        if asked not in self._asked:
            self._asked[asked] = AskedPrompts.of([question.prompt for question in questions])
        context = digest(self._context(variant))
        return self._asked[asked].keys(context, max_new_tokens=setting.max_new_tokens)

    def _complete(
        self,
        variant: Variant,
        questions: Sequence[Question],
        keys: Sequence[str],
        recorded: dict[str, Response],
        advance: Advance,
    ) -> dict[str, Response]:
        """Record what is missing, part by part, leaving parts to whoever is at them."""
        while True:
            parts = _open_parts(keys, recorded)
            if not parts:
                return recorded
            known = sum(key in recorded for key in keys)
            worked = False
            for part in parts:
                with self.store.lease(digest([keys[i] for i in part])) as ours:
                    if ours:
                        worked = True
                        asked = [(questions[i], keys[i]) for i in part]
                        for answered in self._record(variant, asked):
                            known += answered
                            advance(known)
            if not worked:
                time.sleep(_POLL_SECONDS)
            recorded |= self.store.get([keys[i] for part in parts for i in part])

    def _record(self, variant: Variant, part: Sequence[tuple[Question, str]]) -> Iterator[int]:
        """Generate and record what is missing of a part; yield how many answers each batch adds.

        Somebody may have been here between the look and the lease.
        """
        known = self.store.get([key for _, key in part])
        done = frozenset(i for i, (_, key) in enumerate(part) if key in known)
        if len(done) == len(part):
            return
        setting = part[0][0].sample.setting
        batches = self._engine(variant).generate(
            [question.prompt for question, _ in part],
            max_new_tokens=setting.max_new_tokens,
            done=done,
        )
        try:
            for batch in batches:
                answered = {part[index][1]: response for index, response in batch.items()}
                self.store.put(self._context(variant), answered)
                yield len(answered)
        except PromptError as error:
            item = part[error.index][0].sample.id
            raise EngineError(f"{setting.id}, item {item}: {error}") from error

    def _context(self, variant: Variant) -> Mapping[str, object]:
        if variant.name not in self._contexts:
            with self.remembering_failure(variant):
                self._contexts[variant.name] = self.backend.context(variant)
        return self._contexts[variant.name]

    def _engine(self, variant: Variant) -> Engine:
        if self._loaded is not None and self._loaded[0] == variant.name:
            return self._loaded[1]
        self.close()
        with self.remembering_failure(variant):
            engine = self.backend.open(variant)
        self._loaded = variant.name, engine
        return engine


def _open_parts(keys: Sequence[str], recorded: Mapping[str, Response]) -> list[range]:
    starts = range(0, len(keys), _PART)
    parts = [range(start, min(start + _PART, len(keys))) for start in starts]
    return [part for part in parts if any(keys[i] not in recorded for i in part)]
