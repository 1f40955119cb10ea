"""Why answers were read as they were, in columns: the rule that decided, the words it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trusteval.answers.table import Codes, coded
from trusteval.types import Reading


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """Rules and spans, a row per sample of a sample table, in its order.

    `rules` and `spans` are the different ones, `rule` and `span` say which belongs to each sample.
    """

    rules: tuple[str, ...]
    rule: Codes
    spans: tuple[str, ...]
    span: Codes

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> Grounds:
        """Write down what readings rest on."""
        rules, rule = coded([reading.rule for reading in readings])
        spans, span = coded([reading.span for reading in readings])
        return cls(rules, rule, spans, span)

    def only(self, rows: Codes) -> Grounds:
        """Keep some of the rows, in the order they are named."""
        return Grounds(self.rules, self.rule[rows], self.spans, self.span[rows])
