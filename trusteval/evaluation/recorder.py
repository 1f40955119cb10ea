"""Records what variants say: every answer once, whoever asks first, in any process.

What is missing is generated under leases, in parts of a setting, so that several workers share
one setting's prompts. Parts are the same in every run; at most one model is in memory. Engines
are held to their contract; whoever watches is told of what lasts long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.contract import checked_health, described
from trusteval.engines.engine import Backend
from trusteval.engines.health import health_key
from trusteval.errors import StoreError, UnweighedError
from trusteval.evaluation.loaded import LoadedVariant
from trusteval.evaluation.part_recording import PartRecording
from trusteval.evaluation.parts import open_parts
from trusteval.evaluation.sheet import Sheet
from trusteval.evaluation.unrecorded import refuse_unrecorded, refuse_unseen
from trusteval.evaluation.waiting import Waiting
from trusteval.store import AskedPrompts, ResponseStore
from trusteval.store.probabilities import label_logs_of_responses
from trusteval.system.digests import digest
from trusteval.system.failed_before import FailedBefore
from trusteval.system.lasting import FIRST_SECONDS
from trusteval.system.progress import Advance, ProgressBar, Say, no_progress, say_nothing
from trusteval.types import Cost, Health, LabelLogs, Response, Variant

Told = tuple[Sequence[Question], Sequence[Response]]
"""Questions of one setting and the responses to them."""
_MOST_TRIES = 3
"""How often the answers of a part may be gone again: `trusteval store gc` may run beside."""


class Recorder:
    """The answers in one store, and the engine that adds to them.

    A variant that could not be built or loaded is not tried again: its error is raised anew. Draws
    of one variant share its model, its health and such an error. `say` is told what nothing came of
    for `quiet` seconds. One that `weighs` records beside each answer how likely the labels are. One
    that `asks` nobody loads no model either: what is not recorded is an UnrecordedError.
    `make_room` is called before a model is loaded.
    """

    def __init__(
        self,
        backend: Backend,
        store: ResponseStore,
        *,
        progress: ProgressBar = no_progress,
        say: Say = say_nothing,
        quiet: float = FIRST_SECONDS,
        weighs: bool = False,
        asks: bool = True,
        make_room: Callable[[], None] = lambda: None,
    ) -> None:
        self.backend = backend
        self.store = store
        self._asks = asks
        self._make_room = make_room
        self.weighs = weighs
        self._unweighed: dict[str, str] = {}
        self._progress = progress
        self._waiting = Waiting(store, say, quiet)
        self._contexts: dict[str, Mapping[str, Any]] = {}
        self._asked: dict[tuple[str, tuple[str, ...]], AskedPrompts] = {}
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
        context = self.context(variant.undrawn)
        key = health_key(digest(context))
        patience = self._waiting.patience()
        while True:
            recorded = self.store.get_health(key)
            if recorded is not None:
                return recorded
            if not self._asks:
                refuse_unseen(self.store, self.backend, variant, context)
                return None
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
            self._waiting.wait(patience, [key], f"looking at {variant.name}")

    def _checked_health(self, variant: Variant) -> Health | None:
        engine = self._in_memory(variant).engine
        with self._waiting.telling(f"a look at {variant.name}"):
            return checked_health(engine, variant)

    def _check_once(self, variant: Variant) -> Health | None:
        """Check a variant once, where what is found cannot be recorded."""
        name = variant.undrawn.name
        if name not in self._health_checks:
            self._health_checks[name] = self._checked_health(variant)
        return self._health_checks[name]

    def refuse_unrecordable(self, variant: Variant, questions: Sequence[Question]) -> None:
        """Raise PlaceError if answers to a setting are missing and cannot be recorded.

        Asks no model, and builds none that the cache has no room for.
        """
        self._sheet(variant, questions).refuse_read_only(variant)

    def responses(self, variant: Variant, questions: Sequence[Question]) -> list[Response]:
        """Return a variant's responses to questions of one setting, generating what is missing."""
        return self._whole_sheet(variant, questions).responses()

    def recorded(self, variant: Variant, questions: Sequence[Question]) -> list[Response | None]:
        """Return what is recorded of a setting, None where nothing is; asks nobody for answers."""
        keys = self._keys(variant, questions)
        found = self.store.get(keys)
        return [found.get(key) for key in keys]

    def label_logs(self, variant: Variant, questions: Sequence[Question]) -> list[LabelLogs | None]:
        """Return what is recorded of the labels of one setting, None where nothing is.

        `why_unweighed` says why that could not be had.
        """
        labels = [label.value for label in questions[0].sample.setting.labels]
        return label_logs_of_responses(self.store, self._keys(variant, questions), labels=labels)

    def why_unweighed(self, variant: Variant) -> str:
        """Say why it is not known of some answers how likely their labels were."""
        return self._unweighed.get(variant.name, "they were not recorded")

    def _sheet(self, variant: Variant, questions: Sequence[Question]) -> Sheet:
        """Return what is recorded by now."""
        is_weighed = self.weighs and variant.name not in self._unweighed
        sheet = Sheet(self.store, questions, self._keys(variant, questions), is_weighed=is_weighed)
        sheet.look(range(len(sheet)))
        return sheet

    def _whole_sheet(self, variant: Variant, questions: Sequence[Question]) -> Sheet:
        """Return what is recorded, after recording what is missing."""
        sheet = self._sheet(variant, questions)
        if sheet.n_whole == len(sheet):
            return sheet
        if not self._asks:
            refuse_unrecorded(sheet, variant, self.context(variant))
            return sheet
        sheet.refuse_read_only(variant)
        if not self.store.is_writable:
            self._unweighed[variant.name] = f"{self.store.path} cannot be written and has none"
            return sheet
        with self._progress(f"{variant.name} on {sheet.setting.id}", len(sheet)) as advance:
            self._complete(variant, sheet, advance)
        return sheet

    def cost(self, variant: Variant, told: Iterable[Told]) -> Cost:
        """Return what a variant's responses cost, as far as it was measured."""
        costs = self.store.costs(digest(self.context(variant)))
        answered: dict[str, Response] = {}
        for questions, responses in told:
            answered |= zip(self._keys(variant, questions), responses, strict=True)
        return costs.of(answered)

    def _keys(self, variant: Variant, questions: Sequence[Question]) -> list[str]:
        setting = questions[0].sample.setting
        asked = setting.id, tuple([question.sample.id for question in questions])
        if asked not in self._asked:
            self._asked[asked] = AskedPrompts.of([question.prompt for question in questions])
        context = digest(self.context(variant))
        return self._asked[asked].keys(context, max_new_tokens=setting.max_new_tokens)

    def _complete(self, variant: Variant, sheet: Sheet, advance: Advance) -> None:
        """Record what is missing, part by part, leaving parts to whoever is at them."""
        setting = sheet.setting.id
        tries: Counter[int] = Counter()
        patience = self._waiting.patience()
        while parts := open_parts(len(sheet), sheet.is_whole):
            known = sheet.n_whole
            units = [sheet.unit(part) for part in parts]
            worked = False
            for part, unit in zip(parts, units, strict=True):
                with self.store.lease(unit) as ours:
                    if ours:
                        worked = True
                        tries[part.start] += 1
                        for finished in self._record(variant, sheet, part):
                            known += finished
                            advance(known)
            if max(tries.values(), default=0) > _MOST_TRIES:
                raise StoreError(
                    f"response store {self.store.path}: answers of {variant.name} to {setting} "
                    f"were recorded {_MOST_TRIES} times and deleted again; stop what deletes them"
                )
            if not worked:
                doing = f"which is recording {variant.name} on {setting}"
                self._waiting.wait(patience, units, doing)
            is_more = sheet.look(row for part in parts for row in part)
            if worked or is_more:
                patience = self._waiting.patience()

    def _record(self, variant: Variant, sheet: Sheet, part: range) -> Iterator[int]:
        """Record what is missing of a part; yield how many rows each batch makes whole.

        Somebody may have been here between reading and the lease.
        """
        sheet.look(part)
        if all(map(sheet.is_whole, part)):
            return
        recording = PartRecording(
            variant,
            self._in_memory(variant),
            sheet,
            context=self.context(variant),
            waiting=lambda: self._waiting.telling(f"{variant.name} on {sheet.setting.id}"),
        )
        try:
            yield from recording.record(part)
            return
        except UnweighedError as error:
            self._unweighed[variant.name] = str(error)
            sheet.leave_unweighed()
        sheet.look(part)
        yield from recording.record(part)

    def context(self, variant: Variant) -> Mapping[str, Any]:
        """Return everything but the prompt that decides a variant's responses, asked once."""
        if variant.name not in self._contexts:
            with (
                self.remembering_failure(variant.undrawn),
                self._waiting.telling(f"what decides the answers of {variant.name}"),
            ):
                self._contexts[variant.name] = described(self.backend, variant)
        return self._contexts[variant.name]

    def _in_memory(self, variant: Variant) -> LoadedVariant:
        whole = variant.undrawn
        if self._loaded is None or self._loaded.variant.name != whole.name:
            self.close()
            self._make_room()
            context = self.context(variant)
            with (
                self.remembering_failure(whole),
                self._waiting.telling(f"{whole.name} to be loaded"),
            ):
                self._loaded = LoadedVariant(self.backend, whole, context)
        return self._loaded
