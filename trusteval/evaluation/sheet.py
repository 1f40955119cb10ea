"""What a store holds, and is to hold, of one variant's answers to the questions of one setting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trusteval.benchmarks.benchmark import Question
from trusteval.errors import PlaceError
from trusteval.store import ResponseStore, probabilities_key
from trusteval.store.probabilities import get_label_logs, put_label_logs
from trusteval.system.digests import digest
from trusteval.types import LabelLogs, Response, Setting, Variant


@dataclass(frozen=True, slots=True)
class Batch:
    """What an engine finished together, by the keys that it is recorded under."""

    n_rows: int
    responses: Mapping[str, Response]
    logs: Mapping[str, LabelLogs] = field(default_factory=dict)


class Sheet:
    """The responses under `keys`, a row per question, and how likely the setting's labels are.

    Those are wanted too if it `is_weighed`. Of what is recorded it knows what it has looked up.
    """

    def __init__(
        self,
        store: ResponseStore,
        questions: Sequence[Question],
        keys: Sequence[str],
        *,
        is_weighed: bool,
    ) -> None:
        self.questions = questions
        self.keys = keys
        self.is_weighed = is_weighed
        self.store = store
        self._label_keys = [probabilities_key(k, self.labels) for k in keys] if is_weighed else []
        self._responses: dict[str, Response] = {}
        self._logs: dict[str, LabelLogs] = {}

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def setting(self) -> Setting:
        return self.questions[0].sample.setting

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(label.value for label in self.setting.labels)

    # -- what is recorded ----------------------------------------------------------------

    def look(self, rows: Iterable[int]) -> bool:
        """Look up what is recorded of some rows; say whether that is more than was known."""
        asked, before = list(rows), (len(self._responses), len(self._logs))
        self._responses |= self.store.get([self.keys[row] for row in asked])
        if self.is_weighed:
            self._logs |= get_label_logs(self.store, [self._label_keys[row] for row in asked])
        return (len(self._responses), len(self._logs)) != before

    def is_answered(self, row: int) -> bool:
        return self.keys[row] in self._responses

    def is_whole(self, row: int) -> bool:
        """Say whether all that is wanted of a row is recorded."""
        is_told = not self.is_weighed or self._label_keys[row] in self._logs
        return is_told and self.is_answered(row)

    @property
    def n_whole(self) -> int:
        return sum(map(self.is_whole, range(len(self))))

    @property
    def n_unanswered(self) -> int:
        """How many answers are missing; questions that are alike share one."""
        return len(set(self.keys)) - len(self._responses)

    def responses(self) -> list[Response]:
        """Return the response of each row; all have one."""
        return [self._responses[key] for key in self.keys]

    # -- what is missing -----------------------------------------------------------------

    def unit(self, part: range) -> str:
        """Name the work of recording some rows."""
        return digest([self.keys[row] for row in part])

    def leave_unweighed(self) -> None:
        """Want nothing but responses from now on."""
        self.is_weighed = False

    def record(self, context: Mapping[str, Any], batch: Batch) -> None:
        """Record what came; an answer that is there already stays as it is."""
        if batch.responses:
            self.store.put(context, batch.responses)
        if batch.logs:
            put_label_logs(self.store, context, batch.logs)

    def label_key(self, row: int) -> str:
        return self._label_keys[row]

    def refuse_read_only(self, variant: Variant) -> None:
        """Raise PlaceError if answers are missing and cannot be recorded."""
        if self.n_unanswered and not self.store.is_writable:
            raise PlaceError(
                f"response store {self.store.path} cannot be written and lacks "
                f"{self.n_unanswered} of {len(self)} answers of {variant.name} to "
                f"{self.setting.id}; name a file that can be written by --trust-store, or another "
                "cache by TRUSTEVAL_CACHE"
            )
