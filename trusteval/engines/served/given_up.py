"""Remembers for a run which servers were asked in vain: one verdict each, not one per test."""

from __future__ import annotations

from dataclasses import dataclass, field

from trusteval.errors import EngineError


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Why something is not asked any more, by its URL, model and route, as far as it goes."""

    why: dict[tuple[str, ...], str] = field(default_factory=dict)

    def remember(self, error: EngineError, *asked: str) -> None:
        """Ask this nothing more: a URL, or a URL and model, or a URL, model and route."""
        self.why.setdefault(asked, str(error))

    def refuse(self, *asked: str) -> None:
        """Raise EngineError in the words of the first time, if this was asked in vain before."""
        for length in range(1, len(asked) + 1):
            if (why := self.why.get(asked[:length])) is not None:
                raise EngineError(f"{why} (not asked again in this run)")

    def doubts(self, url: str) -> bool:
        """Whether something of a server was asked in vain, so that less patience is due."""
        return any(asked[0] == url for asked in self.why)
