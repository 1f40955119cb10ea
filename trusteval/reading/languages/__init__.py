"""The languages in which answers are read, a file each; of any other no word counts by "
"accident."""

from __future__ import annotations

from trusteval.reading.languages.chinese import CHINESE
from trusteval.reading.languages.english import ENGLISH
from trusteval.reading.languages.french import FRENCH
from trusteval.reading.languages.german import GERMAN
from trusteval.reading.languages.language import Language
from trusteval.reading.languages.spanish import SPANISH

__all__ = ["CHINESE", "ENGLISH", "FRENCH", "GERMAN", "OTHER", "READ", "SPANISH"]

READ = (ENGLISH, SPANISH, FRENCH, GERMAN, CHINESE)
OTHER = Language(code="other")
"""Any language that is not read: only a label that fills its line counts there."""
