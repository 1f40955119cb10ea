"""The page that is labelled in a browser: audit.html, one file that loads nothing from elsewhere.

It saves the table with its labels: rows are laid out here, the page puts labels into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from trusteval.audit.card import MEANINGS, UNDECIDED, Card
from trusteval.audit.table import halves, head_line

NAME = "audit.html"
_KEYS = dict(zip(MEANINGS, "reuctx", strict=True))


def page_text(cards: Mapping[str, Card]) -> str:
    """Render cards, by the names of their rows."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=True
    )
    source = (files("trusteval.audit") / "audit.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        audit=next(iter(cards)).partition("-")[0],
        cards=[(row, card, _choices(card)) for row, card in cards.items()],
        meanings=MEANINGS,
        keys=_KEYS,
        undecided=UNDECIDED,
        head=head_line(),
        halves={row: halves(row, card) for row, card in cards.items()},
    )


def _choices(card: Card) -> list[tuple[str, str, bool]]:
    """Return the values of a card, the key of each, and whether it is a label of the setting.

    A label that is a digit has that key, others are numbered.
    """
    are_digits = all(len(value) == 1 and value.isdigit() for value in card.choices)
    keyed = [
        (value, value if are_digits else str(number), True)
        for number, value in enumerate(card.choices, start=1)
    ]
    return keyed + [(value, key, False) for value, key in _KEYS.items()]
