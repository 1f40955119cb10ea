"""An audit before it is labelled: blinded cards in random order, and the key to them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from trusteval.audit.card import Card, card_of, digest
from trusteval.audit.drawing import draw
from trusteval.audit.key import Key, KeyedAnswer, KeyedRow, KeyedStratum
from trusteval.audit.population import Heard
from trusteval.reading.reader import READER_VERSION
from trusteval.tracking.items import shown_answer
from trusteval.types import FinishReason


@dataclass(frozen=True, slots=True)
class Audit:
    """What a person labels, by the names of the rows, and the key to it."""

    cards: Mapping[str, Card]
    key: Key


def prepare(heard: Sequence[Heard], *, run: str, n: int, seed: int) -> Audit:
    """Draw `n` answers of a run; equal ones to one item are one card."""
    contested = [bool(one.rivals) for one in heard]
    strata = draw([one.path for one in heard], contested=contested, n=n, seed=seed)
    drawn = {row: place for place, stratum in enumerate(strata) for row in stratum.rows}
    shown = {row: _card(heard[row]) for row in drawn}
    names = _names(list(dict.fromkeys(shown.values())), seed=seed)
    return Audit(
        cards={name: card for card, name in names.items()},
        key=Key(
            run=run,
            reader=READER_VERSION,
            seed=seed,
            contested=sum(contested),
            strata=tuple(KeyedStratum(one.name, one.size, len(one.rows)) for one in strata),
            rows={name: KeyedRow(digest(card.shown), card.allowed) for card, name in names.items()},
            answers=tuple(
                _keyed(heard[row], row=names[shown[row]], stratum=place)
                for row, place in sorted(drawn.items())
            ),
        ),
    )


def _card(one: Heard) -> Card:
    is_cut = one.response.finish_reason is FinishReason.LENGTH
    return card_of(one.sample, one.response, is_cut=is_cut)


def _keyed(one: Heard, *, row: str, stratum: int) -> KeyedAnswer:
    return KeyedAnswer(
        row=row,
        subject=one.subject,
        benchmark=one.sample.setting.benchmark,
        stratum=stratum,
        answer=one.reading.answer,
        rule=one.reading.rule,
        span=one.reading.span,
        rivals={who: shown_answer(answer) for who, answer in one.rivals},
    )


def _names(cards: Sequence[Card], *, seed: int) -> dict[Card, str]:
    """Name cards in random order, in a way that no other audit does."""
    order = Random(f"order {seed}").sample(cards, len(cards))
    digests = "".join(digest(card.shown) for card in order)
    audit = "a" + hashlib.sha256(f"{seed} {digests}".encode()).hexdigest()[:5]
    return {card: f"{audit}-{number:03}" for number, card in enumerate(order, start=1)}
