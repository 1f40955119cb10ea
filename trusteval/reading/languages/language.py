"""What is known of a language: one file of words each, so that adding one is adding a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trusteval.reading.family import Family
from trusteval.reading.role import Role
from trusteval.reading.wordings import one_of

_WHO = r"\b<i> (?:<much> )*"


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """The words of a language, all in lower case.

    `marks` are frequent words by which it is known. `roles` lists, per role and parted by commas,
    the words and phrases that have it; of a word listed twice the last role counts. `labels` says
    what labels in English are called, `declining` how one declines, as regular expressions in which
    `<name>` stands for any of the wordings that `parts` lists, parted by commas. `interjections`
    answer only where they stand alone. A text without any of `stems` declines nothing: looked for
    first, since it is cheap.
    """

    code: str
    marks: str = ""
    roles: Mapping[Role, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    declining: Mapping[Family, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    interjections: frozenset[str] = frozenset()
    stems: str = ""

    def role_of_each(self) -> dict[str, Role]:
        """Return the role of every word and phrase that has one."""
        return {
            phrase.strip(): role
            for role, phrases in self.roles.items()
            for phrase in phrases.split(",")
        }

    def patterns(self) -> tuple[tuple[Family, re.Pattern[str]], ...]:
        """Return how each family of declining is worded."""
        return tuple(
            (family, re.compile("|".join(map(self._with_parts, _factored(alternatives)))))
            for family, alternatives in self.declining.items()
        )

    def _with_parts(self, pattern: str) -> str:
        for name, wordings in reversed(list(self.parts.items())):
            pattern = pattern.replace(f"<{name}>", one_of(wordings))
        return pattern


def _factored(alternatives: Sequence[str]) -> list[str]:
    """Write what several alternatives begin with once: who declines, and how firmly."""
    begun = [a.removeprefix(_WHO) for a in alternatives if a.startswith(_WHO)]
    others = [a for a in alternatives if not a.startswith(_WHO)]
    return [*([f"{_WHO}(?:{'|'.join(begun)})"] if begun else []), *others]
