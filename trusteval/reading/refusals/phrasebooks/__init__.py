"""The languages in which open answers are read, a file each; all are tried on every text."""

from __future__ import annotations

from trusteval.reading.refusals.phrasebooks.chinese import CHINESE
from trusteval.reading.refusals.phrasebooks.english import ENGLISH
from trusteval.reading.refusals.phrasebooks.french import FRENCH
from trusteval.reading.refusals.phrasebooks.german import GERMAN
from trusteval.reading.refusals.phrasebooks.italian import ITALIAN
from trusteval.reading.refusals.phrasebooks.portuguese import PORTUGUESE
from trusteval.reading.refusals.phrasebooks.spanish import SPANISH

__all__ = ["ENGLISH", "PHRASEBOOKS"]

PHRASEBOOKS = (ENGLISH, GERMAN, FRENCH, SPANISH, CHINESE, ITALIAN, PORTUGUESE)
