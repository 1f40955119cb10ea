"""What a command prints: lines that nothing acts on, in the letters that the stream has.

What cannot be shown, on a full disk or a closed stream, ends no work; it is noticed at the end.
"""

from __future__ import annotations

import argparse
import errno
import io
import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout, suppress
from typing import NoReturn, TextIO

from trusteval.printable import printable_line, printable_lines

COULD_NOT = 2
"""Exit status of a command whose result could not be shown."""
_PLAIN = str.maketrans({"\u2500": "-", "\u2502": "|", "\u2026": "...", "\u2212": "-"})
"""Our own drawing, for streams that have ASCII alone."""


class Output(io.TextIOBase):
    """Stands in for a stream of text that may be full, closed, or of few letters.

    Nothing written to it raises: `fault` says what kept it from being shown. A reader who has seen
    enough (a broken pipe) is no fault. `acts` lets through what a terminal acts on.
    """

    def __init__(self, stream: TextIO | None, *, acts: bool = False) -> None:
        self._stream = stream
        self._acts = acts
        self._is_left = False
        self.fault: str | None = None

    def write(self, text: str) -> int:
        self.write_as_is(text if self._acts else printable_lines(text))
        return len(text)

    def write_as_is(self, shown: str) -> None:
        """Write what is printable already, with codes of ours in it."""
        if self._stream is None:
            self._fail(OSError(errno.EBADF, "it is closed"))
        elif not (self._is_left or self.fault):
            try:
                self._stream.write(fitting(shown, self.encoding))
            except (OSError, ValueError) as error:
                self._fail(error)

    def end(self) -> None:
        """Close the stream itself, which outlives this one otherwise."""
        if self._stream is not None:
            with suppress(OSError, ValueError):
                self._stream.close()

    def flush(self) -> None:
        if self._stream is None or self._is_left or self.fault:
            return
        try:
            self._stream.flush()
        except (OSError, ValueError) as error:
            self._fail(error)

    def isatty(self) -> bool:
        return self._stream is not None and not self._stream.closed and self._stream.isatty()

    def fileno(self) -> int:
        if self._stream is None:
            raise io.UnsupportedOperation("the stream is closed")
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._stream, "encoding", None) or "utf-8"

    def _fail(self, error: OSError | ValueError) -> None:
        self._is_left = isinstance(error, BrokenPipeError)
        if not self._is_left:
            self.fault = getattr(error, "strerror", None) or str(error)
        silence(self._stream)


class Parser(argparse.ArgumentParser):
    """Quotes what is wrong with arguments, names of files among them, in one printable line."""

    def error(self, message: str) -> NoReturn:
        super().error(printable_line(message))


def fitting(text: str, encoding: str) -> str:
    """Return a text in the letters of an encoding: plain drawing and escapes for what it lacks."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    return text


def silence(stream: TextIO | None) -> None:
    """Let what a stream that failed still holds go nowhere, where Python would say so at exit."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)
        stream.flush()  # type: ignore[union-attr]


def say(lines: Iterable[str]) -> None:
    """Print lines; what models, files and their authors wrote stays within its line."""
    print("\n".join(map(printable_line, lines)))


def say_text(text: str) -> None:
    """Print a text that was made for others to read, with lines of any length."""
    print(printable_lines(text.removesuffix("\n")))


def say_as_is(lines: Iterable[str]) -> None:
    """Print lines of ours, made printable before they got codes of colours."""
    text = "".join(f"{line}\n" for line in lines)
    if isinstance(sys.stdout, Output):
        sys.stdout.write_as_is(text)
    else:
        sys.stdout.write(text)


def say_document(document: object) -> None:
    """Print plain values as JSON, sorted."""
    print(json.dumps(document, indent=2, sort_keys=True))


def complain(*lines: str) -> None:
    """Print lines on standard error; where that cannot be, the exit status says it alone."""
    stream = sys.stderr
    if stream is None:  # print() would take standard output for it
        return
    try:
        text = "trusteval: " + "\n".join(map(printable_line, lines))
        print(fitting(text, stream.encoding or "utf-8"), file=stream, flush=True)
    except (OSError, ValueError):
        silence(stream)


def occupy_standard_streams() -> None:
    """Open what was closed of standard input, output and error, or a file would get its number.

    What a library prints would then be written into that file.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def shown(command: Callable[[], int]) -> int:
    """Run a command; returns its exit status, or COULD_NOT where its output could not be shown."""
    occupy_standard_streams()
    out = Output(sys.stdout)
    try:
        with redirect_stdout(out):
            status = command()
    except SystemExit as ended:  # --help, or arguments that argparse refuses
        out.flush()
        if out.fault is None or ended.code:
            raise
        status = 0
    out.flush()
    if out.fault is None:
        return status
    complain(f"standard output cannot be written: {out.fault}; the result is not shown")
    return COULD_NOT
