"""The edge to libraries that read checkpoints: whatever they raise is told in one line of ours.

What they raise for a damaged file has no end: KeyError, a bare Exception from tokenizers, a panic
of their Rust. And they may not turn to the hub because a file says so.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

from trusteval.errors import ModelError, TrustEvalError


@contextmanager
def explaining(subject: object, doing: str = "cannot be loaded") -> Iterator[None]:
    """Raise ModelError that begins with `subject` and `doing` for whatever a library raises.

    Errors of ours, too little memory included, pass through.
    """
    try:
        yield
    except TrustEvalError:
        raise
    except MemoryError as error:
        raise ModelError(f"{subject} does not fit into the memory of this machine") from error
    except BaseException as error:
        if not is_theirs(error):
            raise
        raise ModelError(f"{subject} {doing}: {in_one_line(error)}") from error


def is_theirs(error: BaseException) -> bool:
    """Whether an error is a library's; a panic of Rust is no Exception and has no public name."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def in_one_line(error: BaseException) -> str:
    """Return what an error says, shortened, or its name where it says nothing."""
    said = str(error)[:10_000] or repr(error)
    named = f"{type(error).__name__} {said}" if isinstance(error, LookupError) else said
    return textwrap.shorten(named, width=400, placeholder=" ...")


@contextmanager
def offline() -> Iterator[None]:
    """Let no library ask the hub: what is loaded lies in a folder already."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
