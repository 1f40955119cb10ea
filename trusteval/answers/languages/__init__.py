"""The languages in which answers are read, a file each; of any other no word counts by "
"accident."""

from __future__ import annotations

from trusteval.answers.languages.chinese import CHINESE
from trusteval.answers.languages.english import ENGLISH
from trusteval.answers.languages.french import FRENCH
from trusteval.answers.languages.german import GERMAN
from trusteval.answers.languages.language import Language
from trusteval.answers.languages.spanish import SPANISH

__all__ = ["CHINESE", "ENGLISH", "FRENCH", "GERMAN", "OTHER", "READ", "SPANISH"]

READ = (ENGLISH, SPANISH, FRENCH, GERMAN, CHINESE)
OTHER = Language(code="other")
"""Any language that is not read: only a label that fills its line counts there."""
