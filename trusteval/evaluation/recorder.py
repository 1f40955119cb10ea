"""Records what variants say: every answer once, whoever asks first, in any process.

What is missing is generated under leases, in parts of a setting, so that several workers share
one setting's prompts. Parts are the same in every run; at most one model is in memory. Engines
are held to their contract; whoever watches is told of what lasts long.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.contract import checked_health, described
from trusteval.engines.engine import Backend
from trusteval.engines.health import health_key
from trusteval.errors import PlaceError, StoreError
from trusteval.evaluation.loaded import LoadedVariant
from trusteval.evaluation.part_recording import PartRecording
from trusteval.evaluation.parts import open_parts
from trusteval.store import AskedPrompts, ResponseStore
from trusteval.system.digests import digest
from trusteval.system.failed_before import FailedBefore
from trusteval.system.lasting import FIRST_SECONDS, Patience, telling
from trusteval.system.progress import Advance, ProgressBar, Say, no_progress, say_nothing
from trusteval.types import Cost, Health, Response, Variant

Told = tuple[Sequence[Question], Sequence[Response]]
"""Questions of one setting and the responses to them."""
_POLL_SECONDS = 0.2
_MOST_TRIES = 3
"""How often the answers of a part may be gone again: `trusteval store gc` may run beside."""


class Recorder:
    """The answers in one store, and the engine that adds to them.

    A variant that could not be built or loaded is not tried again: its error is raised anew. `say`
    is told what nothing came of for `quiet` seconds.
    """

    def __init__(
        self,
        backend: Backend,
        store: ResponseStore,
        *,
        progress: ProgressBar = no_progress,
        say: Say = say_nothing,
        quiet: float = FIRST_SECONDS,
    ) -> None:
        self.backend = backend
        self.store = store
        self._progress = progress
        self._say = say
        self._quiet = quiet
        self._contexts: dict[str, Mapping[str, Any]] = {}
        self._asked: dict[tuple[str, str, int], AskedPrompts] = {}
        self._health_checks: dict[str, Health | None] = {}
        self._failed = FailedBefore()
        self._loaded: LoadedVariant | None = None

    def close(self) -> None:
        """Free the model."""
        if self._loaded is not None:
            loaded, self._loaded = self._loaded, None
            loaded.close()

    def remembering_failure(self, variant: Variant) -> AbstractContextManager[None]:
        """Raise what went wrong with a variant before, or remember what goes wrong now."""
        return self._failed.remembering(variant.name)

    def health(self, variant: Variant) -> Health | None:
        """Check a variant, or recall its check; None where there are no weights."""
        context = self.context(variant)
        key = health_key(digest(context))
        patience = Patience(self._quiet)
        while True:
            recorded = self.store.get_health(key)
            if recorded is not None:
                return recorded
            if not self.store.is_writable:
                return self._check_once(variant)
            with self.store.lease(key) as ours:
                if ours:
                    if (recorded := self.store.get_health(key)) is not None:
                        return recorded
                    found = self._checked_health(variant)
                    if found is not None:
                        self.store.put_health(key, context, found)
                    return found
            self._wait(patience, [key], f"looking at {variant.name}")

    def _checked_health(self, variant: Variant) -> Health | None:
        engine = self._in_memory(variant).engine
        with self._telling(f"a look at {variant.name}"):
            return checked_health(engine, variant)

    def _telling(self, what: str) -> AbstractContextManager[None]:
        """Say that something lasts, while it does."""
        return telling(
            self._say,
            lambda seconds: f"waiting for {what}: nothing for {seconds:.0f} s",
            first=self._quiet,
        )

    def _wait(self, patience: Patience, units: Sequence[str], doing: str) -> None:
        """Wait a moment for whoever holds these units, and say so if it takes long."""

        def sentence(seconds: float) -> str:
            holders = sorted({who for unit in units if (who := self.store.holder(unit))})
            return (
                f"waiting for {' and '.join(holders) or 'another process'}, {doing}: no progress "
                f"for {seconds:.0f} s; if it hangs, end it, and its part is done here"
            )

        patience.tell(self._say, sentence)
        time.sleep(_POLL_SECONDS)

    def _check_once(self, variant: Variant) -> Health | None:
        """Check a variant once, where what is found cannot be recorded."""
        if variant.name not in self._health_checks:
            self._health_checks[variant.name] = self._checked_health(variant)
        return self._health_checks[variant.name]

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

    def cost(self, variant: Variant, told: Iterable[Told]) -> Cost:
        """Return what a variant's responses cost, as far as it was measured."""
        costs = self.store.costs(digest(self.context(variant)))
        answered: dict[str, Response] = {}
        for questions, responses in told:
            answered |= zip(self._keys(variant, questions), responses, strict=True)
        return costs.of(answered)

    def _keys(self, variant: Variant, questions: Sequence[Question]) -> list[str]:
        setting = questions[0].sample.setting
        asked = setting.id, questions[0].sample.id, len(questions)
        if asked not in self._asked:
            self._asked[asked] = AskedPrompts.of([question.prompt for question in questions])
        context = digest(self.context(variant))
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
        setting = questions[0].sample.setting.id
        tries: Counter[int] = Counter()
        patience = Patience(self._quiet)
        while True:
            parts = open_parts(keys, recorded)
            if not parts:
                return recorded
            known = sum(key in recorded for key in keys)
            units = [digest([keys[i] for i in part]) for part in parts]
            worked = False
            for part, unit in zip(parts, units, strict=True):
                with self.store.lease(unit) as ours:
                    if ours:
                        worked = True
                        tries[part.start] += 1
                        asked = [(questions[i], keys[i]) for i in part]
                        for answered in self._record(variant, asked):
                            known += answered
                            advance(known)
            if max(tries.values(), default=0) > _MOST_TRIES:
                raise StoreError(
                    f"response store {self.store.path}: answers of {variant.name} to {setting} "
                    f"were recorded {_MOST_TRIES} times and deleted again; stop what deletes them"
                )
            if not worked:
                self._wait(patience, units, f"which is recording {variant.name} on {setting}")
            found = self.store.get([keys[i] for part in parts for i in part])
            if worked or not found.keys() <= recorded.keys():
                patience = Patience(self._quiet)
            recorded |= found

    def _record(self, variant: Variant, part: Sequence[tuple[Question, str]]) -> Iterator[int]:
        """Record what is missing of a part; yield how many answers each batch adds.

        Somebody may have been here between reading and the lease.
        """
        known = self.store.get([key for _, key in part])
        if all(key in known for _, key in part):
            return
        recording = PartRecording(
            self._in_memory(variant),
            self.store,
            context=self.context(variant),
            waiting=lambda: self._telling(f"{variant.name} on {part[0][0].sample.setting.id}"),
        )
        yield from recording.answer(part, known=known)

    def context(self, variant: Variant) -> Mapping[str, Any]:
        """Return everything but the prompt that decides a variant's responses, asked once."""
        if variant.name not in self._contexts:
            with (
                self.remembering_failure(variant),
                self._telling(f"what decides the answers of {variant.name}"),
            ):
                self._contexts[variant.name] = described(self.backend, variant)
        return self._contexts[variant.name]

    def _in_memory(self, variant: Variant) -> LoadedVariant:
        if self._loaded is None or self._loaded.variant.name != variant.name:
            self.close()
            context = self.context(variant)
            with self.remembering_failure(variant), self._telling(f"{variant.name} to be loaded"):
                self._loaded = LoadedVariant(self.backend, variant, context)
        return self._loaded
