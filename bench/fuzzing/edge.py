"""Calls trusteval at its edges: a command of its command line, the options of a pytest run.

And looks at what is printed: no line may hold what a terminal acts on.
"""

from __future__ import annotations

import contextlib
import io
import unicodedata
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from bench.fuzzing.trial import (
    InternalFaultError,
    RawControlsError,
    UndocumentedError,
    WarnedError,
)

_ACTED_ON = ("Cc", "Cf", "Cs", "Zl", "Zp")
_LET_BE = "\n\u200c\u200d"
_COULD_NOT, _INTERNAL, _INTERRUPTED = 2, 10, 130
_LONGEST_ERROR = 20_000


def command(*arguments: object, codes: Collection[int] = (0, 1), lines: int = 40) -> str:
    """Run a command in this process and return how it ended; `codes` are those its docs have.

    2 is always among them, with nothing printed but an error of a few `lines`.
    """
    from trusteval.cli import main

    words = list(map(str, arguments))
    code, out, error = _called(main, words)
    if code == _INTERNAL:
        _, _, told = _called(main, ["--debug", *words])
        raise InternalFaultError(error.strip()[:500], traceback=told)
    refuse_raw_controls(out, error)
    if code == _COULD_NOT:
        if not error.strip():
            raise UndocumentedError("exit 2 without a word of why")
        # What was typed may be repeated, however long it is.
        if error.strip().count("\n") > lines or len(error) > _LONGEST_ERROR + sum(map(len, words)):
            raise UndocumentedError(f"exit 2 with {len(error)} characters of why")
    elif code not in codes:
        raise UndocumentedError(f"exit {code}")
    return f"exit {code}"


def _called(main: Any, words: Sequence[str]) -> tuple[int, str, str]:
    out, error = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            try:
                code = main(words)
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 1
    told = []
    for stream in (out, error):
        stream.flush()
        told.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    for warning in warned:
        if not issubclass(warning.category, DeprecationWarning | ResourceWarning):
            raise WarnedError(f"{warning.category.__name__}: {warning.message}")
    return code, told[0], told[1]


def refuse_raw_controls(*texts: str) -> None:
    """Raise RawControlsError for a text that moves a cursor, reorders letters or hides some."""
    for text in texts:
        if text.isascii() and text.replace("\n", "").isprintable():
            continue
        for at, letter in enumerate(text):
            if letter not in _LET_BE and unicodedata.category(letter) in _ACTED_ON:
                raise RawControlsError(f"{letter!r} in {text[max(0, at - 60) : at + 20]!r}")


@contextlib.contextmanager
def strictly() -> Iterator[None]:
    """Take warnings for errors, as a project that runs its gates with filterwarnings = error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"torch|transformers")
        warnings.filterwarnings("ignore", category=SyntaxWarning)
        yield


def prepared(arguments: Iterable[str]) -> str:
    """Read the options of a pytest run and check them against each other, as its start does."""
    from _pytest.config import _prepareconfig

    from trusteval.plugin.options import read_options, refuse_lost_configuration
    from trusteval.plugin.readiness import refuse_unwritable_reports
    from trusteval.plugin.stash import RUN
    from trusteval.run.configure import prepare_run
    from trusteval.system.files import explaining_places

    quiet = ["-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir=.", "-c", "pytest.ini"]
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        try:
            config = _prepareconfig([*quiet, *arguments])
        except SystemExit as ended:
            return f"pytest's exit {ended.code}"
    try:
        refuse_lost_configuration(config)
        with explaining_places(), strictly():
            options = read_options(config)
            if options is None:
                return "no model"
            run = config.stash[RUN] = prepare_run(options)
            refuse_unwritable_reports(config)
            refuse_raw_controls(*run.notices())
            return f"{len(run.gates)} gates"
    finally:
        config._ensure_unconfigure()
