"""Remembers what failed, so that it is not tried again, and tells it anew in the same words.

One and the same exception raised again and again keeps every frame of every test that met it, and
through them models and answers; pytest formats all of them for each test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from trusteval.errors import TrustEvalError


@dataclass(frozen=True, slots=True)
class FailedBefore:
    """The errors of what failed, by its name."""

    errors: dict[str, TrustEvalError] = field(default_factory=dict)

    @contextmanager
    def remembering(self, name: str) -> Iterator[None]:
        """Raise what went wrong with something before, or remember what goes wrong now."""
        if name in self.errors:
            raise anew(self.errors[name])
        try:
            yield
        except TrustEvalError as error:
            self.errors[name] = anew(error)
            raise


def anew(error: TrustEvalError) -> TrustEvalError:
    """Return an error that says the same, without the frames, notes and causes of its raising."""
    kind = type(error)
    fresh = kind.__new__(kind, *error.args)
    fresh.__dict__.update({name: v for name, v in vars(error).items() if name != "__notes__"})
    return fresh
