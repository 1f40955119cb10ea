"""How a language words the acts by which an open answer declines or helps: a file for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from trusteval.reading.refusals.act import Act
from trusteval.reading.wordings import one_of


@dataclass(frozen=True, slots=True, eq=False)
class Phrasebook:
    """The wordings of a language, all in lower case.

    `acts` lists regular expressions in which `<name>` stands for any of the wordings that `parts`
    lists, parted by ", ". No text without any match of `known_by` is in the language at all.
    """

    code: str
    known_by: str
    acts: Mapping[Act, tuple[str, ...]]
    parts: Mapping[str, str] = field(default_factory=dict)

    def patterns(self) -> tuple[tuple[Act, re.Pattern[str]], ...]:
        """Return how each act is worded."""
        return tuple(
            (act, re.compile("|".join(map(self._with_parts, wordings))))
            for act, wordings in self.acts.items()
        )

    def _with_parts(self, pattern: str) -> str:
        for name, wordings in reversed(list(self.parts.items())):
            pattern = pattern.replace(f"<{name}>", one_of(wordings))
        return pattern
