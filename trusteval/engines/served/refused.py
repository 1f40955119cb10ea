"""A request that a server refuses, and errors that say with whom it went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from trusteval.engines.served.api_key import ApiKey
from trusteval.engines.served.outcome import Rejection
from trusteval.engines.served.server_info import key_cure
from trusteval.errors import EngineError, PromptError
from trusteval.printable import printable
from trusteval.types import Route

_OF_THE_PROMPT = (400, 413, 422)


class RefusedError(EngineError):
    """A request that a server rejected or failed; not yet looked at why."""

    def __init__(self, url: str, rejection: Rejection, route: Route, *, index: int) -> None:
        super().__init__(rejection.why)
        self.url, self.rejection, self.route, self.index = url, rejection, route, index

    def worded(self) -> EngineError:
        """Say what was refused: this prompt, or whatever would be asked."""
        url, why, status = self.url, self.rejection.why, self.rejection.status
        if why.startswith(url):
            return EngineError(why)
        if status in _OF_THE_PROMPT:
            return PromptError(f"{url} rejects the prompt: {why}", index=self.index)
        if status == 404 and self.route is Route.COMPLETIONS:
            return EngineError(
                f"{url} is not there, and text without a chat template can go nowhere else: {why}"
            )
        return EngineError(f"{url} rejects the request: {why}{key_cure(self.rejection)}")


@contextmanager
def naming(variant: str, key: ApiKey) -> Iterator[None]:
    """Let what goes wrong say with whom, and nothing of the key."""
    try:
        yield
    except RefusedError:
        raise
    except EngineError as error:
        raise named(variant, error, key) from error


def named(variant: str, error: EngineError, key: ApiKey) -> EngineError:
    """Return the error with whom it is about, and nothing of the key."""
    told = key.without(printable(f"{variant}: {error}"))
    if isinstance(error, PromptError):
        return PromptError(told, index=error.index)
    return EngineError(told)
