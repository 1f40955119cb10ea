"""The items that recorded answers are about: from the data, or described by the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.errors import DataError, MissingDataError
from trusteval.importers.recorded import Recorded
from trusteval.suite.origin import Origin
from trusteval.types import Declared, Sample, Setting

Counts = Callable[[Sample], bool]


class ItemSource:
    """Finds the sample of an answer; every setting's data is read once."""

    def __init__(self, origin: Origin | None) -> None:
        self._origin = origin
        self._texts = load_prompt_texts()
        self._samples: dict[str, dict[int, Sample] | MissingDataError | None] = {}

    def sample(self, setting: Setting, answer: Recorded) -> Sample | None:
        """Return the sample an answer is about, None for a row the setting does not ask.

        Raises DataError for an item out of range, a target outside the labels or against the
        data, or an item that neither data nor answer describes.
        """
        samples = self._of(setting)
        drawn = BENCHMARKS[setting.benchmark].draw is not None  # items are rows of all people
        most = None if drawn else setting.n_source or setting.n_expected
        if isinstance(samples, dict):
            most = max(most or 0, 1 + max(samples, default=-1)) or None
        if most is not None and answer.item >= most:
            answer.place.malformed(f"an item of {setting.id} from 0 to {most - 1}", answer.item)
        labels = [label.value for label in setting.labels]
        if answer.target is not None and answer.target not in labels:
            answer.place.malformed(f"a target of {', '.join(labels)}", answer.target)
        n_options = len(labels) + (setting.abstention is not None)
        if answer.options and len(answer.options) != n_options:
            answer.place.malformed(f"{n_options} options", answer.options)
        if not isinstance(samples, dict):
            return self._described(setting, answer, missing=samples)
        found = samples.get(answer.item)
        if found is not None and answer.target not in (None, found.target):
            answer.place.malformed(f"the data's target {found.target!r}", answer.target)
        if found is not None and answer.group not in (None, found.group):
            answer.place.malformed(f"the data's group {found.group!r}", answer.group)
        return found

    def declared(self, setting: Setting, *, counts: Counts, recorded: int) -> Declared:
        """Return what a setting has to bring; `recorded` rows where nothing says how many."""
        samples = self._of(setting)
        if isinstance(samples, dict):
            targets = [sample.target for sample in samples.values() if counts(sample)]
            return Declared(len(targets), frozenset(targets))
        labels = [label.value for label in setting.labels]
        kept = [label for label in labels if counts(_stand_in(setting, target=label))]
        if setting.n_expected is None:
            return Declared(recorded, frozenset(kept))
        return Declared(setting.n_expected * len(kept) // len(labels), frozenset(kept))

    def _of(self, setting: Setting) -> dict[int, Sample] | MissingDataError | None:
        if setting.id not in self._samples:
            self._samples[setting.id] = self._load(setting)
        return self._samples[setting.id]

    def _load(self, setting: Setting) -> dict[int, Sample] | MissingDataError | None:
        if self._origin is None:
            return None
        source = self._origin.source(setting.benchmark)
        without_shots = replace(setting, shots=0)  # what was shown has been asked already
        try:
            questions = BENCHMARKS[setting.benchmark].load(source, without_shots, self._texts)
        except MissingDataError as error:
            return error
        return {int(question.sample.id): question.sample for question in questions}

    def _described(
        self, setting: Setting, answer: Recorded, *, missing: MissingDataError | None
    ) -> Sample:
        if answer.target is None:
            why = f"{missing}" if missing else "no --data is given"
            raise DataError(
                f"{answer.place}: item {answer.item} of {setting.id} carries no target, and its "
                f"data is not at hand ({why})"
            )
        return _stand_in(
            setting,
            target=answer.target,
            item=answer.item,
            group=answer.group,
            options=answer.options,
        )


def _stand_in(
    setting: Setting,
    *,
    target: str,
    item: int = 0,
    group: str | None = None,
    options: Sequence[str] = (),
) -> Sample:
    return Sample(
        id=str(item),
        setting=setting,
        unit=f"{setting.id} {item}",
        target=target,
        group=group,
        options=tuple(options),
    )
