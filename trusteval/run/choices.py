"""What options may be where that is one of a few: each list is read off the table it belongs to."""

from __future__ import annotations

from collections.abc import Sequence


def engines() -> Sequence[str]:
    from trusteval.engines import ENGINES

    return tuple(ENGINES)


def protocols() -> Sequence[str]:
    from trusteval.protocols import PROTOCOLS

    return tuple(PROTOCOLS)


def storages() -> Sequence[str]:
    from trusteval.types import Storage

    return ("auto", *map(str, Storage))


def summaries() -> Sequence[str]:
    from trusteval.report.terminal.detail import Detail

    return tuple(map(str, Detail))


def dtypes() -> Sequence[str]:
    return ("auto", "float32", "bfloat16", "float16")


def judge_formats() -> Sequence[str]:
    from trusteval.judging.format import AUTO, JudgeFormat

    return (AUTO, *map(str, JudgeFormat))


def switches() -> Sequence[str]:
    return ("on", "off")


def check_choices(options: object) -> None:
    """Raise UsageError for the first option of a dataclass that is none of those it may be."""
    from trusteval.run.option import options_of

    for option in options_of(type(options)):
        value = getattr(options, option.field)
        if option.one_of is not None and value is not None:
            check_one_of(value, option.one_of(), option.flag)


def check_one_of(value: str, known: Sequence[str], option: str) -> None:
    """Raise UsageError unless a value is known, naming what is."""
    if value not in known:
        from trusteval.errors import UsageError
        from trusteval.suggestion import meant

        raise UsageError(
            f"{option} is one of {', '.join(known)}; got {value!r}{meant(value, known)}"
        )
