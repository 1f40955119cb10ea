"""Puts texts that others wrote into the page as what they are: no markup, and nothing unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trusteval.printable import printable_line, printable_lines

if TYPE_CHECKING:
    from markupsafe import Markup

_MOST_OF_NAME = 120
"""Characters of a name in a heading; the facts of the run have all of it."""
_MOST = 1_200
"""Characters of a prompt or response beside a gate; all of it is among the answers."""


def shown(value: object) -> object:
    """Return a value as a printable line, our markup as it is: the last step before escaping."""
    from markupsafe import Markup

    return value if isinstance(value, Markup) else printable_line(str(value))


def excerpt(text: str) -> Markup:
    """Return a text with its line feeds, cut where it is long."""
    from markupsafe import escape

    cut = f"... (of {len(text):,} characters)" if len(text) > _MOST else ""
    return escape(printable_lines(text[:_MOST]) + cut)


def abridged(text: str) -> str:
    """Return a name without its middle where it is long: its end tells paths apart."""
    if len(text) <= _MOST_OF_NAME:
        return text
    half = _MOST_OF_NAME // 2
    return f"{text[:half]}...{text[-half:]}"


def breakable(name: str) -> Markup:
    """Return a name that a line may be broken in behind its dots and underscores."""
    from markupsafe import Markup, escape

    shown = str(escape(printable_line(name)))
    return Markup(shown.replace("_", "_<wbr>").replace(".", ".<wbr>"))
