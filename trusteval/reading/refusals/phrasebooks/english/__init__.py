"""How English words the acts of open answers."""

from __future__ import annotations

from trusteval.reading.refusals.phrasebook import Phrasebook
from trusteval.reading.refusals.phrasebooks.english.answering import ANSWERING
from trusteval.reading.refusals.phrasebooks.english.condemning import CONDEMNING
from trusteval.reading.refusals.phrasebooks.english.declining import DECLINING
from trusteval.reading.refusals.phrasebooks.english.disapproving import DISAPPROVING
from trusteval.reading.refusals.phrasebooks.english.parts import PARTS

__all__ = ["ENGLISH"]

ENGLISH = Phrasebook(
    code="en",
    known_by=r"[a-z]",
    acts={**DECLINING, **DISAPPROVING, **CONDEMNING, **ANSWERING},
    parts=PARTS,
)
