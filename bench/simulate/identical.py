"""Answers that are the same, or nearly: what passes the shipped rows, and the least margin so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.simulate.aggregates import CORRELATION, RIGHT
from bench.simulate.answers import Truth, answers, uniform
from bench.simulate.layout import Layout
from bench.simulate.layouts import advglue, ethics, mmlu, ood, quick
from bench.simulate.listing import Cell, Listing
from bench.simulate.shares import outcome
from bench.simulate.shipped import family, score_row
from bench.simulate.weighed import Replies, Weighed
from trusteval.gates.gate import Gate
from trusteval.types import Outcome

_WHOLE = {"advglue": advglue, "ethics": ethics, "ood": ood, "mmlu": mmlu}
_DISCORDANCES = (1.0, 2.0, 8.0)
_HEAD = (
    *("shipped row", "max_drop", "least margin identical answers pass", "identical"),
    *(f"psi {psi:g} %: {word}" for psi in _DISCORDANCES for word in ("PASS", "red")),
)


def shipped_layouts() -> Iterator[tuple[Layout, Gate, int]]:
    """Return what the shipped rows of scores are judged on, and the family each is of."""
    for profile in ("quick", "full"):
        for benchmark, whole in _WHOLE.items():
            layout = quick(benchmark) if profile == "quick" else whole()
            yield layout, score_row(benchmark, profile), family(profile)


def unchanged(*, draws: int, seed: int) -> Listing:
    """Let a subject that is no worse be judged by the shipped rows."""
    rows = []
    for number, (layout, asked, m) in enumerate(shipped_layouts()):
        weighed = Weighed(asked, layout)
        random = np.random.default_rng((seed, 6, number))
        reference, _ = _pair(layout, 0.0, random)
        identical = weighed.evidence(reference, reference)
        assert identical.comparison is not None
        assert identical.comparison.worse is not None
        cells: list[Cell] = [
            layout.name,
            asked.max_drop,
            100 * identical.comparison.worse.high,
            outcome(asked, identical, family=m).value,
        ]
        for discordance in _DISCORDANCES:
            found = []
            for _ in range(draws):
                reference, subject = _pair(layout, discordance / 100, random)
                found.append(_word(asked, weighed, subject, reference))
            cells += [100 * found.count(word) / draws for word in ("PASS", "red")]
        rows.append(tuple(cells))
    return Listing("The same answers, and nearly the same", _HEAD, tuple(rows), draws)


def _pair(
    layout: Layout, discordance: float, random: np.random.Generator
) -> tuple[Replies, Replies]:
    u = uniform(layout.sample_table.unit, correlation=CORRELATION, random=random)
    reference, subject = answers(Truth(RIGHT, 0.0, discordance), u)
    return Replies(reference), Replies(subject)


def _word(asked: Gate, weighed: Weighed, subject: Replies, reference: Replies) -> str:
    """Return PASS, "red" for FAIL or SUSPECT, whatever the family, or "open"."""
    match outcome(asked, weighed.evidence(subject, reference)):
        case Outcome.FAIL:
            return "red"
        case Outcome.PASS:
            return "PASS"
        case _:
            return "open"
