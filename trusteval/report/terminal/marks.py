"""How a verdict looks in a terminal: its sign and word, and where there are colours its colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.report.outcomes import SIGNS
from trusteval.system.screen import Screen

_BAD = "bold red"
STYLES: Mapping[str, str] = {
    **{"PASS": "green", "WARN": "yellow", "INCONCLUSIVE": "cyan", "NOT RUN": "cyan"},
    **dict.fromkeys(("SUSPECT", "UNDECIDABLE", "ERROR", "BROKEN", "FAIL"), _BAD),
    **dict.fromkeys(("INCOMPLETE", "FAILED beside the gates", "LOST"), _BAD),
}
"""By rich's names, of colours that every terminal has."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A text that stays in one piece, and the word whose colour it has."""

    text: str
    word: str

    def shown(self, screen: Screen) -> str:
        """Return the text as it is written, with codes of colours where there are any."""
        if not screen.has_colours or self.word not in STYLES:
            return self.text
        from rich.color import ColorSystem
        from rich.style import Style

        style = Style.parse(STYLES[self.word])
        return style.render(self.text, color_system=ColorSystem.STANDARD)


def mark_of(word: str, screen: Screen, *, after: str = "") -> Mark:
    """Return a verdict's sign and word, for the begin of a line; `after` follows at once."""
    return Mark(" ".join([*_sign(word, screen), f"{word}{after}"]), word)


def closing_mark_of(word: str, screen: Screen) -> Mark:
    """Return a verdict's word and sign, for the end of a line."""
    return Mark(" ".join([word, *_sign(word, screen)]), word)


def _sign(word: str, screen: Screen) -> tuple[str, ...]:
    return (SIGNS[word],) if screen.has_signs and word in SIGNS else ()
