"""Further spellings of labels, which a prompts file brings for the answers to its questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trusteval.benchmarks.benchmark import Benchmark
from trusteval.errors import UsageError
from trusteval.suggestion import meant
from trusteval.types import LabelForm, Setting

Spellings = Mapping[str, Sequence[str]]
"""By label, the words that are read as it."""


def spelled(setting: Setting, spellings: Spellings) -> Setting:
    """Return a setting whose labels have further spellings; those of other labels are left out."""
    if not spellings:
        return setting
    labels = tuple(
        replace(label, aliases=(*label.aliases, *spellings.get(label.value, ())))
        for label in setting.labels
    )
    return replace(setting, labels=labels)


def check_spellings(
    by_benchmark: Mapping[str, Spellings], benchmarks: Mapping[str, Benchmark], *, origin: str
) -> None:
    """Raise UsageError for a benchmark or label that is unknown, or a spelling of two labels."""
    for name, spellings in by_benchmark.items():
        where = f"{origin}: labels.{name}"
        if name not in benchmarks:
            raise UsageError(
                f"{where} names no benchmark; known: {', '.join(benchmarks)}"
                f"{meant(name, benchmarks)}"
            )
        known = dict.fromkeys(
            label.value
            for setting in benchmarks[name].settings.values()
            if setting.form is LabelForm.WORD
            for label in setting.labels
        )
        if not known:
            raise UsageError(f"{where}: its answers are letters or digits, which have one spelling")
        spelt_for: dict[str, str] = {label.casefold(): label for label in known}
        for label, words in spellings.items():
            if label not in known:
                raise UsageError(
                    f"{where} has no label {label!r}; it has {', '.join(known)}"
                    f"{meant(label, known)}"
                )
            for word in words:
                if spelt_for.setdefault(word.casefold(), label) != label:
                    other = spelt_for[word.casefold()]
                    raise UsageError(f"{where}: {word!r} is spelled for {label!r} and {other!r}")
