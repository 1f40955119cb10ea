"""One text read under one setting: what `trusteval read` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.spellings import check_spellings, spelled
from trusteval.errors import UsageError
from trusteval.protocols import PROTOCOLS
from trusteval.suggestion import meant
from trusteval.types import (
    FinishReason,
    Invalid,
    Label,
    LabelForm,
    Reading,
    Response,
    Sample,
    Setting,
)


def chosen_setting(benchmark: str, name: str | None, *, prompts: Path | None = None) -> Setting:
    """Return a setting by name, or any where all of a benchmark read alike.

    Its labels have the further spellings of a prompts file. Raises UsageError with the known names.
    """
    texts = load_prompt_texts(prompts)
    check_spellings(texts.spellings, BENCHMARKS, origin=texts.origin)
    return spelled(_setting(benchmark, name), texts.spellings.get(benchmark, {}))


def _setting(benchmark: str, name: str | None) -> Setting:
    if benchmark not in BENCHMARKS:
        raise UsageError(
            f"no benchmark {benchmark!r}; known: {', '.join(BENCHMARKS)}"
            f"{meant(benchmark, BENCHMARKS)}"
        )
    if name is not None:
        return BENCHMARKS[benchmark].setting(name)
    settings = BENCHMARKS[benchmark].settings
    ways = {(one.labels, one.form, one.abstention, one.continued) for one in settings.values()}
    if len(ways) != 1:
        raise UsageError(
            f"--setting: {benchmark}'s settings have different labels; name one of "
            f"{', '.join(settings)}"
        )
    return next(iter(settings.values()))


def read_text(
    setting: Setting, text: str, *, options: Sequence[str], is_cut: bool, protocol: str
) -> Reading:
    """Read a text; raises UsageError for options that are of no use."""
    if options and protocol != "strict":
        raise UsageError(f"--option is for strict: {protocol} knows no options but the right one")
    symbols = [label.value for label in setting.labels]
    most = len({*symbols, setting.abstention} - {None}) if setting.form is LabelForm.SYMBOL else 0
    if len(options) > most:
        raise UsageError(
            f"--option: {setting.id} has {f'up to {most}' if most else 'no'} options, "
            f"got {len(options)}"
        )
    sample = Sample(id="", setting=setting, unit="", target="", options=tuple(options))
    finish = FinishReason.LENGTH if is_cut else FinishReason.END
    response = Response(text, finish, n_prompt_tokens=0, n_new_tokens=0)
    return PROTOCOLS[protocol].read(sample, response)


def reading_document(reading: Reading, *, setting: Setting, protocol: str) -> dict[str, Any]:
    """Return a reading as plain values."""
    answer: dict[str, Any] = {"answer": "refusal"}
    match reading.answer:
        case Label(value, contradictory):
            answer = {"answer": "label", "label": value, "contradictory": contradictory}
        case Invalid(reason):
            answer = {"answer": "invalid", "reason": reason.value}
    return {
        **answer,
        "benchmark": setting.benchmark,
        "setting": setting.name,
        "protocol": protocol,
        "rule": reading.rule,
        "span": reading.span,
    }
